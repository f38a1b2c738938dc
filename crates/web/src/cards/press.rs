//! Presses on one card: what each answers, and what is said when somebody else was first or a form cannot be taken.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use kizashi_app::Error;
use kizashi_app::access::{Action, list_workers};
use kizashi_app::plays::{self, Act, Batch, CardState, Meanwhile, Pressed};
use kizashi_app::rooms::{list_rooms_of, settle_proposals};
use kizashi_domain::id::{Card, Id};
use maud::Markup;

use super::page::Tried;
use super::pages;
use crate::parts::meanwhile::{meanwhile, take_over};
use crate::parts::state::toast;
use crate::parts::work::read_seen;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Beside, Posted, Said, Shell, Visit};

/// Presses once, and answers with the card as it is now or the page that the press came from. `form` = the form of the card's page that
/// says why it cannot be.
pub(super) async fn press(
    web: &Web,
    posted: &Posted,
    (card, act): (Id<Card>, &Act),
    (said, form): (Said, &'static str),
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    let seen = posted.find("seen").and_then(read_seen);
    match plays::press_card(&web.app, &grant, card, act, seen).await {
        Ok(Pressed::Done { batch, day, is_past, .. }) => {
            let beside = Beside::of_one(day, is_past);
            done(web, posted, (card, act), (said, batch), &beside).await
        }
        Ok(Pressed::Meanwhile(now)) => overtaken(web, posted, card, (&now, form)).await,
        Err(error) => refuse(web, posted, card, form, error.into()).await,
    }
}

async fn done(
    web: &Web,
    posted: &Posted,
    (card, act): (Id<Card>, &Act),
    (said, batch): (Said, Option<Id<Batch>>),
    beside: &Beside,
) -> Result<Response, Problem> {
    let s = &posted.visit.shell;
    let batch = batch.map(|id| id.to_string()).unwrap_or_default();
    if !s.is_fragment {
        return Ok(Redirect::to(&posted.back_telling("/cards", said, &batch, beside)).into_response());
    }
    let w = &s.words;
    let ws = posted.visit.viewer.workspace;
    let text = match act {
        Act::Snooze(until, _) => {
            w.with("said-snoozed-until", &[("day", w.day(beside.day.unwrap_or(*until), s.today).into())])
        }
        _ => w.t(said.key()),
    };
    let mut text = beside.add_to(text, (&web.app, ws), w, s.today).await?;
    if matches!(act, Act::Close(_)) {
        let left = plays::count_under_way(&web.app, ws, card).await?;
        if left > 0 {
            text.push_str(&w.with("said-play-goes-on", &[("n", left.into())]));
        }
    }
    let undo = if batch.is_empty() { String::new() } else { format!("/cards/batches/{batch}/undo") };
    replace(web, posted, card, &pages::said(s, &text, &undo)).await
}

/// The card as it is now, and a notice.
pub(super) async fn replace(web: &Web, posted: &Posted, card: Id<Card>, notice: &Markup) -> Result<Response, Problem> {
    let ws = posted.visit.viewer.workspace;
    let mut view = plays::open_card(&web.app, ws, card).await?;
    settle_proposals(&web.app, ws, std::slice::from_mut(&mut view.row)).await?;
    Ok(Html(pages::replaced(&posted.visit.shell, &view.row, notice).into_string()).into_response())
}

/// Somebody else was first: who, and what is so now. Work that is under way can be taken over all the same; what was typed is kept.
async fn overtaken(
    web: &Web,
    posted: &Posted,
    card: Id<Card>,
    (now, form): (&Meanwhile, &'static str),
) -> Result<Response, Problem> {
    let s = &posted.visit.shell;
    let text = meanwhile(&s.words, (&s.zone, s.today), now, web.app.now());
    if s.is_fragment {
        let over = (now.state != CardState::Closed).then(|| take_over(&s.words, &s.csrf, card, &s.address));
        return replace(web, posted, card, &toast(&s.words, &text, over)).await;
    }
    if posted.find("came_of_it").is_some() {
        return redraw(web, posted, card, Tried { form, wrong: &text, pairs: posted.pairs() }).await;
    }
    Ok(Redirect::to(&posted.back_saying("/cards", Said::Overtaken, &card.to_string())).into_response())
}

/// A form that cannot be taken: said in place on the card's page, with what was typed. In a list a notice says it, and the form stays.
pub(super) async fn refuse(
    web: &Web,
    posted: &Posted,
    card: Id<Card>,
    form: &'static str,
    problem: Problem,
) -> Result<Response, Problem> {
    match problem {
        Problem::Refused(key) if !key.is_empty() && !posted.visit.shell.is_fragment => {
            let s = &posted.visit.shell;
            let now = plays::see_card(&web.app, posted.visit.viewer.workspace, card).await?;
            let closed = now.filter(|now| key == "refused-changed" && now.state == CardState::Closed);
            // Of a card that somebody closed it is said who did; to look again would tell nothing more.
            let told = closed.map(|now| meanwhile(&s.words, (&s.zone, s.today), &now, web.app.now()));
            let wrong = told.unwrap_or_else(|| s.words.t(&key));
            redraw(web, posted, card, Tried { form, wrong: &wrong, pairs: posted.pairs() }).await
        }
        other => Err(other),
    }
}

/// [`refuse`] for the outcome of a use case.
pub(super) async fn or_refuse<T>(
    web: &Web,
    posted: &Posted,
    (card, form): (Id<Card>, &'static str),
    outcome: Result<T, Error>,
) -> Result<Result<T, Response>, Problem> {
    match outcome {
        Ok(done) => Ok(Ok(done)),
        Err(error) => Ok(Err(refuse(web, posted, card, form, error.into()).await?)),
    }
}

async fn redraw(web: &Web, posted: &Posted, card: Id<Card>, tried: Tried<'_>) -> Result<Response, Problem> {
    // Forms of the page lead back to where the refused one would have.
    let address = posted.back(&format!("/cards/{card}")).to_owned();
    let shell = Shell { address, ..posted.visit.shell.clone() };
    let mut response = shell.page(&draw(web, &posted.visit, &shell, card, &tried).await?);
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// The page of a card.
pub(super) async fn draw(
    web: &Web,
    visit: &Visit,
    shell: &Shell,
    card: Id<Card>,
    tried: &Tried<'_>,
) -> Result<crate::shell::Page, Problem> {
    let ws = visit.viewer.workspace;
    let mut view = plays::open_card(&web.app, ws, card).await?;
    settle_proposals(&web.app, ws, std::slice::from_mut(&mut view.row)).await?;
    let rooms = match view.row.customer_id {
        Some(customer) => list_rooms_of(&web.app, ws, customer).await?,
        None => Vec::new(),
    };
    let open = rooms.iter().find(|room| room.closed_at.is_none());
    let workers = list_workers(&web.app, ws).await?;
    let may_comment = visit.permit(Action::Comment).is_ok();
    Ok(super::page::card(shell, &view, open, &visit.settings.pack, (&workers, may_comment, tried)))
}
