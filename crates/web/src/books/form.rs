//! A play as the fields of a form, and back. What is unfinished is kept as it is; only what cannot be read is refused.

use kizashi_app::plays::books::Book;
use kizashi_domain::lang::Text;
use kizashi_domain::pack::Pack;
use kizashi_domain::plays::{
    Bound, ContractDate, Doing, DueBefore, Kind, Mode, OnTimeout, Play, Purpose, Reentry, Start, Step, Until, Who,
};
use kizashi_domain::signals::Side;

use crate::settings::audience;
use crate::settings::fields::{Reader, Sheet, shown};

pub const SIDES: [(&str, Side); 2] = [("below", Side::Below), ("above", Side::Above)];
pub const TIMEOUTS: [(&str, OnTimeout); 2] = [("go_on", OnTimeout::GoOn), ("end", OnTimeout::End)];
/// Business days of what a step says nothing of yet.
const DAYS_PLAIN: u32 = 5;
/// The choice of a due day that is counted from when a step could begin.
pub const FROM_OPENING: &str = "opening";

fn put_text(sheet: &mut Sheet, name: &str, text: &Text) {
    sheet.put(format!("{name}.ja"), &text.ja);
    sheet.put(format!("{name}.en"), &text.en);
}

/// Fills the fields.
pub fn fill(book: &Book, pack: &Pack) -> Sheet {
    let mut sheet = Sheet::default();
    let play = &book.play;
    put_text(&mut sheet, "title", &play.title);
    put_text(&mut sheet, "what", &play.what);
    sheet.put("due", play.due_business_days);
    match play.reentry {
        Reentry::Never => sheet.put("reentry", "never"),
        Reentry::EachTime => sheet.put("reentry", "each_time"),
        Reentry::AfterDays(days) => {
            sheet.put("reentry", "after_days");
            sheet.put("reentry_days", days);
        }
    }
    if play.with_paused {
        sheet.put("with_paused", "1");
    }
    sheet.put_some("stage", play.start.as_ref().map(|s| &s.stage));
    for signal in &book.signals {
        sheet.put(format!("signal.{signal}"), "1");
    }
    audience::fill(&mut sheet, &play.audience);
    for (n, step) in play.steps.iter().enumerate() {
        fill_step(&mut sheet, n, step, book.looked_at.contains(&step.id), pack);
    }
    sheet
}

fn fill_step(sheet: &mut Sheet, n: usize, step: &Step, is_looked_at: bool, pack: &Pack) {
    let name = |part: &str| format!("s{n}.{part}");
    sheet.put(name("id"), &step.id);
    sheet.put(name("kind"), step.kind().word());
    put_text(sheet, &name("title"), &step.title);
    put_text(sheet, &name("what"), &step.what);
    sheet.put(name("mode"), step.mode.word());
    match &step.after {
        None => sheet.put(name("after"), "above"),
        Some(list) if list.is_empty() => sheet.put(name("after"), "at_once"),
        Some(list) => {
            sheet.put(name("after"), "chosen");
            for id in list {
                sheet.put(name(&format!("after.{id}")), "1");
            }
        }
    }
    sheet.put_some(name("due"), step.due_business_days);
    sheet.put(name("due_from"), step.due_before.map_or(FROM_OPENING, |before| before.date.word()));
    sheet.put_some(name("due_back"), step.due_before.map(|before| before.business_days));
    sheet.put(name("who"), step.who.word());
    sheet.put_some(name("escalate"), step.escalate_business_days);
    if is_looked_at {
        sheet.put(name("looked"), "1");
    }
    if let Some(bound) = step.bound() {
        sheet.put(name("of"), &bound.of);
        sheet.put(name("side"), SIDES.iter().find(|(_, s)| *s == bound.side).map_or("", |(word, _)| word));
        sheet.put(name("limit"), shown(pack.metric(&bound.of), bound.limit));
    }
    match &step.doing {
        Doing::Task | Doing::Approval => {}
        Doing::Wait(Until::Days(days)) => {
            sheet.put(name("wait"), "days");
            sheet.put(name("days"), days);
        }
        Doing::Wait(Until::Holds { timeout_business_days, on_timeout, .. }) => {
            sheet.put(name("wait"), "until");
            sheet.put(name("timeout"), timeout_business_days);
            sheet.put(name("on_timeout"), TIMEOUTS.iter().find(|(_, t)| t == on_timeout).map_or("", |(word, _)| word));
        }
        Doing::Branch { yes, no, .. } => {
            sheet.put_some(name("yes"), yes.as_ref());
            sheet.put_some(name("no"), no.as_ref());
        }
        Doing::Mail { to, purpose, subject, body } => {
            sheet.put(name("to"), to);
            sheet.put(name("purpose"), purpose.word());
            put_text(sheet, &name("subject"), subject);
            put_text(sheet, &name("body"), body);
        }
        Doing::Field { field, value } => {
            sheet.put(name("field"), field);
            sheet.put(name("value"), value);
        }
        Doing::Webhook { text } => sheet.put(name("text"), text),
        Doing::Milestone { expected_business_days, .. } => sheet.put(name("expected"), expected_business_days),
    }
}

