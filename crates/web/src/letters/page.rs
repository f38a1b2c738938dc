//! The page of letters that wait, and of our own mail domains.

use kizashi_app::mail::{WaitingLetter, WaitingPage};
use kizashi_domain::id::{Id, Letter};
use kizashi_domain::limits::MAIL_WAITING_DAYS;
use kizashi_domain::text::thousands;
use maud::{Markup, html};

use crate::csv;
use crate::parts::form::{Wrong, field, post_button, token};
use crate::parts::state::empty;
use crate::shell::{Page, Place, Shell};

/// What the page shows.
pub struct View<'a> {
    pub page: &'a WaitingPage,
    /// Our own domains, named here and those of staff.
    pub named: &'a [String],
    pub of_staff: &'a [String],
    /// What is wrong with the answer to a letter, and whom it named.
    pub wrong: Option<(Id<Letter>, Wrong, String)>,
    /// What is wrong with the domains, and what was written.
    pub domains_wrong: Option<(Wrong, String)>,
    /// How many others were found with the letter that was given to a customer.
    pub found: Option<u64>,
}

/// `GET /data/letters`.
pub fn page(s: &Shell, view: &View<'_>) -> Page {
    let w = &s.words;
    let all = u64::try_from(view.page.all).unwrap_or(0);
    let body = html! {
        p.small { a.plain href="/data" { "← " (w.t("nav-data")) } }
        div.page-head {
            h1 { (w.t("letters-title")) @if all > 0 { " " span.faint { (thousands(all)) } } }
            @if all > 0 { div.rest { (csv::link(s, "/data/letters.csv")) } }
        }
        @if let Some(found) = view.found { p.note role="status" { (w.with("letters-found", &[("n", found.into())])) } }
        @if view.page.letters.is_empty() { (empty(&w.t("letters-none"), Some(("/data/connections", &w.t("letters-connect"))))) }
        @else {
            p.prose { (w.with("letters-what", &[("days", MAIL_WAITING_DAYS.into())])) }
            @for letter in &view.page.letters { (one(s, view, letter)) }
            @if let Some((at, id)) = view.page.next { p { a.btn href={ "/data/letters?before=" (at.micros()) "." (id) } { (w.t("letters-older")) } } }
        }
        (domains(s, view))
    };
    Page { title: w.t("letters-title"), place: Place::Data, body }
}

fn one(s: &Shell, view: &View<'_>, letter: &WaitingLetter) -> Markup {
    let w = &s.words;
    let (name, address) = &letter.other;
    let wrong =
        view.wrong.as_ref().filter(|(id, ..)| *id == letter.id).map(|(_, wrong, meant)| (wrong, meant.as_str()));
    let subject = if letter.subject.is_empty() { w.t("letters-no-subject") } else { letter.subject.clone() };
    html! {
        section.letter id={ "letter-" (letter.id) } {
            h2 { (subject) }
            p.small {
                span.tag { (w.t(if letter.is_ours { "letters-out" } else { "letters-in" })) } " "
                @if !name.is_empty() { strong { (name) } " " } span.address { (address) } " "
                span.faint.nowrap { (w.day_year(s.zone.day_of(letter.at))) " " (w.clock(letter.at, &s.zone)) }
                " " span.faint { (letter.source) }
            }
            @if !letter.text.is_empty() { p.body { (letter.text) } }
            @if letter.why == "several" { p.small { (w.t("letters-several")) } }
            (give(s, letter, wrong))
        }
    }
}

/// Whose it is: one click where somebody may be meant, else by name.
fn give(s: &Shell, letter: &WaitingLetter, wrong: Option<(&Wrong, &str)>) -> Markup {
    let w = &s.words;
    let address = format!("/data/letters/{}", letter.id);
    let control = format!("customer-{}", letter.id);
    let remember = format!("remember-{}", letter.id);
    html! {
        div.btns {
            @for (code, name) in &letter.candidates {
                (post_button(&s.csrf, &format!("{address}/customer"), &[("customer", code)], html! { button.btn { (w.with("letters-give", &[("name", name.clone().into())])) } }))
            }
        }
        div.give {
            form.inline method="post" action={ (address) "/customer" } {
                (token(&s.csrf))
                label.sr for=(control) { (w.t("letters-customer")) }
                input id=(control) name="customer" required maxlength="256" value=[wrong.map(|(_, meant)| meant)] placeholder=(w.t("letters-customer")) autocomplete="off";
                label.sr for=(remember) { (w.t("letters-remember")) }
                select id=(remember) name="remember" {
                    option value="person" { (w.t("letters-remember-person")) }
                    @if letter.can_remember_domain { option value="domain" { (w.t("letters-remember-domain")) } }
                    option value="nothing" { (w.t("letters-remember-nothing")) }
                }
                button.btn.main { (w.t("letters-give-now")) }
            }
            (post_button(&s.csrf, &format!("{address}/removal"), &[], html! { button.btn.quiet { (w.t("letters-leave")) } }))
        }
        @if let Some((wrong, _)) = wrong { p.wrong role="alert" { (wrong.text) } }
    }
}

fn domains(s: &Shell, view: &View<'_>) -> Markup {
    let w = &s.words;
    let (wrongs, text) = match &view.domains_wrong {
        Some((wrong, text)) => (vec![wrong.clone()], text.clone()),
        None => (Vec::new(), view.named.join("\n")),
    };
    html! {
        section {
            h2 { (w.t("letters-domains")) }
            p.prose { (w.t("letters-domains-text")) }
            @if !view.of_staff.is_empty() { p.small { (w.t("letters-domains-staff")) " " @for domain in view.of_staff { code { (domain) } " " } } }
            form.settings method="post" action="/data/letters/domains" {
                (token(&s.csrf))
                (field("domains", &w.t("letters-domains-more"), Some(&w.t("letters-domains-help")), &wrongs,
                    html! { textarea #domains name="domains" rows="3" maxlength="4000" spellcheck="false" { (text) } }))
                div.btns { button.btn { (w.t("letters-domains-keep")) } }
            }
        }
    }
}
