//! How a play has gone so far, and what to look at again.

use kizashi_domain::plays::{Hint, Play, Record};
use maud::{Markup, html};

use crate::shell::Shell;

/// Draws it; nothing before the first run.
pub fn section(s: &Shell, play: &Play, record: &Record, hints: &[Hint]) -> Markup {
    let w = &s.words;
    if record.runs == 0 {
        return html! {};
    }
    let closed: usize = record.outcomes.iter().sum();
    let days = record.business_days.map_or_else(|| "—".to_owned(), |n| w.with("book-in-days", &[("n", n.into())]));
    html! {
        section.record aria-label=(w.t("book-record")) {
            dl.book-figures {
                div { dt { (w.t("book-runs")) } dd { (record.runs) } }
                div { dt { (w.t("book-open-runs")) } dd { a href={ "/plays?play=" (play.id) } { (record.open) } } }
                div { dt { (w.t("book-finished")) } dd { (record.finished) } }
                div { dt { (w.t("book-median")) } dd { (days) } }
                @if closed > 0 {
                    div { dt { (w.t("book-solved")) } dd { (record.outcomes.first().copied().unwrap_or(0)) " / " (closed) } }
                }
            }
            p { a.go href={ "/settings/plays/" (play.id) "/effect" } { (w.t("effect-open")) } }
            @if !hints.is_empty() {
                div.note {
                    p { strong { (w.t("book-look-again")) } }
                    ul { @for hint in hints { li { (say(s, play, hint)) } } }
                }
            }
            @if record.steps.iter().any(|r| r.done + r.skipped + r.late > 0) {
                (super::effect::most_skipped(s, play, &record.steps))
                details {
                    summary { (w.t("book-by-step")) }
                    table.sheet.narrow-sheet {
                        thead { tr { th scope="col" { (w.t("book-step")) } th.num scope="col" { (w.t("book-done")) } th.num scope="col" { (w.t("book-skipped")) } th.num scope="col" { (w.t("book-late")) } th.num scope="col" { (w.t("book-took")) } } }
                        tbody { @for step in &play.steps { @if let Some(r) = record.steps.iter().find(|r| r.step == step.id) {
                            tr {
                                th scope="row" { (step.title.get(w.lang())) }
                                td.num { (r.done) } td.num { (r.skipped) } td.num { (r.late) }
                                td.num { (r.business_days.map_or_else(|| "—".to_owned(), |n| w.with("book-in-days", &[("n", n.into())]))) }
                            }
                        } } }
                    }
                }
            }
        }
    }
}

fn say(s: &Shell, play: &Play, hint: &Hint) -> Markup {
    let w = &s.words;
    let of_step = |key: &str, id: &str| {
        let title = play.steps.iter().find(|one| one.id == id).map_or(id, |one| one.title.get(w.lang()));
        html! { a href={ "?at=" (id) "#step-" (id) } { (w.with(key, &[("step", title.to_owned().into())])) } }
    };
    match hint {
        Hint::SeldomFinished => html! { (w.t("book-hint-seldom-finished")) },
        Hint::SlowerThanDue => html! { (w.t("book-hint-slower")) },
        Hint::Stalls(id) => of_step("book-hint-stalls", id),
        Hint::Skipped(id) => of_step("book-hint-skipped", id),
        Hint::SeldomSolves => html! { (w.t("book-hint-seldom-solves")) },
        Hint::FalseAlarms => html! { (w.t("book-hint-false-alarms")) },
    }
}
