//! 直近90日なら: what a play would have done, what publishing it changes, and the button that publishes it.

use kizashi_app::plays::books::{Held, Hindrance, OpenBook, Owner, Rehearsal};
use kizashi_app::settings::Settings;
use kizashi_domain::pack::Difference;
use maud::{Markup, html};

use super::editor::{address, say, standing};
use super::letter::sent_in;
use crate::parts::chart::{Columns, columns};
use crate::parts::form::token;
use crate::parts::work::owner_name;
use crate::settings::differences;
use crate::settings::fields::{Pen, Sheet, Wrongs};
use crate::shell::{Page, Place, Shell};

/// What the page is drawn with.
pub struct Answer<'a> {
    /// The play.
    pub open: &'a OpenBook,
    /// Settings in force.
    pub settings: &'a Settings,
    /// What it would have done.
    pub rehearsal: &'a Rehearsal,
    /// What publishing would change.
    pub differences: &'a [Difference],
    /// What keeps it from being published.
    pub hindrance: Option<&'a Hindrance>,
    /// Fields of the button's form.
    pub sheet: &'a Sheet,
    /// What is wrong with them.
    pub wrongs: &'a Wrongs,
    /// Whether the reader may publish.
    pub may: bool,
}

/// Draws the page.
pub fn page(s: &Shell, a: &Answer<'_>) -> Page {
    let w = &s.words;
    let play = &a.open.book.play;
    let title = w.with("book-rehearsal-of", &[("play", play.title.get(w.lang()).to_owned().into())]);
    let r = a.rehearsal;
    let (from, to) = (w.day(r.span.0, s.today), w.day(r.span.1, s.today));
    let body = html! {
        p.small { a.plain href=(address(&play.id)) { "← " (play.title.get(w.lang())) } }
        div.page-head { h1 { (title) } div.rest { a.btn href=(address(&play.id)) { (w.t("book-back-to-editor")) } } }
        p.faint { (standing(s, a.open)) }
        p.met-lead { (w.with("book-would-have-met", &[("from", from.into()), ("to", to.into()), ("n", r.meetings.into()), ("customers", r.customers.into())])) }
        (figures(s, r))
        p.help { (w.t("book-rehearsal-how")) }
        (publishing(s, a))
    };
    Page { title, place: Place::Settings, body }
}

/// Everything that a rehearsal found, without its page.
pub(crate) fn figures(s: &Shell, r: &Rehearsal) -> Markup {
    html! { (sums(s, r)) (met(s, r)) (loads(s, r)) (letters(s, r)) }
}

fn sums(s: &Shell, r: &Rehearsal) -> Markup {
    let w = &s.words;
    let held = r.held.without_person + r.held.without_address + r.held.by_pressure;
    html! {
        dl.book-figures {
            (sum(s, ("book-starts", "book-n-starts"), r.meetings, r.in_force.map(|(starts, _)| starts)))
            (sum(s, ("book-tasks", "book-n-tasks"), r.tasks, r.in_force.map(|(_, tasks)| tasks)))
            (sum(s, ("book-letters", "book-n-letters"), r.letters, None))
            @if held > 0 { (sum(s, ("book-held", "book-n-held"), held, None)) }
            @if r.letters_per_person_max > 0 { (sum(s, ("book-per-person", "book-n-per-person"), r.letters_per_person_max, None)) }
            @if r.running > 0 { (sum(s, ("book-running", "book-n-running"), r.running, None)) }
        }
        (held_back(s, &r.held))
        @if !r.left_out.is_empty() {
            ul.small.left-out { @for (why, n) in &r.left_out { li { (w.with(&format!("book-left-out-{why}"), &[("n", (*n).into())])) } } }
        }
    }
}

/// One figure with its unit, and what the version in force would have given.
fn sum(s: &Shell, (name, counted): (&str, &str), n: usize, in_force: Option<usize>) -> Markup {
    let w = &s.words;
    let counted = |n: usize| w.with(counted, &[("n", n.into())]);
    html! {
        div {
            dt { (w.t(name)) }
            dd { (counted(n)) }
            @if let Some(n) = in_force { dd.in-force { (w.with("book-in-force", &[("n", counted(n).into())])) } }
        }
    }
}

/// Who looks after a customer; nobody when that person has left.
fn owner(s: &Shell, owner: Option<&Owner>) -> String {
    owner.map_or_else(|| s.words.t("book-no-owner"), |one| owner_name(s, &one.name, one.has_left))
}

fn held_back(s: &Shell, held: &Held) -> Markup {
    let w = &s.words;
    let lines = [
        ("book-held-person", held.without_person),
        ("book-held-address", held.without_address),
        ("book-held-pressure", held.by_pressure),
    ];
    html! {
        @if lines.iter().any(|(_, n)| *n > 0) {
            ul.small.left-out { @for (key, n) in lines { @if n > 0 { li { (w.with(key, &[("n", n.into())])) } } } }
        }
    }
}

