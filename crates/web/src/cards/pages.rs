//! The pages.

use kizashi_app::access::StaffRow;
use kizashi_app::plays::{CardList, CardRow};
use kizashi_domain::limits::NAME_CHARS_MAX;
use kizashi_domain::signals::CardKind;
use maud::{Markup, html};

use crate::csv;
use crate::parts::form::post_button;
use crate::parts::icon::icon;
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
    /// As a board with a column for each state.
    pub is_board: bool,
    /// [`ME`], the id of a colleague, or empty: all.
    pub owner: String,
    /// A text in titles and names.
    pub search: String,
    /// The page.
    pub after: String,
}

/// The reader as an owner, in addresses.
pub const ME: &str = "me";
/// Tabs of the list.
pub const TABS: [&str; 6] = ["mine", "helping", "open", "nobody", "later", "done"];
/// Kinds, most pressing first.
pub const KINDS: [CardKind; 6] =
    [CardKind::Risk, CardKind::Opportunity, CardKind::Milestone, CardKind::Goal, CardKind::Activity, CardKind::Data];

impl Asked {
    /// The address of this question with another page.
    fn address(&self, after: &str) -> String {
        let kind = if self.kind.is_empty() { String::new() } else { format!("&kind={}", self.kind) };
        let after = if after.is_empty() { String::new() } else { format!("&after={}", crate::address::encode(after)) };
        let view = if self.is_board { "&view=board" } else { "" };
        let owner = if self.owner.is_empty() { String::new() } else { format!("&owner={}", self.owner) };
        let q =
            if self.search.is_empty() { String::new() } else { format!("&q={}", crate::address::encode(&self.search)) };
        format!("/cards?tab={}{kind}{view}{owner}{q}{after}", self.tab)
    }

    /// The address of a tab: whose cards and which text stay. One's own tab is one's own.
    fn tab(&self, tab: &str) -> String {
        let owner = if tab == "mine" { String::new() } else { self.owner.clone() };
        Self { tab: tab.to_owned(), owner, search: self.search.clone(), ..Self::default() }.address("")
    }

    /// The address of its first page.
    pub(super) fn first(&self) -> String {
        self.address("")
    }

    /// The address of all of its answer as a file.
    fn file(&self) -> String {
        Self { is_board: false, ..self.clone() }.address("").replacen("/cards", "/cards.csv", 1)
    }
}

/// `GET /cards`. `board` = its columns, when it is wanted as a board.
pub fn cards(s: &Shell, asked: &Asked, (list, staff): (&CardList, &[StaffRow]), board: Option<&Markup>) -> Page {
    let w = &s.words;
    let may_be_board = !matches!(asked.tab.as_str(), "later" | "done");
    let shown: Vec<Tab> = TABS
        .iter()
        .map(|tab| Tab {
            address: asked.tab(tab),
            label: w.word("cards", tab),
            count: (asked.tab == *tab).then_some(list.total.unsigned_abs()),
            is_current: asked.tab == *tab,
        })
        .collect();
    let body = html! {
        div.page-head {
            h1 { (w.t("nav-cards")) }
            div.rest {
                a.btn href="/rooms" { (w.t("rooms-title")) }
                a.btn href="/cards/quiet" { (w.t("quiet-title")) }
                a.btn href="/cards/precision" { (w.t("precision-title")) }
                @if s.may_work() { a.btn.main href="/cards/new" data-key="c" title={ (w.t("card-new")) " (c)" } { (w.t("card-new")) } }
            }
        }
        div #cards {
            (tabs(&w.t("nav-cards"), &shown, html! { span.end { (csv::link(s, &asked.file())) } }))
            div.cards-bar {
                (filters(s, asked, staff))
                @if may_be_board { (views(s, asked)) }
            }
            @if let Some(n) = list.looked_at { p.small.faint { (w.with("cards-looked-at", &[("n", n.into())])) } }
            @if let Some(board) = board { (board) } @else { (rows(s, asked, list)) }
        }
    };
    Page { title: w.t("nav-cards"), place: Place::Cards, body }
}

/// List or board.
fn views(s: &Shell, asked: &Asked) -> Markup {
    let w = &s.words;
    html! {
        nav.views aria-label=(w.t("cards-view")) {
            @for (is_board, key) in [(false, "cards-as-list"), (true, "cards-as-board")] {
                a.chip href=(Asked { is_board, after: String::new(), ..asked.clone() }.address("")) aria-current=[(asked.is_board == is_board).then_some("true")] { (w.t(key)) }
            }
        }
    }
}

