//! Other days of a customer: the picker, what a page of an earlier day says beside itself, what a person said over the score.

use kizashi_app::customers::{AsOf, CustomerPage, Learned, LearnedKind};
use kizashi_app::health::OverrideView;
use kizashi_domain::health::{OVERRIDE_DAYS_DEFAULT, OVERRIDE_DAYS_MAX, OVERRIDE_REASONS, Verdict};
use kizashi_domain::time::Day;
use maud::{Markup, html};

use super::page::View;
use crate::parts::form::{field, post_button, token};
use crate::parts::health::{badge, delta};
use crate::shell::Shell;
use crate::today::split;

/// Which day the page shows, and which one it is compared with.
pub fn picker(s: &Shell, view: &View<'_>) -> Markup {
    let w = &s.words;
    let c = view.customer;
    html! {
        form.as-of method="get" action={ "/customers/" (c.row.id) } {
            label.small.faint for="as-of" { (w.t("as-of-label")) }
            input #as-of type="date" name="as_of" value=(c.day) max=(s.today) required;
            label.small.faint for="against" { (w.t("against-label")) }
            input #against type="date" name="against" value=(c.change_since) max=(c.day.plus(-1));
            button.btn.quiet { (w.t("as-of-show")) }
            @if c.as_of.is_some() { a.btn.quiet href={ "/customers/" (c.row.id) } { (w.t("as-of-now")) } }
        }
    }
}

/// Above a page of an earlier day: what it shows, what is known of that day now, and what was learned since.
pub fn banner(s: &Shell, c: &CustomerPage) -> Markup {
    let w = &s.words;
    let Some(as_of) = &c.as_of else { return html! {} };
    html! {
        section.then role="note" {
            h2 { (w.with("as-of-title", &[("day", w.day_year(as_of.day).into())])) }
            p.small.ink2 { (w.t("as-of-what")) }
            (again(s, c, as_of))
            (learned_since(s, &as_of.learned))
        }
    }
}

/// What was learned after the day shown, about it and the days before.
pub fn learned_since(s: &Shell, facts: &[Learned]) -> Markup {
    let w = &s.words;
    html! {
        @if facts.is_empty() { p.small.faint { (w.t("learned-none")) } }
        @else {
            details open[facts.len() <= 6] {
                summary { (w.with("learned-title", &[("n", facts.len().into())])) }
                ul.small { @for fact in facts { li { (learned(s, fact)) } } }
            }
        }
    }
}

fn again(s: &Shell, c: &CustomerPage, as_of: &AsOf) -> Markup {
    let w = &s.words;
    let shown = |v: &Verdict| badge(w, Some(v.band), v.shown().map(i64::from));
    html! {
        dl.facts.wide {
            dt { (w.t("as-of-then")) }
            dd { @if let Some(v) = &c.verdict { (shown(v)) } @else { (w.t("verdict-none")) } }
            @if let Some(stored) = as_of.stored.filter(|kept| Some(kept.points) != c.verdict.as_ref().map(|v| v.shown().map(i64::from))) {
                dt { (w.t("as-of-stored")) }
                dd { (badge(w, Some(stored.band), stored.points)) " " span.faint { (w.t("as-of-stored-why")) } }
            }
            dt { (w.t("as-of-again")) }
            dd {
                @match (&as_of.again, &as_of.relearned) {
                    (Some(now), Some(change)) => {
                        (shown(now)) " "
                        @if change.lines.iter().all(|l| l.points == 0) { span.faint { (w.t("as-of-same")) } }
                        @else { (delta(w, change.total.into())) " " span.ink2 { (split(s, change)) } }
                    }
                    (Some(now), None) => { (shown(now)) }
                    (None, _) => { (w.t("verdict-none")) }
                }
            }
        }
    }
}

fn learned(s: &Shell, fact: &Learned) -> Markup {
    let w = &s.words;
    let what = match fact.kind {
        LearnedKind::Usage => w.with("learned-usage", &[("n", i64::try_from(fact.count).unwrap_or(i64::MAX).into())]),
        LearnedKind::Retracted => {
            w.with("learned-retracted", &[("n", i64::try_from(fact.count).unwrap_or(i64::MAX).into())])
        }
        LearnedKind::Activity => w.word("moment", &fact.what),
        LearnedKind::Ticket => w.with("learned-ticket", &[("subject", fact.what.clone().into())]),
        LearnedKind::Response => w.with("learned-response", &[("survey", fact.what.to_uppercase().into())]),
        LearnedKind::Figure => w.with("learned-figure", &[("name", super::fields::label(s, &fact.what).into())]),
        LearnedKind::Contact => w.with("learned-contact", &[("name", fact.what.clone().into())]),
        LearnedKind::Contract => w.with("learned-contract", &[("plan", fact.what.clone().into())]),
        LearnedKind::Deal => w.with("learned-deal", &[("title", fact.what.clone().into())]),
    };
    let days = match fact.kind {
        LearnedKind::Contact => w.with("learned-on", &[("learned", w.day(fact.learned_on, s.today).into())]),
        _ => w.with(
            "learned-days",
            &[("day", w.day(fact.day, s.today).into()), ("learned", w.day(fact.learned_on, s.today).into())],
        ),
    };
    html! {
        (what)
        @if let Some(value) = fact.figure { " " (plain(value)) }
        span.faint { " · " (days) }
    }
}

