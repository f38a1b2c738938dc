//! Table score, and what is written of a scoring.

use std::collections::HashMap;

use kizashi_db::{ToValue, Tx, Value, args, row, sql};
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::time::{Day, Time};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::band_word;
use super::standings::Standings;
use super::terms::AllTerms;
use crate::measure::Run;
use crate::pipeline::{Assessed, Span};
use crate::subscriptions::{Happened, Occurrence, is_told, tell};
use crate::{App, Result};

/// The bands of customers before they are scored anew; `None` when nobody wants to be told.
pub(crate) async fn load_bands(app: &App, ws: Id<Workspace>, chunk: &[Assessed]) -> Result<Bands> {
    if !is_told(app, ws, &[Occurrence::BandChanged]).await? {
        return Ok(Bands::default());
    }
    let find = sql!(
        "SELECT customer_id, band FROM standing WHERE COALESCE(workspace_id, customer_id) = $1 AND customer_id IN ($2)"
    );
    let ids = chunk.iter().map(|a| a.subject.id.to_value()).collect();
    let before: Vec<(Id<Customer>, String)> = app.db.list_in(find, args![ws], ids).await?;
    Ok(Bands(before.into_iter().collect()))
}

/// Bands as they were.
#[derive(Debug, Default)]
pub(crate) struct Bands(HashMap<Id<Customer>, String>);

impl Bands {
    /// Tells whose band is another than it was.
    pub async fn tell(&self, tx: &mut Tx, app: &App, ws: Id<Workspace>, chunk: &[Assessed]) -> Result<()> {
        let mut happened = Vec::new();
        for a in chunk {
            let band = band_word(a.health.verdict.band);
            let Some(was) = self.0.get(&a.subject.id).filter(|was| was.as_str() != band) else { continue };
            let data = json!({
                "customer": { "id": a.subject.id, "external_id": a.subject.external_id, "name": a.subject.name },
                "from": was, "to": band, "points": a.health.verdict.shown(), "sentence": a.health.sentence,
            });
            happened.push(Happened::new(Occurrence::BandChanged, app.now(), &data));
        }
        tell(tx, app, ws, &happened).await
    }
}

/// What is kept of the scores of a chunk, ready to be written: made before the transaction, in which nobody else can write.
#[derive(Debug, Default)]
pub(crate) struct Scores {
    past: Vec<Vec<Value>>,
    today: Vec<Vec<Value>>,
    standings: Standings,
}

impl Scores {
    pub fn of(app: &App, run: &Run, span: &Span, terms: &AllTerms, chunk: &[Assessed]) -> Result<Self> {
        let (ws, version, now) = (run.settings.workspace, run.settings.version, app.now());
        let mut out = Self { standings: Standings::of(run, span, terms, chunk, now)?, ..Self::default() };
        for a in chunk {
            for d in &a.health.days {
                #[allow(clippy::cast_possible_truncation)]
                let row = args![
                    ws,
                    a.subject.id,
                    d.day,
                    d.points,
                    band_word(d.band),
                    i64::from(d.range.0),
                    i64::from(d.range.1),
                    (d.coverage * 100.0).round() as i64,
                    d.model,
                    version,
                    now
                ];
                if d.day == span.today { out.today.push(row) } else { out.past.push(row) }
            }
        }
        Ok(out)
    }

    pub async fn keep(self, tx: &mut Tx) -> Result<()> {
        // What we knew of a past day stays; today is not over yet.
        let keep_past = sql!(
            "INSERT INTO score (workspace_id, customer_id, day, points, band, low, high, coverage, model, settings_version, recorded_at) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (workspace_id, customer_id, day) DO NOTHING"
        );
        let keep_today = sql!(
            "INSERT INTO score (workspace_id, customer_id, day, points, band, low, high, coverage, model, settings_version, recorded_at) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (workspace_id, customer_id, day) DO UPDATE SET ",
            "points = excluded.points, band = excluded.band, low = excluded.low, high = excluded.high, coverage = excluded.coverage, ",
            "model = excluded.model, settings_version = excluded.settings_version, recorded_at = excluded.recorded_at"
        );
        tx.run_many(keep_past, self.past).await?;
        tx.run_many(keep_today, self.today).await?;
        self.standings.keep(tx).await
    }
}

/// Forgets the scores of a customer that is going.
pub(super) async fn forget_customer(tx: &mut Tx, ws: Id<Workspace>, customer: Id<Customer>) -> Result<()> {
    tx.run(sql!("DELETE FROM score WHERE workspace_id = $1 AND customer_id = $2"), args![ws, customer]).await?;
    super::standings::forget_standing(tx, ws, customer).await
}

row! {
    /// A kept score of a customer that went into another.
    #[derive(Serialize, Deserialize)]
    pub(crate) struct GoneScore {
        day: Day, points: Option<i64>, band: String, low: i64, high: i64, coverage: i64, model: String, settings_version: i64,
        recorded_at: Time,
    }
}

/// Takes the scores of a customer that goes into another.
pub(super) async fn take_scores(tx: &mut Tx, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Vec<GoneScore>> {
    let scores = sql!(
        "SELECT day, points, band, low, high, coverage, model, settings_version, recorded_at FROM score ",
        "WHERE workspace_id = $1 AND customer_id = $2 ORDER BY day LIMIT 100000"
    );
    let found = tx.list(scores, args![ws, customer]).await?;
    forget_customer(tx, ws, customer).await?;
    Ok(found)
}

/// Puts them back; where it stands is said by the next turn.
pub(super) async fn put_scores(
    tx: &mut Tx,
    ws: Id<Workspace>,
    customer: Id<Customer>,
    scores: &[GoneScore],
) -> Result<()> {
    let statement = sql!(
        "INSERT INTO score (workspace_id, customer_id, day, points, band, low, high, coverage, model, settings_version, recorded_at) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    );
    let each = |s: &GoneScore| {
        args![
            ws,
            customer,
            s.day,
            s.points,
            s.band,
            s.low,
            s.high,
            s.coverage,
            s.model,
            s.settings_version,
            s.recorded_at
        ]
    };
    tx.run_many(statement, scores.iter().map(each).collect()).await?;
    Ok(())
}
