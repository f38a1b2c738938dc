//! Pieces that several pages about rooms are made of.

use kizashi_app::access::StaffRow;
use kizashi_app::rooms::{DAYS_AHEAD_MAX, Decision, RoomRow};
use kizashi_domain::id::{Card, Customer, Id, Staff};
use maud::{Markup, html};

use super::page::Refusal;
use crate::parts::form::{post_button, token};
use crate::shell::Shell;

/// Leads to the page on which a room is opened.
pub(crate) fn open_link(s: &Shell, customer: Id<Customer>, card: Option<Id<Card>>) -> Markup {
    let card = card.map(|card| format!("&card={card}")).unwrap_or_default();
    html! { a.btn href={ "/rooms/new?customer=" (customer) (card) } { (s.words.t("room-open")) } }
}

/// Leads to a room that is open.
pub(crate) fn go_link(s: &Shell, room: &RoomRow) -> Markup {
    html! { a.btn href={ "/rooms/" (room.id) } { (s.words.t("room-go")) } }
}

/// Where a room stands, in words.
pub(super) fn state(s: &Shell, row: &RoomRow) -> Markup {
    let w = &s.words;
    html! {
        span.tag.bad[row.closed_at.is_none()] { (w.word("room-state", row.state.word())) }
        @if let Some(outcome) = row.outcome { " " span.tag { (w.word("room-outcome", outcome.word())) } }
    }
}

/// A choice of colleagues.
pub(super) fn colleagues(name: &str, id: &str, staff: &[StaffRow], chosen: Option<Id<Staff>>) -> Markup {
    html! {
        select id=(id) name=(name) required {
            option value="" {}
            @for person in staff { option value=(person.id) selected[chosen == Some(person.id)] { (person.name) } }
        }
    }
}

/// Decisions with who decided and when, the newest first.
pub(super) fn decisions(s: &Shell, rows: &[Decision], may_change: bool) -> Markup {
    let w = &s.words;
    html! {
        ul.moves.decisions {
            @for row in rows {
                li.wide {
                    span.faint.nowrap { (w.day(row.on, s.today)) }
                    div {
                        div.said { (row.what) }
                        div.small.faint {
                            @if !row.by.is_empty() { (w.with("decision-by", &[("who", row.by.clone().into())])) " " }
                            @if let Some(day) = row.review_on { (w.with("decision-review", &[("day", w.day(day, s.today).into())])) " " }
                            @if let Some(who) = &row.written_by { (w.with("decision-written", &[("who", who.clone().into())])) }
                        }
                    }
                    @if may_change {
                        span.no-print { (post_button(&s.csrf, &format!("/decisions/{}/removal", row.id), &[("back", &s.address)], html! { button.btn.quiet.small { (w.t("take-back")) } })) }
                    }
                }
            }
        }
    }
}

/// Writing a decision down.
pub(super) fn decision_form(s: &Shell, customer: Id<Customer>, refused: &Refusal) -> Markup {
    let w = &s.words;
    let typed = |name: &str, kept: &str| refused.typed("decision", name, kept);
    let writer = s.who.as_ref().map(|w| w.name.clone()).unwrap_or_default();
    // A page that shows what was refused has the address of the form.
    let back =
        if refused.is_of("decision") { refused.typed("decision", "back", &s.address) } else { s.address.clone() };
    let last = s.today.plus(DAYS_AHEAD_MAX);
    html! {
        form.hunch method="post" action={ "/customers/" (customer) "/decisions" } {
            (token(&s.csrf))
            input type="hidden" name="back" value=(back);
            div.field { label for="decision-what" { (w.t("decision-what")) } textarea #decision-what name="what" rows="2" required { (typed("what", "")) } p.help { (w.t("decision-what-help")) } }
            div.row {
                div.field { label for="decision-by" { (w.t("decision-who")) } input #decision-by type="text" name="by" maxlength="200" autocomplete="off" value=(typed("by", &writer)); }
                div.field { label for="decision-review" { (w.t("decision-review-on")) } input #decision-review type="date" name="review_on" min=(s.today) max=(last) value=(typed("review_on", "")); @for wrong in refused.wrongs("decision") { p.wrong role="alert" { (wrong.text) } } }
            }
            div.btns { button.btn.main { (w.t("decision-keep")) } }
        }
    }
}
