//! The past of a founded company, read as its pages read it.

use std::collections::HashSet;
use std::sync::Arc;

use kizashi_app::FixedClock;
use kizashi_app::plays::books::list_proposals;
use kizashi_app::plays::{
    CardQuery, CardRow, Outcome, RunQuery, RunTab, SignalPrecision, list_cards, list_runs, open_onboarding,
    open_precision,
};
use kizashi_app::settings::open_settings;
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::signals::Change;
use kizashi_domain::time::Zone;

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
        let dir = tempfile::tempdir().unwrap();
        let data = Data { dir: dir.path().join("data"), database_url: None, secret_key: None };
        let (mut home, workspace) = make(&data, &find_pack("saas").unwrap(), "ミナモ帳票").await.unwrap();
        let zone = Zone::named("Asia/Tokyo").unwrap();
        let now = zone.start_of(today.parse().unwrap()).plus_us(9 * usage::HOUR_US);
        home.app = home.app.by_clock(Arc::new(FixedClock::at(now)));
        let company = Company::new(7, 300, 18, now, zone);
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
    let proposal = noisy[0].proposal.expect("a change that would keep false alarms away");
    assert!(matches!(proposal.change, Change::Limit { .. }) && proposal.dropped > 2 * proposal.lost, "{proposal:?}");
    assert!(good.iter().all(|s| s.tally.share().is_some_and(|share| share.share > 0.6)), "{good:?}");

    let settings = open_settings(app, ws).await.unwrap();
    let proposals = list_proposals(app, &settings).await.unwrap();
    assert!(proposals.iter().any(|p| p.repeated.did.len() > 1), "{proposals:?}");

    let onboarding = open_onboarding(app, ws, "").await.unwrap();
    let timed = onboarding.cohorts.iter().filter(|c| c.days_to_value.is_some()).count();
    assert!(timed >= 3, "{:?}", onboarding.cohorts);
    assert!(onboarding.milestones.iter().all(|m| m.reached > 0 && m.late == 0), "{:?}", onboarding.milestones);

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
    // Who works with the product today begins with nothing done.
    assert!(open.iter().all(|c| c.state == kizashi_app::plays::CardState::New), "{open:?}");
}
