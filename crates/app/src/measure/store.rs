//! Reads customers with their figures for the kernel. Writes nothing.

use std::collections::HashMap;

use kizashi_db::{ToValue, Value, args, row, sql};
use kizashi_domain::customers::{Field, FieldVersion, Past, Profile};
use kizashi_domain::id::{Customer, Id, Staff};
use kizashi_domain::measure::{Attributes, Dated, SEGMENT, segment_figure};
use kizashi_domain::money::Currency;
use kizashi_domain::time::{Day, Time};

use super::Subject;
use crate::intake::HUNCH;
use crate::settings::Settings;
use crate::{App, Result};

const CUSTOMERS_PER_PAGE: i64 = 20_000;

row! {
    struct CustomerFields {
        id: Id<Customer>, external_id: String, name: String, owner_id: Option<Id<Staff>>, parent_id: Option<Id<Customer>>,
        segment: String, stage: String, region: String, industry: String, employees: Option<i64>,
        since_day: Option<Day>, churned_on: Option<Day>,
    }
}
row! {
    struct FigureRow {
        customer_id: Id<Customer>, name: String, valid_from: Day, recorded_at: Time, assumed: bool, figure: Option<f64>, words: Option<String>,
    }
}
row! {
    struct PlanRow { customer_id: Id<Customer>, plan: String, currency: String, start_day: Day }
}

/// What [`FigureRow`] reads: figures, and the words that conditions look at.
macro_rules! figure_columns {
    () => {
        "a.customer_id, a.name, a.valid_from, a.recorded_at, a.assumed, a.figure, a.words"
    };
}
macro_rules! figure_condition {
    () => {
        "(a.figure IS NOT NULL OR a.name IN ('segment', 'stage', 'region', 'industry', 'churned_on', 'hunch'))"
    };
}

