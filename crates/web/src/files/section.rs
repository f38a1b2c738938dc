//! The files of a customer or a deal, and the form that brings one.

use kizashi_app::files::FileView;
use kizashi_domain::id::{Customer, Deal, Id};
use maud::{Markup, html};

use crate::parts::form::{post_button, token};
use crate::parts::icon::icon;
use crate::shell::Shell;

/// Files that show at once.
const SHOWN: usize = 8;

/// Files, and the form unless an earlier day is looked at.
pub fn files(s: &Shell, of: (Id<Customer>, Option<Id<Deal>>), list: &[FileView], is_now: bool) -> Markup {
    let w = &s.words;
    html! {
        section #files {
            h2 { (w.t("files-title")) }
            @if list.is_empty() { p.faint { (w.t("files-none")) } }
            ul.plain.files { @for file in list.iter().take(SHOWN) { (one(s, file, is_now)) } }
            @if list.len() > SHOWN {
                details { summary.small { (w.with("files-more", &[("n", (list.len() - SHOWN).into())])) }
                    ul.plain.files { @for file in list.iter().skip(SHOWN) { (one(s, file, is_now)) } }
                }
            }
            @if is_now { (bring(s, of)) }
        }
    }
}

fn one(s: &Shell, file: &FileView, is_now: bool) -> Markup {
    let w = &s.words;
    html! {
        li {
            (icon("file-text")) " " a.plain.cut href={ "/files/" (file.id) } download title=(file.name) { (file.name) }
            div.small.faint {
                (length(file.bytes)) " · " (file.who) " " (w.day(s.zone.day_of(file.at), s.today))
                @if is_now { (post_button(&s.csrf, &format!("/files/{}/removal", file.id), &[("back", &s.address)],
                    html! { button.link aria-label=(w.with("files-remove", &[("name", file.name.clone().into())])) { (w.t("files-remove-short")) } })) }
            }
        }
    }
}

fn bring(s: &Shell, (customer, deal): (Id<Customer>, Option<Id<Deal>>)) -> Markup {
    let w = &s.words;
    html! {
        details.bring {
            summary.small { (w.t("files-add")) }
            form method="post" action={ "/customers/" (customer) "/files" } enctype="multipart/form-data" {
                (token(&s.csrf))
                input type="hidden" name="back" value=(s.address);
                @if let Some(deal) = deal { input type="hidden" name="deal" value=(deal); }
                label.sr for="file" { (w.t("files-add")) }
                input #file type="file" name="file" multiple required;
                button.btn { (w.t("files-keep")) }
                p.help { (w.t("files-help")) }
            }
        }
    }
}

/// A length as people say it.
#[allow(clippy::cast_precision_loss)] // of lengths that are shown with one figure behind the point
pub(super) fn length(bytes: i64) -> String {
    match bytes {
        ..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KB", (bytes + 512) / 1_024),
        _ => format!("{:.1} MB", bytes as f64 / 1_048_576.0),
    }
}
