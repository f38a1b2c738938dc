//! Links in notices and letters, for people who are not signed in here: a page with one button. Mail programs follow links on their own;
//! nothing happens before the button is pressed.

use axum::extract::{Form, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use kizashi_app::notices::{self, Answer, AnswerState, Answering};
use kizashi_app::plays::FALSE_REASONS;
use kizashi_app::settings::open_settings;
use kizashi_app::{Error, Refused};
use kizashi_domain::time::Day;
use maud::{Markup, html};
use serde::Deserialize;

use super::draw::answer_word;
use crate::parts::work::{owner, state_key};
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Ask, Page, Place, Shell};

/// Days that are offered for 後で.
const CHOICES: [&str; 3] = ["tomorrow", "3-days", "next-week"];

fn ask_of(request: &Request) -> Ask {
    let nonce = request.extensions().get::<Ask>().map(|a| a.nonce.clone()).unwrap_or_default();
    Ask { is_fragment: false, ..Ask::of(request, nonce) }
}

/// The shell of whoever answers: in their language, with the days of the workspace.
async fn shell_of(web: &Web, ask: &Ask, answering: &Answering) -> Result<(Shell, [Day; 3]), Problem> {
    let settings = open_settings(&web.app, answering.viewer.workspace).await?;
    let language = ask.chosen_lang.unwrap_or(answering.viewer.language);
    let today = settings.day_of(web.app.now());
    let mut shell = Shell::of_stranger(&Ask { lang: language, ..ask.clone() });
    shell.words = web.words(&settings, language);
    shell.today = today;
    shell.zone = settings.zone.clone();
    let calendar = &settings.calendar;
    let next_monday = today.plus(7 - (today.0 + 3).rem_euclid(7));
    let days = [
        calendar.next_business_day(today.plus(1)),
        calendar.add_business_days(today, 3),
        calendar.next_business_day(next_monday),
    ];
    Ok((shell, days))
}

/// A page for a link that is none of ours, or of somebody who has left: what it is, and what to do.
fn dead(ask: &Ask, error: Error) -> Result<Response, Problem> {
    match error {
        Error::Refused(Refused::NotFound | Refused::NotAllowed) => {
            let shell = Shell::of_stranger(ask);
            let page = plain(&shell, &shell.words.t("notices-link-title"), &shell.words.t("notices-link-dead"));
            Ok((StatusCode::NOT_FOUND, Html(shell.draw(&page).into_string())).into_response())
        }
        other => Err(other.into()),
    }
}

fn plain(s: &Shell, title: &str, text: &str) -> Page {
    let body = html! {
        div.reading-page {
            h1 { (title) }
            p.note role="status" { (text) }
            p { a href="/today" { (s.words.t("notices-open-product")) } }
        }
    };
    Page { title: title.to_owned(), place: Place::Elsewhere, body }
}

async fn show(web: &Web, ask: &Ask, link: &str, found: kizashi_app::Result<Answering>) -> Result<Response, Problem> {
    let answering = match found {
        Ok(answering) => answering,
        Err(error) => return dead(ask, error),
    };
    let (shell, days) = shell_of(web, ask, &answering).await?;
    let status = if answering.state == AnswerState::Expired { StatusCode::GONE } else { StatusCode::OK };
    Ok((status, Html(shell.draw(&page(&shell, link, &answering, days)).into_string())).into_response())
}

/// `GET /answer/{id}`: the card and one button.
pub(crate) async fn open_answer(
    State(web): State<Web>,
    Path(link): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    show(&web, &ask_of(&request), &link, notices::open_answer(&web.app, &link).await).await
}

/// What the form of an answer holds.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Given {
    until: String,
    false_reason: String,
}

/// `POST /answer/{id}`: gives the answer, once.
pub(crate) async fn answer(
    State(web): State<Web>,
    Path(link): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let ask = ask_of(&request);
    let given = read(request).await;
    let opened = match notices::open_answer(&web.app, &link).await {
        Ok(opened) => opened,
        Err(error) => return dead(&ask, error),
    };
    let (_, days) = shell_of(&web, &ask, &opened).await?;
    let until = CHOICES.iter().zip(days).find(|(word, _)| **word == given.until).map_or(days[0], |(_, day)| day);
    show(&web, &ask, &link, notices::answer_by_link(&web.app, &link, (Some(until), &given.false_reason)).await).await
}

