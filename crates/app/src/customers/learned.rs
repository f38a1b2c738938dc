//! What was learned of a customer after a day about that day and the days before.

use std::collections::BTreeMap;

use kizashi_db::{args, row, sql};
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::measure::{Selection, is_record_event};
use kizashi_domain::time::{Day, Time};

use super::as_of::{Learned, LearnedKind};
use crate::{App, Result};

const ROWS_MAX: i64 = 40;

row! {
    struct Line { name: String, at: Time, learned_at: Time, figure: Option<f64> }
}

row! {
    struct DatedLine { name: String, day: Day, learned_at: Time, figure: Option<f64> }
}

/// Facts that were true before `end` and that we learned of later, the newest first; usage events by the day of receipt.
pub(super) async fn list_learned(
    app: &App,
    ws: Id<Workspace>,
    customer: Id<Customer>,
    external_id: &str,
    end: Time,
) -> Result<Vec<Learned>> {
    let settings = crate::settings::open_settings(app, ws).await?;
    let mut out = Vec::new();
    for (kind, statement) in statements() {
        let lines: Vec<Line> = app.db.list(statement, args![ws, customer, end, ROWS_MAX]).await?;
        out.extend(lines.into_iter().map(|l| Learned {
            kind,
            what: l.name,
            day: settings.day_of(l.at),
            learned_on: settings.day_of(l.learned_at),
            figure: l.figure,
            count: 1,
        }));
    }
    let last = settings.day_of(end.plus_us(-1));
    for (kind, statement) in dated() {
        let lines: Vec<DatedLine> = app.db.list(statement, args![ws, customer, end, last, ROWS_MAX]).await?;
        out.extend(lines.into_iter().map(|l| Learned {
            kind,
            what: l.name,
            day: l.day,
            learned_on: settings.day_of(l.learned_at),
            figure: l.figure,
            count: 1,
        }));
    }
    out.extend(list_late_usage(app, external_id, last).await?);
    out.sort_by_key(|l| std::cmp::Reverse((l.learned_on, l.day)));
    out.truncate(usize::try_from(ROWS_MAX).unwrap_or(40));
    Ok(out)
}

/// What has an instant.
fn statements() -> [(LearnedKind, &'static kizashi_db::Statement); 4] {
    [
        (
            LearnedKind::Activity,
            sql!(
                "SELECT kind, happened_at, recorded_at, CAST(NULL AS DOUBLE PRECISION) FROM activity WHERE workspace_id = $1 ",
                "AND customer_id = $2 AND happened_at < $3 AND recorded_at >= $3 AND assumed = 0 ORDER BY recorded_at DESC LIMIT $4"
            ),
        ),
        (
            LearnedKind::Ticket,
            sql!(
                "SELECT subject, opened_at, recorded_at, CAST(NULL AS DOUBLE PRECISION) FROM ticket WHERE workspace_id = $1 ",
                "AND customer_id = $2 AND opened_at < $3 AND recorded_at >= $3 AND assumed = 0 ORDER BY recorded_at DESC LIMIT $4"
            ),
        ),
        (
            LearnedKind::Response,
            sql!(
                "SELECT survey, answered_at, recorded_at, score FROM response WHERE workspace_id = $1 AND customer_id = $2 ",
                "AND answered_at < $3 AND recorded_at >= $3 AND assumed = 0 ORDER BY recorded_at DESC LIMIT $4"
            ),
        ),
        (
            LearnedKind::Contact,
            sql!(
                "SELECT name, recorded_at, recorded_at, CAST(NULL AS DOUBLE PRECISION) FROM contact WHERE workspace_id = $1 ",
                "AND customer_id = $2 AND recorded_at >= $3 AND assumed = 0 ORDER BY recorded_at DESC LIMIT $4"
            ),
        ),
    ]
}

/// What has a day from which it holds: $4 is the last day that counts.
fn dated() -> [(LearnedKind, &'static kizashi_db::Statement); 3] {
    [
        (
            LearnedKind::Figure,
            sql!(
                "SELECT name, valid_from, recorded_at, figure FROM attribute WHERE workspace_id = $1 AND customer_id = $2 ",
                "AND recorded_at >= $3 AND assumed = 0 AND valid_from <= $4 ORDER BY recorded_at DESC LIMIT $5"
            ),
        ),
        (
            LearnedKind::Contract,
            sql!(
                "SELECT plan, start_day, recorded_at, CAST(NULL AS DOUBLE PRECISION) FROM contract WHERE workspace_id = $1 ",
                "AND customer_id = $2 AND recorded_at >= $3 AND assumed = 0 AND start_day <= $4 ORDER BY recorded_at DESC LIMIT $5"
            ),
        ),
        (
            LearnedKind::Deal,
            sql!(
                "SELECT title, opened_on, recorded_at, CAST(NULL AS DOUBLE PRECISION) FROM deal WHERE workspace_id = $1 ",
                "AND customer_id = $2 AND recorded_at >= $3 AND assumed = 0 AND opened_on <= $4 ORDER BY recorded_at DESC LIMIT $5"
            ),
        ),
    ]
}

/// Usage events up to a day that arrived after it, or were corrected or deleted after it, by the day on which that was learned.
async fn list_late_usage(app: &App, external_id: &str, last: Day) -> Result<Vec<Learned>> {
    let ids = vec![external_id.to_owned()];
    app.blocking(move |history| {
        let names = history.names()?;
        let usage: Vec<bool> = names.0.iter().map(|n| !is_record_event(n)).collect();
        let late: std::sync::Mutex<BTreeMap<(i32, bool), (i32, u64)>> = std::sync::Mutex::default();
        history.visit(Selection::Only(&ids), &|events| {
            let Ok(mut late) = late.lock() else { return };
            for (place, (day, name)) in events.days.iter().zip(events.names).enumerate() {
                if *day > last.0 || !usage.get(*name as usize).copied().unwrap_or(false) {
                    continue;
                }
                let at = |days: &[i32]| days.get(place).copied();
                let learned = match (events.is_known(place, Some(last)), events.is_known(place, None)) {
                    (false, true) => at(events.received_days.unwrap_or(events.days)),
                    (true, false) => events.retracted_days.and_then(at),
                    _ => None,
                };
                if let Some(learned) = learned {
                    let slot = late.entry((learned, events.is_known(place, None))).or_insert((*day, 0));
                    *slot = (slot.0.max(*day), slot.1 + 1);
                }
            }
        })?;
        let late = late.into_inner().unwrap_or_default();
        Ok(late
            .into_iter()
            .map(|((learned, counts), (day, count))| Learned {
                kind: if counts { LearnedKind::Usage } else { LearnedKind::Retracted },
                what: String::new(),
                day: Day(day),
                learned_on: Day(learned),
                figure: None,
                count,
            })
            .collect())
    })
    .await
}
