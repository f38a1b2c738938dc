//! The page of letters to customers.

use kizashi_app::notices::{LetterRow, OptOut};
use maud::{Markup, html};

use super::pages::{places, when};
use crate::parts::form::{post_button, token};
use crate::parts::state::{Tab, empty, pager, tabs};
use crate::shell::{Page, Place, Shell};

/// Tabs of the page.
pub const TABS: [&str; 3] = ["waiting", "sent", "held"];

/// What the page shows.
pub struct View {
    pub tab: &'static str,
    pub counts: [i64; 3],
    pub rows: Vec<LetterRow>,
    pub is_later: bool,
    pub next: Option<String>,
    pub spared: Vec<OptOut>,
    pub may: bool,
}

/// `GET /notices/letters`.
pub fn page(s: &Shell, view: &View) -> Page {
    let w = &s.words;
    let address = |tab: &str| format!("/notices/letters?tab={tab}");
    let shown: Vec<Tab> = TABS
        .iter()
        .zip(view.counts)
        .map(|(tab, count)| Tab {
            address: address(tab),
            label: w.t(&format!("notices-letters-{tab}")),
            count: Some(count.unsigned_abs()),
            is_current: *tab == view.tab,
        })
        .collect();
    let body = html! {
        div.page-head { h1 { (w.t("notices-letters-title")) } }
        (places(s, "/notices/letters"))
        p.help { (w.t("notices-letters-help")) }
        (tabs(&w.t("notices-letters-title"), &shown, html! {}))
        @if view.rows.is_empty() { (empty(&w.t(&format!("notices-letters-none-{}", view.tab)), Some(("/settings/plays", &w.t("notices-letters-none-button"))))) }
        @for row in &view.rows { (letter(s, row, view.may)) }
        @let start = view.is_later.then(|| address(view.tab));
        @let next = view.next.as_ref().map(|n| format!("{}&after={n}", address(view.tab)));
        @if start.is_some() || next.is_some() { (pager(w, "", start.as_deref(), next.as_deref())) }
        (spared(s, view))
    };
    Page { title: w.t("notices-letters-title"), place: Place::Elsewhere, body }
}

fn letter(s: &Shell, row: &LetterRow, may: bool) -> Markup {
    let w = &s.words;
    html! {
        article.letter-row data-row {
            div.head {
                a.plain href={ "/customers/" (row.customer) } data-open { strong { (row.customer_name) } }
                " " span { (row.contact_name) } " " span.small.faint { (row.email) }
                " " span.tag { (w.t(&format!("notices-purpose-{}", row.purpose.word()))) }
            }
            details { summary translate="no" { (row.subject) } p.prose.letter-body { (row.body) } }
            p.small {
                (state(s, row))
                span.faint { " · " (w.t("notices-letter-made")) " " (when(s, row.created_at)) " " @match &row.staff { Some(name) => (name), None => (w.t("notices-by-product")) } }
            }
            // A letter that waits, or does not go, says its last reason above.
            @if row.holds.len() > usize::from(matches!(row.state.as_str(), "waiting" | "declined")) {
                details.small { summary { (w.t("notices-holds")) }
                    ul { @for (at, why, _) in &row.holds { li { (when(s, *at)) " " (w.t(&format!("notices-why-{why}"))) } } }
                }
            }
            @if may { (buttons(s, row)) }
        }
    }
}

fn state(s: &Shell, row: &LetterRow) -> Markup {
    let w = &s.words;
    let why = || w.t(&format!("notices-why-{}", row.why));
    let fault = || w.t(&format!("notices-fault-{}", row.fault));
    html! {
        @match row.state.as_str() {
            "waiting" if !row.why.is_empty() => { span.tag.warn { (w.t("notices-letter-held")) } " " (why()) " " span.faint { (w.with("notices-look-at", &[("when", s.words.day(s.zone.day_of(row.look_at), s.today).into()), ("clock", w.clock(row.look_at, &s.zone).into())])) } },
            "waiting" => span.faint { (w.t("notices-state-waiting")) },
            "going" if !row.fault.is_empty() => { span.tag.warn { (w.t("notices-state-later")) } " " (fault()) }
            "going" => span.faint { (w.t("notices-state-waiting")) },
            "sent" => { (w.t("notices-state-sent")) " " @if let Some(at) = row.ended_at { (when(s, at)) } }
            "unclear" => { span.tag.warn { (w.t("notices-state-unclear")) } " " (w.t("notices-unclear-why")) }
            "failed" => { span.tag.bad { (w.t("notices-state-failed")) } " " @if !row.fault.is_empty() { (fault()) } }
            _ => { span.tag { (w.t("notices-letter-declined")) } " " (why()) }
        }
    }
}

