//! The sheet of keys and marks as a page of its own, for those without scripts.

use maud::html;

use crate::parts::health::{BANDS, badge, class};
use crate::shell::{Page, Place, Shell, key_list};

/// The sheet.
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
                    @for band in BANDS {
                        dt { (badge(w, Some(band), None)) }
                        dd { (w.t(&format!("help-{}", class(band)))) }
                    }
                }
            }
        }
    };
    Page { title: w.t("help-title"), place: Place::Elsewhere, body }
}

/// `GET /help`.
pub(crate) async fn open_help(visit: crate::shell::Visit) -> axum::response::Response {
    visit.shell.page(&help(&visit.shell))
}
