//! Many cards at once: which, what would change, the change and the way back. One card's owner and date go the same way.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::{Action, StaffRow, list_workers};
use kizashi_app::plays::{self, Act, CardState, Outcome, Plan};
use kizashi_app::{Error, Refused};
use kizashi_domain::id::{Card, Id};
use maud::{Markup, html};

use super::http::{read_closing, read_outcome, until};
use super::id;
use super::page::Tried;
use super::press::{press, refuse};
use crate::address::own;
use crate::parts::closing::chips_by_outcome;
use crate::parts::form::token;
use crate::parts::work::{day_field, kind_word, owner, state_key};
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Beside, Page, Place, Posted, Said, Shell, Visit};

/// Cards that are drawn; the number says how many there are.
const ROWS_SHOWN: usize = 30;
/// That cards go to nobody is chosen, never left open.
const NOBODY: &str = "nobody";
/// The forms of the page.
const FORMS: [&str; 6] = ["take", "wait", "snooze", "hand", "move", "close"];

fn chosen(pairs: &[(String, String)]) -> Result<Vec<Id<Card>>, Problem> {
    pairs.iter().filter(|(name, _)| name == "id").map(|(_, text)| id(text)).collect()
}

/// `GET /cards/many`: which cards, and what can be done with them.
pub(crate) async fn open_many(
    State(web): State<Web>,
    visit: Visit,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let grant = visit.permit(Action::Work)?;
    let cards = chosen(&pairs)?;
    let back = pairs.iter().find(|(n, _)| n == "back").and_then(|(_, v)| own(v)).unwrap_or("/cards");
    if cards.is_empty() {
        return Ok(Redirect::to(back).into_response());
    }
    let plan = plays::plan_cards(&web.app, &grant, &cards).await?;
    let workers = list_workers(&web.app, visit.viewer.workspace).await?;
    Ok(visit.shell.page(&draw(&visit.shell, (&plan, &workers), back, &Tried::default())))
}

fn read_act(posted: &Posted) -> Result<Act, Problem> {
    let said = |name| posted.find(name).unwrap_or_default().to_owned();
    Ok(match posted.text("act")? {
        "take" => Act::Take,
        "release" => Act::Release,
        "wait" => Act::Wait,
        // A day that was entered is meant, whatever stands in the list beside it.
        "snooze" if posted.find("day").is_some() => Act::Snooze(until(posted, "day")?, said("reason")),
        "snooze" => Act::Snooze(until(posted, posted.text("until")?)?, said("reason")),
        "hand" => Act::Hand(match posted.find("owner") {
            Some(NOBODY) => None,
            Some(owner) => Some(id(owner)?),
            None => return Err(Problem::Refused("reason-owner-unsaid".into())),
        }),
        "move" => Act::Move(read_day(posted)?),
        "close" => {
            let outcome = read_outcome(posted)?;
            Act::Close(read_closing(posted, outcome))
        }
        _ => return Err(Problem::Refused("reason-not-one-of".into())),
    })
}

fn read_day(posted: &Posted) -> Result<kizashi_domain::time::Day, Problem> {
    posted.find("due").and_then(|day| day.parse().ok()).ok_or_else(|| Problem::Refused("reason-due-day".into()))
}

