//! What the pages of a customer show, as files: people, contracts, fields, what happened, the score and the days.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use kizashi_app::access::{Action, Grant};
use kizashi_app::customers::{self as use_case, CustomerPage, Moment, TimelineKind};
use kizashi_domain::health::LineKind;
use kizashi_domain::id::{Customer, Id};
use kizashi_domain::limits::PAGE_ROWS_MAX;
use kizashi_domain::time::Day;

use super::fields::{label as field_label, shown as field_shown};
use super::frame::day_asked;
use super::timeline::told;
use crate::cards::id;
use crate::csv;
use crate::parts::health::word;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Shell, Visit};

type Pairs = Query<Vec<(String, String)>>;
type Asked = (Grant, Id<Customer>, Option<Day>);

fn asked(visit: &Visit, customer: &str, pairs: &[(String, String)]) -> Result<Asked, Problem> {
    Ok((visit.permit(Action::Export)?, id(customer)?, day_asked(pairs, "as_of")?))
}

/// `GET /customers/{id}/contacts.csv`.
pub(crate) async fn download_contacts(
    State(web): State<Web>,
    visit: Visit,
    Path(customer): Path<String>,
    Query(pairs): Pairs,
) -> Result<Response, Problem> {
    const KEYS: [&str; 8] = [
        "field-name",
        "csv-reading",
        "people-role",
        "import-field-title",
        "import-field-email",
        "import-field-phone",
        "import-field-left-on",
        "column-contact",
    ];
    let (grant, customer, day) = asked(&visit, &customer, &pairs)?;
    let found = use_case::open_relations(&web.app, grant.workspace(), customer, day).await?;
    let s = &visit.shell;
    let row = |p: use_case::ContactView| {
        let met = csv::day(p.contact_at.map(|at| s.zone.day_of(at)));
        vec![p.name, p.reading, s.words.word("role", &p.role), p.title, p.email, p.phone, csv::day(p.left_on), met]
    };
    Ok(csv::send_rows(s, "contacts", &KEYS, found.contacts.into_iter().map(row)))
}

/// `GET /customers/{id}/contracts.csv`.
pub(crate) async fn download_contracts(
    State(web): State<Web>,
    visit: Visit,
    Path(customer): Path<String>,
    Query(pairs): Pairs,
) -> Result<Response, Problem> {
    const KEYS: [&str; 9] = [
        "import-field-start",
        "import-field-end",
        "import-field-months",
        "contract-plan",
        "contract-seats",
        "column-mrr",
        "deal-currency",
        "column-notice",
        "contract-renewal",
    ];
    let (grant, customer, day) = asked(&visit, &customer, &pairs)?;
    let found = use_case::open_relations(&web.app, grant.workspace(), customer, day).await?;
    let s = &visit.shell;
    let row = |term: use_case::ContractView| {
        vec![
            csv::day(Some(term.start_day)),
            csv::day(Some(term.end_day)),
            term.months.to_string(),
            term.plan,
            csv::number(term.seats),
            csv::amount(term.mrr),
            term.mrr.map(|m| m.currency.code().to_owned()).unwrap_or_default(),
            csv::day(Some(term.notice_on)),
            s.words.t(if term.auto_renew { "contract-auto" } else { "contract-not-auto" }),
        ]
    };
    Ok(csv::send_rows(s, "contracts", &KEYS, found.contracts.into_iter().map(row)))
}

/// `GET /customers/{id}/fields.csv`: every version of every field, the newest of each first.
pub(crate) async fn download_fields(
    State(web): State<Web>,
    visit: Visit,
    Path(customer): Path<String>,
    Query(pairs): Pairs,
) -> Result<Response, Problem> {
    const KEYS: [&str; 6] = ["fields-field", "fields-value", "csv-valid-from", "csv-learned", "fields-from", "csv-by"];
    let (grant, customer, day) = asked(&visit, &customer, &pairs)?;
    use_case::open_head(&web.app, grant.workspace(), customer, day).await?;
    let fields = use_case::list_fields(&web.app, grant.workspace(), customer, day).await?;
    let s = &visit.shell;
    let rows = fields.into_iter().flat_map(|field| {
        let name = field.name;
        field.versions.into_iter().map(move |v| {
            vec![
                field_label(s, &name),
                field_shown(s, &name, &v.value),
                csv::day(Some(v.from)),
                csv::moment(s, Some(v.at)),
                v.source,
                v.who.unwrap_or_default(),
            ]
        })
    });
    Ok(csv::send_rows(s, "fields", &KEYS, rows))
}

