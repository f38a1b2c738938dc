//! The sheet of keys and marks as a page of its own, for those without scripts.

use maud::html;

use crate::parts::health::{Colour, badge};
use crate::shell::{Page, Place, Shell, key_list};

/// `GET /help`.
pub fn help(s: &Shell) -> Page {
    let w = &s.words;
    let body = html! {
        div.reading-page {
            h1 { (w.t("help-title")) }
            section {
                h2 { (w.t("keys-title")) }
                (key_list(s))
            }
            section {
                h2 { (w.t("help-marks")) }
                dl.facts {
                    @for colour in [Colour::Red, Colour::Amber, Colour::Green, Colour::Unknown] {
                        dt { (badge(w, colour, None)) }
                        dd { (w.t(&format!("help-{}", colour.class()))) }
                    }
                }
            }
        }
    };
    Page { title: w.t("help-title"), place: Place::Elsewhere, body }
}