fn met(s: &Shell, r: &Rehearsal) -> Markup {
    let w = &s.words;
    #[allow(clippy::cast_precision_loss)]
    let values: Vec<Option<f64>> = r.weeks.iter().map(|(_, n)| Some(*n as f64)).collect();
    let has_run = r.met.iter().any(|m| m.has_run);
    html! {
        section {
            h2 { (w.t("book-met")) }
            @if r.met.is_empty() { p.note { (w.t("book-met-nobody")) } }
            @else {
                div.weeks {
                    (columns(&Columns { title: &w.t("book-starts-a-week"), values: &values, closed: &[] }))
                    p.small.faint { (w.t("book-starts-a-week")) }
                }
                div.scroll tabindex="0" role="region" aria-label=(w.t("book-met")) {
                    table.met {
                        thead { tr {
                            th scope="col" { (w.t("book-met-day")) } th scope="col" { (w.t("nav-customers")) }
                            th scope="col" { (w.t("book-met-owner")) } th.until scope="col" { (w.t("book-met-until")) } @if has_run { th scope="col" { (w.t("book-met-run")) } }
                        } }
                        tbody { @for m in &r.met { tr {
                            td.nowrap { (w.day(m.day, s.today)) }
                            th scope="row" translate="no" { a href={ "/customers/" (m.customer) } { (m.name) } }
                            td { (owner(s, m.owner.as_ref())) }
                            td.nowrap.until { (m.until.map_or_else(|| "—".to_owned(), |day| w.day(day, s.today))) }
                            @if has_run { td { @if m.has_run { span.tag { (w.t("book-has-run")) } } } }
                        } } }
                    }
                }
                @if r.meetings > r.met.len() { p.small.faint { (w.with("book-and-more", &[("n", (r.meetings - r.met.len()).into())])) } }
            }
        }
    }
}

fn loads(s: &Shell, r: &Rehearsal) -> Markup {
    let w = &s.words;
    let weeks = r.weeks.len().max(1);
    html! {
        @if !r.loads.is_empty() {
            section {
                h2 { (w.t("book-load")) }
                div.scroll tabindex="0" role="region" aria-label=(w.t("book-load")) {
                    table.sheet.narrow-sheet {
                        thead { tr { th scope="col" { (w.t("book-met-owner")) } th.num scope="col" { (w.t("book-tasks")) } th.num scope="col" { (w.t("book-a-week")) } th scope="col" { (w.t("book-fullest")) } } }
                        tbody { @for one in &r.loads { tr {
                            th scope="row" translate="no" { (owner(s, one.owner.as_ref())) }
                            td.num { (w.with("book-n-tasks", &[("n", one.tasks.into())])) }
                            td.num { (tenths(one.tasks, weeks)) }
                            td.nowrap { (w.with("book-fullest-week", &[("day", w.day(one.fullest.0, s.today).into()), ("n", one.fullest.1.into())])) }
                        } } }
                    }
                }
            }
        }
    }
}

/// A quotient with one decimal.
fn tenths(part: usize, whole: usize) -> String {
    let tenths = (part * 10 + whole / 2) / whole.max(1);
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn letters(s: &Shell, r: &Rehearsal) -> Markup {
    let w = &s.words;
    html! {
        @if !r.examples.is_empty() {
            section {
                h2 { (w.t("book-examples")) }
                p.help { (sent_in(s, "book-examples-in", r.letters_in)) }
                div.papers { @for letter in &r.examples {
                    div.paper {
                        p.small.faint { (w.day(letter.day, s.today)) " · " (w.with("book-letter-to", &[("customer", letter.name.clone().into()), ("person", letter.person.clone().into())])) }
                        p { strong { (letter.subject) } }
                        div.pre { (letter.body) }
                    }
                } }
            }
        }
    }
}

/// What publishing changes, and the button.
fn publishing(s: &Shell, a: &Answer<'_>) -> Markup {
    let w = &s.words;
    let pen = Pen { sheet: a.sheet, wrongs: a.wrongs };
    let play = &a.open.book.play;
    html! {
        section.publishing {
            h2 { (w.t("book-publish")) }
            @if a.open.draft.is_none() { p { (w.t("book-nothing-to-publish")) } }
            @else {
                h3 { (w.t("settings-would-change")) }
                (differences(s, a.differences))
                @match (a.hindrance, a.may) {
                    (Some(hindrance), _) => div.note.warn { (w.t("book-before-publishing")) " " (say(s, play, hindrance)) },
                    (None, false) => p.note { (w.t("book-publish-may-not")) },
                    (None, true) => {
                        @if !a.wrongs.is_empty() { div.wrongs role="alert" { ul { @for (field, text) in a.wrongs.iter() { li { a href={ "#" (field) } { (text) } } } } } }
                        form.settings method="post" action={ (address(&play.id)) "/rehearsal" } novalidate {
                            (token(&s.csrf))
                            input type="hidden" name="base" value=(a.settings.version);
                            input type="hidden" name="revision" value=(a.open.revision);
                            (pen.area("comment", &w.t("settings-comment"), Some(&w.t("book-comment-help")), 2))
                            div.btns { button.btn.main { (w.t("book-publish-now")) } }
                            p.help { (w.t("book-publish-help")) }
                        }
                    },
                }
            }
        }
    }
}