fn text(sheet: &Sheet, name: &str) -> Text {
    let of = |end: &str| sheet.text(&format!("{name}{end}")).replace("\r\n", "\n");
    Text { ja: of(".ja"), en: of(".en") }
}

/// Reads the fields; what cannot be read goes to the reader.
pub fn read(r: &mut Reader<'_>, id: &str, pack: &Pack) -> Book {
    let reentry = match r.sheet.text("reentry") {
        "never" => Reentry::Never,
        "after_days" => Reentry::AfterDays(r.count("reentry_days").unwrap_or(90)),
        _ => Reentry::EachTime,
    };
    let stage = r.sheet.text("stage").to_owned();
    let signals = pack.signals.iter().filter(|s| r.sheet.is_ticked(&format!("signal.{}", s.id)));
    let signals: Vec<String> = signals.map(|s| s.id.clone()).collect();
    let rows = r.sheet.rows("s");
    let steps: Vec<Step> =
        (0..rows).filter(|n| !r.sheet.text(&format!("s{n}.id")).is_empty()).map(|n| read_step(r, n, pack)).collect();
    let looked_at = (0..rows).filter(|n| r.sheet.is_ticked(&format!("s{n}.looked")));
    Book {
        looked_at: looked_at.map(|n| r.sheet.text(&format!("s{n}.id")).to_owned()).collect(),
        signals,
        play: Play {
            id: id.to_owned(),
            title: text(r.sheet, "title"),
            what: text(r.sheet, "what"),
            due_business_days: r.count("due").unwrap_or(0),
            audience: audience::read(r),
            reentry,
            with_paused: r.sheet.is_ticked("with_paused"),
            start: (!stage.is_empty()).then_some(Start { stage }),
            steps,
        },
    }
}

fn read_step(r: &mut Reader<'_>, n: usize, pack: &Pack) -> Step {
    let name = |part: &str| format!("s{n}.{part}");
    let get = |r: &Reader<'_>, part: &str| r.sheet.text(&name(part)).to_owned();
    let kind = Kind::parse(&get(r, "kind")).unwrap_or(Kind::Task);
    let after = match get(r, "after").as_str() {
        "at_once" => Some(Vec::new()),
        "chosen" => Some(read_chosen(r, n)).filter(|list| !list.is_empty()),
        _ => None,
    };
    let mode = Mode::parse(&get(r, "mode")).unwrap_or_default();
    Step {
        id: get(r, "id"),
        title: text(r.sheet, &name("title")),
        what: text(r.sheet, &name("what")),
        mode: if kind.has_mode() { mode } else { Mode::Manual },
        after,
        due_business_days: if kind.runs_itself() { None } else { r.count(&name("due")) },
        due_before: read_before(r, n, kind),
        who: if kind.runs_itself() { Who::Owner } else { Who::parse(&get(r, "who")).unwrap_or_default() },
        escalate_business_days: if kind.runs_itself() { None } else { r.count(&name("escalate")) },
        doing: read_doing(r, n, kind, pack),
    }
}

fn read_before(r: &mut Reader<'_>, n: usize, kind: Kind) -> Option<DueBefore> {
    let date = ContractDate::parse(r.sheet.text(&format!("s{n}.due_from")))?;
    let has_due = !kind.runs_itself() && kind != Kind::Milestone;
    has_due.then(|| DueBefore { date, business_days: r.count(&format!("s{n}.due_back")).unwrap_or(DAYS_PLAIN) })
}

/// The steps ticked to come before one.
fn read_chosen(r: &Reader<'_>, n: usize) -> Vec<String> {
    let others = (0..r.sheet.rows("s")).filter(|m| *m != n).map(|m| r.sheet.text(&format!("s{m}.id")).to_owned());
    others.filter(|id| !id.is_empty() && r.sheet.is_ticked(&format!("s{n}.after.{id}"))).collect()
}

