//! What is the same on every page of a customer: who it is, the tabs, and the day that is shown, which stays while one walks around.

use kizashi_app::customers::Head;
use kizashi_domain::time::Day;
use maud::{Markup, html};

use super::past::learned_since;
use crate::parts::health::badge;
use crate::parts::state::{Tab, tabs};
use crate::problem::Problem;
use crate::shell::Shell;

/// The pages of a customer, in the order of their tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The answer and what to do.
    Overview,
    /// Everything that happened.
    History,
    /// People and contracts.
    Relations,
    /// Every field with where its value came from.
    Fields,
}

impl Part {
    const ALL: [Self; 4] = [Self::Overview, Self::History, Self::Relations, Self::Fields];

    const fn path(self) -> &'static str {
        match self {
            Self::Overview => "",
            Self::History => "/history",
            Self::Relations => "/relations",
            Self::Fields => "/fields",
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::Overview => "customer-overview",
            Self::History => "timeline-title",
            Self::Relations => "customer-relations",
            Self::Fields => "customer-fields",
        }
    }

    /// Its address, for the day that is shown.
    pub fn address(self, head: &Head) -> String {
        let day = head.as_of.map_or_else(String::new, |day| format!("?as_of={day}"));
        format!("/customers/{}{}{day}", head.row.id, self.path())
    }
}

/// The address of what a page shows as a file, for the day that is shown.
pub fn file_of(head: &Head, name: &str) -> String {
    let day = head.as_of.map_or_else(String::new, |day| format!("?as_of={day}"));
    format!("/customers/{}/{name}.csv{day}", head.row.id)
}

/// The day that an address asks for.
pub fn day_asked(pairs: &[(String, String)], name: &str) -> Result<Option<Day>, Problem> {
    match pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).filter(|v| !v.is_empty()) {
        Some(text) => text.parse().map(Some).map_err(|_| Problem::Refused("reason-not-a-day".into())),
        None => Ok(None),
    }
}

/// Name, standing and tabs; `buttons` stand at the end of the first line.
pub fn top(s: &Shell, head: &Head, part: Part, buttons: Markup) -> Markup {
    let w = &s.words;
    let row = &head.row;
    let shown: Vec<Tab> = Part::ALL
        .into_iter()
        .map(|other| Tab {
            address: other.address(head),
            label: w.t(other.key()),
            count: None,
            is_current: other == part,
        })
        .collect();
    html! {
        header.customer-head {
            h1 { (row.name) }
            span.reading { (row.reading) " " (row.external_id) }
            (badge(w, row.band, row.points))
            @if !row.stage.is_empty() { span.tag { (w.word("stage", &row.stage)) } }
            @if !row.segment.is_empty() { span.tag lang=[own_lang(&row.segment)] { (w.word("segment", &row.segment)) } }
            @if let Some(day) = head.churned_on { span.tag.bad { (w.with("customer-left", &[("day", w.day(day, s.today).into())])) } }
            div.rest { (buttons) }
        }
        (tabs(&w.t("customer-parts"), &shown, html! {}))
    }
}

/// Which day a page shows; the overview has its own with a day to compare with.
pub fn day_picker(s: &Shell, head: &Head, part: Part) -> Markup {
    let w = &s.words;
    html! {
        form.as-of method="get" action={ "/customers/" (head.row.id) (part.path()) } {
            label.small.faint for="as-of" { (w.t("as-of-label")) }
            input #as-of type="date" name="as_of" value=(head.day) max=(s.today) required;
            button.btn.quiet { (w.t("as-of-show")) }
            @if head.as_of.is_some() { a.btn.quiet href={ "/customers/" (head.row.id) (part.path()) } { (w.t("as-of-now")) } }
        }
        @if let Some(day) = head.as_of {
            div.then.small role="note" {
                p { strong { (w.with("as-of-title", &[("day", w.day_year(day).into())])) } " " (w.t("as-of-what")) }
                (learned_since(s, &head.learned))
            }
        }
    }
}

/// The language of a word of somebody's own, for those who have the page read to them.
fn own_lang(word: &str) -> Option<&'static str> {
    word.chars().any(|c| matches!(c, '\u{3041}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}')).then_some("ja")
}
