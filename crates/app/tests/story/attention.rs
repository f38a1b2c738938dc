//! Cards whole and the attention budget: nothing doubled, nothing lost, whatever happens to rules, owners and clocks; what is kept quiet
//! says why; how right signals are.

use kizashi_app::access::{Action, Grant, Role, Viewer, permit, set_daily_cards};
use kizashi_app::intake::{Received, keep_records};
use kizashi_app::notices::{Content, list_notices};
use kizashi_app::plays::{self, Act, CardQuery, CardRow, CardState, Late, NewByHand, Outcome};
use kizashi_app::schedule::{Schedule, score_all};
use kizashi_app::settings::{keep_pack, open_settings};
use kizashi_app::today::open_today;
use kizashi_app::{Error, Refused};
use kizashi_domain::intake::{ContractRow, CustomerRow, Record};
use kizashi_domain::money::Money;
use kizashi_domain::signals::{CardKind, WhyQuiet};
use kizashi_domain::time::Day;
use kizashi_testkit::{On, Stage};

use crate::{BOTH, SAAS, log_in};

const TODAY: &str = "2026-10-30";

/// Customers of which one person of ten is left since two weeks.
pub(crate) async fn set(on: On, names: &[&str]) -> (Stage, Viewer) {
    let stage = Stage::set(on, SAAS, TODAY).await;
    let at = stage.app.now();
    let viewer = stage.staff("sato", Role::Csm).await.viewer;
    let today = stage.today().0;
    for name in names {
        let row = CustomerRow {
            external_id: (*name).to_owned(),
            name: Some((*name).to_owned()),
            stage: Some("adoption".to_owned()),
            since: Some("2025-04-01".parse().unwrap()),
            owner: Some("sato@shiken.example".to_owned()),
            ..CustomerRow::default()
        };
        let received = [Received { assumed: false, at, record: Record::Customer(row) }];
        keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap();
        log_in(&stage, name, today - 150..=today - 22, 10).await;
        log_in(&stage, name, today - 21..=today - 1, 1).await;
    }
    (stage, viewer)
}

pub(crate) fn work(viewer: &Viewer) -> Grant {
    permit(viewer, Action::Work).unwrap()
}

async fn open(stage: &Stage) -> Vec<CardRow> {
    let query = CardQuery { rows: 50, ..CardQuery::default() };
    plays::list_cards(&stage.app, stage.workspace, &query).await.unwrap().rows
}

pub(crate) async fn risks(stage: &Stage) -> Vec<CardRow> {
    open(stage).await.into_iter().filter(|c| c.kind == CardKind::Risk).collect()
}

#[tokio::test]
async fn two_runs_at_once_leave_one_open_card() {
    for on in BOTH {
        let (stage, _) = set(on, &["a", "b"]).await;
        let run = || {
            let (app, ws) = (stage.app.clone(), stage.workspace);
            tokio::spawn(async move { score_all(&app, ws).await.map(|_| ()) })
        };
        for one in [run(), run(), run()] {
            // A database may end one of two that wait for each other; the job does its work again on the next turn.
            drop(one.await.unwrap());
        }
        score_all(&stage.app, stage.workspace).await.unwrap();
        let mut names: Vec<String> = risks(&stage).await.into_iter().map(|c| c.subject).collect();
        names.sort();
        assert_eq!(names, ["a", "b"], "{on:?}");
    }
}

#[tokio::test]
async fn a_card_outlives_its_rule_and_a_clock_that_jumps() {
    for on in BOTH {
        let (stage, viewer) = set(on, &["a"]).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let card = risks(&stage).await.remove(0).id;
        // The clock goes back, and on again.
        for day in ["2026-10-28", "2026-10-30", "2026-11-04", "2026-10-31", "2026-11-05"] {
            stage.go_to(day);
            score_all(&stage.app, stage.workspace).await.unwrap();
            let ids: Vec<_> = risks(&stage).await.into_iter().map(|c| c.id).collect();
            assert_eq!(ids, [card], "{on:?} on {day}");
        }
        // All rules behind it are taken out, and their days pass.
        let settings = open_settings(&stage.app, stage.workspace).await.unwrap();
        let mut pack = settings.pack.clone();
        let causes = plays::open_card(&stage.app, stage.workspace, card).await.unwrap().causes;
        pack.signals.retain(|r| causes.iter().all(|c| c.rule != r.id));
        keep_pack(&stage.app, &stage.console(), settings.version, &pack, "規則を外す").await.unwrap();
        for day in 6..=20 {
            stage.go_to(&format!("2026-11-{day:02}"));
            score_all(&stage.app, stage.workspace).await.unwrap();
        }
        let page = plays::open_card(&stage.app, stage.workspace, card).await.unwrap();
        assert_eq!(
            (page.row.state, page.row.is_over),
            (CardState::New, false),
            "{on:?}: nobody can say that it is over"
        );
        assert!(page.rules.is_empty() && !page.causes.is_empty());
        plays::close_card(&stage.app, &work(&viewer), card, Outcome::Solved, "様子を見た").await.unwrap();
    }
}

