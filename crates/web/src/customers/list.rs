//! The list of customers.

use kizashi_domain::money::Money;
use kizashi_domain::time::Day;
use maud::{Markup, html};

use super::query::{Ask, COLUMNS};
use crate::parts::chart::spark;
use crate::parts::form::token;
use crate::parts::health::{Colour, badge, delta};
use crate::parts::icon::icon;
use crate::parts::state::{Tab, chip, empty, pager, tabs};
use crate::shell::{Page, Place, Shell};

/// A customer as a row.
#[derive(Clone, Debug)]
pub struct Row {
    /// Id.
    pub id: String,
    /// Code in the source.
    pub code: String,
    /// Name.
    pub name: String,
    /// Reading in kana.
    pub reading: String,
    /// Health.
    pub colour: Colour,
    /// Score.
    pub score: Option<i64>,
    /// Change of the score in 28 days.
    pub change: Option<i64>,
    /// The last ninety days of the score, oldest first.
    pub spark: Vec<Option<f64>>,
    /// Lifecycle stage.
    pub stage: String,
    /// Segment.
    pub segment: String,
    /// Region.
    pub region: String,
    /// Monthly revenue.
    pub mrr: Option<Money>,
    /// Notice deadline.
    pub notice_on: Option<Day>,
    /// Last two-way contact.
    pub contact_on: Option<Day>,
    /// Owner's name.
    pub owner: String,
}

/// A choice of a filter: value, label.
pub type Choice = (String, String);

/// The list with what can be chosen.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// The question.
    pub ask: Ask,
    /// Its rows.
    pub rows: Vec<Row>,
    /// How many customers answer it in all.
    pub total: u64,
    /// Number of the first row of this page, from 0, when known.
    pub first: u64,
    /// Key of the next page.
    pub next: Option<String>,
    /// Customers by colour, without the colour filter: red, amber, green, unknown.
    pub counts: [u64; 4],
    /// Stages in use.
    pub stages: Vec<Choice>,
    /// Segments in use.
    pub segments: Vec<Choice>,
    /// Members of staff who own customers.
    pub owners: Vec<Choice>,
    /// Saved views: (id, name, address).
    pub views: Vec<(String, String, String)>,
    /// Customers of the whole workspace.
    pub all: u64,
}

/// `GET /customers`.
pub fn list(s: &Shell, view: &List) -> Page {
    let w = &s.words;
    let body = html! {
        div.page-head {
            h1 { (w.t("nav-customers")) }
            div.rest { (columns_menu(s, view)) (download(s, view)) }
        }
        (view_tabs(s, view))
        (filters(s, view))
        div #list { (table(s, view)) }
    };
    Page { title: w.t("nav-customers"), place: Place::Customers, body }
}

fn view_tabs(s: &Shell, view: &List) -> Markup {
    let w = &s.words;
    let ask = &view.ask;
    let mine = Ask { owner: "me".into(), ..Ask::default() };
    let near = Ask { notice: Some(90), sort: "notice".into(), ..Ask::default() };
    let silent = Ask { silent: Some(60), sort: "contact".into(), ..Ask::default() };
    let plain =
        |a: &Ask| Ask { columns: vec![], after: String::new(), sort: String::new(), is_down: false, ..a.clone() };
    let same = |other: &Ask| plain(ask) == plain(other);
    let fixed = [("view-all", Ask::default()), ("view-mine", mine), ("view-notice", near), ("view-silent", silent)];
    let mut shown: Vec<Tab> = fixed
        .iter()
        .map(|(key, other)| Tab {
            address: other.address("/customers", &[]),
            label: w.t(key),
            count: None,
            is_current: same(other),
        })
        .collect();
    shown.extend(view.views.iter().map(|(id, name, address)| Tab {
        address: address.clone(),
        label: name.clone(),
        count: None,
        is_current: ask.view == *id,
    }));
    let keep = html! {
        @if ask.is_narrowed() && !shown.iter().any(|tab| tab.is_current) { (keep_menu(s, view)) }
    };
    tabs(&w.t("views"), &shown, keep)
}

