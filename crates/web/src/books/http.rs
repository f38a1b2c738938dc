//! Requests about plays as they are written.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::{Action, permit};
use kizashi_app::customers::list_choices;
use kizashi_app::notices::open_sending;
use kizashi_app::plays::books::{self, OpenBook, Origin};
use kizashi_app::settings::Settings;
use kizashi_app::{Error, Refused};
use kizashi_domain::id::{Card, Id};
use kizashi_domain::lang::Text;
use kizashi_domain::plays::foretell_days;
use serde::Deserialize;

use super::editor::{Editor, REHEARSE, address};
use super::{arrange, editor, form, list, proposals, rehearsal};
use crate::customers::stages;
use crate::problem::Problem;
use crate::serve::Web;
use crate::settings::fields::{Reader, Sheet, Wrongs};
use crate::shell::{Posted, Said, Visit};

fn may(visit: &Visit, action: Action) -> bool {
    permit(&visit.viewer, action).is_ok()
}

/// What an address may ask for.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Ask {
    at: String,
    copy: String,
    card: String,
}

/// `GET /settings/plays`.
pub(crate) async fn open_plays(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    let rows = books::list_books(&web.app, &visit.settings).await?;
    let proposals = books::list_proposals(&web.app, &visit.settings).await?.len();
    let page = list::page(&visit.shell, &rows, &visit.settings.pack, proposals, may(&visit, Action::Work));
    Ok(visit.shell.page(&page))
}

/// `GET /settings/new/play`.
pub(crate) async fn open_new(visit: Visit, Query(ask): Query<Ask>) -> Response {
    let mut sheet = Sheet::default();
    if let Some(play) = visit.settings.pack.play(&ask.copy) {
        sheet.put("copy", &play.id);
        sheet.put("title.ja", &play.title.ja);
        sheet.put("title.en", &play.title.en);
    }
    let plays = &visit.settings.pack.plays;
    visit.shell.page(&list::new_page(&visit.shell, plays, &sheet, &Wrongs::none(), may(&visit, Action::Work)))
}