#[tokio::test]
async fn a_limit_that_passes_is_told_once() {
    for on in BOTH {
        let (stage, viewer) = set(on, &["a"]).await;
        stage.staff("boss", Role::Manager).await;
        let mut schedule = Schedule::default();
        schedule.turn(&stage.app, stage.workspace).await.unwrap();
        let card = risks(&stage).await.remove(0);
        assert_eq!(card.late, None);
        assert!(card.limit.is_some(), "{on:?}: a risk has a limit of answer");
        stage.go_to("2026-11-06");
        for _ in 0..4 {
            schedule.turn(&stage.app, stage.workspace).await.unwrap();
        }
        let page = plays::open_card(&stage.app, stage.workspace, card.id).await.unwrap();
        assert_eq!(page.row.late, Some(Late::Answer), "{on:?}");
        let told = |page: &plays::CardPage, step: &str| page.steps.iter().filter(|s| s.step == step).count();
        assert_eq!(told(&page, "late_answer"), 1, "{on:?}: {:?}", page.steps);
        plays::take_card(&stage.app, &work(&viewer), card.id).await.unwrap();
        stage.go_to("2027-02-26");
        for _ in 0..4 {
            schedule.turn(&stage.app, stage.workspace).await.unwrap();
        }
        let page = plays::open_card(&stage.app, stage.workspace, card.id).await.unwrap();
        assert_eq!(page.row.late, Some(Late::Closing), "{on:?}");
        assert_eq!((told(&page, "late_answer"), told(&page, "late_closing")), (1, 1), "{on:?}");
    }
}

#[tokio::test]
async fn limits_that_pass_at_once_make_one_notice() {
    for on in BOTH {
        let (stage, _) = set(on, &["a", "b", "c", "d", "e", "f", "g"]).await;
        let boss = stage.staff("boss", Role::Manager).await.viewer;
        let mut schedule = Schedule::default();
        schedule.turn(&stage.app, stage.workspace).await.unwrap();
        assert_eq!(risks(&stage).await.len(), 7, "{on:?}");
        stage.go_to("2026-11-06");
        for _ in 0..4 {
            schedule.turn(&stage.app, stage.workspace).await.unwrap();
        }
        let cards = risks(&stage).await;
        assert!(cards.iter().all(|c| c.late == Some(Late::Answer)), "{on:?}: each card remembers its limit");
        let (rows, _) = list_notices(&stage.app, &boss, None).await.unwrap();
        let said: Vec<String> = rows
            .into_iter()
            .filter_map(|r| match r.content {
                Content::Instant(instant) => Some(instant.title.ja),
                _ => None,
            })
            .collect();
        assert_eq!(said, ["まだ返答のないカードが7枚あります"], "{on:?}");
    }
}

