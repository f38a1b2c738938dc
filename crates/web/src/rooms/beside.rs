//! What stands on the pages of a customer and of the morning: rooms, decisions, cases that began alike.

use kizashi_app::plays::Outcome;
use kizashi_app::rooms::{Beside, Case, RoomRow, Similar};
use kizashi_domain::id::{Customer, Id};
use kizashi_domain::pack::Pack;
use kizashi_domain::pack::titles::rule_title;
use maud::{Markup, html};

use super::list::points;
use super::page::Refusal;
use super::parts::{decision_form, decisions, open_link, state};
use crate::parts::health::mark;
use crate::shell::Shell;

/// Cases that show before the rest is asked for.
const CASES_FIRST: usize = 6;

/// Weighing a customer: similar cases and what worked, the room, and what was decided. `is_at_risk` = it has an open card of that kind.
pub fn beside(s: &Shell, customer: Id<Customer>, view: &Beside, pack: &Pack, is_at_risk: bool) -> Markup {
    let w = &s.words;
    let open = view.rooms.iter().find(|r| r.closed_at.is_none());
    html! {
        @if is_at_risk || open.is_some() || !view.decisions.is_empty() {
            section #review {
                div.section-head { h2 { (w.t("review-title")) } @if open.is_none() { (open_link(s, customer, None)) } }
                @if let Some(room) = open {
                    p.room-line {
                        (state(s, room)) " " a href={ "/rooms/" (room.id) } { (w.t("room-go")) } " "
                        span.faint { (room.goal) }
                    }
                }
                @if is_at_risk { (similar(s, &view.similar, pack, html! { h3 { (w.t("similar-title")) } }, CASES_FIRST)) }
                h3 { (w.t("decisions-title")) }
                @if view.decisions.is_empty() { p.faint { (w.t("decisions-none")) } } @else { (decisions(s, &view.decisions, true)) }
                details.decide { summary.btn { (w.t("decision-add")) } (decision_form(s, customer, &Refusal::default())) }
            }
        }
        @if let Some(past) = view.rooms.iter().find(|r| r.closed_at.is_some()) {
            p.small.faint { (w.with("room-before", &[("day", w.day_year(s.zone.day_of(past.opened_at)).into())])) " " a href={ "/rooms/" (past.id) } { (w.t("room-go")) } }
        }
    }
}

/// Cases that began alike, under a heading: how many ended how, and the most telling ones with what was done.
pub(crate) fn similar(s: &Shell, all: &Similar, pack: &Pack, heading: Markup, shown: usize) -> Markup {
    let w = &s.words;
    html! {
        (heading)
        @if all.count() == 0 { p.faint { (w.t("similar-none")) } }
        @else {
            p {
                (w.with("similar-count", &[("n", all.count().into())])) " "
                @for (outcome, count) in Outcome::ALL.into_iter().zip(all.ends) {
                    @if count > 0 { span.tag { (w.word("outcome", outcome.word())) " " (count) } " " }
                }
            }
            @if !all.is_telling() { p.small.faint { (w.t("similar-few")) } }
            ul.moves.cases { @for case in all.cases.iter().take(shown) { (one_case(s, case, pack)) } }
            @let more = all.cases.len().saturating_sub(shown);
            @if more > 0 {
                details.more-cases {
                    summary { (w.with("similar-more", &[("n", more.into())])) }
                    ul.moves.cases { @for case in all.cases.iter().skip(shown) { (one_case(s, case, pack)) } }
                }
            }
        }
    }
}

fn one_case(s: &Shell, case: &Case, pack: &Pack) -> Markup {
    let w = &s.words;
    let play = pack.plays.iter().find(|p| p.id == case.play);
    let signs: Vec<String> = case
        .shared
        .iter()
        .filter_map(|id| pack.rule(id))
        .map(|rule| w.text(&rule_title(rule, &pack.metrics)).to_owned())
        .collect();
    html! {
        li.wide {
            span { (w.word("outcome", case.outcome.word())) div.small.faint { (w.with("similar-days", &[("n", case.days.into())])) } }
            div {
                a.plain href={ "/cards/" (case.card) } { (case.customer_name) }
                @if case.is_alike { " " span.tag { (w.t("similar-alike")) } }
                @if let Some(play) = play { " " span.small.ink2 { (w.text(&play.title)) } }
                @if !signs.is_empty() { div.small.ink2 { (w.with("similar-shared", &[("signs", signs.join(&w.t("between-items")).into())])) } }
                @if !case.note.is_empty() { div.ink2 { (case.note) } }
                div.small.faint { (w.day_year(s.zone.day_of(case.closed_at))) " · " (w.with("similar-now", &[("points", points(s, case.points).into())])) }
            }
        }
    }
}

/// The rooms that the reader belongs to, on the morning page.
pub fn mine(s: &Shell, rows: &[RoomRow]) -> Markup {
    let w = &s.words;
    html! {
        @if !rows.is_empty() {
            section.my-rooms aria-label=(w.t("rooms-title")) {
                h2 { (w.t("rooms-title")) }
                ul.plain {
                    @for row in rows {
                        li data-row {
                            span { (mark(w, row.band)) "\u{a0}" a.plain href={ "/rooms/" (row.id) } data-open { strong { (row.customer_name) } } } (state(s, row))
                            span.nowrap { (points(s, row.points_then)) " → " (points(s, row.points)) }
                            @if row.open_actions > 0 { span.faint.nowrap { (w.with("room-left", &[("n", row.open_actions.into())])) } }
                            @if row.late_actions > 0 { span.late { (w.with("room-late", &[("n", row.late_actions.into())])) } }
                            @if let Some(day) = row.meets_on { span.faint.nowrap { (w.with("room-meets-on", &[("day", w.day(day, s.today).into())])) } }
                        }
                    }
                }
            }
        }
    }
}
