//! The tables of the support desk as files, for the same days, channel and category.

use axum::extract::{Query, State};
use axum::response::Response;
use kizashi_app::access::Action;
use kizashi_app::support::{self as use_case, SupportPage};
use kizashi_domain::support::{Kpi, Line, Period};

use super::http::read_query;
use crate::csv;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Shell, Visit};

/// `GET /support.csv`: `table` is `weeks` (also when not given), `numbers`, `categories`, `channels`, `operators`, `pareto` or `askers`.
pub(crate) async fn download_support(
    State(web): State<Web>,
    visit: Visit,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let grant = visit.permit(Action::Export)?;
    let query = read_query(&pairs);
    let found = use_case::open_support(&web.app, grant.workspace(), &query).await?;
    let table = pairs.iter().find(|(name, _)| name == "table").map_or("weeks", |(_, v)| v.as_str());
    let (s, report) = (&visit.shell, &found.report);
    Ok(match table {
        "numbers" => numbers(s, &report.all),
        "pareto" => pareto(s, &found),
        "askers" => askers(s, &found),
        "categories" => lines(s, table, "support-by-category", &report.categories, &|line| line.name.clone()),
        "channels" => {
            let name = |line: &Line| s.words.word("support-channel", &line.name);
            lines(s, table, "support-by-channel", &report.channels, &name)
        }
        "operators" => lines(s, table, "support-operator", &report.operators, &|line| line.name.clone()),
        "weeks" => lines(s, table, "support-week", &report.weeks, &|line| line.day.to_string()),
        _ => return Err(Problem::NotFound),
    })
}

/// The address of a table for what is asked for.
pub fn file(query: &use_case::SupportQuery, table: &str) -> String {
    let encode = crate::address::encode;
    let period = Period::word(query.period);
    format!(
        "/support.csv?table={table}&period={period}&channel={}&category={}",
        encode(&query.channel),
        encode(&query.category)
    )
}

fn lines(s: &Shell, name: &str, first: &str, lines: &[Line], of: &dyn Fn(&Line) -> String) -> Response {
    let own = [first, "support-inquiries", "support-askers", "support-repeating", "support-handled"];
    let titles = own.iter().map(|key| s.words.t(key)).chain(Kpi::ALL.iter().map(|kpi| title(s, *kpi)));
    let rows = lines.iter().map(|line| {
        let counts = [line.received, line.customers, line.repeating, line.handled].map(|n| n.to_string());
        let gauges = Kpi::ALL.iter().map(|kpi| csv::number(line.gauge(*kpi).value));
        std::iter::once(of(line)).chain(counts).chain(gauges).collect()
    });
    csv::send_table(&format!("support-{name}"), titles, rows)
}

fn title(s: &Shell, kpi: Kpi) -> String {
    s.words.t(&format!("kpi-{}", kpi.word()))
}

fn numbers(s: &Shell, all: &Line) -> Response {
    const KEYS: [&str; 6] = [
        "support-number",
        "support-by-inquiry",
        "support-by-customer",
        "csv-measured",
        "support-rests-on",
        "support-definition",
    ];
    let rows = Kpi::ALL.iter().map(|kpi| {
        let value = all.gauge(*kpi);
        let definition = s.words.t(&format!("kpi-{}-definition", kpi.word()));
        let (measured, concerned) = (value.measured.to_string(), value.concerned.to_string());
        vec![title(s, *kpi), csv::number(value.value), csv::number(value.by_customer), measured, concerned, definition]
    });
    csv::send_rows(s, "support-numbers", &KEYS, rows)
}

fn pareto(s: &Shell, page: &SupportPage) -> Response {
    const KEYS: [&str; 6] = [
        "support-by-category",
        "support-inquiries",
        "support-share",
        "support-cumulative",
        "support-askers",
        "support-repeating",
    ];
    let rows = page.report.pareto.rows.iter().map(|row| {
        let (share, cumulative) = (row.share.to_string(), row.cumulative.to_string());
        let name = row.category.clone();
        vec![name, row.inquiries.to_string(), share, cumulative, row.customers.to_string(), row.repeating.to_string()]
    });
    csv::send_rows(s, "support-pareto", &KEYS, rows)
}

fn askers(s: &Shell, page: &SupportPage) -> Response {
    const KEYS: [&str; 6] = [
        "nav-customers",
        "support-inquiries",
        "support-most-about",
        "csv-about-it",
        "support-given-up",
        "support-last",
    ];
    let rows = page.report.askers.list.iter().map(|asker| {
        let name = page.names.get(&asker.customer).cloned().unwrap_or_default();
        let (about, given_up) = (asker.about_it.to_string(), asker.abandoned.to_string());
        vec![name, asker.inquiries.to_string(), asker.category.clone(), about, given_up, asker.last.to_string()]
    });
    csv::send_rows(s, "support-askers", &KEYS, rows)
}
