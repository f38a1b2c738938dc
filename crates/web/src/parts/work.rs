//! A card of work: who it is about, why, what to do, by when, who; and the answers to it.

use kizashi_domain::money::Money;
use kizashi_domain::time::Day;
use maud::{Markup, html};

use super::form::token;
use super::health::{Colour, delta, mark};
use super::icon::icon;
use crate::shell::Shell;

/// Where a card stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// 新規.
    New,
    /// 対応中.
    Working,
    /// 顧客待ち.
    Waiting,
    /// 完了.
    Done,
}

impl Step {
    /// The word in keys and addresses.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Working => "working",
            Self::Waiting => "waiting",
            Self::Done => "done",
        }
    }
}

/// A card as lists show it.
#[derive(Clone, Debug)]
pub struct Work {
    /// The card's id.
    pub id: String,
    /// The customer's id.
    pub customer: String,
    /// The customer's name.
    pub name: String,
    /// Health today.
    pub colour: Colour,
    /// `risk`, `chance`, `milestone`, `goal`, `activity`.
    pub kind: String,
    /// Score at the comparison day.
    pub before: Option<i64>,
    /// Score today.
    pub now: Option<i64>,
    /// Day of the notice deadline.
    pub notice_on: Option<Day>,
    /// Monthly revenue.
    pub mrr: Option<Money>,
    /// The causes, a sentence each, most important first.
    pub why: Vec<String>,
    /// 何を.
    pub what: String,
    /// いつまでに.
    pub due: Option<Day>,
    /// 誰が.
    pub owner: Option<String>,
    /// Where it stands.
    pub step: Step,
    /// Put off until.
    pub later_until: Option<Day>,
    /// How it ended: `solved`, `unsolved`, `false_alarm`, `recovered`.
    pub outcome: Option<String>,
    /// What came of it.
    pub came_of_it: Option<String>,
}

/// Causes shown in a list; the card's own page shows all.
const CAUSES_SHOWN: usize = 3;

/// The card as a row of a list. `is_named` is false on the customer's own page.
pub fn work(s: &Shell, card: &Work, is_named: bool) -> Markup {
    let w = &s.words;
    html! {
        article.work.done[card.step == Step::Done] data-row id={ "card-" (card.id) } aria-label={ (card.name) " " (w.word("card-kind", &card.kind)) } {
            (mark(w, card.colour))
            div {
                div.head {
                    @if is_named {
                        h3.name { a href={ "/customers/" (card.customer) } data-open { (card.name) } }
                    }
                    a.kind.plain href={ "/cards/" (card.id) } data-key="o" title=(w.t("card-open-tip")) {
                        (w.word("card-kind", &card.kind))
                        @if card.step != Step::New { " · " (w.t(&format!("card-step-{}", card.step.tag()))) }
                    }
                    (movement(s, card))
                    @if let Some(day) = card.notice_on { span.nowrap title=(w.day_year(day)) { (notice(s, day)) } }
                    @if let Some(mrr) = card.mrr { span.money { (w.monthly(mrr)) } }
                }
                dl.why-what {
                    dt { (w.t("card-why")) }
                    dd { ul.causes {
                        @for cause in card.why.iter().take(CAUSES_SHOWN) { li { (cause) } }
                        @if card.why.len() > CAUSES_SHOWN { li.faint { (w.with("card-more-causes", &[("n", (card.why.len() - CAUSES_SHOWN).into())])) } }
                    } }
                    dt { (w.t("card-what")) }
                    dd.by {
                        span { (card.what) }
                        @if let Some(due) = card.due { span.nowrap { span.label { (w.t("card-by-when")) } (due_day(s, due, card.step)) } }
                        span.nowrap { span.label { (w.t("card-who")) } (card.owner.as_deref().unwrap_or(&w.t("card-nobody"))) }
                    }
                    (ending(s, card))
                }
            }
            div.acts { (answers(s, card)) }
        }
    }
}

fn movement(s: &Shell, card: &Work) -> Markup {
    html! {
        @match (card.before, card.now) {
            (Some(before), Some(now)) if before != now => span.move { (before) " → " (now) " " (delta(&s.words, now - before, None)) },
            (_, Some(now)) => span.move { (now) },
            _ => span.faint { (s.words.t("health-unknown")) },
        }
    }
}

