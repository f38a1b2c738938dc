//! Requests about cards.

use std::str::FromStr;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::{Action, list_staff};
use kizashi_app::plays::{self, Act, CardQuery, Outcome};
use kizashi_app::rooms::settle_proposals;
use kizashi_app::today::sees_nobodys;
use kizashi_domain::id::{Id, Staff};
use kizashi_domain::time::Day;
use serde::Deserialize;

use super::page::Tried;
use super::pages::{self, Asked, KINDS, ME, TABS};
use super::press::{draw, or_refuse, press, refuse, replace};
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
    let page = draw(&web, &visit, &visit.shell, id(&card)?, &Tried::default()).await?;
    Ok(visit.shell.page(&page))
}

/// `POST /cards/{id}/taking`.
pub(crate) async fn take(
    State(web): State<Web>,
    Path(card): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    press(&web, &posted, (id(&card)?, &Act::Take), (Said::Taken, "state")).await
}

/// `POST /cards/{id}/waiting`.
pub(crate) async fn wait(
    State(web): State<Web>,
    Path(card): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    press(&web, &posted, (id(&card)?, &Act::Wait), (Said::Waiting, "state")).await
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
    posted.visit.permit(Action::Work)?;
    let until = match until(&posted, posted.find("until").unwrap_or_default()) {
        Ok(until) => until,
        Err(problem) => return refuse(&web, &posted, card, "state", problem).await,
    };
    let reason = posted.find("reason").unwrap_or_default().to_owned();
    press(&web, &posted, (card, &Act::Snooze(until, reason)), (Said::Snoozed, "state")).await
}

/// `POST /cards/{id}/closure`.
pub(crate) async fn close(
    State(web): State<Web>,
    Path(card): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let card = id(&card)?;
    posted.visit.permit(Action::Work)?;
    let outcome = match read_outcome(&posted) {
        Ok(outcome) => outcome,
        Err(problem) => return refuse(&web, &posted, card, "closure", problem).await,
    };
    let said = if outcome == Outcome::FalseAlarm { Said::ClosedFalse } else { Said::Closed };
    press(&web, &posted, (card, &Act::Close(read_closing(&posted, outcome))), (said, "closure")).await
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

/// `POST /cards/{id}/undo`: wakes a card that was put off, or opens a closed one again. What was just done is taken back by its change.
pub(crate) async fn undo(
    State(web): State<Web>,
    Path(card): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let card = id(&card)?;
    let grant = posted.visit.permit(Action::Work)?;
    let (said, outcome) = match posted.text("what")? {
        "closure" => (Said::Reopened, plays::reopen_card(&web.app, &grant, card).await),
        "snooze" => (Said::Woken, plays::wake_card(&web.app, &grant, card).await),
        _ => return Err(Problem::Refused("reason-not-one-of".into())),
    };
    if let Err(refused) = or_refuse(&web, &posted, (card, "state"), outcome).await? {
        return Ok(refused);
    }
    let s = &posted.visit.shell;
    if !s.is_fragment {
        return Ok(Redirect::to(&posted.back_saying("/cards", said, "")).into_response());
    }
    replace(&web, &posted, card, &pages::said(s, &s.words.t(said.key()), "")).await
}

/// `POST /cards/{id}/notes`.
pub(crate) async fn note(
    State(web): State<Web>,
    Path(card): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let card = id(&card)?;
    let grant = posted.visit.permit(Action::Comment)?;
    let kept = plays::note_card(&web.app, &grant, card, posted.find("text").unwrap_or_default()).await;
    let meant = match or_refuse(&web, &posted, (card, "note"), kept).await? {
        Ok(meant) => meant,
        Err(refused) => return Ok(refused),
    };
    let said = match (meant.left.is_empty(), meant.unclear.is_empty(), meant.people) {
        (false, true, _) => Said::CardNoteLeft,
        (_, false, _) => Said::CardNoteUnclear,
        (true, true, 0) => Said::Note,
        (true, true, _) => Said::NoteTold,
    };
    Ok(Redirect::to(&posted.back_saying(&format!("/cards/{card}"), said, "")).into_response())
}
