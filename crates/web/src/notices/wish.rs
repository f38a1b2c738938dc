//! How one person wants to be told, and the address of their calendar.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::notices::{
    AddressRow, MAIL, Wish, find_wish, keep_wish as keep, list_addresses, make_calendar as make, open_sending,
    revoke_calendar,
};
use kizashi_domain::calendar::Hours;
use maud::{Markup, html};

use super::pages::places;
use super::ways::origin_of;
use crate::parts::form::{post_button, token};
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Page, Place, Posted, Said, Shell, Visit};

/// What the page shows.
struct View {
    wish: Wish,
    places: Vec<AddressRow>,
    has_mail: bool,
    digest_minute: u16,
    has_calendar: bool,
    email: String,
}

async fn view(web: &Web, visit: &Visit) -> Result<View, Problem> {
    let (wish, has_calendar) = find_wish(&web.app, &visit.viewer).await?;
    let ws = visit.viewer.workspace;
    let staff = kizashi_app::access::list_staff(&web.app, ws).await?;
    let email = staff.into_iter().find(|s| s.id == visit.viewer.staff).map(|s| s.email).unwrap_or_default();
    let sending = open_sending(&web.app, ws).await?;
    let (has_mail, digest_minute) = (sending.smtp.is_some(), sending.digest_minute);
    Ok(View { wish, places: list_addresses(&web.app, ws).await?, has_mail, digest_minute, has_calendar, email })
}

/// `GET /notices/settings`.
pub(crate) async fn open_wish(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    let view = view(&web, &visit).await?;
    Ok(visit.shell.page(&page(&visit.shell, &view, None)))
}

/// `POST /notices/settings`.
pub(crate) async fn keep_wish(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let ways = |name: &str| posted.pairs().iter().filter(|(n, _)| n == name).map(|(_, v)| v.clone()).collect();
    let any_hour = posted.pairs().iter().any(|(name, _)| name == "any_hour");
    let wish = Wish { digest: ways("digest"), instant: ways("instant"), any_hour };
    keep(&web.app, &posted.visit.viewer, wish).await?;
    Ok(Redirect::to(&format!("/notices/settings?said={}", Said::NoticesKept.word())).into_response())
}

/// `POST /notices/calendar`: a new address, shown in the answer and never again.
pub(crate) async fn make_calendar(
    State(web): State<Web>,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Problem> {
    let secret = make(&web.app, &posted.visit.viewer).await?;
    let address = format!("{}/calendars/{secret}.ics", origin_of(&web, &headers));
    let view = view(&web, &posted.visit).await?;
    Ok(posted.visit.shell.page(&page(&posted.visit.shell, &view, Some(&address))))
}

/// `POST /notices/calendar/end`.
pub(crate) async fn end_calendar(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    revoke_calendar(&web.app, &posted.visit.viewer).await?;
    Ok(Redirect::to(&format!("/notices/settings?said={}", Said::CalendarEnded.word())).into_response())
}

fn page(s: &Shell, view: &View, calendar: Option<&str>) -> Page {
    let w = &s.words;
    let body = html! {
        div.page-head { h1 { (w.t("notices-settings-title")) } }
        (places(s, "/notices/settings"))
        form.settings method="post" action="/notices/settings" {
            (token(&s.csrf))
            p.help { (w.t("notices-wish-help")) }
            @if !view.has_mail { p.note { (w.t("notices-no-mail")) } }
            div.wishes {
                (choices(s, view, "digest", &view.wish.digest, html! {}))
                (choices(s, view, "instant", &view.wish.instant, any_hour(s, view)))
            }
            div.btns { button.btn.main { (w.t("notices-keep")) } }
        }
        (calendar_part(s, view, calendar))
    };
    Page { title: w.t("notices-settings-title"), place: Place::Elsewhere, body }
}

/// Whether what cannot wait comes in the night and on days off too.
fn any_hour(s: &Shell, view: &View) -> Markup {
    let w = &s.words;
    html! {
        label.tick { input type="checkbox" name="any_hour" value="on" checked[view.wish.any_hour] aria-describedby="any-hour-help"; " " (w.t("notices-any-hour")) }
        p.help #any-hour-help { (w.t("notices-any-hour-help")) }
    }
}

fn choices(s: &Shell, view: &View, name: &'static str, chosen: &[String], more: Markup) -> Markup {
    let w = &s.words;
    let is_chosen = |way: &str| chosen.iter().any(|c| c == way);
    html! {
        fieldset.field {
            legend { (w.t(&format!("notices-wish-{name}"))) }
            p.help { (w.with(&format!("notices-wish-{name}-help"), &[("time", Hours::show_minute(view.digest_minute).into())])) }
            label.tick { input type="checkbox" checked disabled; " " (w.t("notices-in-product")) }
            label.tick { input type="checkbox" name=(name) value=(MAIL) checked[is_chosen(MAIL)]; " " (w.t("notices-mail")) " " span.faint { (view.email) } }
            @for place in &view.places {
                @let id = place.id.to_string();
                label.tick { input type="checkbox" name=(name) value=(id) checked[is_chosen(&id)]; " " (place.name) " " span.faint { (w.t(&format!("notices-chat-{}", place.kind.word()))) } }
            }
            @if !view.places.is_empty() { p.help { (w.t("notices-wish-places-help")) } }
            (more)
        }
    }
}

fn calendar_part(s: &Shell, view: &View, calendar: Option<&str>) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("notices-calendar")) }
            p.help { (w.t("notices-calendar-help")) }
            @if let Some(address) = calendar {
                p.note.warn role="status" { (w.t("notices-calendar-once")) }
                pre.code #calendar { (address) }
            }
            @else if view.has_calendar { p { (w.t("notices-calendar-there")) } }
            div.btns {
                @let key = if view.has_calendar { "notices-calendar-new" } else { "notices-calendar-make" };
                (post_button(&s.csrf, "/notices/calendar", &[], html! { button.btn { (w.t(key)) } }))
                @if view.has_calendar { (post_button(&s.csrf, "/notices/calendar/end", &[], html! { button.btn { (w.t("notices-calendar-end")) } })) }
            }
        }
    }
}
