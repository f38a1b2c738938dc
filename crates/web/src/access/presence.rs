//! Use of the product: what is counted, of whom, and what can be done where it dropped.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::{Action, drop_rest, keep_rest, set_daily_cards_of};
use kizashi_app::presence::{Drifted, UseOfWeek, UsePage, UseRow, open_use};
use kizashi_domain::presence::Drift;
use maud::{Markup, html};

use crate::cards::id;
use crate::parts::form::{post_button, token};
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Page, Place, Posted, Said, Shell, Visit};

/// `GET /settings/use`.
pub(crate) async fn open_presence(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    let view = open_use(&web.app, &visit.viewer).await?;
    Ok(visit.shell.page(&draw(&visit.shell, &view)))
}

fn done(posted: &Posted, said: Said, of: &str) -> Response {
    Redirect::to(&posted.back_saying("/settings/use", said, of)).into_response()
}

/// `POST /settings/use/{id}/rest`: nothing is said for a week, or until a colleague is back.
pub(crate) async fn rest(
    State(web): State<Web>,
    Path(staff): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Configure)?;
    let until = match posted.find("until").unwrap_or_default() {
        "" => None,
        text => Some(text.parse().map_err(|_| Problem::Refused("reason-not-a-day".into()))?),
    };
    keep_rest(&web.app, &grant, id(&staff)?, until).await?;
    Ok(done(&posted, Said::UseRested, &staff))
}

/// `POST /settings/use/{id}/rest/undo`.
pub(crate) async fn end_rest(
    State(web): State<Web>,
    Path(staff): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Configure)?;
    drop_rest(&web.app, &grant, id(&staff)?).await?;
    Ok(done(&posted, Said::UseUnrested, ""))
}

/// `POST /settings/use/{id}/cards`: how many cards a day a colleague takes.
pub(crate) async fn keep_cards_of(
    State(web): State<Web>,
    Path(staff): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Configure)?;
    let count = posted.text("cards")?.parse().map_err(|_| Problem::Refused("reason-not-a-number".into()))?;
    set_daily_cards_of(&web.app, &grant, id(&staff)?, count).await?;
    Ok(done(&posted, Said::DailyCards, ""))
}

/// What dropped, in a sentence.
fn sentence(s: &Shell, name: &str, drift: &Drift) -> String {
    let w = &s.words;
    let name = name.to_owned();
    match drift {
        Drift::Stopped { last, business_days } => {
            let said = [("name", name.into()), ("n", (*business_days).into()), ("day", w.day(*last, s.today).into())];
            w.with("use-stopped", &said)
        }
        Drift::Less { days, usual } => {
            w.with("use-less", &[("name", name.into()), ("n", (*days).into()), ("usual", (*usual).into())])
        }
    }
}

/// For those who lead, on today's page: one line a colleague, and what one can do.
pub fn drifted(s: &Shell, rows: &[Drifted]) -> Markup {
    let w = &s.words;
    html! {
        @if !rows.is_empty() {
            section #drifted {
                h2 { (w.t("use-drifted-title")) }
                ul.plain { @for row in rows {
                    li.use-line {
                        span { (sentence(s, &row.name, &row.drift)) }
                        a href={ "/settings/use#s-" (row.staff) } { (w.t("use-see")) }
                        (post_button(&s.csrf, &format!("/settings/use/{}/rest", row.staff), &[("back", "/today")], html! {
                            button.btn.quiet title=(w.t("use-known-tip")) { (w.t("use-known")) }
                        }))
                    }
                } }
                p.small.faint { (w.t("use-drifted-help")) }
            }
        }
    }
}

fn hours(s: &Shell, minutes: Option<i64>) -> String {
    let Some(minutes) = minutes else { return "–".to_owned() };
    if minutes < 60 {
        s.words.with("use-minutes", &[("n", minutes.into())])
    } else {
        s.words.with("use-hours", &[("n", ((minutes + 30) / 60).into())])
    }
}

fn draw(s: &Shell, view: &UsePage) -> Page {
    let w = &s.words;
    let body = html! {
        p.small { a.plain href="/settings" { "← " (w.t("nav-settings")) } }
        h1 { (w.t("use-title")) }
        p { (w.t("use-what")) }
        p.small.faint { (w.t("use-who")) " " @if let Some(since) = view.since { (w.with("use-since", &[("day", w.day_year(since).into())])) } }
        @if view.is_whole && view.people.len() > 1 {
            section {
                h2 { (w.t("use-team")) }
                (weeks(s, view, &view.team, &w.t("use-team")))
            }
        }
        @for person in &view.people { (one(s, view, person)) }
        @if view.people.is_empty() { p.faint { (w.t("use-nobody")) } }
        p.small.faint { (w.t("use-definition")) }
    };
    Page { title: w.t("use-title"), place: Place::Settings, body }
}

