//! The list of plays by what begins them, and the page that begins a new one.

use kizashi_app::plays::books::BookRow;
use kizashi_domain::lang::Text;
use kizashi_domain::pack::Pack;
use kizashi_domain::pack::titles::rule_title;
use kizashi_domain::plays::{Play, Start};
use maud::{Markup, html};

use super::editor::{address, told};
use crate::parts::form::token;
use crate::settings::fields::{Pen, Sheet, Wrongs};
use crate::shell::{Page, Place, Shell};

/// What begins a play, in a few words.
pub fn begins(s: &Shell, row: &BookRow, pack: &Pack) -> String {
    let w = &s.words;
    let mut parts = Vec::new();
    if let Some(start) = &row.book.play.start {
        parts.push(say_start(s, start));
    }
    match row.book.signals.as_slice() {
        [] => {}
        [one] => {
            let title = pack.rule(one).map_or(Text::new(one, one), |r| rule_title(r, &pack.metrics));
            parts.push(w.with("book-begins-signal", &[("signal", w.text(&title).to_owned().into())]));
        }
        many => parts.push(w.with("book-begins-signals", &[("n", many.len().into())])),
    }
    if parts.is_empty() { w.t("book-begins-hand") } else { parts.join(&w.t("between-items")) }
}

/// When a play begins by itself: `利用開始日から3か月ごとの5営業日前`.
fn say_start(s: &Shell, start: &Start) -> String {
    let w = &s.words;
    let dated = match start {
        Start::Stage(stage) => return w.with("book-begins-stage", &[("stage", w.word("stage", stage).into())]),
        Start::Dated(dated) => dated,
    };
    let date = w.word("anchor", dated.date.word());
    let date = match dated.every_months {
        Some(months) => w.with("book-begins-every", &[("date", date.into()), ("n", months.into())]),
        None => date,
    };
    let key = match dated.business_days {
        0 => return w.with("book-begins-on", &[("date", date.into())]),
        ..0 => "book-begins-before",
        _ => "book-begins-after",
    };
    w.with(key, &[("date", date.into()), ("n", dated.business_days.unsigned_abs().into())])
}

/// `GET /settings/plays`.
pub fn page(s: &Shell, rows: &[BookRow], pack: &Pack, proposals: usize, may: bool) -> Page {
    let w = &s.words;
    let by_itself = |row: &&BookRow| !row.book.signals.is_empty() || row.book.play.start.is_some();
    let (own, library): (Vec<&BookRow>, Vec<&BookRow>) = rows.iter().partition(by_itself);
    let body = html! {
        p.small { a.plain href="/settings" { "← " (w.t("nav-settings")) } }
        div.page-head {
            h1 { (w.t("book-plays")) }
            div.rest.btns {
                @if may { a.btn.main href="/settings/new/play" { (w.t("book-new")) } }
                a.btn href="/settings/proposals" { (w.t("book-proposals")) @if proposals > 0 { " " span.count { (proposals) } } }
            }
        }
        p.prose { (w.t("book-plays-text")) }
        section { h2 { (w.t("book-own")) } (table(s, &own, pack)) }
        section { h2 { (w.t("book-library")) } p.help { (w.t("book-library-text")) } (table(s, &library, pack)) }
    };
    Page { title: w.t("book-plays"), place: Place::Settings, body }
}

fn table(s: &Shell, rows: &[&BookRow], pack: &Pack) -> Markup {
    let w = &s.words;
    html! {
        @if rows.is_empty() { p.faint { (w.t("book-none")) } }
        @else {
            div.scroll tabindex="0" role="region" aria-label=(w.t("book-plays")) {
                table.listed.plays.folds {
                    thead { tr {
                        th scope="col" { (w.t("settings-title")) }
                        th scope="col" { (w.t("book-begins")) }
                        th.num scope="col" { (w.t("book-steps")) }
                        th.num scope="col" { (w.t("book-play-due")) }
                    } }
                    tbody { @for row in rows { tr {
                        th.wrap scope="row" {
                            a href=(address(&row.book.play.id)) { (row.book.play.title.get(w.lang())) }
                            @if row.draft.is_some() { " " span.tag title=(told(s, row.is_published, row.draft.as_ref())) { (w.t("book-draft")) } }
                            div.small.faint.what { (row.book.play.what.get(w.lang())) }
                        }
                        td.whole data-label=(w.t("book-begins")) { (begins(s, row, pack)) }
                        td.num data-label=(w.t("book-steps")) { (row.book.play.steps.len()) }
                        td.num.nowrap data-label=(w.t("book-play-due")) { (w.with("book-in-days", &[("n", row.book.play.due_business_days.into())])) }
                    } } }
                }
            }
        }
    }
}

/// `GET /settings/new/play`: blank, or as a copy of another.
pub fn new_page(s: &Shell, plays: &[Play], sheet: &Sheet, wrongs: &Wrongs, may: bool) -> Page {
    let w = &s.words;
    let pen = Pen { sheet, wrongs };
    let mut options = vec![(String::new(), w.t("book-blank"))];
    options.extend(plays.iter().map(|p| (p.id.clone(), p.title.get(w.lang()).to_owned())));
    let title = w.t("book-new");
    let body = html! {
        p.small { a.plain href="/settings/plays" { "← " (w.t("book-plays")) } }
        div.page-head { h1 { (title) } }
        @if !may { p.note.warn { (w.t("book-may-not")) } }
        @if !wrongs.is_empty() { div.wrongs role="alert" { ul { @for (field, text) in wrongs.iter() { li { a href={ "#" (field) } { (text) } } } } } }
        form.settings method="post" action="/settings/plays" novalidate {
            (token(&s.csrf))
            fieldset.all disabled[!may] {
                p.prose { (w.t("book-new-text")) }
                (pen.both(w, "title", &w.t("settings-title"), Some(&w.t("book-title-help"))))
                (pen.choice("copy", &w.t("book-copy"), Some(&w.t("book-copy-help")), &options))
                @if may { div.btns { button.btn.main { (w.t("book-begin")) } } }
            }
        }
        section {
            h2 { (w.t("book-templates")) }
            p.help { (w.t("book-templates-text")) }
            ul.templates {
                @for play in plays {
                    li {
                        strong { (play.title.get(w.lang())) }
                        p.small.faint { (play.what.get(w.lang())) }
                        ol.small { @for step in play.steps.iter().take(STEPS_SHOWN) { li { (step.title.get(w.lang())) } } }
                        @if play.steps.len() > STEPS_SHOWN { p.small.faint { (w.with("book-more-steps", &[("n", (play.steps.len() - STEPS_SHOWN).into())])) } }
                        @if may { a.btn.quiet href={ "/settings/new/play?copy=" (play.id) } { (w.t("book-use")) } }
                    }
                }
            }
        }
    };
    Page { title, place: Place::Settings, body }
}

/// Steps of a template that are shown.
const STEPS_SHOWN: usize = 6;