fn read_doing(r: &mut Reader<'_>, n: usize, kind: Kind, pack: &Pack) -> Doing {
    let name = |part: &str| format!("s{n}.{part}");
    let get = |r: &Reader<'_>, part: &str| r.sheet.text(&name(part)).to_owned();
    let some = |text: String| (!text.is_empty()).then_some(text);
    match kind {
        Kind::Task => Doing::Task,
        Kind::Approval => Doing::Approval,
        Kind::Wait if get(r, "wait") == "until" => Doing::Wait(Until::Holds {
            bound: read_bound(r, n, pack),
            timeout_business_days: r.count(&name("timeout")).unwrap_or(DAYS_PLAIN),
            on_timeout: find(&TIMEOUTS, &get(r, "on_timeout")).unwrap_or_default(),
        }),
        Kind::Wait => Doing::Wait(Until::Days(r.count(&name("days")).unwrap_or(DAYS_PLAIN))),
        Kind::Branch => {
            Doing::Branch { when: read_bound(r, n, pack), yes: some(get(r, "yes")), no: some(get(r, "no")) }
        }
        Kind::Mail => Doing::Mail {
            to: some(get(r, "to")).unwrap_or_else(|| "champion".to_owned()),
            purpose: Purpose::parse(&get(r, "purpose")).unwrap_or(Purpose::Tips),
            subject: text(r.sheet, &name("subject")),
            body: text(r.sheet, &name("body")),
        },
        Kind::Field => {
            Doing::Field { field: some(get(r, "field")).unwrap_or_else(|| "stage".to_owned()), value: get(r, "value") }
        }
        Kind::Webhook => Doing::Webhook { text: get(r, "text") },
        Kind::Milestone => Doing::Milestone {
            expected_business_days: r.count(&name("expected")).unwrap_or(DAYS_PLAIN),
            evidence: (!get(r, "of").is_empty()).then(|| read_bound(r, n, pack)),
        },
    }
}

fn read_bound(r: &mut Reader<'_>, n: usize, pack: &Pack) -> Bound {
    let of = r.sheet.text(&format!("s{n}.of")).to_owned();
    let limit = r.value(&format!("s{n}.limit"), pack.metric(&of)).unwrap_or(0.0);
    let side = find(&SIDES, r.sheet.text(&format!("s{n}.side"))).unwrap_or(Side::Above);
    Bound { of, side, limit }
}

fn find<T: Copy>(words: &[(&str, T)], word: &str) -> Option<T> {
    words.iter().find(|(w, _)| *w == word).map(|(_, value)| *value)
}

/// What a button beside the fields does to the steps; the id of the step to look at then.
pub fn arrange(steps: &mut Vec<Step>, doing: &str) -> Option<String> {
    let (what, rest) = doing.split_once('.')?;
    if what == "add" {
        let (kind, place) = rest.split_once('.').unwrap_or((rest, ""));
        let at = place.parse::<usize>().map_or(steps.len(), |n| n + 1).min(steps.len());
        let step = blank_step(&free_id(steps), Kind::parse(kind)?);
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
    if let Doing::Branch { yes, no, .. } = &mut step.doing {
        for way in [yes, no] {
            *way = way.take().filter(|id| id != gone);
        }
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
        Kind::Milestone => Doing::Milestone { expected_business_days: DAYS_PLAIN, evidence: None },
    };
    let due = (!kind.runs_itself() && kind != Kind::Milestone).then_some(3);
    let who = if kind == Kind::Approval { Who::Manager } else { Who::Owner };
    let mode = if kind.has_mode() { Mode::Semi } else { Mode::Manual };
    Step { doing, due_business_days: due, who, mode, ..Step::task(id, Text::default(), Text::default()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::fields::Wrongs;
    use crate::words::{Lang, Words};

    const SAAS: &str = include_str!("../../../../packs/saas.toml");

    #[test]
    fn every_play_of_the_packs_goes_through_the_form_unchanged() {
        let pack = Pack::parse(SAAS).unwrap();
        for play in &pack.plays {
            let signals = pack.signals.iter().filter(|s| s.play.as_deref() == Some(&play.id)).map(|s| s.id.clone());
            let book = Book { play: play.clone(), signals: signals.collect(), looked_at: vec![] };
            let sheet = fill(&book, &pack);
            let (words, mut wrongs) = (Words::plain(Lang::Ja), Wrongs::default());
            let mut reader = Reader { sheet: &sheet, wrongs: &mut wrongs, words: &words };
            let back = read(&mut reader, &play.id, &pack);
            assert!(wrongs.is_empty(), "{wrongs:?}");
            assert_eq!(back, book);
        }
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
