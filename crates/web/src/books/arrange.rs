//! What the buttons beside the steps do: add, move, take out.

use kizashi_domain::lang::Text;
use kizashi_domain::plays::{Bound, Doing, Kind, Mode, Purpose, Step, Until, Who};
use kizashi_domain::signals::Side;

use super::form::DAYS_PLAIN;

/// What a button beside the fields does to the steps; the id of the step to look at then.
pub fn arrange(steps: &mut Vec<Step>, doing: &str) -> Option<String> {
    let (what, rest) = doing.split_once('.')?;
    if what == "add" {
        let (kind, place) = rest.split_once('.').unwrap_or((rest, ""));
        let at = place.parse::<usize>().map_or(steps.len(), |n| n + 1).min(steps.len());
        let step = Step { after: joined(steps, at), ..blank_step(&free_id(steps), Kind::parse(kind)?) };
        let id = step.id.clone();
        steps.insert(at, step);
        return Some(id);
    }
    let at = rest.parse::<usize>().ok().filter(|at| *at < steps.len())?;
    match what {
        "up" if at > 0 => steps.swap(at, at - 1),
        "down" if at + 1 < steps.len() => steps.swap(at, at + 1),
        "remove" => {
            let gone = steps.remove(at).id;
            steps.iter_mut().for_each(|step| forget(step, &gone));
            return steps.get(at.saturating_sub(1)).map(|s| s.id.clone());
        }
        "fit" => {}
        _ => return None,
    }
    let to = match what {
        "up" => at.saturating_sub(1),
        "down" => (at + 1).min(steps.len() - 1),
        _ => at,
    };
    steps.get(to).map(|s| s.id.clone())
}

/// Behind the last of the two ways of a branch a step follows both: the play goes on whichever way was taken.
fn joined(steps: &[Step], at: usize) -> Option<Vec<String>> {
    let above = steps.get(..at)?;
    let last = &above.last()?.id;
    above.iter().find_map(|step| match &step.doing {
        Doing::Branch { yes: Some(yes), no: Some(no), .. } => {
            let are_above = [yes, no].iter().all(|id| above.iter().any(|s| s.id == **id));
            (are_above && (yes == last || no == last)).then(|| vec![yes.clone(), no.clone()])
        }
        _ => None,
    })
}

fn free_id(steps: &[Step]) -> String {
    let taken = |id: &str| steps.iter().any(|s| s.id == id);
    (1..).map(|n: u32| format!("step_{n}")).find(|id| !taken(id)).unwrap_or_default()
}

/// A step that goes is named by no other any more.
fn forget(step: &mut Step, gone: &str) {
    if let Some(after) = &mut step.after {
        let named = after.len();
        after.retain(|id| id != gone);
        if after.is_empty() && named > 0 {
            step.after = None;
        }
    }
    let ways = match &mut step.doing {
        Doing::Branch { yes, no, .. } => vec![yes, no],
        Doing::Milestone { missed, .. } => vec![missed],
        _ => Vec::new(),
    };
    for way in ways {
        *way = way.take().filter(|id| id != gone);
    }
}

fn blank_step(id: &str, kind: Kind) -> Step {
    let bound = || Bound { of: kizashi_domain::signals::SCORE.to_owned(), side: Side::Above, limit: 60.0 };
    let doing = match kind {
        Kind::Task => Doing::Task,
        Kind::Approval => Doing::Approval,
        Kind::Wait => Doing::Wait(Until::Days(DAYS_PLAIN)),
        Kind::Branch => Doing::Branch { when: bound(), yes: None, no: None },
        Kind::Mail => Doing::Mail {
            to: "champion".to_owned(),
            purpose: Purpose::Tips,
            subject: Text::default(),
            body: Text::default(),
        },
        Kind::Field => Doing::Field { field: "stage".to_owned(), value: String::new() },
        Kind::Webhook => Doing::Webhook { text: String::new() },
        Kind::Milestone => Doing::Milestone { expected_business_days: DAYS_PLAIN, evidence: None, missed: None },
    };
    let due = (!kind.runs_itself() && kind != Kind::Milestone).then_some(3);
    let who = if kind == Kind::Approval { Who::Manager } else { Who::Owner };
    let mode = if kind.has_mode() { Mode::Semi } else { Mode::Manual };
    Step { doing, due_business_days: due, who, mode, ..Step::task(id, Text::default(), Text::default()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_behind_both_ways_of_a_branch_follows_both() {
        let mut steps = Vec::new();
        for add in ["add.branch", "add.task", "add.task"] {
            arrange(&mut steps, add);
        }
        if let Doing::Branch { yes, no, .. } = &mut steps[0].doing {
            (*yes, *no) = (Some("step_2".into()), Some("step_3".into()));
        }
        arrange(&mut steps, "add.task.1");
        assert_eq!(steps[2].after, None, "between the two ways it is of the first");
        arrange(&mut steps, "remove.2");
        arrange(&mut steps, "add.mail");
        assert_eq!(steps[3].after, Some(vec!["step_2".into(), "step_3".into()]));
        arrange(&mut steps, "add.task");
        assert_eq!(steps[4].after, None, "what comes later follows the one above");
    }

    #[test]
    fn steps_are_added_moved_and_taken_out_and_nothing_names_what_is_gone() {
        let mut steps = Vec::new();
        assert_eq!(arrange(&mut steps, "add.task").as_deref(), Some("step_1"));
        arrange(&mut steps, "add.branch");
        assert_eq!(arrange(&mut steps, "add.wait.0").as_deref(), Some("step_3"));
        assert_eq!(steps.iter().map(|s| s.id.as_str()).collect::<Vec<_>>(), ["step_1", "step_3", "step_2"]);
        arrange(&mut steps, "up.2");
        assert_eq!(steps[1].id, "step_2");
        steps[2].after = Some(vec!["step_1".into()]);
        if let Doing::Branch { yes, .. } = &mut steps[1].doing {
            *yes = Some("step_1".into());
        }
        arrange(&mut steps, "remove.0");
        assert_eq!(steps[1].after, None);
        assert!(matches!(&steps[0].doing, Doing::Branch { yes: None, .. }));
        for odd in ["up.0", "down.9", "add.cake", "remove.x", "", "up"] {
            arrange(&mut steps, odd);
        }
        assert_eq!(steps.len(), 2);
    }
}
