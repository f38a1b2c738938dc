//! The pages.

use kizashi_app::plays::{CardList, CardPage, CardRow, CardState, Outcome};
use kizashi_domain::lang::Text;
use kizashi_domain::signals::CardKind;
use maud::{Markup, html};

use crate::csv;
use crate::parts::form::{post_button, token};
use crate::parts::state::{Tab, empty, pager, tabs, toast};
use crate::parts::work::{Named, kind_word, work};
use crate::shell::{Page, Place, Shell};

/// Which cards are looked at.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// One of [`TABS`].
    pub tab: String,
    /// A kind's word; empty = all.
    pub kind: String,
    /// The page.
    pub after: String,
}

/// Tabs of the list.
pub const TABS: [&str; 4] = ["mine", "open", "later", "done"];
/// Kinds, most pressing first.
pub const KINDS: [CardKind; 6] =
    [CardKind::Risk, CardKind::Opportunity, CardKind::Milestone, CardKind::Goal, CardKind::Activity, CardKind::Data];

impl Asked {
    /// The address of this question with another page.
    fn address(&self, after: &str) -> String {
        let kind = if self.kind.is_empty() { String::new() } else { format!("&kind={}", self.kind) };
        let after = if after.is_empty() { String::new() } else { format!("&after={}", crate::address::encode(after)) };
        format!("/cards?tab={}{kind}{after}", self.tab)
    }

    /// The address of all of its answer as a file.
    fn file(&self) -> String {
        self.address("").replacen("/cards", "/cards.csv", 1)
    }
}

/// `GET /cards`.
pub fn cards(s: &Shell, asked: &Asked, list: &CardList) -> Page {
    let w = &s.words;
    let shown: Vec<Tab> = TABS
        .iter()
        .map(|tab| Tab {
            address: Asked { tab: (*tab).to_owned(), ..Asked::default() }.address(""),
            label: w.t(&format!("cards-{tab}")),
            count: (asked.tab == *tab).then_some(list.total.unsigned_abs()),
            is_current: asked.tab == *tab,
        })
        .collect();
    let body = html! {
        div.page-head { h1 { (w.t("nav-cards")) } }
        div #cards {
            (tabs(&w.t("nav-cards"), &shown, html! { span.end { (csv::link(s, &asked.file())) } }))
            (filters(s, asked))
            section {
                @for card in &list.rows { (work(s, card, Named::Here)) }
                @if list.rows.is_empty() { (empty(&w.t(if asked.tab == "done" { "cards-none-done" } else { "cards-none" }), None)) }
                @let start = (!asked.after.is_empty()).then(|| asked.address(""));
                @let next = list.next.as_deref().map(|after| asked.address(after));
                @if start.is_some() || next.is_some() { (pager(w, "", start.as_deref(), next.as_deref())) }
            }
        }
    };
    Page { title: w.t("nav-cards"), place: Place::Cards, body }
}

fn filters(s: &Shell, asked: &Asked) -> Markup {
    let w = &s.words;
    html! {
        form.filters method="get" action="/cards" data-live hx-get="/cards" hx-target="#cards" hx-select="#cards" hx-swap="outerHTML" hx-push-url="true" {
            input type="hidden" name="tab" value=(asked.tab);
            div.chips role="group" aria-label=(w.t("card-kind")) {
                label.chip { input type="radio" name="kind" value="" checked[asked.kind.is_empty()]; (w.t("any")) }
                @for kind in KINDS.map(kind_word) {
                    label.chip { input type="radio" name="kind" value=(kind) checked[asked.kind == kind]; (w.word("card-kind", kind)) }
                }
                button.btn.nojs { (w.t("apply")) }
            }
        }
    }
}