fn rows(s: &Shell, asked: &Asked, list: &CardList) -> Markup {
    let w = &s.words;
    html! {
        section {
            @for card in &list.rows { (work(s, card, if s.may_work() { Named::ToPick } else { Named::Here })) }
            @if list.rows.is_empty() {
                @if !asked.search.is_empty() { (empty(&w.t("cards-none-found"), Some((&Asked { search: String::new(), ..asked.clone() }.first(), &w.t("cards-all-again"))))) }
                @else if asked.tab == "done" { (empty(&w.t("cards-none-done"), Some(("/cards?tab=open", &w.t("cards-open-button"))))) }
                @else if asked.tab == "open" { (empty(&w.t("cards-none"), Some(("/cards/new", &w.t("card-new"))))) }
                @else { (empty(&w.t("cards-none-here"), Some(("/cards?tab=open", &w.t("cards-open-button"))))) }
            }
            @let start = (!asked.after.is_empty()).then(|| asked.address(""));
            @let next = list.next.as_deref().map(|after| asked.address(after));
            @if start.is_some() || next.is_some() { (pager(w, "", start.as_deref(), next.as_deref())) }
        }
        @if asked.tab != "done" && !list.rows.is_empty() && s.may_work() {
            form #many method="get" action="/cards/many" {
                input type="hidden" name="back" value=(asked.address(&asked.after));
                div.select-bar {
                    span.picked.js-only { (w.t("cards-picked-n")) " " strong data-picked { } }
                    button.btn.main data-key="e" title={ (w.t("cards-picked")) " (e)" } { (w.t("cards-picked")) }
                    button.btn type="button" data-pick-all hidden { (w.t("pick-all")) }
                    button.btn.quiet type="reset" { (w.t("pick-none")) }
                }
            }
        }
    }
}

/// Whose cards, where that is not said by the tab.
fn owners(s: &Shell, asked: &Asked, staff: &[StaffRow]) -> Markup {
    let w = &s.words;
    let me = s.who.as_ref().and_then(|who| who.id);
    let chosen = if asked.tab == "mine" { ME } else { asked.owner.as_str() };
    html! {
        @if matches!(asked.tab.as_str(), "helping" | "nobody") { @if !asked.owner.is_empty() { input type="hidden" name="owner" value=(asked.owner); } }
        @else {
            label.sr for="owner" { (w.t("card-who")) }
            select #owner name="owner" {
                option value="all" selected[chosen.is_empty()] { (w.t("cards-of-all")) }
                option value=(ME) selected[chosen == ME] { (w.t("cards-of-me")) }
                @for person in staff.iter().filter(|p| Some(p.id) != me) { option value=(person.id) selected[chosen == person.id.to_string()] { (person.name) } }
            }
        }
    }
}

fn filters(s: &Shell, asked: &Asked, staff: &[StaffRow]) -> Markup {
    let w = &s.words;
    html! {
        form.filters.in-line method="get" action="/cards" data-live hx-get="/cards" hx-target="#cards" hx-select="#cards" hx-swap="outerHTML" hx-push-url="true" {
            input type="hidden" name="tab" value=(asked.tab);
            @if asked.is_board { input type="hidden" name="view" value="board"; }
            div.find {
                (icon("search"))
                label.sr for="q" { (w.t("cards-search")) }
                input #q type="search" name="q" value=(asked.search) maxlength=(NAME_CHARS_MAX) placeholder=(w.t("cards-search")) autocomplete="off";
            }
            (owners(s, asked, staff))
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

/// The answer to a button: the card as it is now, and a notice with the way back.
pub fn replaced(s: &Shell, card: &CardRow, notice: &Markup) -> Markup {
    let named = match s.address.split('?').next() {
        Some("/cards") if s.may_work() => Named::ToPick,
        Some(path) if path == format!("/cards/{}", card.id) => Named::Itself,
        _ => Named::Here,
    };
    html! { (work(s, card, named)) (s.notice_beside(notice)) }
}

/// The notice after an answer, with a button that takes it back. `undo` = the address of that; empty = no way back.
pub fn said(s: &Shell, text: &str, undo: &str) -> Markup {
    let w = &s.words;
    let undo = (!undo.is_empty())
        .then(|| post_button(&s.csrf, undo, &[("back", &s.address)], html! { button.btn { (w.t("undo")) } }));
    toast(w, text, undo)
}
