//! Health as mark, word and colour together, and changes with sign and span.

use kizashi_app::customers::CustomerPage;
use kizashi_domain::health::Band;
use kizashi_domain::lang::Lang;
use kizashi_domain::time::Day;
use maud::{Markup, html};

use crate::shell::Shell;
use crate::words::Words;

/// How far back the sentence looks when nothing has changed of late.
const LONGER_DAYS: i32 = 30;

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

/// The sentence beside a score. When nothing has changed it says since when, and what had changed before.
pub fn told(s: &Shell, c: &CustomerPage) -> String {
    if is_moved(c) { s.words.text(&c.sentence).to_owned() } else { unmoved(s, c) }
}

/// [`told`], where nothing else on the page says since when the change counts.
pub fn told_since(s: &Shell, c: &CustomerPage) -> String {
    if !is_moved(c) {
        return unmoved(s, c);
    }
    let since = s.words.day(c.change_since, s.today);
    s.words.with("answer-since", &[("day", since.into()), ("text", s.words.text(&c.sentence).to_owned().into())])
}

fn is_moved(c: &CustomerPage) -> bool {
    c.change.as_ref().is_some_and(|change| change.lines.iter().any(|l| l.points != 0))
}

fn unmoved(s: &Shell, c: &CustomerPage) -> String {
    let w = &s.words;
    let mut parts = Vec::new();
    // Who was no customer yet on the earlier day has nothing to be compared with.
    if c.change.is_some() && c.since_day.is_none_or(|since| since <= c.change_since) {
        parts.push(w.with("answer-same", &[("day", w.day(c.change_since, s.today).into())]));
        parts.extend(moved_before(s, c));
    }
    parts.push(w.text(&c.sentence).to_owned());
    parts.join(if w.lang() == Lang::Ja { "" } else { " " })
}

/// What the score had lost or won over a longer span, when that is not said already.
fn moved_before(s: &Shell, c: &CustomerPage) -> Option<String> {
    let (_, before, change) = find_longer(c)?;
    let args = [("days", LONGER_DAYS.into()), ("before", before.into()), ("change", s.words.change(change).into())];
    Some(s.words.with("answer-before", &args))
}

/// The day of a longer span, the points on it and what was lost or won since.
fn find_longer(c: &CustomerPage) -> Option<(Day, i64, i64)> {
    let earlier = c.day.plus(-LONGER_DAYS);
    let point = c.history.iter().rev().find(|p| p.day <= earlier)?;
    let (before, now) = (point.points?, c.row.points?);
    (earlier < c.change_since && now != before).then_some((point.day, before, now - before))
}

/// The day to compare with where nothing has changed lately and the longer span tells more.
pub fn telling_day(c: &CustomerPage) -> Option<Day> {
    find_longer(c).filter(|_| !is_moved(c)).map(|(day, ..)| day)
}
