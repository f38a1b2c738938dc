//! The pages on which a whole document is put in force, with what its plays would have done.

use kizashi_app::plays::books::Rehearsed;
use kizashi_domain::pack::Difference;
use maud::{Markup, html};

use super::fields::{Pen, Sheet, Wrongs};
use super::taking::Found;
use super::versions::differences;
use crate::parts::form::token;
use crate::shell::{Page, Place, Shell};

/// What the page of an upload is drawn with.
pub(super) struct Upload<'a> {
    /// What was entered.
    pub sheet: &'a Sheet,
    /// What is wrong with it.
    pub wrongs: &'a Wrongs,
    /// What the document would change; `None` = nothing was sent yet, or it cannot be read.
    pub found: Option<&'a Found>,
    /// The version that it is compared with.
    pub base: i64,
    /// What somebody else saved meanwhile.
    pub stale: Option<&'a [Difference]>,
}

fn faults(wrongs: &Wrongs) -> Markup {
    html! {
        @if !wrongs.is_empty() { div.wrongs role="alert" { ul { @for (field, text) in wrongs.iter() { li { a href={ "#" (field) } { (text) } } } } } }
    }
}

/// What the new and changed plays would have done in the last quarter, and the box by which somebody says that they looked. Nothing
/// where no play changes.
pub(super) fn rehearsals(s: &Shell, found: &Found, sheet: &Sheet) -> Markup {
    let w = &s.words;
    let Some(stamp) = &found.stamp else { return html! {} };
    html! {
        section #rehearsals {
            h2 { (w.t("taken-plays")) }
            p.prose { (w.t("taken-plays-text")) }
            @for one in &found.plays { (rehearsal(s, one)) }
            p.help { (w.t("book-rehearsal-how")) }
            @let too_soon = found.plays.iter().map(|one| one.too_soon.len()).sum::<usize>();
            label.tick {
                input #rehearsed type="checkbox" name="rehearsed" value=(stamp) checked[sheet.text("rehearsed") == stamp];
                " " @if too_soon > 0 { (w.with("taken-confirm-soon", &[("n", too_soon.into())])) } @else { (w.t("taken-confirm")) }
            }
        }
    }
}

fn rehearsal(s: &Shell, one: &Rehearsed) -> Markup {
    let w = &s.words;
    let title = one.book.play.title.get(w.lang());
    html! {
        article data-play=(one.book.play.id) {
            h3 { (title) " " span.tag { (w.t(if one.is_new { "taken-new" } else { "taken-changed" })) } }
            @if !one.too_soon.is_empty() {
                ul.note.warn { @for (step, times) in &one.too_soon { li { (crate::books::say_too_soon(s, *step, *times)) } } }
            }
            @match &one.rehearsal {
                None => p.note { (w.t("taken-not-rehearsed")) },
                Some(r) => {
                    p { (w.with("taken-sum", &[("customers", r.customers.into()), ("letters", r.letters.into())])) }
                    details {
                        summary { (w.with("taken-more", &[("play", title.to_owned().into())])) }
                        (crate::books::figures(s, r))
                    }
                },
            }
        }
    }
}

/// `GET /settings/upload`: a whole document in, first compared, then saved.
pub(super) fn upload(s: &Shell, u: &Upload<'_>) -> Page {
    let w = &s.words;
    let pen = Pen { sheet: u.sheet, wrongs: u.wrongs };
    let body = html! {
        p.small { a.plain href="/settings" { "← " (w.t("nav-settings")) } }
        div.page-head { h1 { (w.t("settings-upload")) } }
        p.prose { (w.t("settings-upload-text")) }
        @if let Some(list) = u.stale { div.wrongs role="alert" { p { strong { (w.t("settings-stale-form")) } } p { (w.t("settings-stale-form-text")) } (differences(s, list)) } }
        (faults(u.wrongs))
        form.settings method="post" action="/settings/upload" novalidate {
            (token(&s.csrf))
            input type="hidden" name="base" value=(u.base);
            @if let Some(found) = u.found {
                section.preview #preview { h2 { (w.t("settings-would-change")) } (differences(s, &found.differences)) }
                (rehearsals(s, found, u.sheet))
            }
            div.field.wide.js-only { label for="file" { (w.t("settings-file")) } input #file type="file" accept=".toml,text/plain" data-into="document"; }
            (pen.area("document", &w.t("settings-document"), Some(&w.t("settings-document-help")), 16))
            (pen.area("comment", &w.t("settings-comment"), Some(&w.t("settings-comment-help")), 2))
            div.btns {
                button.btn.main name="do" value="preview" { (w.t("settings-preview")) }
                @if u.found.is_some_and(|found| !found.differences.is_empty()) { button.btn name="do" value="save" { (w.t("settings-save")) } }
            }
        }
    };
    Page { title: w.t("settings-upload"), place: Place::Settings, body }
}

/// `GET /settings/versions/{n}/restoration`: what going back would change, and the button that does it.
pub(super) fn restoration(s: &Shell, version: i64, base: i64, found: &Found, wrongs: &Wrongs) -> Page {
    let w = &s.words;
    let address = format!("/settings/versions/{version}");
    let title = w.with("taken-back-to", &[("n", version.into())]);
    let body = html! {
        p.small { a.plain href=(address) { "← " (w.with("settings-version", &[("n", version.into())])) } }
        div.page-head { h1 { (title) } }
        (faults(wrongs))
        section.preview { h2 { (w.t("settings-would-change")) } (differences(s, &found.differences)) }
        form.settings method="post" action={ (address) "/restoration" } novalidate {
            (token(&s.csrf))
            input type="hidden" name="base" value=(base);
            (rehearsals(s, found, &Sheet::default()))
            div.btns { button.btn.main { (w.t("settings-restore")) } }
        }
    };
    Page { title, place: Place::Settings, body }
}