fn plain(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.1}") }
}

/// The cards that were open at the end of a day, without their buttons.
pub fn cards_then(s: &Shell, c: &CustomerPage, day: Day) -> Markup {
    let w = &s.words;
    let end = s.zone.end_of(day);
    let open = || c.cards.iter().filter(move |card| card.closed_at.is_none_or(|at| at >= end));
    html! {
        @if open().next().is_some() {
            section aria-label=(w.t("customer-cards")) {
                h2 { (w.t("cards-then")) }
                ul { @for card in open() { li { a.plain href={ "/cards/" (card.id) } { (w.text(&card.title)) } " " span.faint.small { (w.day(s.zone.day_of(card.opened_at), s.today)) } } } }
            }
        }
    }
}

/// What the same facts would say under the settings of the day of comparison.
pub fn under_old(s: &Shell, c: &CustomerPage) -> Markup {
    let w = &s.words;
    html! {
        @if let Some(old) = &c.under_old {
            p.small.ink2 {
                (w.with("under-old", &[("day", w.day(c.change_since, s.today).into())])) " "
                (badge(w, Some(old.band), old.shown().map(i64::from)))
            }
        }
    }
}

/// The word over the score that holds, and the form to say one.
pub fn overrides(s: &Shell, c: &CustomerPage) -> Markup {
    let w = &s.words;
    let holds = |o: &&OverrideView| o.ended_at.is_none() && o.until_day >= s.today;
    let now = c.overrides.iter().find(holds);
    html! {
        @if let Some(o) = now.filter(|_| c.as_of.is_none()) { (in_force(s, c, o)) }
        @if c.as_of.is_none() && now.is_none() { (form(s, c)) }
        @let earlier: Vec<&OverrideView> = c.overrides.iter().filter(|o| !holds(o)).collect();
        @if !earlier.is_empty() {
            details.small { summary { (w.with("override-earlier", &[("n", earlier.len().into())])) }
                ul { @for o in earlier { li { (said(s, o)) } } }
            }
        }
    }
}

fn said(s: &Shell, o: &OverrideView) -> Markup {
    let w = &s.words;
    html! {
        (badge(w, o.band, o.points)) " " (w.word("override-reason", &o.reason)) " — " (o.note) " "
        span.faint { (o.author) " · " (w.day(o.from_day, s.today)) "–" (w.day(o.until_day, s.today))
            @if o.ended_at.is_some() { " · " (w.t("override-ended")) } }
    }
}

fn in_force(s: &Shell, c: &CustomerPage, o: &OverrideView) -> Markup {
    let w = &s.words;
    html! {
        div.note.warn {
            p { strong { (w.t("override-title")) } " " (said(s, o)) }
            @if let Some(v) = &c.verdict {
                p.small.ink2 { (w.t("override-computed")) " " (badge(w, Some(v.bands.of(v.exact)), Some(v.computed.into()))) }
            }
            (post_button(&s.csrf, &format!("/overrides/{}/end", o.id), &[], html! { button.btn.quiet { (w.t("override-end")) } }))
        }
    }
}

fn form(s: &Shell, c: &CustomerPage) -> Markup {
    let w = &s.words;
    let until: Day = s.today.plus(OVERRIDE_DAYS_DEFAULT);
    html! {
        details.override {
            summary.btn.quiet { (w.t("override-open")) }
            form.hunch method="post" action={ "/customers/" (c.row.id) "/overrides" } {
                (token(&s.csrf))
                p.small.ink2 { (w.with("override-help", &[("days", OVERRIDE_DAYS_MAX.into())])) }
                div.row {
                    (field("points", &w.t("override-points"), None, &[], html! { input #points type="number" name="points" min="0" max="100" inputmode="numeric" required; }))
                    (field("reason", &w.t("override-why"), None, &[], html! {
                        select #reason name="reason" required { @for reason in OVERRIDE_REASONS { option value=(reason) { (w.word("override-reason", reason)) } } }
                    }))
                    (field("until", &w.t("override-until"), None, &[], html! { input #until type="date" name="until" value=(until) min=(s.today) max=(s.today.plus(OVERRIDE_DAYS_MAX)) required; }))
                }
                (field("override-note", &w.t("override-note"), None, &[], html! { input #override-note type="text" name="note" maxlength="2000" required; }))
                button.btn.main { (w.t("override-keep")) }
            }
        }
    }
}