fn keep_menu(s: &Shell, view: &List) -> Markup {
    let w = &s.words;
    html! {
        span.end {
            a.go href="#keep-view" data-dialog="keep-view" { (w.t("view-keep")) }
            dialog #keep-view {
                h2 { (w.t("view-keep")) }
                form method="post" action="/views" {
                    (token(&s.csrf))
                    input type="hidden" name="address" value=(view.ask.address("/customers", &[]));
                    div.field {
                        label for="view-name" { (w.t("view-name")) }
                        input #view-name type="text" name="name" required maxlength="40";
                        p.help { (w.t("view-name-help")) }
                    }
                    div.btns { button.btn.main { (w.t("save")) } button.btn type="button" data-close { (w.t("cancel")) } }
                }
            }
        }
    }
}

fn columns_menu(s: &Shell, view: &List) -> Markup {
    let w = &s.words;
    let shown = view.ask.shown();
    html! {
        details.menu {
            summary.btn { (icon("columns-3")) (w.t("columns")) }
            form.sheet method="get" action="/customers" data-live {
                @for (name, value) in view.ask.pairs() { @if name != "col" { input type="hidden" name=(name) value=(value); } }
                @for column in COLUMNS {
                    label.item { input type="checkbox" name="col" value=(column) checked[shown.contains(&column)]; (w.t(&format!("column-{column}"))) }
                }
                div.pad.nojs { button.btn { (w.t("apply")) } }
            }
        }
    }
}

fn download(s: &Shell, view: &List) -> Markup {
    html! { a.btn href=(view.ask.address("/customers.csv", &[])) download { (icon("download")) "CSV" span.sr { " " (s.words.t("download")) } } }
}

fn filters(s: &Shell, view: &List) -> Markup {
    let w = &s.words;
    let ask = &view.ask;
    html! {
        form.filters method="get" action="/customers" data-live hx-get="/customers" hx-target="#list" hx-select="#list" hx-swap="outerHTML" hx-push-url="true" {
            @for (name, value) in ask.pairs() { @if matches!(name, "sort" | "col") { input type="hidden" name=(name) value=(value); } }
            div.row {
                div.find {
                    (icon("search"))
                    label.sr for="q" { (w.t("list-search")) }
                    input #q type="search" name="q" value=(ask.q) placeholder=(w.t("list-search-hint")) autocomplete="off";
                }
                div.chips.scroller role="group" aria-label=(w.t("column-health")) {
                    @for (i, colour) in [Colour::Red, Colour::Amber, Colour::Green, Colour::Unknown].into_iter().enumerate() {
                        (chip("health", colour.class(), badge(w, colour, None), ask.health.iter().any(|h| h == colour.class()), view.counts.get(i).copied()))
                    }
                }
            }
            div.row.selects.scroller {
                (select(w.t("column-stage"), "stage", ask.stage.first().map_or("", String::as_str), &view.stages, &w.t("any")))
                (select(w.t("column-segment"), "segment", ask.segment.first().map_or("", String::as_str), &view.segments, &w.t("any")))
                (select(w.t("column-owner"), "owner", &ask.owner, &view.owners, &w.t("any")))
                (select(w.t("column-notice"), "notice", &ask.notice.map(|n| n.to_string()).unwrap_or_default(), &within(s, "within-days", &[30, 60, 90, 180]), &w.t("any")))
                (select(w.t("filter-silent"), "silent", &ask.silent.map(|n| n.to_string()).unwrap_or_default(), &within(s, "over-days", &[30, 60, 90]), &w.t("any")))
                @if ask.is_narrowed() { a.go href="/customers" { (w.t("filter-clear")) } }
                button.btn.nojs { (w.t("apply")) }
            }
        }
    }
}

fn within(s: &Shell, key: &str, days: &[u32]) -> Vec<Choice> {
    days.iter().map(|n| (n.to_string(), s.words.with(key, &[("n", (*n).into())]))).collect()
}

fn select(label: String, name: &str, value: &str, choices: &[Choice], any: &str) -> Markup {
    html! {
        label {
            span.name { (label) } " "
            select name=(name) {
                option value="" { (any) }
                @for (choice, text) in choices { option value=(choice) selected[choice == value] { (text) } }
                @if !value.is_empty() && !choices.iter().any(|(choice, _)| choice == value) { option value=(value) selected { (value) } }
            }
        }
    }
}

