//! What was kept quiet, and why; and how many cards a day one takes.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::set_daily_cards;
use kizashi_app::plays::{self, QuietPage};
use kizashi_app::today::{sees_nobodys, whose_cards};
use kizashi_domain::signals::WhyQuiet;
use maud::{Markup, html};
use serde::Deserialize;

use crate::parts::form::token;
use crate::parts::state::{empty, pager};
use crate::parts::work::{kind_word, owner};
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Page, Place, Posted, Said, Shell, Visit};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct QuietQuery {
    page: usize,
}

/// `GET /cards/quiet`.
pub(crate) async fn open_quiet(
    State(web): State<Web>,
    visit: Visit,
    Query(query): Query<QuietQuery>,
) -> Result<Response, Problem> {
    let viewer = &visit.viewer;
    let asked = (query.page.min(1_000), sees_nobodys(viewer));
    let view = plays::open_quiet(&web.app, viewer.workspace, whose_cards(viewer), viewer.daily_cards, asked).await?;
    Ok(visit.shell.page(&draw(&visit.shell, &view, viewer.daily_cards)))
}

/// `POST /preferences/cards`: how many cards a day one takes.
pub(crate) async fn keep_daily_cards(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let count = posted.text("cards")?.parse().map_err(|_| Problem::Refused("reason-not-a-number".into()))?;
    set_daily_cards(&web.app, &posted.visit.viewer, count).await?;
    Ok(Redirect::to(&posted.back_saying("/cards/quiet", Said::DailyCards, "")).into_response())
}

/// Why a card waits, in words.
pub(crate) fn reason(s: &Shell, why: &WhyQuiet) -> String {
    let w = &s.words;
    match why {
        WhyQuiet::Later(day) => w.with("quiet-until", &[("day", w.day(*day, s.today).into())]),
        WhyQuiet::WithCustomer => w.t("quiet-with-customer"),
        WhyQuiet::BeyondCapacity { place, .. } => w.with("quiet-place", &[("place", (*place).into())]),
    }
}

fn draw(s: &Shell, view: &QuietPage, capacity: i64) -> Page {
    let w = &s.words;
    let title = w.t("quiet-title");
    let address = |page: usize| format!("/cards/quiet?page={page}");
    let body = html! {
        p.small { a.plain href="/today" { "← " (w.t("nav-today")) } }
        h1 { (title) " " span.faint { (view.total) } }
        p.prose { (w.with("quiet-help", &[("shown", view.shown.into()), ("capacity", capacity.into())])) }
        (budget(s, capacity))
        section aria-label=(w.t("nav-cards")) {
            h2 { (w.t("quiet-cards")) }
            @if view.cards.is_empty() { (empty(&w.t("quiet-none"), Some(("/today", &w.t("nav-today"))))) } @else { (cards(s, view)) }
            @let (before, after) = (view.pages.0.map(address), view.pages.1.map(address));
            @if before.is_some() || after.is_some() { (pager(w, "", before.as_deref(), after.as_deref())) }
        }
        (merged(s, view))
        (cooling(s, view))
    };
    Page { title, place: Place::Cards, body }
}

fn budget(s: &Shell, capacity: i64) -> Markup {
    let w = &s.words;
    html! {
        form.row-form method="post" action="/preferences/cards" {
            (token(&s.csrf))
            label for="daily-cards" { (w.t("quiet-capacity")) }
            input #daily-cards type="number" name="cards" min="1" max="50" value=(capacity) required;
            button.btn { (w.t("save")) }
        }
    }
}

fn cards(s: &Shell, view: &QuietPage) -> Markup {
    let w = &s.words;
    html! {
        div.scroll tabindex="0" role="region" aria-label=(w.t("quiet-cards")) { table.list.listed.folds {
            thead { tr {
                th scope="col" { (w.t("nav-customers")) }
                th scope="col" { (w.t("card-kind")) }
                th scope="col" { (w.t("card-what")) }
                th scope="col" { (w.t("card-by-when")) }
                th scope="col" { (w.t("card-who")) }
                th scope="col" { (w.t("quiet-why")) }
            } }
            tbody {
                @for card in &view.cards {
                    tr data-row {
                        td { a.plain href={ "/cards/" (card.row.id) } data-open { (card.row.subject) } }
                        td.nowrap { (w.word("card-kind", kind_word(card.row.kind))) }
                        td.whole { (w.text(&card.row.what)) }
                        td.nowrap data-label=(w.t("card-by-when")) { (w.day(card.row.due_day, s.today)) }
                        td data-label=(w.t("card-who")) { (owner(s, &card.row)) }
                        td.whole.ink2 data-label=(w.t("quiet-why")) { (reason(s, &card.why)) }
                    }
                }
            }
        } }
    }
}

fn title_of(s: &Shell, view: &QuietPage, rule: &str) -> String {
    let found = view.rules.iter().find(|(id, _)| id == rule);
    found.map_or_else(|| rule.to_owned(), |(_, title)| s.words.text(title).to_owned())
}

fn merged(s: &Shell, view: &QuietPage) -> Markup {
    let w = &s.words;
    html! {
        @if !view.merged.is_empty() {
            section {
                h2 { (w.t("quiet-merged")) }
                p.faint.small { (w.t("quiet-merged-help")) }
                ul.moves {
                    @for card in &view.merged {
                        @let titles: Vec<String> = card.rules.iter().map(|r| title_of(s, view, r)).collect();
                        li.wide { a.plain href={ "/cards/" (card.card) } { (card.subject) } div.ink2 { (titles.join(&w.t("between-items"))) } }
                    }
                }
            }
        }
    }
}

fn cooling(s: &Shell, view: &QuietPage) -> Markup {
    let w = &s.words;
    html! {
        @if !view.cooling.is_empty() {
            section {
                h2 { (w.t("quiet-cooling")) }
                p.faint.small { (w.t("quiet-cooling-help")) }
                ul.moves {
                    @for sign in &view.cooling {
                        li.wide {
                            a.plain href={ "/customers/" (sign.customer) } { (sign.name) }
                            div.ink2 {
                                (title_of(s, view, &sign.rule)) " "
                                span.faint { (w.with("quiet-cooling-one", &[("fired", w.day(sign.fired_day, s.today).into()), ("last", w.day(sign.last_day, s.today).into())])) }
                            }
                        }
                    }
                }
            }
        }
    }
}