/// `GET /cards/{id}`.
pub fn card(s: &Shell, card: &CardPage) -> Page {
    let w = &s.words;
    let row = &card.row;
    let body = html! {
        p.small { a.plain href="/cards" { "← " (w.t("nav-cards")) } }
        h1 {
            @match row.customer_id {
                Some(id) => a.plain href={ "/customers/" (id) } { (row.subject) },
                None => (row.subject),
            }
        }
        p.faint { (w.text(&row.title)) " · " (w.with("card-opened", &[("day", w.day(s.zone.day_of(row.opened_at), s.today).into())])) }
        section { (work(s, row, Named::Above)) }
        @if let Some(customer) = row.customer_id.filter(|_| row.kind == CardKind::Risk && row.state != CardState::Closed) {
            p.btns { (crate::rooms::open_link(s, customer, Some(row.id))) a.btn.quiet href={ "/customers/" (customer) "#review" } { (s.words.t("review-title")) } }
        }
        @if row.state != CardState::Closed { (ending(s, row)) }
        div.cols {
            (causes(s, card))
            @if let Some((title, steps)) = &card.play {
                section { h2 { (w.t("card-play")) } p { strong { (w.text(title)) } } (play(s, steps)) }
            }
            (life(s, card))
        }
    };
    Page { title: format!("{} {}", row.subject, w.word("card-kind", kind_word(row.kind))), place: Place::Cards, body }
}

/// The standard answer, a step a line. A pack may write its steps in one text, told apart by ① ② ③.
fn play(s: &Shell, steps: &[Text]) -> Markup {
    let is_number = |c: char| ('\u{2460}'..='\u{2473}').contains(&c);
    let told: Vec<&str> = steps
        .iter()
        .flat_map(|step| s.words.text(step).split(is_number))
        .map(str::trim)
        .filter(|t| !t.is_empty())
        .collect();
    html! {
        @if told.len() == 1 { p.prose { (told.concat()) } } @else { ol.steps { @for step in told { li { (step) } } } }
    }
}

fn causes(s: &Shell, card: &CardPage) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("card-causes")) }
            ul.moves {
                @for (rule, day, sentence) in &card.causes {
                    li.wide { span.faint.nowrap { (w.day(*day, s.today)) } div { (w.text(sentence)) div.small.faint { (w.with("card-rule", &[("rule", rule.clone().into())])) } } }
                }
            }
        }
    }
}

fn life(s: &Shell, card: &CardPage) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("card-past")) }
            ul.moves {
                @for step in &card.steps {
                    li.wide {
                        span.faint.nowrap { (w.day(s.zone.day_of(step.at), s.today)) " " (w.clock(step.at, &s.zone)) }
                        div { (w.word("step", &step.step)) @if let Some(staff) = &step.staff { span.faint { " " (staff) } } @if !step.note.is_empty() { div.ink2 { (step.note) } } }
                    }
                }
            }
            form.row-form method="post" action={ "/cards/" (card.row.id) "/notes" } {
                (token(&s.csrf))
                label.sr for="card-note" { (w.t("card-note")) }
                input #card-note type="text" name="text" maxlength="2000" required autocomplete="off" placeholder=(w.t("card-note"));
                button.btn { (w.t("note-keep")) }
            }
        }
    }
}

/// Ending a card, in full, on its own page.
fn ending(s: &Shell, card: &CardRow) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("card-close")) }
            form.hunch method="post" action={ "/cards/" (card.id) "/closure" } {
                (token(&s.csrf))
                input type="hidden" name="back" value=(s.address);
                div.feel role="radiogroup" aria-label=(w.t("card-outcome")) {
                    @for outcome in Outcome::ALL {
                        label { input type="radio" name="outcome" value=(outcome.word()) required; (w.word("outcome", outcome.word())) }
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
pub fn replaced(s: &Shell, card: &CardRow, notice: &Markup) -> Markup {
    html! { (work(s, card, Named::Here)) (s.notice_beside(notice)) }
}

/// The notice after an answer, with a button that takes it back. `what` names the answer to undo; empty = no way back.
pub fn said(s: &Shell, card: &str, text: &str, what: &str) -> Markup {
    let w = &s.words;
    let undo = (!what.is_empty()).then(|| {
        post_button(
            &s.csrf,
            &format!("/cards/{card}/undo"),
            &[("what", what), ("back", &s.address)],
            html! { button.btn { (w.t("undo")) } },
        )
    });
    toast(w, text, undo)
}
