use kizashi_app::access::{Action, Role, permit};
use kizashi_app::intake::{Received, keep_records};
use kizashi_app::plays::{self, Behind, Figure, RunPage, RunQuery, RunTab, StepAnswer};
use kizashi_app::schedule::{Schedule, score_all};
use kizashi_app::settings::{keep_pack, keep_settings};
use kizashi_app::today::open_today;
use kizashi_app::{Error, Refused};
use kizashi_domain::id::{Customer, Id};
use kizashi_domain::intake::{ContactRow, CustomerRow, Record};
use kizashi_domain::pack::Pack;
use kizashi_domain::plays::{End, Standing};
use kizashi_testkit::{On, Stage};

use crate::{BOTH, SAAS, log_in};

const TODAY: &str = "2026-10-30";

const STORY: &str = r#"
[[play]]
id = "story"
title = { ja = "立て直し", en = "Recovery" }
what = { ja = "使われなくなったとき", en = "When use falls" }
due_business_days = 10

[[play.step]]
id = "ring"
kind = "task"
title = "call"
due_business_days = 2
escalate_business_days = 1

[[play.step]]
id = "rest"
kind = "wait"
title = "rest"
business_days = 2

[[play.step]]
id = "ask"
kind = "branch"
title = "ask"
when = { of = "score", side = "above", limit = 101 }
yes = "thanks"
no = "letter"

[[play.step]]
id = "thanks"
kind = "task"
title = "thanks"

[[play.step]]
id = "letter"
kind = "mail"
mode = "auto"
title = "letter"
to = "champion"
purpose = "tips"
subject = "{customer}さま"
body = "{person}さま、{date}"

[[play.step]]
id = "stage"
kind = "field"
mode = "semi"
title = "stage"
field = "stage"
value = "renewal"

[[play.step]]
id = "ok"
kind = "approval"
title = "ok"

[[play]]
id = "welcome"
title = "welcome"
what = "welcome"
due_business_days = 20
reentry = "never"
start = { stage = "onboarding" }

[[play.step]]
id = "first_value"
kind = "milestone"
title = "value"
after = []
expected_business_days = 5
evidence = { of = "logins_28d", side = "above", limit = 1 }
"#;

pub(crate) fn pack() -> String {
    // The plays that ship begin nothing of their own here.
    let shipped = SAAS.replace("start = { stage = \"onboarding\" }\n", "");
    format!("{}\n{STORY}", shipped.replace("play = \"usage_recovery\"", "play = \"story\""))
}

pub(crate) fn customer(stage: &Stage, id: &str, change: impl FnOnce(&mut CustomerRow)) -> Received {
    let mut row = CustomerRow {
        external_id: id.to_owned(),
        name: Some(format!("{id}商事")),
        stage: Some("adoption".to_owned()),
        since: Some("2025-04-01".parse().unwrap()),
        owner: Some("sato@shiken.example".to_owned()),
        ..CustomerRow::default()
    };
    change(&mut row);
    Received { assumed: false, at: stage.app.now(), record: Record::Customer(row) }
}

/// One customer goes on as before; of the other, one person of ten is left since three weeks.
pub(crate) async fn set(on: On) -> Stage {
    set_with(on, &pack()).await
}

/// The same with another pack.
pub(crate) async fn set_with(on: On, pack: &str) -> Stage {
    let stage = Stage::set(on, pack, TODAY).await;
    stage.staff("sato", Role::Csm).await;
    let champion = ContactRow {
        external_id: "p1".into(),
        customer: "falling".into(),
        name: Some("高橋".into()),
        role: Some("champion".into()),
        email: Some("takahashi@falling.example".into()),
        ..ContactRow::default()
    };
    let champion = Received { assumed: false, at: stage.app.now(), record: Record::Contact(champion) };
    let records = [customer(&stage, "steady", |_| {}), customer(&stage, "falling", |_| {}), champion];
    keep_records(&stage.app, stage.workspace, "crm", &records, false).await.unwrap();
    let today = stage.today().0;
    log_in(&stage, "steady", today - 150..=today - 1, 10).await;
    log_in(&stage, "falling", today - 150..=today - 22, 10).await;
    log_in(&stage, "falling", today - 21..=today - 1, 1).await;
    score_all(&stage.app, stage.workspace).await.unwrap();
    stage
}

pub(crate) async fn runs(stage: &Stage, tab: RunTab, play: &str) -> Vec<plays::RunRow> {
    let query = RunQuery { tab, play: play.into(), rows: 50, ..RunQuery::default() };
    plays::list_runs(&stage.app, stage.workspace, &query).await.unwrap().rows
}