/// `GET /customers/{id}/history.csv`: everything that happened, of all kinds or one.
pub(crate) async fn download_history(
    State(web): State<Web>,
    visit: Visit,
    Path(customer): Path<String>,
    Query(pairs): Pairs,
) -> Result<Response, Problem> {
    const KEYS: [&str; 7] =
        ["imports-when", "csv-kind", "csv-what", "deal-title", "csv-text", "imports-who", "imports-value"];
    let (grant, customer, day) = asked(&visit, &customer, &pairs)?;
    let kind = pairs.iter().find(|(name, _)| name == "kind").and_then(|(_, word)| TimelineKind::parse(word));
    use_case::open_head(&web.app, grant.workspace(), customer, day).await?;
    let head = csv::head(KEYS.iter().map(|key| visit.shell.words.t(key)));
    let read = move |before| {
        let (web, workspace) = (web.clone(), grant.workspace());
        async move {
            let rows = usize::try_from(PAGE_ROWS_MAX).unwrap_or(1);
            let page = use_case::list_moments(&web.app, workspace, customer, (kind, before, day), rows).await?;
            Ok((page.rows, page.next_before))
        }
    };
    Ok(csv::send_pages("history", head, read, move |row| csv::line(told(&visit.shell, row).into_iter())))
}

/// `GET /customers/{id}/score.csv`: the lines that add up to the points.
pub(crate) async fn download_score(
    State(web): State<Web>,
    visit: Visit,
    Path(customer): Path<String>,
    Query(pairs): Pairs,
) -> Result<Response, Problem> {
    const KEYS: [&str; 6] =
        ["breakdown-measure", "csv-metric", "breakdown-now", "breakdown-points", "csv-possible", "breakdown-state"];
    let (grant, customer, as_of) = asked(&visit, &customer, &pairs)?;
    let moment = Moment { as_of, against: None };
    let found = use_case::open_customer(&web.app, grant.workspace(), customer, moment).await?;
    let (s, pack) = (&visit.shell, &visit.settings.pack);
    let lines = found.verdict.iter().flat_map(|v| &v.lines).map(|line| {
        let title = match line.kind {
            LineKind::Override => s.words.t("breakdown-override"),
            _ => pack.metric(&line.metric).map_or_else(|| line.metric.clone(), |m| m.name(s.words.lang()).to_owned()),
        };
        let state = if line.kind == LineKind::Measure {
            s.words.t(crate::parts::breakdown::state_key(line.state))
        } else {
            String::new()
        };
        let points = line.points.to_string();
        vec![title, line.metric.clone(), csv::number(line.value), points, line.points_possible.to_string(), state]
    });
    Ok(csv::send_rows(s, "score", &KEYS, lines))
}

/// `GET /customers/{id}/days.csv`: what the charts show, a day a row.
pub(crate) async fn download_days(
    State(web): State<Web>,
    visit: Visit,
    Path(customer): Path<String>,
    Query(pairs): Pairs,
) -> Result<Response, Problem> {
    let (grant, customer, as_of) = asked(&visit, &customer, &pairs)?;
    let moment = Moment { as_of, against: None };
    let found = use_case::open_customer(&web.app, grant.workspace(), customer, moment).await?;
    let s = &visit.shell;
    let own = ["csv-day", "history-score", "column-health", "csv-range-low", "csv-range-high"];
    let usage = found.usage.iter().map(|series| s.words.text(&series.title).to_owned());
    let titles: Vec<String> = own.iter().map(|key| s.words.t(key)).chain(usage).collect();
    Ok(csv::send_table("days", titles.into_iter(), days(s, &found).into_iter()))
}

fn days(s: &Shell, found: &CustomerPage) -> Vec<Vec<String>> {
    let blank = || vec![String::new(); 4 + found.usage.len()];
    let mut days: BTreeMap<Day, Vec<String>> = BTreeMap::new();
    for point in &found.history {
        let known = [
            csv::number(point.points),
            word(&s.words, point.band),
            point.range.0.to_string(),
            point.range.1.to_string(),
        ];
        days.entry(point.day).or_insert_with(blank).iter_mut().zip(known).for_each(|(cell, text)| *cell = text);
    }
    for (n, series) in found.usage.iter().enumerate() {
        for (day, value) in &series.points {
            if let Some(cell) = days.entry(*day).or_insert_with(blank).get_mut(4 + n) {
                *cell = csv::number(*value);
            }
        }
    }
    days.into_iter().map(|(day, cells)| std::iter::once(day.to_string()).chain(cells).collect()).collect()
}
