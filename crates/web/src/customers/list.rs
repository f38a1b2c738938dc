//! The list of customers.

use kizashi_app::customers::{Choices, ListPage, SavedView};
use kizashi_domain::text::thousands;
use maud::{Markup, html};

use super::query::{Ask, COLUMNS, SILENCES};
use super::table::table;
use crate::csv;
use crate::parts::form::{post_button, token};
use crate::parts::health::{BANDS, badge, class};
use crate::parts::icon::icon;
use crate::parts::state::{Tab, empty, pager, tabs};
use crate::shell::{Page, Place, Shell};

/// The list with what can be chosen.
pub struct List<'a> {
    /// The question.
    pub ask: &'a Ask,
    /// Its answer.
    pub page: &'a ListPage,
    /// What the filters offer.
    pub choices: &'a Choices,
    /// Saved views.
    pub views: &'a [SavedView],
    /// Whether the reader may change customers.
    pub may_change: bool,
    /// The reader's own id, for "mine".
    pub me: &'a str,
}

/// `GET /customers`.
pub fn list(s: &Shell, view: &List<'_>) -> Page {
    let w = &s.words;
    let body = html! {
        div.page-head {
            h1 { (w.t("nav-customers")) }
            span.ink2 { (w.with("list-total", &[("n", thousands(view.page.total.unsigned_abs()).into())])) }
            div.rest { a.btn href="/handovers" { (w.t("handover-title")) } a.btn href="/axes" { (w.t("axes-title")) } (columns_menu(s, view)) (download(s, view)) }
        }
        div #list {
            (view_tabs(s, view))
            (filters(s, view))
            (answer(s, view))
        }
    };
    Page { title: w.t("nav-customers"), place: Place::Customers, body }
}

fn answer(s: &Shell, view: &List<'_>) -> Markup {
    let w = &s.words;
    if view.page.rows.is_empty() {
        return if view.ask.is_narrowed() {
            empty(&w.t("list-nothing"), Some(("/customers", &w.t("filter-clear"))))
        } else {
            empty(&w.t("list-nothing-yet"), Some(("/data", &w.t("today-nothing-yet-button"))))
        };
    }
    let text = w.with(
        "list-count",
        &[("rows", view.page.rows.len().into()), ("total", thousands(view.page.total.unsigned_abs()).into())],
    );
    let next = view.page.next.as_deref().map(|key| view.ask.address("/customers", &[("after", key)]));
    let start = (!view.ask.after.is_empty()).then(|| view.ask.address("/customers", &[]));
    html! {
        @if view.may_change {
            form method="get" action="/customers/edit" {
                input type="hidden" name="list" value=(view.ask.text(&[]));
                (table(s, view.ask, &view.page.rows, true))
                div.select-bar {
                    button.btn.main { (w.t("edit-picked")) }
                    @if view.page.next.is_some() || start.is_some() {
                        button.btn name="all" value="1" { (w.with("edit-all", &[("n", thousands(view.page.total.unsigned_abs()).into())])) }
                    }
                    button.btn.quiet type="reset" { (w.t("pick-none")) }
                }
            }
        } @else { (table(s, view.ask, &view.page.rows, false)) }
        (pager(w, &text, start.as_deref(), next.as_deref()))
    }
}