/// `POST /cards/many`: what cannot be taken is said at its form, with what was typed.
pub(crate) async fn keep_many(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    let cards = chosen(posted.pairs())?;
    let done = match read_act(&posted) {
        Ok(act) => plays::change_cards(&web.app, &grant, &cards, &act).await.map_err(Problem::from),
        Err(problem) => Err(problem),
    };
    match done {
        Ok(changed) => {
            let (batch, beside) = (changed.batch.to_string(), Beside::of(&changed));
            Ok(Redirect::to(&posted.back_telling("/cards", Said::CardsChanged, &batch, &beside)).into_response())
        }
        Err(Problem::Refused(key)) if !key.is_empty() => {
            let s = &posted.visit.shell;
            let wrong = s.words.t(&key);
            let plan = plays::plan_cards(&web.app, &grant, &cards).await?;
            let workers = list_workers(&web.app, posted.visit.viewer.workspace).await?;
            let form = FORMS.into_iter().find(|form| posted.find("act") == Some(*form)).unwrap_or_default();
            let tried = Tried { form, wrong: &wrong, pairs: posted.pairs() };
            let mut response = s.page(&draw(s, (&plan, &workers), posted.back("/cards"), &tried));
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /cards/batches/{id}/undo`.
pub(crate) async fn undo_many(
    State(web): State<Web>,
    Path(batch): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    let said = match plays::undo_cards(&web.app, &grant, id(&batch)?).await {
        Ok((_, 0)) => Said::CardsBack,
        Ok((0, _)) => Said::CardsNotBack,
        Ok(_) => Said::CardsBackPartly,
        // The same press twice.
        Err(Error::Refused(Refused::Changed)) => Said::CardsBackBefore,
        Err(error) => return Err(error.into()),
    };
    Ok(Redirect::to(&posted.back_saying("/cards", said, "")).into_response())
}

/// `POST /cards/batches/{id}/tasks`: the open steps of the plays that the cards began move with them.
pub(crate) async fn move_following(
    State(web): State<Web>,
    Path(batch): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    let moved = plays::move_following(&web.app, &grant, id(&batch)?).await?;
    Ok(Redirect::to(&posted.back_saying("/cards", Said::TasksMoved, &moved.shift.to_string())).into_response())
}

/// `POST /cards/{id}/move`: to another state.
pub(crate) async fn move_card(
    State(web): State<Web>,
    Path(card): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let act = read_act(&posted)?;
    if !matches!(act, Act::Take | Act::Release | Act::Wait) {
        return Err(Problem::Refused("reason-not-one-of".into()));
    }
    press(&web, &posted, (id(&card)?, &act), (Said::CardsChanged, "state")).await
}

/// `POST /cards/{id}/owner`.
pub(crate) async fn change_owner(
    State(web): State<Web>,
    Path(card): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let owner = posted.find("owner").map(id).transpose()?;
    press(&web, &posted, (id(&card)?, &Act::Hand(owner)), (Said::CardsChanged, "owner")).await
}

/// `POST /cards/{id}/due`.
pub(crate) async fn change_due(
    State(web): State<Web>,
    Path(card): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let card = id(&card)?;
    posted.visit.permit(Action::Work)?;
    match read_day(&posted) {
        Ok(day) => press(&web, &posted, (card, &Act::Move(day)), (Said::CardsChanged, "due")).await,
        Err(problem) => refuse(&web, &posted, card, "due", problem).await,
    }
}

fn draw(s: &Shell, (plan, workers): (&Plan, &[StaffRow]), back: &str, tried: &Tried<'_>) -> Page {
    let w = &s.words;
    let part = |act, key, fields: &Markup| part(s, (plan, back), (act, key), fields, tried);
    let title = w.with("many-title", &[("n", plan.open.len().into())]);
    let body = html! {
        p.small { a.plain href=(back) { "← " (w.t("nav-cards")) } }
        h1 { (title) }
        @if plan.closed > 0 { p.faint { (w.with("many-closed", &[("n", plan.closed.into())])) } }
        @if !plan.open.is_empty() {
            div.many {
                (part("take", "card-take", &html! { p.help { (w.t("many-take-help")) } }))
                (part("wait", "card-wait", &html! { p.help { (w.t("many-wait-help")) } }))
                (part("snooze", "card-later", &later(s, tried)))
                (part("hand", "card-hand-over", &hand(s, workers, tried)))
                (part("move", "card-move", &html! {
                    label for="many-due" { (w.t("card-by-when")) }
                    input #many-due type="date" name="due" value=[tried.typed("move", "due")] required;
                }))
                (part("close", "card-close", &close(s, tried)))
            }
        }
        (list(s, plan))
    };
    Page { title, place: Place::Cards, body }
}

/// One thing to do with all of them.
fn part(
    s: &Shell,
    (plan, back): (&Plan, &str),
    (act, key): (&str, &str),
    fields: &Markup,
    tried: &Tried<'_>,
) -> Markup {
    let w = &s.words;
    html! {
        form.hunch method="post" action="/cards/many" aria-label=(w.t(key)) {
            h2 { (w.t(key)) }
            (tried.wrong(act))
            (token(&s.csrf))
            input type="hidden" name="act" value=(act);
            input type="hidden" name="back" value=(back);
            @for card in &plan.open { input type="hidden" name="id" value=(card.id); }
            (fields)
            div.btns { button.btn.main { (w.with("many-do", &[("what", w.t(key).into()), ("n", plan.open.len().into())])) } }
        }
    }
}

fn later(s: &Shell, tried: &Tried<'_>) -> Markup {
    let w = &s.words;
    let chosen = tried.typed("snooze", "until").unwrap_or("tomorrow");
    html! {
        label for="many-until" { (w.t("many-until")) }
        select #many-until name="until" {
            @for choice in ["tomorrow", "3-days", "next-week", "month"] { option value=(choice) selected[choice == chosen] { (w.word("later", choice)) } }
            option value="day" selected[chosen == "day"] { (w.t("later-day")) }
        }
        label for="many-day" { (w.t("many-day")) }
        (day_field(s, Some("many-day")))
        label for="many-reason" { (w.t("later-why")) }
        input #many-reason type="text" name="reason" value=[tried.typed("snooze", "reason")] maxlength="200" autocomplete="off";
    }
}

fn hand(s: &Shell, workers: &[StaffRow], tried: &Tried<'_>) -> Markup {
    let w = &s.words;
    let chosen = tried.typed("hand", "owner").unwrap_or_default();
    html! {
        label for="many-owner" { (w.t("card-who")) }
        select #many-owner name="owner" required {
            option value="" { (w.t("card-helper-choose")) }
            @for person in workers { option value=(person.id) selected[chosen == person.id.to_string()] { (person.name) } }
            option value=(NOBODY) selected[chosen == NOBODY] { (w.t("card-nobody")) }
        }
    }
}

fn close(s: &Shell, tried: &Tried<'_>) -> Markup {
    let w = &s.words;
    let typed = |name| tried.typed("close", name).unwrap_or_default();
    html! {
        div.feel role="radiogroup" aria-label=(w.t("card-outcome")) {
            @for outcome in Outcome::ALL {
                label { input type="radio" name="outcome" value=(outcome.word()) required checked[typed("outcome") == outcome.word()]; (w.word("outcome", outcome.word())) }
            }
        }
        label for="many-came" { (w.t("close-came-of-it")) }
        (chips_by_outcome(s, None))
        textarea #many-came name="came_of_it" rows="2" maxlength="2000" placeholder=(w.t("close-or-type")) { (typed("came_of_it")) }
        p.help.small.faint { (w.t("close-demands")) }
        label.only-false_alarm for="many-false" { (w.t("card-false-why")) }
        div.only-false_alarm { (super::page::false_reasons(s, "many-false", typed("false_reason"))) }
        label.check { input type="checkbox" name="ends_plays" value="1"; " " span { (w.t("close-ends-plays")) } }
    }
}

fn list(s: &Shell, plan: &Plan) -> Markup {
    let w = &s.words;
    html! {
        section aria-label=(w.t("nav-cards")) {
            div.scroll tabindex="0" role="region" aria-label=(w.t("nav-cards")) { table.list {
                thead { tr { th scope="col" { (w.t("nav-customers")) } th scope="col" { (w.t("card-kind")) } th scope="col" { (w.t("card-what")) } th scope="col" { (w.t("card-by-when")) } th scope="col" { (w.t("card-who")) } } }
                tbody {
                    @for card in plan.open.iter().take(ROWS_SHOWN) {
                        tr {
                            td { a.plain href={ "/cards/" (card.id) } { (card.subject) } }
                            td { (w.word("card-kind", kind_word(card.kind))) @if card.state != CardState::New { " · " (w.t(state_key(card.state))) } }
                            td { (w.text(&card.what)) }
                            td.nowrap { (w.day(card.due_day, s.today)) }
                            td { (owner(s, card)) }
                        }
                    }
                }
            } }
            @if plan.open.len() > ROWS_SHOWN { p.faint { (w.with("many-more", &[("n", (plan.open.len() - ROWS_SHOWN).into())])) } }
        }
    }
}