fn one(s: &Shell, view: &UsePage, person: &UseRow) -> Markup {
    let w = &s.words;
    html! {
        section.use-one id={ "s-" (person.staff) } {
            h2 { (person.name) }
            @match (&person.rest, &person.drift) {
                (Some(rest), _) if rest.is_absence => p.faint { (w.with("use-away", &[("day", w.day(rest.until, s.today).into())])) },
                (_, Some(drift)) => p { (sentence(s, &person.name, drift)) },
                (_, None) => @match person.last {
                    Some(last) => p.faint { (w.with("use-last", &[("day", w.day(last, s.today).into())])) },
                    None => p.faint { (w.t("use-never")) },
                },
            }
            @if view.is_whole {
                details open[person.drift.is_some() && person.rest.is_none()] {
                    summary { (w.t("use-by-week")) }
                    (weeks(s, view, &person.weeks, &person.name))
                }
                (ways(s, person))
            } @else {
                (weeks(s, view, &person.weeks, &person.name))
            }
        }
    }
}

/// What one can do: quieter signals, fewer cards, a word, and saying that somebody is away.
fn ways(s: &Shell, person: &UseRow) -> Markup {
    let w = &s.words;
    let address = format!("/settings/use/{}", person.staff);
    html! {
        details.no-print open[person.drift.is_some() && person.rest.is_none()] {
            summary { (w.t("use-ways")) }
            ul {
                li { (w.t("use-way-ask")) }
                li { (w.t("use-way-quiet")) " " a href="/cards/precision" { (w.t("use-way-quiet-link")) } }
                li {
                    form.use-line method="post" action={ (address) "/cards" } {
                        (token(&s.csrf))
                        input type="hidden" name="back" value="/settings/use";
                        label { (w.t("use-way-cards")) " " input type="number" name="cards" min="1" max="50" value=(person.capacity) required; }
                        " " button.btn { (w.t("save")) }
                    }
                }
                li {
                    form.use-line method="post" action={ (address) "/rest" } {
                        (token(&s.csrf))
                        input type="hidden" name="back" value="/settings/use";
                        label { (w.t("use-way-away")) " " input type="date" name="until" required; }
                        " " button.btn { (w.t("use-way-away-button")) }
                    }
                }
            }
            @if let Some(rest) = &person.rest {
                div.use-line { span.small { (w.with("use-rested", &[("day", w.day(rest.until, s.today).into())])) }
                    (post_button(&s.csrf, &format!("{address}/rest/undo"), &[("back", "/settings/use")], html! { button.btn.quiet { (w.t("use-unrest")) } }))
                }
            }
        }
    }
}

fn weeks(s: &Shell, view: &UsePage, rows: &[UseOfWeek], label: &str) -> Markup {
    let w = &s.words;
    let is_team = view.is_whole && std::ptr::eq(rows.as_ptr(), view.team.as_ptr());
    let people = i64::try_from(view.people.len()).unwrap_or(1);
    html! {
        div.scroll tabindex="0" role="region" aria-label=(label) { table.list {
            thead { tr {
                th scope="col" { (w.t("use-week")) }
                @for week in &view.weeks { th.num scope="col" { (w.day_axis(week.from)) } }
            } }
            tbody {
                tr { th scope="row" { (w.t("use-days")) } @for (week, row) in view.weeks.iter().zip(rows) {
                    td.num { (row.days) span.faint { "/" (week.business_days * if is_team { people } else { 1 }) } }
                } }
                tr { th scope="row" { (w.t("use-cards")) } @for row in rows { td.num { (row.cards) } } }
                tr { th scope="row" { (w.t("use-steps")) } @for row in rows { td.num { (row.steps) } } }
                tr { th scope="row" { (w.t("use-lapsed")) } @for row in rows { td.num { (row.lapsed) } } }
                tr { th scope="row" { (w.t("use-answer")) } @for row in rows { td.num { (hours(s, row.answer_minutes)) } } }
            }
        } }
    }
}
