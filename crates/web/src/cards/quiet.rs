//! What was kept quiet, and why; and how many cards a day one takes.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::set_daily_cards;
use kizashi_app::plays::{self, QuietCard, QuietPage};
use kizashi_app::today::{sees_nobodys, whose_cards};
use kizashi_app::{Error, Refused};
use kizashi_domain::signals::WhyQuiet;
use maud::{Markup, html};
use serde::Deserialize;

use crate::parts::form::{Wrong, token};
use crate::parts::state::{empty, pager};
use crate::parts::work::{kind_word, owner};
use crate::problem::Problem;
use crate::serve::Web;
use crate::settings::fields::parse_number;
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
    let view = look(&web, &visit, query.page).await?;
    let capacity = visit.viewer.daily_cards;
    Ok(visit.shell.page(&draw(&visit.shell, &view, (capacity, &capacity.to_string(), &[]))))
}

async fn look(web: &Web, visit: &Visit, page: usize) -> Result<QuietPage, Problem> {
    let viewer = &visit.viewer;
    let asked = (page.min(1_000), sees_nobodys(viewer));
    Ok(plays::open_quiet(&web.app, viewer.workspace, whose_cards(viewer), viewer.daily_cards, asked).await?)
}

/// `POST /preferences/cards`: how many cards a day one takes.
pub(crate) async fn keep_daily_cards(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let typed = posted.find("cards").unwrap_or_default();
    let kept = match parse_count(typed) {
        Some(count) => set_daily_cards(&web.app, &posted.visit.viewer, count).await,
        None => Err(Refused::Field { field: "cards", reason: "daily-cards" }.into()),
    };
    match kept {
        Ok(()) => Ok(Redirect::to(&posted.back_saying("/cards/quiet", Said::DailyCards, "")).into_response()),
        Err(Error::Refused(Refused::Field { field, reason })) => {
            let visit = &posted.visit;
            let view = look(&web, visit, 0).await?;
            let wrongs = [Wrong { field, text: visit.shell.words.word("reason", reason) }];
            let said = (visit.viewer.daily_cards, typed, wrongs.as_slice());
            let mut response = visit.shell.page(&draw(&visit.shell, &view, said));
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

/// A whole number as people type it.
#[allow(clippy::cast_possible_truncation)]
fn parse_count(text: &str) -> Option<i64> {
    const COUNT_MAX: f64 = 1_000.0;
    parse_number(text).filter(|n| n.fract() == 0.0 && n.abs() <= COUNT_MAX).map(|n| n as i64)
}

/// Why a card waits, in words; and to who looks at everybody's, whether its owner sees it.
pub(crate) fn reason(s: &Shell, card: &QuietCard) -> String {
    let w = &s.words;
    match &card.why {
        WhyQuiet::BeyondCapacity { .. } if card.for_owner == Some(true) => w.t("quiet-with-owner"),
        WhyQuiet::BeyondCapacity { .. } if card.for_owner == Some(false) => w.t("quiet-beyond-owner"),
        WhyQuiet::Later(day) => w.with("quiet-until", &[("day", w.day(*day, s.today).into())]),
        WhyQuiet::WithCustomer => w.t("quiet-with-customer"),
        WhyQuiet::BeyondCapacity { place, .. } => w.with("quiet-place", &[("place", (*place).into())]),
    }
}

/// `capacity` = the number in force, what is in its field, and what is wrong with that.
fn draw(s: &Shell, view: &QuietPage, (capacity, typed, wrongs): (i64, &str, &[Wrong])) -> Page {
    let w = &s.words;
    let title = w.t("quiet-title");
    let address = |page: usize| format!("/cards/quiet?page={page}");
    let body = html! {
        p.small { a.plain href="/today" { "← " (w.t("nav-today")) } }
        h1 { (title) " " span.faint { (view.total) } }
        p.prose {
            @if let Some(unseen) = view.unseen { (w.with("quiet-help-team", &[("shown", view.shown.into()), ("unseen", unseen.into())])) }
            @else { (w.with("quiet-help", &[("shown", view.shown.into()), ("capacity", capacity.into())])) }
        }
        (budget(s, typed, wrongs))
        section aria-label=(w.t("nav-cards")) {
            h2 { (w.t("quiet-cards")) }
            @if view.cards.is_empty() { (empty(&w.t("quiet-none"), Some(("/today", &w.t("nav-today"))))) } @else { (cards(s, view)) }
            @let (before, after) = (view.pages.0.map(address), view.pages.1.map(address));
            @if before.is_some() || after.is_some() { (pager(w, "", before.as_deref(), after.as_deref())) }
        }
        (merged(s, view))
        (lasting(s, view)) (cooling(s, view))
    };
    Page { title, place: Place::Cards, body }
}

fn budget(s: &Shell, typed: &str, wrongs: &[Wrong]) -> Markup {
    let w = &s.words;
    html! {
        @for wrong in wrongs { div.wrongs role="alert" { (wrong.text) } }
        form.row-form method="post" action="/preferences/cards" {
            (token(&s.csrf))
            label for="daily-cards" { (w.t("quiet-capacity")) }
            input #daily-cards type="text" inputmode="numeric" name="cards" maxlength="4" size="4" value=(typed) required;
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
                        td.whole.ink2 data-label=(w.t("quiet-why")) { (reason(s, card)) }
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

fn lasting(s: &Shell, view: &QuietPage) -> Markup {
    let w = &s.words;
    html! {
        @if !view.lasting.is_empty() {
            section #lasting {
                h2 { (w.t("quiet-lasting")) }
                p.faint.small { (w.t("quiet-lasting-help")) }
                ul.moves {
                    @for sign in &view.lasting {
                        li.wide {
                            a.plain href={ "/customers/" (sign.customer) } { (sign.name) }
                            div.ink2 {
                                (title_of(s, view, &sign.rule)) " "
                                span.faint { (w.with("quiet-lasting-one", &[("fired", w.day(sign.fired_day, s.today).into()), ("closed", w.day(s.zone.day_of(sign.closed_at), s.today).into()), ("outcome", w.word("outcome", sign.outcome.word()).into())])) }
                                " " a.small href={ "/cards/" (sign.card) } { (w.t("quiet-lasting-open")) }
                            }
                        }
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