#[tokio::test]
async fn many_cards_are_changed_at_once_and_taken_back_as_a_whole() {
    for on in BOTH {
        let (stage, viewer) = set(on, &["a", "b", "c"]).await;
        let tanaka = stage.staff("tanaka", Role::Csm).await.viewer;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let grant = work(&viewer);
        let ids: Vec<_> = risks(&stage).await.into_iter().map(|c| c.id).collect();
        assert_eq!(ids.len(), 3);
        let owners = async || risks(&stage).await.into_iter().map(|c| c.owner.unwrap()).collect::<Vec<_>>();
        let given = plays::change_cards(&stage.app, &grant, &ids, &Act::Hand(Some(tanaka.staff))).await.unwrap();
        assert_eq!((given.cards, given.left), (3, 0));
        assert_eq!(owners().await, ["tanaka", "tanaka", "tanaka"]);
        assert_eq!(plays::undo_cards(&stage.app, &grant, given.batch).await.unwrap(), (3, 0));
        assert_eq!(owners().await, ["sato", "sato", "sato"], "{on:?}");
        let twice = plays::undo_cards(&stage.app, &grant, given.batch).await;
        assert!(matches!(twice, Err(Error::Refused(Refused::Changed))), "{twice:?}");

        // One is closed already: it is left; one is changed later: it stays as it is.
        plays::close_card(&stage.app, &grant, ids[0], Outcome::Solved, "様子を見た").await.unwrap();
        let plan = plays::plan_cards(&stage.app, &grant, &ids).await.unwrap();
        assert_eq!((plan.open.len(), plan.closed), (2, 1));
        let close = Act::Close(plays::Closing {
            false_reason: "season".into(),
            ..plays::Closing::with(Outcome::FalseAlarm, "連休でした")
        });
        let closed = plays::change_cards(&stage.app, &grant, &ids, &close).await.unwrap();
        assert_eq!((closed.cards, closed.left), (2, 1), "{on:?}");
        assert_eq!(plays::open_card(&stage.app, stage.workspace, ids[1]).await.unwrap().row.false_reason, "season");
        plays::explain_false_alarm(&stage.app, &grant, ids[2], "known").await.unwrap();
        assert_eq!(plays::undo_cards(&stage.app, &grant, closed.batch).await.unwrap(), (1, 1), "{on:?}");
        let state = async |card| plays::open_card(&stage.app, stage.workspace, card).await.unwrap().row.state;
        assert_eq!((state(ids[1]).await, state(ids[2]).await), (CardState::New, CardState::Closed), "{on:?}");

        let off = Act::Snooze(stage.today().plus(3), "出張".into());
        plays::change_cards(&stage.app, &grant, &[ids[1]], &off).await.unwrap();
        let late = Act::Snooze(stage.today().plus(400), String::new());
        let refused = plays::change_cards(&stage.app, &grant, &[ids[1]], &late).await;
        assert!(matches!(refused, Err(Error::Refused(Refused::Field { field: "until", .. }))), "{refused:?}");
        let moved =
            plays::change_cards(&stage.app, &grant, &[ids[1]], &Act::Move(stage.today().plus(9))).await.unwrap();
        assert_eq!(moved.cards, 1);
    }
}

#[tokio::test]
async fn colleagues_are_called_and_help_and_cards_are_made_by_hand() {
    for on in BOTH {
        let (stage, viewer) = set(on, &["a"]).await;
        let tanaka = stage.staff("tanaka", Role::Csm).await.viewer;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let grant = work(&viewer);
        let card = risks(&stage).await.remove(0);
        let meant = plays::note_card(&stage.app, &grant, card.id, "@tanaka 前の担当として一言ください").await.unwrap();
        assert_eq!((meant.people, meant.unclear.len()), (1, 0));
        let today = open_today(&stage.app, &tanaka).await.unwrap();
        assert_eq!(today.card_mentions.len(), 1, "{on:?}");
        assert_eq!((today.card_mentions[0].card, today.card_mentions[0].subject.as_str()), (card.id, "a"));
        plays::see_mention(&stage.app, &tanaka, today.card_mentions[0].step).await.unwrap();
        assert!(plays::list_card_mentions(&stage.app, stage.workspace, tanaka.staff).await.unwrap().is_empty());

        plays::join_card(&stage.app, &grant, card.id, tanaka.staff).await.unwrap();
        plays::join_card(&stage.app, &grant, card.id, tanaka.staff).await.unwrap();
        let helping = CardQuery { helping: Some(tanaka.staff), rows: 10, ..CardQuery::default() };
        let list = plays::list_cards(&stage.app, stage.workspace, &helping).await.unwrap();
        assert_eq!((list.total, list.rows[0].id), (1, card.id), "{on:?}");
        plays::part_card(&stage.app, &grant, card.id, tanaka.staff).await.unwrap();
        assert_eq!(plays::list_cards(&stage.app, stage.workspace, &helping).await.unwrap().total, 0);

        let new = NewByHand {
            customer: card.customer_id.unwrap(),
            kind: CardKind::Activity,
            what: "導入1年のお礼に伺う".into(),
            due: stage.today().plus(7),
            owner: None,
            press: plays::Press::Middle,
        };
        let made = plays::add_card(&stage.app, &grant, &new).await.unwrap().card();
        plays::add_card(&stage.app, &grant, &new).await.unwrap();
        let by_hand: Vec<_> = open(&stage).await.into_iter().filter(|c| c.is_made_by_hand).collect();
        assert_eq!(by_hand.len(), 2, "{on:?}: what people plan is not one");
        assert_eq!(by_hand[0].owner.as_deref(), Some("sato"));
        let past = NewByHand { due: stage.today().plus(-1), ..new };
        let refused = plays::add_card(&stage.app, &grant, &past).await;
        assert!(matches!(refused, Err(Error::Refused(Refused::Field { field: "due", .. }))), "{refused:?}");
        plays::close_card(&stage.app, &grant, made, Outcome::Solved, "様子を見た").await.unwrap();
    }
}

