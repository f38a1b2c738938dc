//! The past of a founded company, read as its pages read it.

use std::collections::HashSet;
use std::sync::Arc;

use kizashi_app::FixedClock;
use kizashi_app::access::list_staff;
use kizashi_app::customers::Briefing;
use kizashi_app::handover::{list_due, list_handovers, open_handover, open_pack};
use kizashi_app::notices::list_letters;
use kizashi_app::plays::books::{Side, list_proposals, open_effect};
use kizashi_app::plays::{
    CardQuery, CardRow, CardState, Outcome, RunQuery, RunTab, SignalPrecision, list_card_mentions, list_cards,
    list_runs, open_onboarding, open_precision,
};
use kizashi_app::settings::open_settings;
use kizashi_domain::handover::{HUNCHES_MIN, HunchEnd};
use kizashi_domain::health::Band;
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::signals::{Advice, CardKind, Change};
use kizashi_domain::time::{Day, Zone};

use super::super::{Company, usage};
use crate::args::Data;
use crate::commands::company::{find_pack, found, make};
use crate::home::Home;

/// A founded company.
struct Founded {
    home: Home,
    workspace: Id<Workspace>,
    company: Company,
    _dir: tempfile::TempDir,
}

impl Founded {
    /// The company that people get, on the morning of a day.
    async fn on(today: &str) -> Self {
        Self::with(today, 300).await
    }

