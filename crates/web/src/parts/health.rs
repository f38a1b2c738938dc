//! Health as mark, word and colour together, and changes with sign and span.

use kizashi_domain::health::Band;
use maud::{Markup, html};

use crate::words::Words;

/// The class in style sheets, and the word in addresses.
pub const fn class(band: Band) -> &'static str {
    match band {
        Band::Red => "red",
        Band::Amber => "amber",
        Band::Green => "green",
        Band::Unknown => "unknown",
    }
}

/// All bands, worst first.
pub const BANDS: [Band; 4] = [Band::Red, Band::Amber, Band::Green, Band::Unknown];

/// The mark, told apart without colour.
const fn sign(band: Band) -> &'static str {
    match band {
        Band::Red => "■",
        Band::Amber => "▲",
        Band::Green => "●",
        Band::Unknown => "◇",
    }
}

/// The word.
pub fn word(w: &Words, band: Band) -> String {
    w.t(match band {
        Band::Red => "health-red",
        Band::Amber => "health-amber",
        Band::Green => "health-green",
        Band::Unknown => "health-unknown",
    })
}

/// The mark alone with its word for screen readers, at the head of a row that says the number elsewhere.
/// A customer that was never scored is not known either.
pub fn mark(w: &Words, band: Option<Band>) -> Markup {
    let band = band.unwrap_or(Band::Unknown);
    html! { span class={ "mark " (class(band)) } role="img" aria-label=(word(w, band)) title=(word(w, band)) { (sign(band)) } }
}

/// `■ 赤 41`.
pub fn badge(w: &Words, band: Option<Band>, points: Option<i64>) -> Markup {
    let band = band.unwrap_or(Band::Unknown);
    html! {
        span class={ "health " (class(band)) } {
            span.mark aria-hidden="true" { (sign(band)) }
            span.word { (word(w, band)) }
            @if let Some(points) = points { span.score { (points) } }
        }
    }
}

/// The same, large, for the head of a customer's page.
pub fn badge_big(w: &Words, band: Option<Band>, points: Option<i64>) -> Markup {
    let band = band.unwrap_or(Band::Unknown);
    html! {
        span class={ "health big " (class(band)) } {
            span.mark aria-hidden="true" { (sign(band)) }
            @if let Some(points) = points { span.score { (points) } }
            span.word { (word(w, band)) }
        }
    }
}

/// A change of a score (higher is better) with its sign.
pub fn delta(w: &Words, change: i64) -> Markup {
    let class = match change {
        0 => "delta same",
        n if n < 0 => "delta down",
        _ => "delta up",
    };
    html! { span class=(class) { (w.change(change)) } }
}