async fn read(request: Request) -> Given {
    use axum::extract::FromRequest as _;
    Form::<Given>::from_request(request, &()).await.map(|Form(given)| given).unwrap_or_default()
}

/// `POST /answer/{id}/undo`.
pub(crate) async fn undo_answer(
    State(web): State<Web>,
    Path(link): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    show(&web, &ask_of(&request), &link, notices::undo_by_link(&web.app, &link).await).await
}

fn page(s: &Shell, link: &str, answering: &Answering, days: [Day; 3]) -> Page {
    let w = &s.words;
    let (card, word) = (&answering.card, answer_word(w, answering.answer));
    let title = format!("{} · {word}", card.subject);
    let body = html! {
        div.reading-page.answer {
            h1 { (card.subject) }
            p { strong { (w.text(&card.title)) } }
            ul.causes { @for why in card.why.iter().take(3) { li { (w.text(why)) } } }
            p { (w.with("notices-what", &[("what", w.text(&card.what).into()), ("day", w.day(card.due_day, s.today).into())])) }
            p.small.ink2 {
                (w.with("notices-card-state", &[("state", w.t(state_key(card.state)).into())])) "　"
                (w.with("notices-owner", &[("name", owner(s, card).into())]))
            }
            @match answering.state {
                AnswerState::Open => (button(s, link, answering, &word, days)),
                AnswerState::Answered => {
                    p.note role="status" { (w.t(&format!("notices-answered-{}", answering.answer.word()))) }
                    form method="post" action={ "/answer/" (link) "/undo" } { button.btn { (w.t("undo")) } }
                }
                AnswerState::Undone => p.note role="status" { (w.t("notices-answer-undone")) },
                AnswerState::Expired => p.note { (w.t("notices-link-expired")) },
                AnswerState::Closed => p.note { (w.t("notices-link-closed")) },
            }
            p { a href={ "/cards/" (card.id) } { (w.t("notices-open-card")) } }
        }
    };
    Page { title, place: Place::Elsewhere, body }
}

/// The one button.
fn button(s: &Shell, link: &str, answering: &Answering, word: &str, days: [Day; 3]) -> Markup {
    let w = &s.words;
    html! {
        form method="post" action={ "/answer/" (link) } {
            @if answering.answer == Answer::Later {
                label.field { (w.t("notices-until")) " "
                    select name="until" {
                        @for (choice, day) in CHOICES.iter().zip(days) { option value=(choice) { (w.day(day, s.today)) } }
                    }
                }
            }
            @if answering.answer == Answer::FalseAlarm {
                fieldset.reasons {
                    legend { (w.t("card-false-why")) }
                    div.feel { @for reason in FALSE_REASONS { label { input type="radio" name="false_reason" value=(reason) required; (w.word("false", reason)) } } }
                }
            }
            p.help { (w.with("notices-answer-as", &[("name", answering.viewer.name.clone().into())])) }
            button.btn.main { (word) }
        }
    }
}

async fn show_spare(web: &Web, ask: &Ask, link: &str, is_sure: bool) -> Result<Response, Problem> {
    if let Err(error) = notices::opt_out_by_link(&web.app, link, is_sure).await {
        return dead(ask, error);
    }
    let s = Shell::of_stranger(ask);
    let w = &s.words;
    let title = w.t("notices-spare-title");
    let body = html! {
        div.reading-page {
            h1 { (title) }
            @if is_sure { p.note role="status" { (w.t("notices-spare-done")) } }
            @else {
                p.prose { (w.t("notices-spare-text")) }
                form method="post" action={ "/spare/" (link) } { button.btn.main { (w.t("notices-spare-button")) } }
            }
        }
    };
    Ok(s.page(&Page { title, place: Place::Elsewhere, body }))
}

/// `GET /spare/{id}`: a person of a customer asks to be spared surveys and tips.
pub(crate) async fn open_spare(
    State(web): State<Web>,
    Path(link): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    show_spare(&web, &ask_of(&request), &link, false).await
}

/// `POST /spare/{id}`.
pub(crate) async fn ask_to_be_spared(
    State(web): State<Web>,
    Path(link): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    show_spare(&web, &ask_of(&request), &link, true).await
}
