//! Table score_override: a person's word over a score. The computed score goes on underneath.

use std::collections::HashMap;

use kizashi_db::{Value, args, row, sql};
use kizashi_domain::health::{Band, Override, OverrideFault};
use kizashi_domain::id::{Customer, Id, ScoreOverride, Workspace};
use kizashi_domain::limits::TEXT_CHARS_MAX;
use kizashi_domain::time::{Day, Time};

use super::{band_word, parse_band};
use crate::access::{Grant, record_audit};
use crate::measure::Which;
use crate::{App, Refused, Result};

/// Overrides that a look at everybody takes in, and that one customer's page shows.
const ROWS_MAX: i64 = 100_000;
const SHOWN_MAX: i64 = 20;

/// A person's word, and the days of which it speaks.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    /// First day.
    pub from: Day,
    /// The first day on which it does not hold any more, when it was taken back.
    pub ended: Option<Day>,
    pub word: Override,
}

impl Word {
    /// Whether it holds on a day, counting what was known by the end of `known`.
    pub fn holds(&self, day: Day, known: Option<Day>) -> bool {
        let ended = self.ended.filter(|e| known.is_none_or(|k| *e <= k));
        self.from <= day
            && day <= self.word.until
            && ended.is_none_or(|e| day < e)
            && known.is_none_or(|k| self.from <= k)
    }
}

pub(crate) type AllWords = HashMap<Id<Customer>, Vec<Word>>;

/// An override as people read it.
#[derive(Clone, Debug)]
pub struct OverrideView {
    /// Which.
    pub id: Id<ScoreOverride>,
    /// Of whom.
    pub customer: Id<Customer>,
    /// Name of the customer.
    pub customer_name: String,
    /// Points said.
    pub points: Option<i64>,
    /// Band said.
    pub band: Option<Band>,
    /// Reason code.
    pub reason: String,
    /// In words.
    pub note: String,
    /// Who said it.
    pub author: String,
    /// First day.
    pub from_day: Day,
    /// Last day.
    pub until_day: Day,
    /// When it was taken back.
    pub ended_at: Option<Time>,
}

/// A new override.
#[derive(Clone, Debug, Default)]
pub struct NewOverride {
    /// Points to show.
    pub points: Option<i64>,
    /// Band to show.
    pub band: Option<Band>,
    /// Reason code, one of [`kizashi_domain::health::OVERRIDE_REASONS`].
    pub reason: String,
    /// In words; not empty.
    pub note: String,
    /// Last day; at most 90 days ahead.
    pub until: Day,
}

row! {
    struct WordRow {
        customer_id: Id<Customer>, points: Option<i64>, band: Option<String>, reason: String, author: String, from_day: Day,
        until_day: Day, ended_at: Option<Time>,
    }
}

/// What people said over the scores of the customers of a run, oldest first.
pub(crate) async fn load_words(
    app: &App,
    settings: &crate::settings::Settings,
    which: Which<'_>,
    ids: Vec<Value>,
) -> Result<AllWords> {
    let ws = settings.workspace;
    let all = sql!(
        "SELECT w.customer_id, w.points, w.band, w.reason, o.name, w.from_day, w.until_day, w.ended_at FROM score_override w ",
        "JOIN staff o ON o.id = w.staff_id WHERE w.workspace_id = $1 ORDER BY w.created_at DESC LIMIT $2"
    );
    let some = sql!(
        "SELECT w.customer_id, w.points, w.band, w.reason, o.name, w.from_day, w.until_day, w.ended_at FROM score_override w ",
        "JOIN staff o ON o.id = w.staff_id WHERE w.workspace_id = $1 AND w.customer_id IN ($2) ORDER BY w.created_at DESC"
    );
    let rows: Vec<WordRow> = match which {
        Which::All => app.db.list(all, args![ws, ROWS_MAX]).await?,
        Which::Only(_) => app.db.list_in(some, args![ws], ids).await?,
    };
    let mut out = AllWords::new();
    for r in rows.into_iter().rev() {
        out.entry(r.customer_id).or_default().push(Word {
            from: r.from_day,
            ended: r.ended_at.map(|at| settings.day_of(at)),
            word: Override {
                points: r.points.and_then(|p| i32::try_from(p).ok()),
                band: r.band.as_deref().and_then(parse_band),
                reason: r.reason,
                author: r.author,
                until: r.until_day,
            },
        });
    }
    Ok(out)
}

