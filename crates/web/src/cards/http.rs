//! Requests about cards.

use std::str::FromStr;

use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use kizashi_app::access::{Action, list_staff};
use kizashi_app::plays::{self, CardQuery, Outcome};
use kizashi_app::rooms::{list_rooms_of, settle_proposals};
use kizashi_app::today::sees_nobodys;
use kizashi_domain::id::{Card, Id, Staff};
use kizashi_domain::time::Day;
use serde::Deserialize;

use super::pages::{self, Asked, KINDS, ME, TABS};
use crate::parts::work::kind_word;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Posted, Said, Visit};

/// Cards of one page.
const ROWS: i64 = 30;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct CardsQuery {
    tab: String,
    kind: String,
    view: String,
    owner: String,
    q: String,
    after: String,
}

/// Which cards a request means, in addresses and in the list. Somebody else's are not among one's own: the list of all has them.
pub(super) fn asked(query: CardsQuery, visit: &Visit, rows: i64) -> (Asked, CardQuery) {
    let me = visit.viewer.staff;
    let tab = TABS.into_iter().find(|tab| *tab == query.tab).unwrap_or("mine");
    let colleague = query.owner.parse().ok().filter(|id: &Id<Staff>| *id != me);
    let owner = match query.owner.as_str() {
        "all" | "" => None,
        word => colleague.or_else(|| (word == ME || word == me.to_string()).then_some(me)),
    };
    let is_others = colleague.is_some() || query.owner == "all";
    let tab = if tab == "mine" && is_others { "open" } else { tab };
    let kind = KINDS.into_iter().find(|kind| kind_word(*kind) == query.kind);
    let may_be_board = !matches!(tab, "later" | "done");
    let wanted = CardQuery {
        owner: match tab {
            "mine" => Some(me),
            "helping" | "nobody" => None,
            _ => owner,
        },
        helping: (tab == "helping").then_some(me),
        nobody: tab == "nobody",
        kind,
        closed: tab == "done",
        snoozed: tab == "later",
        search: query.q.trim().to_owned(),
        after: (!query.after.is_empty()).then(|| query.after.clone()),
        rows,
        state: None,
    };
    let asked = Asked {
        tab: tab.into(),
        kind: kind.map_or("", kind_word).into(),
        is_board: query.view == "board" && may_be_board,
        owner: owner.map(|id| if id == me { ME.into() } else { id.to_string() }).unwrap_or_default(),
        search: wanted.search.clone(),
        after: query.after,
    };
    (asked, wanted)
}

/// Where somebody begins who chose no tab: at their own cards, or at everybody's when they lead and have none of their own.
async fn first_tab(web: &Web, visit: &Visit) -> Result<&'static str, Problem> {
    if !sees_nobodys(&visit.viewer) {
        return Ok("mine");
    }
    let own = CardQuery { owner: Some(visit.viewer.staff), rows: 1, ..CardQuery::default() };
    let own = plays::list_cards(&web.app, visit.viewer.workspace, &own).await?;
    Ok(if own.total == 0 { "open" } else { "mine" })
}

/// `GET /cards`.
pub(crate) async fn open_cards(
    State(web): State<Web>,
    visit: Visit,
    Query(mut query): Query<CardsQuery>,
) -> Result<Response, Problem> {
    if query.tab.is_empty() && query.owner.is_empty() {
        query.tab = first_tab(&web, &visit).await?.to_owned();
    }
    let (asked, wanted) = asked(query, &visit, ROWS);
    let staff = list_staff(&web.app, visit.viewer.workspace).await?;
    if asked.is_board {
        let (list, board) = super::board::open_board(&web, &visit, &asked, &wanted).await?;
        return Ok(visit.shell.page(&pages::cards(&visit.shell, &asked, (&list, &staff), Some(&board))));
    }
    let mut list = plays::list_cards(&web.app, visit.viewer.workspace, &wanted).await?;
    settle_proposals(&web.app, visit.viewer.workspace, &mut list.rows).await?;
    Ok(visit.shell.page(&pages::cards(&visit.shell, &asked, (&list, &staff), None)))
}