fn table(s: &Shell, view: &List) -> Markup {
    let w = &s.words;
    let shown = view.ask.shown();
    html! {
        @if view.rows.is_empty() {
            @if view.all == 0 { (empty(&w.t("list-nothing-yet"), Some(("/data", &w.t("today-nothing-yet-button"))))) }
            @else { (empty(&w.t("list-nothing"), Some(("/customers", &w.t("filter-clear"))))) }
        } @else {
            div.scroll-x {
                table.list.customers {
                    thead { tr {
                        (head(s, &view.ask, "name", "column-name", false))
                        @for column in &shown {
                            @match *column {
                                "health" => {
                                    (head(s, &view.ask, "score", "column-health", false))
                                    th scope="col" { (w.t("column-90-days")) }
                                    (head(s, &view.ask, "change", "column-change", true))
                                },
                                "mrr" => (head(s, &view.ask, "mrr", "column-mrr", true)),
                                "notice" => (head(s, &view.ask, "notice", "column-notice", false)),
                                "contact" => (head(s, &view.ask, "contact", "column-contact", false)),
                                other => th scope="col" { (w.t(&format!("column-{other}"))) },
                            }
                        }
                    } }
                    tbody { @for row in &view.rows { (line(s, row, &shown)) } }
                }
            }
            @let last = view.first + u64::try_from(view.rows.len()).unwrap_or_default();
            @let text = w.with("list-count", &[("from", (view.first + 1).into()), ("to", last.into()), ("total", kizashi_domain::text::thousands(view.total).into())]);
            @let next = view.next.as_deref().map(|key| view.ask.address("/customers", &[("after", key)]));
            @let start = (!view.ask.after.is_empty()).then(|| view.ask.address("/customers", &[]));
            (pager(w, &text, start.as_deref(), next.as_deref()))
        }
    }
}

fn head(s: &Shell, ask: &Ask, sort: &str, key: &str, is_number: bool) -> Markup {
    let is_on = ask.sort == sort;
    // Names and dates read upwards first, figures downwards; the score shows its worst first.
    let first_down = matches!(sort, "mrr");
    let down = if is_on { !ask.is_down } else { first_down };
    let wanted = format!("{}{sort}", if down { "-" } else { "" });
    let order = is_on.then_some(if ask.is_down { "descending" } else { "ascending" });
    html! {
        th.num[is_number] scope="col" aria-sort=[order] {
            a.sort href=(ask.address("/customers", &[("sort", &wanted)])) {
                (s.words.t(key))
                @if is_on { span aria-hidden="true" { (if ask.is_down { "↓" } else { "↑" }) } }
            }
        }
    }
}

fn line(s: &Shell, row: &Row, shown: &[&str]) -> Markup {
    let w = &s.words;
    html! {
        tr data-row {
            td.name {
                div.customer-cell {
                    a.cut href={ "/customers/" (row.id) } data-open title=(row.name) { (row.name) }
                    span.reading.cut { (row.reading) }
                }
            }
            @for column in shown {
                @match *column {
                    "health" => {
                        td { (badge(w, row.colour, row.score)) }
                        td.extra { (spark(&row.spark, row.colour, &w.t("column-90-days"))) }
                        td.num { @if let Some(change) = row.change { (delta(w, change, None)) } }
                    },
                    "stage" => td.extra { (w.word("stage", &row.stage)) },
                    "segment" => td.extra { (w.word("segment", &row.segment)) },
                    "region" => td.extra { (row.region) },
                    "code" => td.extra { (row.code) },
                    "mrr" => td.num { @if let Some(mrr) = row.mrr { (mrr) } },
                    "notice" => td data-label=(w.t("column-notice")) { (day_and_distance(s, row.notice_on)) },
                    "contact" => td.extra { @if let Some(day) = row.contact_on { span title=(w.day_year(day)) { (w.away(day, s.today)) } } @else { span.faint { (w.t("never")) } } },
                    _ => td.extra { (row.owner) },
                }
            }
        }
    }
}

fn day_and_distance(s: &Shell, day: Option<Day>) -> Markup {
    let w = &s.words;
    html! {
        @if let Some(day) = day {
            (w.day(day, s.today)) " "
            @let left = day.0 - s.today.0;
            @if (0..=45).contains(&left) { strong.small { (w.away(day, s.today)) } } @else { span.faint.small { (w.away(day, s.today)) } }
        } @else { span.faint { "–" } }
    }
}
