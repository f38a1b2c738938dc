//! Everything that happened with a customer, newest first, a day a line.

use kizashi_domain::time::{Day, Time};
use maud::{Markup, html};

use crate::parts::icon::icon;
use crate::shell::Shell;

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The day.
    pub day: Day,
    /// When, to the minute, if it is known.
    pub at: Option<Time>,
    /// `call`, `mail`, `meeting`, `visit`, `note`, `ticket`, `survey`, `card`, `contract`, `person`, `score`, `usage`, `hunch`.
    pub kind: String,
    /// What it was, in a line.
    pub title: String,
    /// More, if there is more.
    pub body: String,
    /// Who, on our side.
    pub by: String,
}

/// Characters of a body that show before it folds.
const BODY_CHARS_SHOWN: usize = 220;

/// Draws moments, newest first.
pub fn timeline(s: &Shell, moments: &[Moment]) -> Markup {
    let w = &s.words;
    html! {
        div.timeline {
            @for day in moments.chunk_by(|a, b| a.day == b.day) {
                @if let Some(first) = day.first() {
                    div.day {
                        div.date title=(w.day_year(first.day)) { (w.day(first.day, s.today)) }
                        div { @for moment in day { (row(s, moment)) } }
                    }
                }
            }
        }
    }
}

fn row(s: &Shell, moment: &Moment) -> Markup {
    let w = &s.words;
    let drawn = match moment.kind.as_str() {
        "call" => "phone",
        "mail" => "mail",
        "meeting" | "visit" | "person" => "users",
        "ticket" | "survey" => "message-square",
        "card" => "check",
        "contract" => "file-text",
        "hunch" => "lightbulb",
        "score" | "usage" => "clock",
        _ => "pencil",
    };
    let is_long = moment.body.chars().count() > BODY_CHARS_SHOWN;
    html! {
        div.moment {
            (icon(drawn))
            div {
                strong { (w.word("moment", &moment.kind)) } " " (moment.title)
                @if let Some(at) = moment.at { span.by { (w.clock(at, &s.zone)) } }
                @if !moment.by.is_empty() { span.by { (moment.by) } }
                @if is_long {
                    details { summary.body { (moment.body.chars().take(BODY_CHARS_SHOWN).collect::<String>()) "…" } div.body { (moment.body) } }
                } @else if !moment.body.is_empty() { div.body { (moment.body) } }
            }
        }
    }
}