/// 通知期限まで18日, or how long ago it passed.
pub fn notice(s: &Shell, day: Day) -> String {
    match day.0 - s.today.0 {
        n if n < 0 => s.words.with("notice-passed", &[("n", (-n).into())]),
        0 => s.words.t("notice-today"),
        n => s.words.with("notice-left", &[("n", n.into())]),
    }
}

fn due_day(s: &Shell, due: Day, step: Step) -> Markup {
    let is_late = due < s.today && step != Step::Done;
    html! {
        @if is_late { strong.red { (s.words.day(due, s.today)) " " (s.words.away(due, s.today)) } }
        @else { (s.words.day(due, s.today)) }
    }
}

fn ending(s: &Shell, card: &Work) -> Markup {
    let w = &s.words;
    html! {
        @if let Some(outcome) = &card.outcome {
            dt { (w.t("card-outcome")) }
            dd { (w.word("outcome", outcome)) @if let Some(text) = &card.came_of_it { " · " (text) } }
        }
        @if let Some(until) = card.later_until {
            dt { (w.t("card-later")) }
            dd { (w.with("card-until", &[("day", w.day(until, s.today).into())])) }
        }
    }
}

/// The buttons of a card: take it, put it off, say that it was a false alarm; or end it once taken.
pub fn answers(s: &Shell, card: &Work) -> Markup {
    let w = &s.words;
    let path = format!("/cards/{}", card.id);
    html! {
        div.btns {
            @match card.step {
                Step::New => {
                    (answer(s, &path, "taking", &[], "btn main", &w.t("card-take"), "1"))
                    (later(s, &path))
                    (answer(s, &path, "closure", &[("outcome", "false_alarm")], "btn", &w.t("outcome-false-alarm"), "3"))
                },
                Step::Working | Step::Waiting => {
                    (close(s, &path, true))
                    (later(s, &path))
                    @if card.step == Step::Working { (answer(s, &path, "waiting", &[], "btn quiet", &w.t("card-wait"), "4")) }
                },
                Step::Done => (answer(s, &path, "undo", &[("what", "closure")], "btn quiet", &w.t("card-reopen"), "1")),
            }
        }
    }
}

fn answer(s: &Shell, path: &str, act: &str, fields: &[(&str, &str)], class: &str, label: &str, key: &str) -> Markup {
    html! {
        form method="post" action={ (path) "/" (act) } hx-post={ (path) "/" (act) } hx-target="closest .work" hx-swap="outerHTML" {
            (token(&s.csrf))
            @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
            button class=(class) data-key=(key) title={ (label) " (" (key) ")" } { (label) }
        }
    }
}

fn later(s: &Shell, path: &str) -> Markup {
    let w = &s.words;
    html! {
        details.menu {
            summary.btn data-key="2" title={ (w.t("card-later")) " (2)" } { (w.t("card-later")) (icon("chevron-down")) }
            form.sheet method="post" action={ (path) "/snooze" } hx-post={ (path) "/snooze" } hx-target="closest .work" hx-swap="outerHTML" {
                (token(&s.csrf))
                @for choice in ["tomorrow", "3-days", "next-week", "month"] {
                    button.item name="until" value=(choice) { (w.t(&format!("later-{choice}"))) }
                }
                hr;
                div.pad {
                    label.small.faint for={ "why-later-" (path) } { (w.t("later-why")) }
                    input type="text" name="reason" id={ "why-later-" (path) } maxlength="200" autocomplete="off";
                }
            }
        }
    }
}

/// Ending a card demands an outcome and what came of it.
pub fn close(s: &Shell, path: &str, is_main: bool) -> Markup {
    let w = &s.words;
    html! {
        details.menu {
            summary class=(if is_main { "btn main-line" } else { "btn" }) data-key="1" title={ (w.t("card-close")) " (1)" } { (w.t("card-close")) (icon("chevron-down")) }
            form.sheet method="post" action={ (path) "/closure" } hx-post={ (path) "/closure" } hx-target="closest .work" hx-swap="outerHTML" {
                (token(&s.csrf))
                div.pad {
                    label.small.faint for={ "came-" (path) } { (w.t("close-came-of-it")) }
                    textarea name="came_of_it" id={ "came-" (path) } rows="2" maxlength="2000" {}
                }
                @for outcome in ["solved", "unsolved", "false_alarm", "recovered"] {
                    button.item name="outcome" value=(outcome) { (w.word("outcome", outcome)) }
                }
            }
        }
    }
}