    async fn with(today: &str, customers: usize) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = Data { dir: dir.path().join("data"), database_url: None, secret_key: None };
        let (mut home, workspace) = make(&data, &find_pack("saas").unwrap(), "ミナモ帳票").await.unwrap();
        let zone = Zone::named("Asia/Tokyo").unwrap();
        let now = zone.start_of(today.parse().unwrap()).plus_us(9 * usage::HOUR_US);
        home.app = home.app.by_clock(Arc::new(FixedClock::at(now)));
        let company = Company::new(7, customers, 18, now, zone);
        found(&home, workspace, &company).await.unwrap();
        Self { home, workspace, company, _dir: dir }
    }

    async fn cards(&self, closed: bool) -> Vec<CardRow> {
        let mut query = CardQuery { closed, rows: 200, ..CardQuery::default() };
        let mut rows = Vec::new();
        loop {
            let page = list_cards(&self.home.app, self.workspace, &query).await.unwrap();
            rows.extend(page.rows);
            query.after = page.next;
            if query.after.is_none() {
                return rows;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_founded_company_has_learned_from_its_past() {
    let founded = Founded::on("2026-11-24").await;
    let (app, ws) = (&founded.home.app, founded.workspace);

    let precision = open_precision(app, ws).await.unwrap();
    let told: Vec<_> = precision.signals.iter().filter(|s| s.tally.judged() >= 8).collect();
    assert!(told.len() >= 4, "{:?}", precision.signals.iter().map(|s| (&s.rule, s.tally)).collect::<Vec<_>>());
    let (noisy, good): (Vec<&SignalPrecision>, Vec<&SignalPrecision>) =
        told.into_iter().partition(|s| s.tally.is_noisy());
    assert_eq!(noisy.iter().map(|s| s.rule.as_str()).collect::<Vec<_>>(), [super::super::words::NOISY]);
    let Some(Advice::Change(proposal)) = &noisy[0].advice else {
        panic!("a change that would keep false alarms away: {:?}", noisy[0].advice)
    };
    assert!(matches!(proposal.change, Change::Limit { .. }) && proposal.dropped > 2 * proposal.lost, "{proposal:?}");
    assert!(good.iter().all(|s| s.tally.share().is_some_and(|share| share.share > 0.6)), "{good:?}");

    let settings = open_settings(app, ws).await.unwrap();
    let effect = open_effect(app, &settings, "usage_recovery").await.unwrap();
    assert!(effect.ran.until_after.is_some(), "{effect:?}");
    let (solved, unsolved) = (effect.ends.0[0], effect.ends.0[1]);
    assert!(solved > unsolved && unsolved > 0, "{:?}", effect.ends);
    let says = |side: &Side| side.until_end.is_some_and(|moved| moved.is_sure());
    assert!(effect.measured.iter().any(|m| says(&m.ran) && m.others.until_end.is_some()), "{effect:?}");

    let proposals = list_proposals(app, &settings).await.unwrap();
    assert!(proposals.iter().any(|p| p.repeated.did.len() > 1), "{proposals:?}");

    let onboarding = open_onboarding(app, ws, "", None).await.unwrap();
    let timed = onboarding.cohorts.iter().filter(|c| c.days_to_value.is_some()).count();
    assert!(timed >= 3, "{:?}", onboarding.cohorts);
    // Two of those under way are late with their set-up.
    let late: Vec<i64> = onboarding.milestones.iter().map(|m| m.late).collect();
    assert!(
        onboarding.milestones.iter().all(|m| m.reached > 0) && late.first() == Some(&2),
        "{:?}",
        onboarding.milestones
    );

    let late: Vec<i64> = onboarding.under_way.iter().map(|row| row.late_days).collect();
    assert!((4..=8).contains(&late.len()) && late[0] > late[1] && late[1] > 0, "{late:?}: the latest first");
    assert!(
        onboarding.under_way.iter().any(|row| row.reached >= 2)
            && onboarding.under_way.iter().any(|row| row.reached == 0)
    );

    let ended = RunQuery { tab: RunTab::Ended, rows: 200, ..RunQuery::default() };
    let ended = list_runs(app, ws, &ended).await.unwrap();
    let ways: HashSet<String> = ended.rows.iter().filter_map(|r| r.ended).map(|(how, _)| format!("{how:?}")).collect();
    assert!(ended.total >= 20 && ways.len() >= 2, "{} {ways:?}", ended.total);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_agrees_with_what_is_known_and_leaves_today_alone() {
    let founded = Founded::on("2026-10-05").await;
    let (closed, open) = (founded.cards(true).await, founded.cards(false).await);
    let ends: HashSet<Outcome> = closed.iter().filter_map(|c| c.outcome).collect();
    assert_eq!(ends.len(), Outcome::ALL.len(), "every outcome occurs");
    let now = founded.home.app.now();
    let mut left = 0;
    for card in &closed {
        let p = founded.company.profiles.iter().find(|p| p.name == card.subject).unwrap();
        let at = card.closed_at.unwrap();
        assert!(card.outcome.is_some() && at > card.opened_at && at < now && !card.outcome_note.is_empty(), "{card:?}");
        if p.churned_on.is_some() {
            left += 1;
            assert_eq!(card.outcome, Some(Outcome::Unsolved), "{} left: {card:?}", p.name);
        }
        let same = |o: &&CardRow| o.customer_id == card.customer_id && o.kind == card.kind;
        for now in open.iter().filter(same) {
            assert!(at <= now.opened_at, "two at a time: {card:?} and {now:?}");
        }
    }
    assert!(left > 0, "customers that left are among them");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_in_the_middle_of_their_work() {
    let founded = Founded::on("2026-11-24").await;
    let (app, ws) = (&founded.home.app, founded.workspace);
    let open = founded.cards(false).await;
    let awake = |state: CardState| open.iter().filter(|c| c.state == state && c.snoozed_until.is_none()).count();
    let columns = [CardState::New, CardState::Taken, CardState::Waiting].map(awake);
    assert!(columns.iter().all(|n| *n >= 2), "{columns:?}");
    let query = CardQuery { snoozed: true, rows: 200, ..CardQuery::default() };
    let asleep = list_cards(app, ws, &query).await.unwrap().rows;
    let until = asleep.iter().filter_map(|c| c.snoozed_until).max();
    assert!(until > Some(founded.company.today), "one card sleeps: {asleep:?}");
    // The first look of the rules met what was open and opened none beside it.
    let mut seen = HashSet::new();
    let by_hand = [CardKind::Activity, CardKind::Goal];
    for card in open.iter().filter(|c| !by_hand.contains(&c.kind)) {
        assert!(seen.insert((card.customer_id, card.kind)), "two at a time: {card:?}");
    }

    let list = |tab| {
        let query = RunQuery { tab, rows: 200, ..RunQuery::default() };
        async move { list_runs(app, ws, &query).await.unwrap().rows }
    };
    let (today, calendar) = (founded.company.today, &founded.company.calendar);
    let late = list(RunTab::Late).await;
    let (onboarding, late): (Vec<_>, Vec<_>) = late.into_iter().partition(|r| r.play == "onboarding");
    // They wait for a milestone.
    assert_eq!(onboarding.len(), 2, "{onboarding:?}");
    let days = |due: Option<Day>| calendar.business_days_between(due.unwrap(), today);
    assert!(late.len() <= 2 && late.iter().all(|r| r.done > 0 && days(r.next_due) <= 5), "{late:?}");
    assert!(open.iter().all(|c| c.state == CardState::New || c.due_day >= today), "{open:?}");
    assert_eq!(list(RunTab::Paused).await.len(), 1);
    let begun = list(RunTab::Open).await.into_iter().filter(|r| r.started_on < today && r.done > 0).count();
    assert!(begun >= 6, "{begun} were begun before today");

    let mut called = 0;
    for staff in list_staff(app, ws).await.unwrap() {
        called += list_card_mentions(app, ws, staff.id).await.unwrap().len();
    }
    assert_eq!(called, 1, "one colleague is asked to go on with a card");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_colleague_left_was_handed_over_and_letters_went_through_the_ledger() {
    let founded = Founded::on("2026-11-24").await;
    let (app, ws) = (&founded.home.app, founded.workspace);
    let handovers = list_handovers(app, ws).await.unwrap();
    let [handover] = handovers.as_slice() else { panic!("{handovers:?}") };
    assert!(handover.undone_at.is_none() && !handover.note.is_empty() && handover.customers >= 12, "{handover:?}");
    assert!(handover.items > 0, "cards and deals went along: {handover:?}");
    let page = open_handover(app, ws, handover.id).await.unwrap();
    assert_eq!(page.customers.len(), 2, "two took over");
    let received: Vec<_> = page.customers.iter().flat_map(|(_, _, own)| own).collect();
    assert!(received.iter().all(|r| r.seen_at.is_some_and(|at| at > r.at)), "all of it was read");
    for one in &received {
        let p = founded.company.profiles.iter().find(|p| p.name == one.name).unwrap();
        assert_eq!(one.to_name, founded.company.staff()[p.owner].name, "{one:?}");
    }
    assert_eq!(open_pack(app, ws, handover.id, (None, 1)).await.unwrap().customers, received.len());
    // Whoever took over reads what the one before had felt, and how right that was.
    let pack = open_pack(app, ws, handover.id, (None, 1)).await.unwrap();
    let felt: Vec<_> = pack.briefings.iter().flat_map(|(_, b)| &b.hunches).collect();
    let ends: Vec<_> = felt.iter().map(|h| h.end).collect();
    for end in [HunchEnd::Right, HunchEnd::Wrong, HunchEnd::Open] {
        assert!(ends.contains(&end), "{end:?}: {ends:?}");
    }
    assert!(felt.iter().any(|h| h.hunch.staff == "笹川 悠") && felt.iter().all(|h| h.hunch.at < app.now()), "{felt:?}");
    let records: Vec<_> = pack.briefings.iter().flat_map(|(_, b)| &b.records).collect();
    assert!(records.iter().any(|(_, record)| record.judged() >= HUNCHES_MIN), "{records:?}");
    // Everybody knows the next three actions of whoever is not well, and the next one of everybody.
    let unwell = |b: &Briefing| matches!(b.page.row.band, Some(Band::Red | Band::Amber));
    for (_, briefing) in &pack.briefings {
        let next: Vec<_> = briefing.next.iter().map(|next| next.kind).collect();
        assert!(!next.is_empty() && (next.len() == 3 || !unwell(briefing)), "{}: {next:?}", briefing.page.row.name);
    }
    // Of those who have left, only the one of last week has something open.
    let due: Vec<String> = list_due(app, ws).await.unwrap().into_iter().map(|d| d.name).collect();
    assert_eq!(due, ["南雲 大地"]);

    let (sent, _) = list_letters(app, ws, "sent", None).await.unwrap();
    let held = |why: &str| sent.iter().filter(|l| l.holds.iter().any(|(_, word, _)| word == why)).count();
    assert!(sent.len() >= 20 && held("closed") >= 2, "{} {}", sent.len(), held("closed"));
    assert!(sent.iter().all(|l| l.ended_at.is_some_and(|at| at < app.now())), "{sent:?}");
    let (spared, _) = list_letters(app, ws, "held", None).await.unwrap();
    assert!(spared.iter().any(|l| l.why == "opt-out"), "{spared:?}");
    // What is held back goes when it may, not when somebody looks.
    assert!(
        sent.iter().all(|l| l
            .holds
            .iter()
            .all(|(_, _, until)| until.is_none_or(|u| l.ended_at.unwrap().micros() - u.micros() < 8 * 86_400_000_000))),
        "{sent:?}"
    );
    let (waiting, _) = list_letters(app, ws, "waiting", None).await.unwrap();
    assert!(waiting.iter().any(|l| l.why == "limit" && l.look_at > app.now()), "{waiting:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_company_works_on_what_signals_opened() {
    let founded = Founded::with("2026-11-24", 60).await;
    let (app, ws) = (&founded.home.app, founded.workspace);
    let query = CardQuery { snoozed: true, rows: 200, ..CardQuery::default() };
    let asleep = list_cards(app, ws, &query).await.unwrap().rows;
    let open = founded.cards(false).await;
    let under_way = open.iter().filter(|c| c.state != CardState::New && !c.is_made_by_hand).count();
    let states = open.iter().map(|c| (&c.subject, c.state, c.is_made_by_hand)).collect::<Vec<_>>();
    assert!(under_way >= 4, "{states:?}");
    assert!(asleep.iter().any(|c| !c.is_made_by_hand), "{asleep:?}");
    assert!(list_handovers(app, ws).await.unwrap().iter().all(|h| h.customers >= 2));
}
