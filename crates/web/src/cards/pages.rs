//! The pages.

use kizashi_domain::time::{Day, Time};
use maud::{Markup, html};

use crate::parts::form::post_button;
use crate::parts::state::{Tab, chip, empty, pager, tabs, toast};
use crate::parts::work::{Step, Work, work};
use crate::shell::{Page, Place, Shell};

/// A list of cards.
#[derive(Clone, Debug, Default)]
pub struct Cards {
    /// `open`, `mine`, `later`, `done`.
    pub tab: String,
    /// Kinds wanted; none = all.
    pub kinds: Vec<String>,
    /// The cards.
    pub cards: Vec<Work>,
    /// Cards by tab: open, mine, later, done.
    pub counts: [Option<u64>; 4],
    /// Address of the next page.
    pub next: Option<String>,
}

/// Something that happened to a card.
#[derive(Clone, Debug)]
pub struct Past {
    /// When.
    pub at: Time,
    /// What, in a line.
    pub what: String,
    /// Who; empty for the machine.
    pub by: String,
}

const TABS: [&str; 4] = ["mine", "open", "later", "done"];

/// `GET /cards`.
pub fn cards(s: &Shell, view: &Cards) -> Page {
    let w = &s.words;
    let shown: Vec<Tab> = TABS
        .iter()
        .zip(view.counts)
        .map(|(tab, count)| Tab {
            address: format!("/cards?tab={tab}"),
            label: w.t(&format!("cards-{tab}")),
            count,
            is_current: view.tab == *tab,
        })
        .collect();
    let body = html! {
        div.page-head { h1 { (w.t("nav-cards")) } }
        (tabs(&w.t("nav-cards"), &shown, html! {}))
        form.filters method="get" action="/cards" data-live hx-get="/cards" hx-target="#cards" hx-select="#cards" hx-swap="outerHTML" hx-push-url="true" {
            input type="hidden" name="tab" value=(view.tab);
            div.chips role="group" aria-label=(w.t("card-kind")) {
                @for kind in ["risk", "chance", "milestone", "goal", "activity"] {
                    (chip("kind", kind, html! { (w.word("card-kind", kind)) }, view.kinds.iter().any(|k| k == kind), None))
                }
                button.btn.nojs { (w.t("apply")) }
            }
        }
        section #cards {
            @for card in &view.cards { (work(s, card, true)) }
            @if view.cards.is_empty() { (empty(&w.t(if view.tab == "done" { "cards-none-done" } else { "cards-none" }), None)) }
            @if let Some(next) = &view.next { (pager(w, "", None, Some(next))) }
        }
    };
    Page { title: w.t("nav-cards"), place: Place::Cards, body }
}

/// `GET /cards/{id}`.
pub fn card(s: &Shell, card: &Work, opened_on: Day, past: &[Past]) -> Page {
    let w = &s.words;
    let title = format!("{} {}", card.name, w.word("card-kind", &card.kind));
    let body = html! {
        p.small { a.plain href="/cards" { "← " (w.t("nav-cards")) } }
        h1 { a.plain href={ "/customers/" (card.customer) } { (card.name) } }
        p.faint { (w.with("card-opened", &[("day", w.day(opened_on, s.today).into())])) }
        section { (work(s, card, false)) }
        @if card.step != Step::Done { (ending(s, card)) }
        section {
            h2 { (w.t("card-past")) }
            ul.moves {
                @for entry in past {
                    li.wide { span.faint.nowrap { (w.day(s.zone.day_of(entry.at), s.today)) " " (w.clock(entry.at, &s.zone)) } div { (entry.what) " " span.faint { (entry.by) } } }
                }
            }
        }
    };
    Page { title, place: Place::Cards, body }
}

/// Ending a card, in full, on its own page.
fn ending(s: &Shell, card: &Work) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("card-close")) }
            form.hunch method="post" action={ "/cards/" (card.id) "/closure" } {
                (crate::parts::form::token(&s.csrf))
                div.feel role="radiogroup" aria-label=(w.t("card-outcome")) {
                    @for outcome in ["solved", "unsolved", "false_alarm", "recovered"] {
                        label { input type="radio" name="outcome" value=(outcome) required; (w.word("outcome", outcome)) }
                    }
                }
                div {
                    label.small for="came" { (w.t("close-came-of-it")) }
                    textarea #came name="came_of_it" rows="2" maxlength="2000" {}
                    p.help.small.faint { (w.t("close-help")) }
                }
                div.btns { button.btn.main { (w.t("card-close")) } }
            }
        }
    }
}

/// The answer to a button: the card as it is now, and a notice with the way back.
pub fn replaced(s: &Shell, card: &Work, said: &str, undo: &str) -> Markup {
    html! { (work(s, card, true)) (s.notice_beside(&said_toast(s, &card.id, said, undo))) }
}

/// The notice after an answer, with a button that takes it back.
pub fn said_toast(s: &Shell, card: &str, said: &str, undo: &str) -> Markup {
    let w = &s.words;
    let button = html! { button.btn { (w.t("undo")) } };
    let undo = (!undo.is_empty())
        .then(|| post_button(&s.csrf, &format!("/cards/{card}/undo"), &[("what", undo), ("back", &s.address)], button));
    toast(w, said, undo)
}