pub(crate) async fn page(stage: &Stage, run: uuid::Uuid) -> RunPage {
    plays::open_run(&stage.app, stage.workspace, run).await.unwrap()
}

fn standings(page: &RunPage) -> Vec<(&str, Standing)> {
    page.steps.iter().map(|s| (s.step.id.as_str(), s.state.standing)).collect()
}

/// Turns until nothing is left to do.
pub(crate) async fn settle(stage: &Stage, schedule: &mut Schedule) {
    for _ in 0..20 {
        if !schedule.turn(&stage.app, stage.workspace).await.unwrap() {
            return;
        }
    }
    panic!("the jobs never come to rest");
}

pub(crate) fn step(page: &RunPage, id: &str) -> uuid::Uuid {
    page.steps.iter().find(|s| s.step.id == id).unwrap().task
}

#[tokio::test]
async fn a_card_begins_its_play_once_and_people_and_product_take_turns_to_the_end() {
    for on in BOTH {
        let stage = set(on).await;
        // Every look again, as after a crash: there is one run.
        score_all(&stage.app, stage.workspace).await.unwrap();
        score_all(&stage.app, stage.workspace).await.unwrap();
        let open = runs(&stage, RunTab::Open, "story").await;
        assert_eq!(open.len(), 1, "{on:?}");
        let run = open[0].id;
        assert_eq!((open[0].customer.as_str(), open[0].done, open[0].steps), ("falling商事", 0, 7));
        let begun = page(&stage, run).await;
        assert!(begun.card.is_some(), "the card that names the play leads to it");
        assert_eq!(plays::list_runs_of_card(&stage.app, stage.workspace, begun.card.unwrap()).await.unwrap().len(), 1);
        let call = &begun.steps[0];
        assert_eq!((call.state.due_on, call.owner.as_deref()), (Some("2026-11-04".parse().unwrap()), Some("sato")));

        let sato = stage.staff("suzuki", Role::Csm).await.viewer;
        let grant = permit(&sato, Action::Work).unwrap();
        let answered = plays::answer_step(&stage.app, &grant, call.task, StepAnswer::Done, "つながった").await;
        let answered = answered.unwrap();
        assert_eq!((answered.run, answered.can_undo), (run, true));
        let twice = plays::answer_step(&stage.app, &grant, call.task, StepAnswer::Done, "").await;
        assert!(matches!(twice, Err(Error::Refused(Refused::Field { reason: "play-answered", .. }))), "{twice:?}");
        plays::answer_step(&stage.app, &grant, call.task, StepAnswer::Undone, "").await.unwrap();
        assert_eq!(standings(&page(&stage, run).await)[..2], [("ring", Standing::Open), ("rest", Standing::Later)]);
        let no_reason = plays::answer_step(&stage.app, &grant, call.task, StepAnswer::Skipped, " ").await;
        assert!(matches!(no_reason, Err(Error::Refused(Refused::Field { field: "note", .. }))));
        plays::answer_step(&stage.app, &grant, call.task, StepAnswer::Done, "つながった").await.unwrap();

        // Two business days later: 3 November is a holiday.
        let mut schedule = Schedule::default();
        stage.go_to("2026-11-03");
        settle(&stage, &mut schedule).await;
        assert_eq!(standings(&page(&stage, run).await)[1], ("rest", Standing::Open), "{on:?}");
        stage.go_to("2026-11-04");
        settle(&stage, &mut schedule).await;
        settle(&stage, &mut schedule).await;
        let later = page(&stage, run).await;
        let expected = [
            ("ring", Standing::Done),
            ("rest", Standing::Done),
            ("ask", Standing::Done),
            ("thanks", Standing::Bypassed),
            ("letter", Standing::Done),
            ("stage", Standing::Open),
            ("ok", Standing::Later),
        ];
        assert_eq!(standings(&later), expected, "{on:?}");
        assert!(later.steps[4].performed && !later.steps[4].can_undo, "a letter cannot be taken back");
        assert_eq!((later.row.done, later.row.steps), (4, 6), "what a branch leaves does not count");

        let written = plays::answer_step(&stage.app, &grant, step(&later, "stage"), StepAnswer::Confirm, "").await;
        assert!(!written.unwrap().can_undo, "what is written stays");
        settle(&stage, &mut schedule).await;
        let moment = kizashi_app::customers::Moment::default();
        let shown = kizashi_app::customers::open_customer(&stage.app, stage.workspace, later.row.customer_id, moment);
        assert_eq!(shown.await.unwrap().row.stage, "renewal", "the field was written");
        let ok = step(&later, "ok");
        let needed = plays::find_needed(&stage.app, stage.workspace, ok).await.unwrap();
        assert_eq!(needed, Action::Configure, "an approval is a manager's");
        plays::answer_step(&stage.app, &stage.console(), ok, StepAnswer::Done, "").await.unwrap();
        let over = runs(&stage, RunTab::Ended, "story").await;
        assert_eq!(over[0].ended.map(|(end, _)| end), Some(End::Finished), "{on:?}");
        assert!(runs(&stage, RunTab::Open, "story").await.is_empty());
    }
}