/// A letter whose writer is not there any more: its text is looked at, and it goes in the name of whoever has the customer now.
fn look_at(s: &Shell, row: &LetterRow, back: &str) -> Markup {
    let w = &s.words;
    let id = |name: &str| format!("{name}-{}", row.id);
    html! {
        @if let Some(owner) = &row.owner {
            details {
                summary.btn { (w.t("notices-letter-look")) }
                form.settings method="post" action={ "/notices/letters/" (row.id) "/text" } {
                    (token(&s.csrf))
                    input type="hidden" name="back" value=(back);
                    div.field { label for=(id("subject")) { (w.t("notices-letter-subject")) } input id=(id("subject")) name="subject" required maxlength="200" value=(row.subject); }
                    div.field { label for=(id("body")) { (w.t("notices-letter-body")) } textarea id=(id("body")) name="body" rows="8" required maxlength="4000" { (row.body) } }
                    div.btns { button.btn.main { (w.with("notices-letter-send-as", &[("name", owner.clone().into())])) } }
                }
            }
        } @else { p.small { (w.t("notices-letter-no-owner")) } }
    }
}

fn buttons(s: &Shell, row: &LetterRow) -> Markup {
    let w = &s.words;
    let tab = match row.state.as_str() {
        "waiting" | "going" => "waiting",
        "sent" | "unclear" => "sent",
        _ => "held",
    };
    let back = format!("/notices/letters?tab={tab}");
    let again = matches!(row.state.as_str(), "unclear" | "failed");
    html! {
        div.btns {
            @if row.state == "waiting" && matches!(row.why.as_str(), "former-owner" | "no-sender") { (look_at(s, row, &back)) }
            @if row.state == "waiting" {
                (post_button(&s.csrf, &format!("/notices/letters/{}/removal", row.id), &[("back", &back)], html! { button.btn.quiet { (w.t("notices-letter-drop")) } }))
            }
            @if row.state == "declined" && matches!(row.why.as_str(), "withdrawn" | "card-closed") {
                (post_button(&s.csrf, &format!("/notices/letters/{}/restoration", row.id), &[("back", &back)], html! { button.btn.quiet { (w.t("notices-letter-restore")) } }))
            }
            @if let Some(posting) = row.posting.filter(|_| again) {
                (post_button(&s.csrf, &format!("/notices/postings/{posting}/again"), &[("back", &back)], html! { button.btn { (w.t("notices-again")) } }))
            }
        }
    }
}

fn spared(s: &Shell, view: &View) -> Markup {
    let w = &s.words;
    html! {
        section #spared {
            h2 { (w.t("notices-spared")) }
            p.help { (w.t("notices-spared-help")) }
            @if view.spared.is_empty() { p.faint { (w.t("notices-spared-none")) } }
            @else {
                table.bare { tbody {
                    @for one in &view.spared {
                        tr {
                            td { (one.person) div.small.faint { (when(s, one.at)) " " @match &one.staff { Some(name) => (name), None => (w.t("notices-spared-own")) } } }
                            @if view.may { td { (post_button(&s.csrf, "/notices/spared/end", &[("person", &one.person)], html! { button.btn.quiet { (w.t("notices-spared-end")) } })) } }
                        }
                    }
                } }
            }
            @if view.may {
                form.row-form method="post" action="/notices/spared" {
                    (token(&s.csrf))
                    label.sr for="person" { (w.t("notices-spared-person")) }
                    input #person type="email" name="person" required maxlength="254" autocomplete="off" placeholder=(w.t("notices-spared-person"));
                    button.btn { (w.t("notices-spared-add")) }
                }
            }
        }
    }
}
