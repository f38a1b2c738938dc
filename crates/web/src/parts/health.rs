//! Health as mark, word and colour together, and changes with sign and span.

use maud::{Markup, html};

use crate::words::Words;

/// The four verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// 赤.
    Red,
    /// 黄.
    Amber,
    /// 緑.
    Green,
    /// 判定不能.
    Unknown,
}

impl Colour {
    /// The class in style sheets.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Amber => "amber",
            Self::Green => "green",
            Self::Unknown => "unknown",
        }
    }

    /// The mark, told apart without colour.
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Red => "■",
            Self::Amber => "▲",
            Self::Green => "●",
            Self::Unknown => "◇",
        }
    }

    /// The word.
    pub fn word(self, w: &Words) -> String {
        w.t(match self {
            Self::Red => "health-red",
            Self::Amber => "health-amber",
            Self::Green => "health-green",
            Self::Unknown => "health-unknown",
        })
    }
}

/// The mark alone with its word for screen readers, at the head of a row that says the number elsewhere.
pub fn mark(w: &Words, colour: Colour) -> Markup {
    html! { span class={ "mark " (colour.class()) } role="img" aria-label=(colour.word(w)) title=(colour.word(w)) { (colour.mark()) } }
}

/// `■ 赤 41`.
pub fn badge(w: &Words, colour: Colour, score: Option<i64>) -> Markup {
    html! {
        span class={ "health " (colour.class()) } {
            span.mark aria-hidden="true" { (colour.mark()) }
            span.word { (colour.word(w)) }
            @if colour != Colour::Unknown { @if let Some(score) = score { span.score { (score) } } }
        }
    }
}

/// The same, large, for the head of a customer's page.
pub fn badge_big(w: &Words, colour: Colour, score: Option<i64>) -> Markup {
    html! {
        span class={ "health big " (colour.class()) } {
            span.mark aria-hidden="true" { (colour.mark()) }
            @if colour != Colour::Unknown { @if let Some(score) = score { span.score { (score) } } }
            span.word { (colour.word(w)) }
        }
    }
}

/// A change of a score (higher is better) with its sign, and its span when given.
pub fn delta(w: &Words, change: i64, span_days: Option<i32>) -> Markup {
    let class = match change {
        0 => "delta same",
        n if n < 0 => "delta down",
        _ => "delta up",
    };
    html! {
        span class=(class) {
            (w.change(change))
            @if let Some(days) = span_days { span.span { (w.with("span-days", &[("n", days.into())])) } }
        }
    }
}
