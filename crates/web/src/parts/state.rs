//! Empty places, notices, tabs, chips and pagers.

use maud::{Markup, html};

use super::icon::icon;
use crate::words::Words;

/// One sentence that says what will be here and why it is not, and one button.
pub fn empty(sentence: &str, button: Option<(&str, &str)>) -> Markup {
    html! {
        div.empty {
            p { (sentence) }
            @if let Some((address, label)) = button { a.btn href=(address) { (label) } }
        }
    }
}

/// A notice with a way back, shown for ten seconds.
pub fn toast(w: &Words, text: &str, undo: Option<Markup>) -> Markup {
    html! {
        div.toast role="status" {
            span { (text) }
            @if let Some(undo) = undo { (undo) }
            button.close type="button" aria-label=(w.t("close")) { (icon("x")) }
        }
    }
}

/// A tab: address, label, count.
pub struct Tab {
    /// Where it leads.
    pub address: String,
    /// Its word.
    pub label: String,
    /// How many rows it holds, when known.
    pub count: Option<u64>,
    /// Whether it is the one being read.
    pub is_current: bool,
}

/// Tabs as links.
pub fn tabs(label: &str, tabs: &[Tab], end: Markup) -> Markup {
    html! {
        nav.tabs aria-label=(label) {
            @for tab in tabs {
                a href=(tab.address) aria-current=[tab.is_current.then_some("page")] {
                    (tab.label)
                    @if let Some(count) = tab.count { span.count { (count) } }
                }
            }
            (end)
        }
    }
}

/// Links to the page before and after.
pub fn pager(w: &Words, text: &str, before: Option<&str>, after: Option<&str>) -> Markup {
    html! {
        nav.pager aria-label=(w.t("pager")) {
            span { (text) }
            div.btns {
                @if let Some(address) = before { a.btn href=(address) rel="prev" { (w.t("pager-before")) } }
                @if let Some(address) = after { a.btn href=(address) rel="next" { (w.t("pager-after")) } }
            }
        }
    }
}