/// `POST /settings/plays`: a draft, blank or as a copy.
pub(crate) async fn begin(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let grant = visit.permit(Action::Work)?;
    let sheet = Sheet::of(posted.pairs());
    let title = Text { ja: sheet.text("title.ja").to_owned(), en: sheet.text("title.en").to_owned() };
    let origin = match sheet.text("copy") {
        "" => Origin::Blank(title),
        copy => Origin::Copy(copy.to_owned(), title),
    };
    match books::begin_book(&web.app, &grant, &origin).await {
        Ok(id) => Ok(Redirect::to(&address(&id)).into_response()),
        Err(Error::Refused(Refused::Field { reason, .. })) => {
            let mut wrongs = Wrongs::default();
            wrongs.note("title.ja", visit.shell.words.t(&format!("reason-{reason}")));
            let page = list::new_page(&visit.shell, &visit.settings.pack.plays, &sheet, &wrongs, true);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, visit.shell.page(&page)).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// `GET /settings/proposals`.
pub(crate) async fn open_proposals(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    let list = books::list_proposals(&web.app, &visit.settings).await?;
    Ok(visit.shell.page(&proposals::page(&visit.shell, &list, may(&visit, Action::Work))))
}

/// `POST /settings/proposals`: a draft of repeated work.
pub(crate) async fn begin_of_repeated(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    let origin = Origin::Repeated(posted.text("rule")?.to_owned());
    let id = books::begin_book(&web.app, &grant, &origin).await?;
    Ok(Redirect::to(&address(&id)).into_response())
}

/// `POST /cards/{id}/play`: a draft of what was done on a card that went well.
pub(crate) async fn begin_of_card(
    State(web): State<Web>,
    Path(card): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    let card: Id<Card> = card.parse().map_err(|_| Problem::NotFound)?;
    let id = books::begin_book(&web.app, &grant, &Origin::Card(card)).await?;
    Ok(Redirect::to(&format!("{}?card={card}", address(&id))).into_response())
}

/// What the editor shows beside the play.
#[derive(Clone, Copy, Default)]
struct Beside<'a> {
    /// The step to look at.
    at: &'a str,
    /// Somebody else wrote meanwhile.
    is_stale: bool,
    /// The card that the play is made of; empty = none.
    card: &'a str,
}

/// Draws the editor with fields as they are, or as they were entered.
async fn draw(
    web: &Web,
    visit: &Visit,
    open: &OpenBook,
    entered: Option<(&Sheet, &Wrongs)>,
    Beside { at, is_stale, card }: Beside<'_>,
) -> Result<Response, Problem> {
    let settings: &Settings = &visit.settings;
    let reminder = match card.parse() {
        Ok(card) => books::find_reminder(&web.app, settings.workspace, card).await?,
        Err(_) => None,
    };
    let play = &open.book.play;
    let filled = form::fill(&open.book, &settings.pack);
    let none = Wrongs::none();
    let (sheet, wrongs) = entered.unwrap_or((&filled, &none));
    let record = books::open_record(&web.app, settings, &play.id).await?;
    let mut by_hand = Vec::new();
    for step in play.steps.iter().filter(|step| books::is_newly_automatic(open.published.as_ref(), step)) {
        let times = books::count_by_hand(&web.app, settings.workspace, &play.id, &step.id).await?;
        if times < books::BY_HAND_MIN {
            by_hand.push((step.id.clone(), times));
        }
    }
    let sample = books::find_sample(&web.app, settings, play).await?;
    let hindrance = books::find_hindrance(&web.app, settings, open).await?;
    let days = foretell_days(play, visit.shell.today, &settings.calendar);
    let stages = stages(&list_choices(&web.app, settings.workspace).await?, sheet.text("stage"));
    let page = editor::page(
        &visit.shell,
        &Editor {
            open,
            settings,
            sheet,
            wrongs,
            hindrance: hindrance.as_ref(),
            is_stale,
            days: &days,
            stages: &stages,
            sample: sample.as_ref(),
            by_hand: &by_hand,
            record: &record,
            at,
            reminder: reminder.as_ref(),
            may: may(visit, Action::Work),
        },
    );
    let status = match (is_stale, wrongs.is_empty()) {
        (true, _) => StatusCode::CONFLICT,
        (false, false) => StatusCode::UNPROCESSABLE_ENTITY,
        (false, true) => StatusCode::OK,
    };
    Ok((status, visit.shell.page(&page)).into_response())
}

/// `GET /settings/plays/{id}`.
pub(crate) async fn edit_play(
    State(web): State<Web>,
    visit: Visit,
    Path(id): Path<String>,
    Query(ask): Query<Ask>,
) -> Result<Response, Problem> {
    let open = books::open_book(&web.app, &visit.settings, &id).await?;
    draw(&web, &visit, &open, None, Beside { at: &ask.at, card: &ask.card, is_stale: false }).await
}

/// `POST /settings/plays/{id}`: keeps the draft, with what a button beside the fields does to its steps.
pub(crate) async fn keep_play(
    State(web): State<Web>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let grant = visit.permit(Action::Work)?;
    let before = books::open_book(&web.app, &visit.settings, &id).await?;
    let sheet = Sheet::of(posted.pairs());
    let mut wrongs = Wrongs::default();
    let mut reader = Reader { sheet: &sheet, wrongs: &mut wrongs, words: &visit.shell.words };
    let mut book = form::read(&mut reader, &id, &visit.settings.pack);
    let revision = posted.find("revision").and_then(|r| r.parse().ok()).unwrap_or(0);
    let card = posted.find("card").unwrap_or("");
    let beside = Beside { card, ..Beside::default() };
    let shown = |book| OpenBook { book, ..before.clone() };
    if !wrongs.is_empty() {
        return draw(&web, visit, &shown(book), Some((&sheet, &wrongs)), beside).await;
    }
    let doing = posted.find("do").unwrap_or("save");
    if doing == REHEARSE && book == before.book {
        return Ok(Redirect::to(&format!("{}/rehearsal", address(&id))).into_response());
    }
    let at = arrange::arrange(&mut book.play.steps, doing);
    match books::keep_book(&web.app, &grant, &id, revision, &book).await {
        Ok(_) => {
            let said = Said::PlayDraft.word();
            if doing == REHEARSE {
                return Ok(Redirect::to(&format!("{}/rehearsal?said={said}", address(&id))).into_response());
            }
            let place = at.map_or_else(String::new, |at| format!("&at={at}#step-{at}"));
            let card = card.parse::<Id<Card>>().map_or_else(|_| String::new(), |card| format!("&card={card}"));
            Ok(Redirect::to(&format!("{}?said={said}{card}{place}", address(&id))).into_response())
        }
        // Nothing that was entered is lost: it is shown over what the other one wrote.
        Err(Error::Refused(Refused::Changed)) => {
            draw(&web, visit, &shown(book), Some((&sheet, &wrongs)), Beside { is_stale: true, ..beside }).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /settings/plays/{id}/draft/removal`.
pub(crate) async fn drop_draft(
    State(web): State<Web>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    books::drop_book(&web.app, &grant, &id).await?;
    let to = if posted.visit.settings.pack.play(&id).is_some() { address(&id) } else { "/settings/plays".to_owned() };
    Ok(Redirect::to(&format!("{to}?said={}", Said::PlayDraftDropped.word())).into_response())
}

async fn draw_rehearsal(
    web: &Web,
    visit: &Visit,
    id: &str,
    (sheet, wrongs): (&Sheet, &Wrongs),
) -> Result<Response, Problem> {
    let settings: &Settings = &visit.settings;
    let open = books::open_book(&web.app, settings, id).await?;
    let limit = open_sending(&web.app, settings.workspace).await?.mail_limit.map(|l| (l.letters, l.days));
    let rehearsal = books::rehearse(&web.app, settings, &open.book, limit).await?;
    let hindrance = books::find_hindrance(&web.app, settings, &open).await?;
    let differences = books::compare_book(&settings.pack, &open.book);
    let page = rehearsal::page(
        &visit.shell,
        &rehearsal::Answer {
            open: &open,
            settings,
            rehearsal: &rehearsal,
            differences: &differences,
            hindrance: hindrance.as_ref(),
            sheet,
            wrongs,
            may: may(visit, Action::Configure),
        },
    );
    let status = if wrongs.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visit.shell.page(&page)).into_response())
}

/// `GET /settings/plays/{id}/rehearsal`.
pub(crate) async fn open_rehearsal(
    State(web): State<Web>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    draw_rehearsal(&web, &visit, &id, (&Sheet::default(), &Wrongs::none())).await
}

/// `POST /settings/plays/{id}/rehearsal`: publishes what was rehearsed.
pub(crate) async fn publish(
    State(web): State<Web>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let grant = visit.permit(Action::Configure)?;
    let number = |name: &str| posted.find(name).and_then(|n| n.parse::<i64>().ok()).unwrap_or(0);
    let sheet = Sheet::of(posted.pairs());
    let rehearsed = (number("base"), number("revision"));
    match books::publish_book(&web.app, &grant, &id, rehearsed, sheet.text("comment")).await {
        Ok(_) => {
            let version = rehearsed.0 + 1;
            Ok(Redirect::to(&format!("/settings/versions/{version}?said={}", Said::PlayPublished.word()))
                .into_response())
        }
        Err(Error::Refused(Refused::Changed)) => {
            let mut wrongs = Wrongs::default();
            wrongs.note("comment", visit.shell.words.t("book-rehearsal-stale"));
            draw_rehearsal(&web, visit, &id, (&sheet, &wrongs)).await
        }
        Err(Error::Refused(Refused::Field { field: "comment", reason })) => {
            let key =
                if reason == "required" { "settings-wrong-comment".to_owned() } else { format!("reason-{reason}") };
            let mut wrongs = Wrongs::default();
            wrongs.note("comment", visit.shell.words.t(&key));
            draw_rehearsal(&web, visit, &id, (&sheet, &wrongs)).await
        }
        Err(other) => Err(other.into()),
    }
}
