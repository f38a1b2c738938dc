//! Axes of groups of customers side by side: where use is high but touch is low.

use axum::extract::{Query, State};
use axum::response::Response;
use kizashi_app::access::Action;
use kizashi_app::health::{AxisRow, AxisTable, GroupBy, Mean, compare_axes};
use kizashi_domain::health::Band;
use maud::{Markup, html};

use crate::csv;
use crate::parts::chart::contribution;
use crate::parts::state::empty;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Page, Place, Shell, Visit};

/// A mean of fewer customers says little; it is shown faint.
const CUSTOMERS_MIN: u32 = 5;
/// Points from the mean of all that are worth a word.
const APART_MIN: f64 = 5.0;

type Pairs = Query<Vec<(String, String)>>;

fn asked(pairs: &[(String, String)]) -> GroupBy {
    pairs.iter().find(|(n, _)| n == "by").and_then(|(_, v)| GroupBy::parse(v)).unwrap_or_default()
}

/// `GET /axes`.
pub(crate) async fn open_axes(State(web): State<Web>, visit: Visit, Query(pairs): Pairs) -> Result<Response, Problem> {
    let by = asked(&pairs);
    let table = compare_axes(&web.app, visit.viewer.workspace, by).await?;
    Ok(visit.shell.page(&page(&visit.shell, by, &table)))
}

/// The page.
fn page(s: &Shell, by: GroupBy, table: &AxisTable) -> Page {
    let w = &s.words;
    let body = html! {
        div.page-head { h1 { (w.t("axes-title")) } p.faint { (w.t("axes-what")) } div.rest { (csv::link(s, &format!("/axes.csv?by={}", by.word()))) } }
        nav.tabs aria-label=(w.t("axes-by")) {
            @for each in GroupBy::ALL {
                a href={ "/axes?by=" (each.word()) } aria-current=[(each == by).then_some("page")] { (w.t(&format!("axes-by-{}", each.word()))) }
            }
        }
        @if table.total.score.n == 0 { (empty(&w.t("axes-none"), Some(("/data", &w.t("nav-data"))))) } @else { (grid(s, by, table)) }
    };
    Page { title: w.t("axes-title"), place: Place::Customers, body }
}

fn grid(s: &Shell, by: GroupBy, table: &AxisTable) -> Markup {
    let w = &s.words;
    html! {
        div.scroll tabindex="0" role="region" aria-label=(w.t("axes-title")) {
            table.axes {
                thead { tr {
                    th scope="col" { (w.t(&format!("axes-by-{}", by.word()))) }
                    th.num scope="col" { (w.t("axes-customers")) }
                    th.num scope="col" { (w.t("axes-score")) }
                    @for (_, title) in &table.axes { th scope="col" { (w.text(title)) } }
                    th scope="col" { (w.t("axes-says")) }
                } }
                tbody { @for row in &table.rows { (line(s, by, row, table)) } }
                tfoot { (line(s, by, &AxisRow { group: String::new(), ..table.total.clone() }, table)) }
            }
        }
        p.small.faint { (w.with("axes-note", &[("n", CUSTOMERS_MIN.into())])) }
    }
}

fn line(s: &Shell, by: GroupBy, row: &AxisRow, table: &AxisTable) -> Markup {
    let w = &s.words;
    let is_total = row.customers == table.total.customers && row.group.is_empty() && table.rows.len() != 1;
    let name = if is_total { w.t("axes-all") } else { group_name(s, by, row) };
    let few = row.customers < CUSTOMERS_MIN;
    html! {
        tr.faint[few] {
            th scope="row" { (name) }
            td.num { (row.customers) div.small.faint { (w.with("axes-red", &[("n", row.bands.first().copied().unwrap_or_default().into())])) } }
            td.num { (mean(&row.score)) }
            @for (i, _) in table.axes.iter().enumerate() {
                @let axis = row.axes.get(i).copied().unwrap_or_default();
                td { span.axis-mean { span.num { (mean(&axis)) } (bar(&axis)) } }
            }
            td.small { @if !is_total && !few { (says(s, row, table)) } }
        }
    }
}

fn group_name(s: &Shell, by: GroupBy, row: &AxisRow) -> String {
    match by {
        _ if row.group.is_empty() => s.words.t("axes-unknown"),
        GroupBy::Segment => s.words.word("segment", &row.group),
        GroupBy::Stage => s.words.word("stage", &row.group),
        _ => row.group.clone(),
    }
}

/// `GET /axes.csv`: the groups, then all of them together.
pub(crate) async fn download_axes(
    State(web): State<Web>,
    visit: Visit,
    Query(pairs): Pairs,
) -> Result<Response, Problem> {
    let grant = visit.permit(Action::Export)?;
    let by = asked(&pairs);
    let table = compare_axes(&web.app, grant.workspace(), by).await?;
    let (s, w) = (&visit.shell, &visit.shell.words);
    let first = w.t(&format!("axes-by-{}", by.word()));
    let own = [first, w.t("axes-customers"), crate::parts::health::word(w, Band::Red), w.t("axes-score")];
    let titles = own.into_iter().chain(table.axes.iter().map(|(_, title)| w.text(title).to_owned()));
    let cells = |name: String, row: &AxisRow| {
        let red = row.bands.first().copied().unwrap_or_default().to_string();
        let means =
            std::iter::once(&row.score).chain(&row.axes).map(|m| csv::number(m.value().map(|v| format!("{v:.1}"))));
        [name, row.customers.to_string(), red].into_iter().chain(means).collect::<Vec<String>>()
    };
    let rows = table.rows.iter().map(|row| cells(group_name(s, by, row), row));
    Ok(csv::send_table("axes", titles, rows.chain(std::iter::once(cells(w.t("axes-all"), &table.total)))))
}

fn mean(mean: &Mean) -> String {
    mean.value().map_or_else(|| "–".to_owned(), |v| format!("{v:.0}"))
}

fn bar(mean: &Mean) -> Markup {
    contribution(mean.value(), 100.0, 100.0, None)
}

/// 「利用は高く（+8）、タッチは低い（−12）」: the axes that stand apart from all customers.
fn says(s: &Shell, row: &AxisRow, table: &AxisTable) -> String {
    let w = &s.words;
    let mut apart: Vec<(f64, String)> = Vec::new();
    for (i, (_, title)) in table.axes.iter().enumerate() {
        let pair = row.axes.get(i).and_then(Mean::value).zip(table.total.axes.get(i).and_then(Mean::value));
        if let Some((own, all)) = pair.filter(|(own, all)| (own - all).abs() >= APART_MIN) {
            let key = if own > all { "axes-high" } else { "axes-low" };
            #[allow(clippy::cast_possible_truncation)]
            let points = w.change((own - all).round() as i64);
            let axis = w.text(title).to_owned();
            apart.push((own - all, w.with(key, &[("axis", axis.into()), ("points", points.into())])));
        }
    }
    apart.sort_by(|a, b| b.0.total_cmp(&a.0));
    let told: Vec<String> = apart.into_iter().map(|(_, words)| words).collect();
    if told.is_empty() { w.t("axes-like-all") } else { told.join(&w.t("between-items")) }
}