async fn start(stage: &Stage, code: &str, play: &str) -> Result<uuid::Uuid, Error> {
    let customer = find(stage, code).await;
    plays::start_run(&stage.app, &stage.console(), customer, play).await
}

pub(crate) async fn find(stage: &Stage, code: &str) -> Id<Customer> {
    let query = kizashi_app::customers::ListQuery { rows: 50, ..Default::default() };
    let rows = kizashi_app::customers::list_customers(&stage.app, stage.workspace, &query).await.unwrap().rows;
    rows.into_iter().find(|r| r.external_id == code).unwrap().id
}

#[tokio::test]
async fn a_run_stands_still_moves_to_a_new_version_and_is_ended_and_opened_again() {
    for on in BOTH {
        let stage = set(on).await;
        let grant = stage.console();
        let run = start(&stage, "steady", "story").await.unwrap();
        let again = start(&stage, "steady", "story").await;
        assert!(matches!(again, Err(Error::Refused(Refused::Field { reason: "play-under-way", .. }))), "{again:?}");

        let no_reason = plays::pause_run(&stage.app, &grant, run, "").await;
        assert!(matches!(no_reason, Err(Error::Refused(Refused::Field { field: "note", .. }))));
        plays::pause_run(&stage.app, &grant, run, "担当の方が休み").await.unwrap();
        let call = step(&page(&stage, run).await, "ring");
        let still = plays::answer_step(&stage.app, &grant, call, StepAnswer::Done, "").await;
        assert!(matches!(still, Err(Error::Refused(Refused::Field { reason: "play-stands-still", .. }))));
        stage.go_to("2026-11-05");
        plays::resume_run(&stage.app, &grant, run).await.unwrap();
        let resumed = page(&stage, run).await;
        // Three business days passed: 2, 4 and 5 November.
        assert_eq!(resumed.steps[0].state.due_on, Some("2026-11-09".parse().unwrap()), "{on:?}");
        plays::shift_run(&stage.app, &grant, run, 1, None).await.unwrap();
        assert_eq!(page(&stage, run).await.steps[0].state.due_on, Some("2026-11-10".parse().unwrap()));
        plays::answer_step(&stage.app, &grant, call, StepAnswer::Done, "").await.unwrap();

        // A new version changes no run under way, until it is moved.
        let first = "[[play.step]]\nid = \"before\"\nkind = \"task\"\ntitle = \"before\"\nafter = []\n\n[[play.step]]\nid = \"ring\"";
        let edited = pack().replacen("[[play.step]]\nid = \"ring\"", first, 1);
        let unseen = keep_settings(&stage.app, &grant, None, &edited, ("手順を足す", "")).await;
        let first = Err(Refused::Field { field: "rehearsed", reason: "rehearse-first" });
        assert_eq!(
            unseen.map(|_| ()).map_err(|e| match e {
                Error::Refused(r) => r,
                e => panic!("{e}"),
            }),
            first
        );
        keep_pack(&stage.app, &grant, 1, &Pack::parse(&edited).unwrap(), "手順を足す").await.unwrap();
        let waiting = page(&stage, run).await;
        assert_eq!((waiting.steps.len(), waiting.newer.is_some()), (7, true));
        plays::move_run(&stage.app, &grant, run).await.unwrap();
        let moved = page(&stage, run).await;
        let expected = [("before", Standing::Open), ("ring", Standing::Done), ("rest", Standing::Open)];
        assert_eq!((standings(&moved)[..3].to_vec(), moved.newer), (expected.to_vec(), None), "{on:?}");

        plays::stop_run(&stage.app, &grant, run, "別の進め方にする").await.unwrap();
        let stopped = page(&stage, run).await.row;
        assert_eq!(stopped.ended.map(|(end, _)| end), Some(End::Stopped));
        assert_eq!((stopped.done, stopped.steps), (1, 8), "{on:?}: what is left counts as not done");
        plays::reopen_run(&stage.app, &grant, run).await.unwrap();
        assert_eq!(standings(&page(&stage, run).await)[..3], expected, "{on:?}");

        // Whoever leaves is left alone.
        let gone = customer(&stage, "steady", |row| row.churned_on = Some("2026-11-05".parse().unwrap()));
        keep_records(&stage.app, stage.workspace, "crm", &[gone], false).await.unwrap();
        let mut schedule = Schedule::default();
        stage.go_to("2026-11-06");
        settle(&stage, &mut schedule).await;
        assert_eq!(page(&stage, run).await.row.ended.map(|(end, _)| end), Some(End::CustomerLeft), "{on:?}");
        let left = page(&stage, run).await.row.customer_id;
        let refused = plays::start_run(&stage.app, &grant, left, "story").await;
        assert!(matches!(refused, Err(Error::Refused(Refused::Field { reason: "play-left", .. }))), "{refused:?}");
    }
}