fn view_tabs(s: &Shell, view: &List<'_>) -> Markup {
    let w = &s.words;
    let ask = view.ask;
    let mine = Ask { owner: view.me.to_owned(), ..Ask::default() };
    let red = Ask { health: "red".into(), sort: "mrr".into(), ..Ask::default() };
    let near = Ask { sort: "notice".into(), ..Ask::default() };
    let silent = Ask { silent: "60".into(), sort: "mrr".into(), ..Ask::default() };
    let fixed = [
        ("view-all", Ask::default()),
        ("view-mine", mine),
        ("view-red", red),
        ("view-notice", near),
        ("view-silent", silent),
    ];
    let asked = Ask { columns: vec![], after: String::new(), ..ask.clone() };
    let mut shown: Vec<Tab> = fixed
        .iter()
        .map(|(key, other)| Tab {
            address: other.address("/customers", &[]),
            label: w.t(key),
            count: None,
            is_current: asked == *other,
        })
        .collect();
    let now = ask.text(&[]);
    shown.extend(view.views.iter().map(|saved| Tab {
        address: format!("/customers?{}", saved.query),
        label: match &saved.by {
            Some(name) => w.with("view-of", &[("view", saved.name.clone().into()), ("name", name.clone().into())]),
            None => saved.name.clone(),
        },
        count: None,
        is_current: saved.query == now,
    }));
    let is_known = shown.iter().any(|tab| tab.is_current);
    let own = view.views.iter().find(|saved| saved.query == now && saved.by.is_none());
    let end = html! {
        @if let Some(saved) = own {
            span.end { (post_button(&s.csrf, &format!("/views/{}/removal", saved.id), &[], html! { button.btn.quiet { (w.t("view-remove")) } })) }
        } @else if !is_known { (keep_menu(s, &now)) }
    };
    tabs(&w.t("views"), &shown, end)
}

fn keep_menu(s: &Shell, query: &str) -> Markup {
    let w = &s.words;
    html! {
        details.menu.end {
            summary.btn.quiet { (w.t("view-keep")) }
            form.sheet method="post" action="/views" {
                (token(&s.csrf))
                input type="hidden" name="query" value=(query);
                div.pad {
                    div.field {
                        label for="view-name" { (w.t("view-name")) }
                        input #view-name type="text" name="name" required maxlength="40" autocomplete="off";
                        p.help { (w.t("view-name-help")) }
                    }
                    label.choice-line { input type="checkbox" name="shared" value="1"; (w.t("view-shared")) }
                    button.btn.main { (w.t("save")) }
                }
            }
        }
    }
}

fn columns_menu(s: &Shell, view: &List<'_>) -> Markup {
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

fn download(s: &Shell, view: &List<'_>) -> Markup {
    csv::link(s, &view.ask.address("/customers.csv", &[]))
}

fn filters(s: &Shell, view: &List<'_>) -> Markup {
    let w = &s.words;
    let ask = view.ask;
    let stages: Vec<(String, String)> = view.choices.stages.iter().map(|v| (v.clone(), w.word("stage", v))).collect();
    let segments: Vec<(String, String)> =
        view.choices.segments.iter().map(|v| (v.clone(), w.word("segment", v))).collect();
    let owners: Vec<(String, String)> =
        view.choices.owners.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    let silences = SILENCES.map(|days| (days.to_owned(), w.with("silent-days", &[("n", days.into())])));
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
                    (radio("health", "", html! { (w.t("any")) }, ask.health.is_empty()))
                    @for band in BANDS { (radio("health", class(band), badge(w, Some(band), None), ask.health == class(band))) }
                }
            }
            div.row.selects.scroller {
                (select(&w.t("column-stage"), "stage", &ask.stage, &stages, &w.t("any")))
                (select(&w.t("column-segment"), "segment", &ask.segment, &segments, &w.t("any")))
                (select(&w.t("column-owner"), "owner", &ask.owner, &owners, &w.t("any")))
                (select(&w.t("filter-silent"), "silent", &ask.silent, &silences, &w.t("any")))
                label.chip { input type="checkbox" name="left" value="1" checked[ask.left]; (w.t("filter-left")) }
                @if ask.is_narrowed() { a.go href="/customers" { (w.t("filter-clear")) } }
                button.btn.nojs { (w.t("apply")) }
            }
        }
    }
}

fn radio(name: &str, value: &str, label: Markup, is_on: bool) -> Markup {
    html! { label.chip { input type="radio" name=(name) value=(value) checked[is_on]; (label) } }
}

fn select(label: &str, name: &str, value: &str, choices: &[(String, String)], any: &str) -> Markup {
    html! {
        span.choice {
            label for={ "choose-" (name) } { (label) } " "
            select id={ "choose-" (name) } name=(name) {
                option value="" { (any) }
                @for (choice, text) in choices { option value=(choice) selected[choice == value] { (text) } }
                @if !value.is_empty() && !choices.iter().any(|(choice, _)| choice == value) { option value=(value) selected { (value) } }
            }
        }
    }
}