/// The id in a path; what is no id is nothing of ours.
pub(crate) fn id<T>(text: &str) -> Result<Id<T>, Problem> {
    Id::from_str(text).map_err(|_| Problem::NotFound)
}

/// `GET /cards/{id}`.
pub(crate) async fn open_card(
    State(web): State<Web>,
    visit: Visit,
    Path(card): Path<String>,
) -> Result<Response, Problem> {
    let mut view = plays::open_card(&web.app, visit.viewer.workspace, id(&card)?).await?;
    settle_proposals(&web.app, visit.viewer.workspace, std::slice::from_mut(&mut view.row)).await?;
    let rooms = match view.row.customer_id {
        Some(customer) => list_rooms_of(&web.app, visit.viewer.workspace, customer).await?,
        None => Vec::new(),
    };
    let open = rooms.iter().find(|room| room.closed_at.is_none());
    let staff = list_staff(&web.app, visit.viewer.workspace).await?;
    Ok(visit.shell.page(&super::page::card(&visit.shell, &view, open, &visit.settings.pack, &staff)))
}

/// After an answer: the card as it is now for htmx, else back to the page with a notice.
async fn answered(web: &Web, posted: &Posted, card: Id<Card>, said: Said, text: &str) -> Result<Response, Problem> {
    let s = &posted.visit.shell;
    if !s.is_fragment {
        return Ok(Redirect::to(&posted.back_saying("/cards", said, &card.to_string())).into_response());
    }
    let mut view = plays::open_card(&web.app, posted.visit.viewer.workspace, card).await?;
    settle_proposals(&web.app, posted.visit.viewer.workspace, std::slice::from_mut(&mut view.row)).await?;
    let notice = pages::said(s, &card.to_string(), text, said.undo().unwrap_or_default());
    Ok(Html(pages::replaced(s, &view.row, &notice).into_string()).into_response())
}

/// `POST /cards/{id}/taking`.
pub(crate) async fn take(
    State(web): State<Web>,
    Path(card): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let card = id(&card)?;
    plays::take_card(&web.app, &posted.visit.permit(Action::Work)?, card).await?;
    answered(&web, &posted, card, Said::Taken, &posted.visit.shell.words.t(Said::Taken.key())).await
}

/// `POST /cards/{id}/waiting`.
pub(crate) async fn wait(
    State(web): State<Web>,
    Path(card): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let card = id(&card)?;
    plays::wait_for_customer(&web.app, &posted.visit.permit(Action::Work)?, card).await?;
    answered(&web, &posted, card, Said::Waiting, &posted.visit.shell.words.t(Said::Waiting.key())).await
}

/// The business day on which a card that is put off comes back.
pub(super) fn until(posted: &Posted, choice: &str) -> Result<Day, Problem> {
    let calendar = &posted.visit.settings.calendar;
    let today = posted.visit.shell.today;
    let next_monday = today.plus(7 - (today.0 + 3).rem_euclid(7));
    match choice {
        "tomorrow" => Ok(calendar.next_business_day(today.plus(1))),
        "3-days" => Ok(calendar.add_business_days(today, 3)),
        "next-week" => Ok(calendar.next_business_day(next_monday)),
        "month" => Ok(calendar.next_business_day(today.plus(30))),
        // Enter in a field: the day that was chosen, else the shortest time.
        "" if posted.find("day").is_none() => until(posted, "tomorrow"),
        "" | "day" => {
            let day = posted.find("day").ok_or_else(|| Problem::Refused("reason-snooze-until".into()))?;
            day.parse().map_err(|_| Problem::Refused("reason-snooze-until".into()))
        }
        other => other.parse().map_err(|_| Problem::Refused("reason-snooze-until".into())),
    }
}