/// What people said over the score of one customer.
pub(crate) async fn load_words_of(
    app: &App,
    settings: &crate::settings::Settings,
    customer: Id<Customer>,
) -> Result<AllWords> {
    load_words(app, settings, Which::Only(&[]), args![customer]).await
}

fn told(fault: OverrideFault) -> Refused {
    match fault {
        OverrideFault::Nothing => Refused::Field { field: "points", reason: "required" },
        OverrideFault::Points => Refused::Field { field: "points", reason: "points" },
        OverrideFault::Reason => Refused::Field { field: "reason", reason: "not-one-of" },
        OverrideFault::Until => Refused::Field { field: "until", reason: "override-until" },
    }
}

/// Says a word over a customer's score, from today on. It takes the place of one that still holds.
pub async fn keep_override(app: &App, grant: &Grant, customer: Id<Customer>, new: NewOverride) -> Result<()> {
    let ws = grant.workspace();
    let settings = crate::settings::open_settings(app, ws).await?;
    let today = settings.day_of(app.now());
    let Some(staff) = grant.staff() else { return Err(Refused::NotAllowed.into()) };
    let points = match new.points {
        None => None,
        Some(p) => Some(i32::try_from(p).map_err(|_| told(OverrideFault::Points))?),
    };
    let word = Override { points, band: new.band, reason: new.reason, author: String::new(), until: new.until };
    word.check(today).map_err(told)?;
    let note = new.note.trim();
    if note.is_empty() {
        return Err(Refused::Field { field: "note", reason: "required" }.into());
    }
    if note.chars().count() > TEXT_CHARS_MAX {
        return Err(Refused::Field { field: "note", reason: "too-long" }.into());
    }
    let find = sql!("SELECT external_id FROM customer WHERE workspace_id = $1 AND id = $2");
    let Some((external_id,)) = app.db.find::<(String,)>(find, args![ws, customer]).await? else {
        return Err(Refused::NotFound.into());
    };
    let mut tx = app.db.write().await?;
    let end = sql!(
        "UPDATE score_override SET ended_at = $3, ended_by = $4 WHERE workspace_id = $1 AND customer_id = $2 AND ended_at IS NULL"
    );
    tx.run(end, args![ws, customer, app.now(), staff]).await?;
    let insert = sql!(
        "INSERT INTO score_override (id, workspace_id, customer_id, points, band, reason, note, staff_id, from_day, until_day, created_at) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    );
    let id: Id<ScoreOverride> = App::new_id();
    let values = args![
        id,
        ws,
        customer,
        new.points,
        new.band.map(band_word),
        word.reason,
        note,
        staff,
        today,
        new.until,
        app.now()
    ];
    tx.run(insert, values).await?;
    record_audit(&mut tx, app, grant, "override", &id.to_string()).await?;
    tx.commit().await?;
    crate::intake::mark_dirty(app, ws, vec![external_id]).await
}

/// Takes a word back.
pub async fn end_override(app: &App, grant: &Grant, id: Id<ScoreOverride>) -> Result<Id<Customer>> {
    let ws = grant.workspace();
    let find = sql!(
        "SELECT w.customer_id, c.external_id FROM score_override w JOIN customer c ON c.id = w.customer_id ",
        "WHERE w.workspace_id = $1 AND w.id = $2 AND w.ended_at IS NULL"
    );
    let found: Option<(Id<Customer>, String)> = app.db.find(find, args![ws, id]).await?;
    let Some((customer, external_id)) = found else { return Err(Refused::NotFound.into()) };
    let mut tx = app.db.write().await?;
    let end = sql!("UPDATE score_override SET ended_at = $3, ended_by = $4 WHERE workspace_id = $1 AND id = $2");
    tx.run(end, args![ws, id, app.now(), grant.staff()]).await?;
    record_audit(&mut tx, app, grant, "override_end", &id.to_string()).await?;
    tx.commit().await?;
    crate::intake::mark_dirty(app, ws, vec![external_id]).await?;
    Ok(customer)
}

row! {
    struct ViewRow {
        id: Id<ScoreOverride>, customer: Id<Customer>, customer_name: String, points: Option<i64>, band: Option<String>, reason: String,
        note: String, author: String, from_day: Day, until_day: Day, ended_at: Option<Time>,
    }
}

impl ViewRow {
    fn view(self) -> OverrideView {
        OverrideView {
            id: self.id,
            customer: self.customer,
            customer_name: self.customer_name,
            points: self.points,
            band: self.band.as_deref().and_then(parse_band),
            reason: self.reason,
            note: self.note,
            author: self.author,
            from_day: self.from_day,
            until_day: self.until_day,
            ended_at: self.ended_at,
        }
    }
}

macro_rules! view_columns {
    () => {
        "SELECT w.id, w.customer_id, c.name, w.points, w.band, w.reason, w.note, o.name, w.from_day, w.until_day, w.ended_at \
         FROM score_override w JOIN customer c ON c.id = w.customer_id JOIN staff o ON o.id = w.staff_id "
    };
}

/// Overrides of a customer, newest first.
pub async fn list_overrides(app: &App, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Vec<OverrideView>> {
    let statement =
        sql!(view_columns!(), "WHERE w.workspace_id = $1 AND w.customer_id = $2 ORDER BY w.created_at DESC LIMIT $3");
    let rows: Vec<ViewRow> = app.db.list(statement, args![ws, customer, SHOWN_MAX]).await?;
    Ok(rows.into_iter().map(ViewRow::view).collect())
}

/// Overrides of these customers that hold on a day.
pub(crate) async fn list_overrides_in_force(
    app: &App,
    ws: Id<Workspace>,
    customers: Vec<Value>,
    day: Day,
) -> Result<Vec<OverrideView>> {
    let statement = sql!(
        view_columns!(),
        "WHERE w.workspace_id = $1 AND w.until_day >= $2 AND w.ended_at IS NULL AND w.customer_id IN ($3) ORDER BY w.created_at DESC"
    );
    Ok(app.db.list_in::<ViewRow>(statement, args![ws, day], customers).await?.into_iter().map(ViewRow::view).collect())
}

/// Overrides that end between two days, the first to end first.
pub(crate) async fn list_ending_overrides(
    app: &App,
    ws: Id<Workspace>,
    from: Day,
    to: Day,
) -> Result<Vec<OverrideView>> {
    let statement = sql!(
        view_columns!(),
        "WHERE w.workspace_id = $1 AND w.until_day >= $2 AND w.until_day <= $3 AND w.ended_at IS NULL AND c.churned_on IS NULL ",
        "ORDER BY w.until_day, w.id LIMIT $4"
    );
    let rows: Vec<ViewRow> = app.db.list(statement, args![ws, from, to, SHOWN_MAX]).await?;
    Ok(rows.into_iter().map(ViewRow::view).collect())
}

/// Gives words over the score to another customer: all, or these. Which.
pub(crate) async fn move_overrides(
    tx: &mut kizashi_db::Tx,
    ws: Id<Workspace>,
    (from, to): (Id<Customer>, Id<Customer>),
    only: Option<&[uuid::Uuid]>,
) -> Result<Vec<uuid::Uuid>> {
    let find =
        sql!("SELECT id FROM score_override WHERE workspace_id = $1 AND customer_id = $2 ORDER BY id LIMIT 1000000");
    let statement = sql!("UPDATE score_override SET customer_id = $3 WHERE workspace_id = $1 AND id = $2");
    crate::moving::move_rows(tx, (find, statement), ws, (from, to), only).await
}
