//! What the product promises, on both databases: every statement is understood by both, records are kept once and with their
//! history, a falling customer gets one card with its reasons, and people work with it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod aims;
mod attention;
mod books;
mod called_by_name;
mod cards;
mod cleared;
mod closings;
mod dated;
mod deals;
mod edits;
mod engines;
mod feeds;
mod files;
mod finding;
mod firings;
mod frame;
mod guarded_databases;
mod handover;
mod healing;
mod history;
mod imports;
mod judgement;
mod learning;
mod mail;
mod mailboxes;
mod merges;
mod mornings;
mod notes;
mod notices;
mod older_versions;
mod own_steps;
mod ownership;
mod playbooks;
mod presence;
mod presses;
mod pulls;
mod quiet_hours;
mod records;
mod rooms;
mod rooms_changed;
mod rooms_told;
mod search;
mod settings;
mod shifts;
mod shown;
mod sign_in;
mod signed;
mod silent;
mod starts;
mod support;
mod tasks_told;
mod told;
mod worded;

use kizashi_domain::intake::{EventBatch, EventRef, Says};
use kizashi_domain::time::{DAY_US, Day, Time};
use kizashi_testkit::{On, Stage};

pub(crate) const SAAS: &str = include_str!("../../../../packs/saas.toml");
/// Why something was refused.
pub(crate) fn refused<T: std::fmt::Debug>(result: Result<T, kizashi_app::Error>) -> kizashi_app::Refused {
    match result {
        Err(kizashi_app::Error::Refused(r)) => r,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

pub(crate) const BOTH: [On; 2] = [On::Sqlite, On::Postgres];

/// `count` logins of each of `users` people on every day of `days`, at ten in the morning.
pub(crate) async fn log_in(stage: &Stage, customer: &str, days: std::ops::RangeInclusive<i32>, users: usize) {
    let mut batch = EventBatch::default();
    for day in days {
        let at = stage.zone.start_of(Day(day)).plus_us(9 * 3_600_000_000);
        for user in 0..users {
            for name in ["login", "report_export"] {
                let id = format!("{customer}/{day}/{user}/{name}");
                let user = format!("u{user}");
                batch.push(event(&id, customer, &user, name, at));
            }
        }
    }
    kizashi_app::intake::append_events(&stage.app, stage.workspace, "product", batch).await.unwrap();
}

pub(crate) fn event<'a>(id: &'a str, customer: &'a str, user: &'a str, name: &'a str, at: Time) -> EventRef<'a> {
    EventRef {
        id,
        customer,
        user,
        name,
        occurred_at: at,
        received_at: at.plus_us(DAY_US / 24),
        assumed: false,
        value: None,
        properties: "",
        says: Says::Once,
    }
}