/// `POST /cards/{id}/snooze`.
pub(crate) async fn snooze(
    State(web): State<Web>,
    Path(card): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let card = id(&card)?;
    let until = until(&posted, posted.find("until").unwrap_or_default())?;
    let grant = posted.visit.permit(Action::Work)?;
    plays::snooze_card(&web.app, &grant, card, until, posted.find("reason").unwrap_or_default()).await?;
    let s = &posted.visit.shell;
    let text = s.words.with("said-snoozed-until", &[("day", s.words.day(until, s.today).into())]);
    answered(&web, &posted, card, Said::Snoozed, &text).await
}

/// `POST /cards/{id}/closure`.
pub(crate) async fn close(
    State(web): State<Web>,
    Path(card): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let card = id(&card)?;
    let outcome = read_outcome(&posted)?;
    let grant = posted.visit.permit(Action::Work)?;
    plays::close_explained(&web.app, &grant, card, &read_closing(&posted, outcome)).await?;
    let said = if outcome == Outcome::FalseAlarm { Said::ClosedFalse } else { Said::Closed };
    let words = &posted.visit.shell.words;
    let mut text = words.t(said.key());
    let left = plays::count_under_way(&web.app, posted.visit.viewer.workspace, card).await?;
    if left > 0 {
        text.push_str(&words.with("said-play-goes-on", &[("n", left.into())]));
    }
    answered(&web, &posted, card, said, &text).await
}

/// How a card ends: a reason of a false alarm that is chosen alone says it too.
pub(super) fn read_outcome(posted: &Posted) -> Result<Outcome, Problem> {
    match (posted.find("outcome"), posted.find("false_reason")) {
        (Some(word), _) => Outcome::parse(word).ok_or_else(|| Problem::Refused("reason-not-one-of".into())),
        (None, Some(reason)) if !reason.is_empty() => Ok(Outcome::FalseAlarm),
        (None, _) => Err(Problem::Refused("reason-came-of-it".into())),
    }
}

/// What a form says of the end of a card: what was chosen of what may come of it, and what was typed.
pub(super) fn read_closing(posted: &Posted, outcome: Outcome) -> plays::Closing {
    let said = |name: &str| posted.find(name).map(str::trim).unwrap_or_default().to_owned();
    let chosen = posted.find("came").map_or_else(|| said(&format!("came_{}", outcome.word())), str::to_owned);
    let came = [chosen, said("came_of_it")].into_iter().filter(|part| !part.is_empty());
    plays::Closing {
        outcome,
        note: came.collect::<Vec<_>>().join("\n"),
        false_reason: said("false_reason"),
        ends_plays: posted.find("ends_plays").is_some(),
    }
}

/// `POST /cards/{id}/undo`: takes the last answer back.
pub(crate) async fn undo(
    State(web): State<Web>,
    Path(card): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let card = id(&card)?;
    let grant = posted.visit.permit(Action::Work)?;
    let said = match posted.text("what")? {
        "closure" => {
            plays::reopen_card(&web.app, &grant, card).await?;
            Said::Reopened
        }
        "snooze" => {
            plays::wake_card(&web.app, &grant, card).await?;
            Said::Woken
        }
        "taking" => {
            plays::release_card(&web.app, &grant, card).await?;
            Said::Released
        }
        _ => return Err(Problem::Refused("reason-not-one-of".into())),
    };
    answered(&web, &posted, card, said, &posted.visit.shell.words.t(said.key())).await
}

/// `POST /cards/{id}/notes`.
pub(crate) async fn note(
    State(web): State<Web>,
    Path(card): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let card = id(&card)?;
    let meant = plays::note_card(&web.app, &posted.visit.permit(Action::Work)?, card, posted.text("text")?).await?;
    let said = match (meant.unclear.is_empty(), meant.people) {
        (false, _) => Said::NoteUnclear,
        (true, 0) => Said::Note,
        (true, _) => Said::NoteTold,
    };
    Ok(Redirect::to(&posted.back_saying(&format!("/cards/{card}"), said, "")).into_response())
}