/// A contract whose notice deadline is some weeks away.
async fn sign(stage: &Stage, customer: &str, yen: i64) {
    sign_until(stage, customer, yen, "2026-12-31").await;
}

pub(crate) async fn sign_until(stage: &Stage, customer: &str, yen: i64, end: &str) {
    let row = ContractRow {
        external_id: format!("k-{customer}"),
        customer: customer.to_owned(),
        amount: Some(Money::yen(yen * 12)),
        months: Some(12),
        start: Some("2026-01-01".parse().unwrap()),
        end: Some(end.parse().unwrap()),
        notice_days: Some(30),
        ..ContractRow::default()
    };
    let received = [Received { at: stage.app.now(), assumed: false, record: Record::Contract(row) }];
    keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap();
}

#[tokio::test]
async fn what_is_decided_by_the_notice_deadline_is_due_by_then() {
    for on in BOTH {
        let (stage, _) = set(on, &["soon", "later", "past"]).await;
        for (name, end) in [("soon", "2026-12-02"), ("later", "2027-03-31"), ("past", "2026-11-10")] {
            sign_until(&stage, name, 100_000, end).await;
        }
        score_all(&stage.app, stage.workspace).await.unwrap();
        let due = |rows: &[CardRow], name: &str| rows.iter().find(|c| c.subject == name).unwrap().due_day;
        let rows = risks(&stage).await;
        let deadline: Day = "2026-11-02".parse().unwrap();
        assert_eq!(due(&rows, "soon"), deadline, "{on:?}");
        assert!(due(&rows, "later") > deadline, "{on:?}: as its rule says");
        assert_eq!(due(&rows, "past"), due(&rows, "later"), "{on:?}: a deadline that is over presses no more");
    }
}

#[tokio::test]
async fn a_day_holds_what_it_holds_and_a_key_account_is_never_quiet() {
    for on in BOTH {
        let names = ["a", "b", "c", "d", "e", "key"];
        let (stage, viewer) = set(on, &names).await;
        for name in names {
            sign(&stage, name, if name == "key" { 900_000 } else { 1_000 }).await;
        }
        score_all(&stage.app, stage.workspace).await.unwrap();
        assert!(matches!(set_daily_cards(&stage.app, &viewer, 0).await, Err(Error::Refused(Refused::Field { .. }))));
        set_daily_cards(&stage.app, &viewer, 1).await.unwrap();
        let viewer = Viewer { daily_cards: 1, ..viewer };
        let today = open_today(&stage.app, &viewer).await.unwrap();
        let keys: Vec<_> = open(&stage).await.into_iter().filter(|c| c.subject == "key").map(|c| c.id).collect();
        assert!(!keys.is_empty());
        let shown: Vec<_> = today.cards.iter().map(|c| c.id).collect();
        assert!(keys.iter().all(|k| shown.contains(k)), "{on:?}: all cards of the key account are shown");
        assert!(today.cards.iter().all(|c| c.is_never_quiet), "{on:?}: and they take the day");
        let all = i64::try_from(open(&stage).await.len()).unwrap();
        assert_eq!(today.quiet_total, all - i64::try_from(shown.len()).unwrap());
        let page = plays::open_quiet(&stage.app, stage.workspace, Some(viewer.staff), 1, (0, false)).await.unwrap();
        assert_eq!(page.total, today.quiet_total);
        assert!(page.cards.iter().all(|c| matches!(c.why, WhyQuiet::BeyondCapacity { .. })), "{on:?}");
        // Without a budget that small, all are there.
        let many = plays::open_budget(&stage.app, stage.workspace, Some(viewer.staff), 50, 10).await.unwrap();
        assert_eq!((i64::try_from(many.shown.len()).unwrap(), many.quiet_total), (all, 0));
        // It may be put off, but not past its deadline.
        let grant = work(&viewer);
        let past = plays::snooze_card(&stage.app, &grant, keys[0], Day(stage.today().0 + 60), "").await;
        assert!(matches!(past, Err(Error::Refused(Refused::Field { reason: "snooze-deadline", .. }))), "{past:?}");
        plays::snooze_card(&stage.app, &grant, keys[0], stage.today().plus(1), "").await.unwrap();
    }
}

