//! The list of rooms, and the page on which one is opened.

use kizashi_app::access::StaffRow;
use kizashi_app::rooms::{Reason, RoomRow};
use kizashi_domain::id::{Card, Customer, Id, Staff};
use maud::{Markup, html};

use super::parts::{colleagues, state};
use crate::parts::form::{Wrong, field, token};
use crate::parts::health::mark;
use crate::parts::state::{Tab, empty, tabs};
use crate::shell::{Page, Place, Shell};

/// `GET /rooms`.
pub(super) fn list(s: &Shell, rows: &[RoomRow], tab: &str) -> Page {
    let w = &s.words;
    let shown: Vec<Tab> = ["open", "mine", "closed"]
        .iter()
        .map(|one| Tab {
            address: format!("/rooms?tab={one}"),
            label: w.word("room-tab", one),
            count: (tab == *one).then_some(rows.len() as u64),
            is_current: tab == *one,
        })
        .collect();
    let body = html! {
        p.small { a.plain href="/cards" { "← " (w.t("nav-cards")) } }
        div.page-head { h1 { (w.t("rooms-title")) } }
        p.prose.faint { (w.t("rooms-what")) }
        (tabs(&w.t("rooms-title"), &shown, html! {}))
        @if rows.is_empty() { (none(s, tab)) }
        @else { div.scroll { (table(s, rows)) } }
    };
    Page { title: w.t("rooms-title"), place: Place::Cards, body }
}

/// Why there is no room here, and where one is found or opened.
fn none(s: &Shell, tab: &str) -> Markup {
    let (why, address, button) = match tab {
        "mine" => ("rooms-none-mine", "/rooms?tab=open", "rooms-see-open"),
        "closed" => ("rooms-none-closed", "/rooms?tab=open", "rooms-see-open"),
        _ => ("rooms-none", "/cards?tab=open&kind=risk", "rooms-find"),
    };
    empty(&s.words.t(why), Some((address, &s.words.t(button))))
}

fn table(s: &Shell, rows: &[RoomRow]) -> Markup {
    let w = &s.words;
    html! {
        table.list.rooms {
            thead { tr {
                th scope="col" { (w.t("column-name")) }
                th scope="col" { (w.t("room-state")) }
                th.num scope="col" { (w.t("room-points")) }
                th scope="col" { (w.t("room-goal")) }
                th scope="col" { (w.t("room-owner")) }
                th.num scope="col" { (w.t("room-actions")) }
                th scope="col" { (w.t("room-meets")) }
            } }
            tbody {
                @for row in rows {
                    tr data-row {
                        td { (mark(w, row.band)) " " a.plain href={ "/rooms/" (row.id) } data-open { strong { (row.customer_name) } } }
                        td { (state(s, row)) }
                        td.num.nowrap { (points(s, row.points_then)) " → " (points(s, row.points)) }
                        td { @if row.closed_at.is_some() && !row.learned.is_empty() { (row.learned) } @else { (row.goal) } }
                        td.nowrap { (row.owner_name.as_deref().unwrap_or(&w.t("card-nobody"))) }
                        td.num { (row.open_actions) @if row.late_actions > 0 { div.small.late { (w.with("room-late", &[("n", row.late_actions.into())])) } } }
                        td.nowrap { @if let Some(day) = row.meets_on { (w.day(day, s.today)) } }
                    }
                }
            }
        }
    }
}

/// Points, or that nothing can be said.
pub(super) fn points(s: &Shell, points: Option<i64>) -> String {
    points.map_or_else(|| s.words.t("health-unknown"), |n| n.to_string())
}

/// What the page of a new room is drawn from.
pub(super) struct New<'a> {
    pub customer: (Id<Customer>, &'a str),
    pub card: Option<Id<Card>>,
    pub staff: &'a [StaffRow],
    pub owner: Option<Id<Staff>>,
    /// Why the card asks for it.
    pub reason: &'a Reason,
    pub goal: &'a str,
    pub wrongs: &'a [Wrong],
}

/// What a room that a red account asks for is to reach, to begin with: the bad sides are good again.
pub(super) fn goal_for(s: &Shell, reason: &Reason) -> String {
    let w = &s.words;
    let bad: Vec<&str> = reason.bad.iter().map(|title| w.text(title)).collect();
    if bad.is_empty() {
        return String::new();
    }
    w.with("room-goal-from", &[("views", bad.join(&w.t("between-items")).into())])
}

/// `GET /rooms/new`.
pub(super) fn new(s: &Shell, new: &New<'_>) -> Page {
    let w = &s.words;
    let (customer, name) = new.customer;
    let body = html! {
        p.small { a.plain href={ "/customers/" (customer) } { "← " (name) } }
        h1 { (w.with("room-open-for", &[("name", name.to_owned().into())])) }
        p.prose { (w.t("room-open-what")) }
        @if !new.reason.why.is_empty() {
            div.note { strong { (w.t("room-because")) } ul.causes { @for why in &new.reason.why { li { (w.text(why)) } } } }
        }
        form.settings.column method="post" action="/rooms" {
            (token(&s.csrf))
            input type="hidden" name="customer" value=(customer);
            @if let Some(card) = new.card { input type="hidden" name="card" value=(card); }
            (field("goal", &w.t("room-goal"), Some(&w.t("room-goal-help")), new.wrongs, html! { textarea #goal name="goal" rows="2" required { (new.goal) } }))
            (field("owner", &w.t("room-owner"), Some(&w.t("room-owner-help")), new.wrongs, colleagues("owner", "owner", new.staff, new.owner)))
            div.btns { button.btn.main { (w.t("room-open")) } a.btn.quiet href={ "/customers/" (customer) } { (w.t("cancel")) } }
        }
    };
    Page { title: w.t("room-open"), place: Place::Cards, body }
}