/// The columns of [`CustomerFields`].
macro_rules! customer_columns {
    () => {
        "id, external_id, name, owner_id, parent_id, segment, stage, region, industry, employees, since_day, churned_on"
    };
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn subject(c: CustomerFields) -> Subject {
    Subject {
        id: c.id,
        external_id: c.external_id,
        name: c.name,
        owner_id: c.owner_id,
        parent_id: c.parent_id,
        profile: Profile {
            segment: some(c.segment),
            stage: some(c.stage),
            region: some(c.region),
            industry: some(c.industry),
            plan: None,
            employees: c.employees,
            since: c.since_day,
            churned_on: c.churned_on,
            mrr_minor: None,
        },
        attributes: Attributes::default(),
        past: Past::default(),
        currency: Currency::JPY,
    }
}

struct Building {
    subject: Subject,
    figures: Vec<Dated>,
    fields: Vec<FieldVersion>,
    left_known: Option<Day>,
}

impl Building {
    fn add(&mut self, settings: &Settings, f: FigureRow) {
        let recorded = settings.day_of(f.recorded_at);
        match (f.figure, Field::of_name(&f.name)) {
            (Some(value), _) => {
                let known = if f.assumed { recorded.min(f.valid_from) } else { recorded };
                self.figures.push(Dated { name: f.name, from: f.valid_from, known, value });
            }
            (None, Some(field)) => {
                let words = f.words.unwrap_or_default();
                if field == Field::Segment {
                    let known = if f.assumed { recorded.min(f.valid_from) } else { recorded };
                    self.figures.push(segment_figure(&words, f.valid_from, known));
                }
                let known = (!f.assumed).then_some(recorded);
                self.fields.push(FieldVersion { field, from: f.valid_from, known, words });
            }
            // A figure that a person emptied, or a hunch, which is meant for a time, has ended.
            (None, None) if f.words.is_none() => {
                let is_told = f.assumed || f.name == HUNCH;
                let known = if is_told { recorded.min(f.valid_from) } else { recorded };
                self.figures.push(Dated { name: f.name, from: f.valid_from, known, value: f64::INFINITY });
            }
            // Leaving, brought in bulk, is taken as known when it happened.
            (None, None) if f.name == "churned_on" && !f.assumed => {
                self.left_known = Some(recorded).filter(|_| f.words.is_some_and(|day| !day.is_empty()));
            }
            (None, None) => {}
        }
    }
}

/// Puts figures and contract terms to their customers.
fn assemble(
    settings: &Settings,
    today: Day,
    customers: Vec<CustomerFields>,
    figures: Vec<FigureRow>,
    plans: Vec<PlanRow>,
) -> HashMap<String, Subject> {
    let mut by_id: HashMap<Id<Customer>, Building> = customers
        .into_iter()
        .map(|c| (c.id, Building { subject: subject(c), figures: vec![], fields: vec![], left_known: None }))
        .collect();
    for f in figures {
        if let Some(b) = by_id.get_mut(&f.customer_id) {
            b.add(settings, f);
        }
    }
    for p in plans {
        if let Some(b) = by_id.get_mut(&p.customer_id) {
            // A plan is known from the first day of its term.
            b.fields.push(FieldVersion {
                field: Field::Plan,
                from: p.start_day,
                known: Some(p.start_day),
                words: p.plan.clone(),
            });
            b.subject.profile.plan = some(p.plan);
            b.subject.currency = Currency::parse(&p.currency).unwrap_or(Currency::JPY);
        }
    }
    by_id
        .into_values()
        .map(|b| {
            let (mut s, mut figures) = (b.subject, b.figures);
            figures.extend(first_segment(&figures, s.profile.segment.as_deref()));
            s.attributes = Attributes::new(figures);
            s.past = Past::new(b.fields, b.left_known);
            #[allow(clippy::cast_possible_truncation)]
            {
                s.profile.mrr_minor = s.figure("mrr", today).map(|v| v.round() as i64);
            }
            (s.external_id.clone(), s)
        })
        .collect()
}

/// Before the first word about it a segment is taken to have been what it was first; without any, what it is.
pub(super) fn first_segment(figures: &[Dated], now: Option<&str>) -> Option<Dated> {
    let first = figures.iter().filter(|f| f.name == SEGMENT).min_by_key(|f| (f.from, f.known));
    let always = Day(i32::MIN);
    match first {
        Some(first) => Some(Dated { from: always, known: always, ..first.clone() }),
        None => now.map(|segment| segment_figure(segment, always, always)),
    }
}

pub(super) async fn list_subjects(app: &App, settings: &Settings) -> Result<HashMap<String, Subject>> {
    let today = settings.day_of(app.now());
    let customers = sql!(
        "SELECT ",
        customer_columns!(),
        " FROM customer WHERE workspace_id = $1 AND external_id > $2 ORDER BY external_id LIMIT $3"
    );
    let figures = sql!(
        "SELECT ",
        figure_columns!(),
        " FROM customer c JOIN attribute a ON a.workspace_id = c.workspace_id AND a.customer_id = c.id ",
        "WHERE c.workspace_id = $1 AND c.external_id >= $2 AND c.external_id <= $3 AND ",
        figure_condition!()
    );
    let plans = sql!(
        "SELECT t.customer_id, t.plan, t.currency, t.start_day FROM customer c JOIN contract t ",
        "ON t.workspace_id = c.workspace_id AND t.customer_id = c.id ",
        "WHERE c.workspace_id = $1 AND c.external_id >= $2 AND c.external_id <= $3 AND t.start_day <= $4 ORDER BY t.start_day"
    );
    let mut out = HashMap::new();
    let mut after = String::new();
    loop {
        let page: Vec<CustomerFields> =
            app.db.list(customers, args![settings.workspace, after, CUSTOMERS_PER_PAGE]).await?;
        let (Some(first), Some(last)) = (page.first(), page.last()) else { return Ok(out) };
        let (first, last) = (first.external_id.clone(), last.external_id.clone());
        let f: Vec<FigureRow> = app.db.list(figures, args![settings.workspace, first, last]).await?;
        let p: Vec<PlanRow> = app.db.list(plans, args![settings.workspace, first, last, today]).await?;
        out.extend(assemble(settings, today, page, f, p));
        after = last;
    }
}

pub(super) async fn find_subjects(app: &App, settings: &Settings, ids: &[String]) -> Result<HashMap<String, Subject>> {
    let today = settings.day_of(app.now());
    let ws = settings.workspace;
    let customers =
        sql!("SELECT ", customer_columns!(), " FROM customer WHERE workspace_id = $1 AND external_id IN ($2)");
    let figures = sql!(
        "SELECT ",
        figure_columns!(),
        " FROM attribute a WHERE a.workspace_id = $1 AND a.customer_id IN ($2) AND ",
        figure_condition!()
    );
    let plans = sql!(
        "SELECT customer_id, plan, currency, start_day FROM contract WHERE workspace_id = $1 AND start_day <= $2 AND customer_id IN ($3) ",
        "ORDER BY start_day"
    );
    let found: Vec<CustomerFields> =
        app.db.list_in(customers, args![ws], ids.iter().map(ToValue::to_value).collect()).await?;
    let keys: Vec<Value> = found.iter().map(|c| c.id.to_value()).collect();
    let f: Vec<FigureRow> = app.db.list_in(figures, args![ws], keys.clone()).await?;
    let p: Vec<PlanRow> = app.db.list_in(plans, args![ws, today], keys).await?;
    Ok(assemble(settings, today, found, f, p))
}