#[tokio::test]
async fn signals_are_as_right_as_people_say() {
    for on in BOTH {
        let names = ["a", "b", "c", "d", "e", "f"];
        let (stage, viewer) = set(on, &names).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let cards = risks(&stage).await;
        let grant = work(&viewer);
        for (n, card) in cards.iter().enumerate().take(4) {
            let outcome = if n == 0 { Outcome::Unsolved } else { Outcome::FalseAlarm };
            plays::close_card(&stage.app, &grant, card.id, outcome, "様子を見た").await.unwrap();
        }
        let rule = plays::open_card(&stage.app, stage.workspace, cards[0].id).await.unwrap().causes[0].rule.clone();
        let of = async || {
            let all = plays::open_precision(&stage.app, stage.workspace).await.unwrap();
            all.signals.into_iter().find(|s| s.rule == rule).unwrap()
        };
        assert_eq!(of().await.tally.share(), None, "{on:?}: four cases say nothing");
        plays::close_card(&stage.app, &grant, cards[4].id, Outcome::FalseAlarm, "様子を見た").await.unwrap();
        let signal = of().await;
        let share = signal.tally.share().unwrap();
        assert_eq!((share.real, share.judged, signal.tally.opened), (1, 5, 6), "{on:?}");
        assert!(signal.tally.is_noisy() && signal.title.is_some());
    }
}

#[tokio::test]
async fn cards_of_all_kinds_of_lists_are_counted_as_they_are_listed() {
    for on in BOTH {
        let (stage, viewer) = set(on, &["a", "b", "c", "d"]).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let grant = work(&viewer);
        let cards = risks(&stage).await;
        plays::take_card(&stage.app, &grant, cards[0].id).await.unwrap();
        plays::wait_for_customer(&stage.app, &grant, cards[1].id).await.unwrap();
        plays::snooze_card(&stage.app, &grant, cards[2].id, stage.today().plus(2), "").await.unwrap();
        plays::change_cards(&stage.app, &grant, &[cards[3].id], &Act::Hand(None)).await.unwrap();
        let me = Some(viewer.staff);
        let risk = CardQuery { kind: Some(CardKind::Risk), rows: 1, ..CardQuery::default() };
        let queries = [
            (risk.clone(), 3),
            (CardQuery { owner: me, ..risk.clone() }, 2),
            (CardQuery { nobody: true, ..risk.clone() }, 1),
            (CardQuery { snoozed: true, ..risk.clone() }, 1),
            (CardQuery { state: Some(CardState::New), ..risk.clone() }, 1),
            (CardQuery { state: Some(CardState::Taken), owner: me, ..risk.clone() }, 1),
            (CardQuery { state: Some(CardState::Waiting), ..risk.clone() }, 1),
            (CardQuery { closed: true, ..risk.clone() }, 0),
        ];
        for (query, expected) in queries {
            let mut met = std::collections::HashSet::new();
            let mut after = None;
            loop {
                let asked = CardQuery { after, ..query.clone() };
                let page = plays::list_cards(&stage.app, stage.workspace, &asked).await.unwrap();
                assert_eq!(page.total, expected, "{on:?} {query:?}");
                assert!(page.rows.iter().all(|row| met.insert(row.id)), "{on:?} {query:?}: a card twice");
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(i64::try_from(met.len()).unwrap(), expected, "{on:?} {query:?}");
        }
    }
}