#[tokio::test]
async fn a_stage_begins_onboarding_and_its_milestones_show_themselves() {
    for on in BOTH {
        let stage = set(on).await;
        assert!(runs(&stage, RunTab::Open, "welcome").await.is_empty(), "nobody entered the stage");
        let new = customer(&stage, "steady", |row| row.stage = Some("onboarding".into()));
        keep_records(&stage.app, stage.workspace, "crm", &[new], false).await.unwrap();
        let mut schedule = Schedule::default();
        settle(&stage, &mut schedule).await;
        settle(&stage, &mut schedule).await;
        let mut all = runs(&stage, RunTab::Open, "welcome").await;
        all.extend(runs(&stage, RunTab::Ended, "welcome").await);
        assert_eq!(all.len(), 1, "{on:?}");
        let report = plays::open_onboarding(&stage.app, stage.workspace, "welcome", None).await.unwrap();
        assert_eq!((report.cohorts.len(), report.cohorts[0].started, report.milestones[0].of), (1, 1, 1));
        assert_eq!((report.milestones[0].expected, report.milestones[0].reached), (5, 1), "{on:?}: people log in");
        assert_eq!((report.cohorts[0].completed, report.cohorts[0].days_to_value), (1, Some(0)));
        assert!(report.under_way.is_empty() && report.under_way_total == 0, "{on:?}: it is through");
        let behind = |figure| Behind { figure, month: Some(report.cohorts[0].month), step: String::new() };
        let open = async |asked: &Behind| {
            plays::open_onboarding(&stage.app, stage.workspace, "welcome", Some(asked)).await.unwrap().behind.unwrap()
        };
        let (_, rows, total) = open(&behind(Figure::Completed)).await;
        assert_eq!((rows.len(), total, rows[0].run, rows[0].reached), (1, 1, all[0].id, 1), "{on:?}");
        assert_eq!(open(&behind(Figure::Ended)).await.2, 0);
        let step = report.milestones[0].step.clone();
        assert_eq!(open(&Behind { figure: Figure::Reached, month: None, step: step.clone() }).await.2, 1);
        assert_eq!(open(&Behind { figure: Figure::Late, month: None, step }).await.2, 0);
        // Once only.
        score_all(&stage.app, stage.workspace).await.unwrap();
        assert_eq!(runs(&stage, RunTab::Ended, "welcome").await.len(), 1);
    }
}

#[tokio::test]
async fn what_is_due_stands_on_the_page_of_its_day_and_stays_late_until_it_is_answered() {
    for on in BOTH {
        let stage = set(on).await;
        stage.staff("manager", Role::Manager).await;
        let sato = runs(&stage, RunTab::Open, "story").await[0].clone();
        assert_eq!(sato.next_due, Some("2026-11-04".parse().unwrap()));
        let mut schedule = Schedule::default();
        stage.go_to("2026-11-06");
        settle(&stage, &mut schedule).await;
        settle(&stage, &mut schedule).await;
        let late = runs(&stage, RunTab::Late, "").await;
        assert!(late.iter().any(|r| r.id == sato.id), "{on:?}");
        assert!(page(&stage, sato.id).await.steps[0].state.escalated_on.is_some(), "managers were told");
        let tasks = plays::list_open_tasks(&stage.app, stage.workspace, None, stage.today(), 50).await.unwrap();
        assert!(tasks.iter().any(|t| t.run == sato.id && t.title.ja == "call"));
        let other = stage.staff("tanaka", Role::Csm).await.viewer;
        assert!(open_today(&stage.app, &other).await.unwrap().tasks.is_empty(), "not another person's");
    }
}
