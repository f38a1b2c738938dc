//! The document around a page: header, navigation, search, menus, help sheet, notices.

use maud::{DOCTYPE, Markup, html};

use super::{Page, Place, Shell, Theme};
use crate::assets;
use crate::parts::form::token;
use crate::parts::icon::icon;
use crate::words::{Lang, tag};

const HTMX: &str = r#"{"includeIndicatorCSS":false,"defaultTimeout":20000,"noSwap":[204,304],"extensions":"none"}"#;

const PLACES: [(Place, &str, &str, &str); 9] = [
    (Place::Today, "/today", "nav-today", "t"),
    (Place::Customers, "/customers", "nav-customers", "c"),
    (Place::Cards, "/cards", "nav-cards", "a"),
    (Place::Data, "/data", "nav-data", "d"),
    (Place::Plays, "/plays", "nav-plays", "p"),
    (Place::Deals, "/deals", "nav-deals", "o"),
    (Place::Support, "/support", "nav-support", "u"),
    (Place::Dictionary, "/dictionary", "nav-dictionary", "m"),
    (Place::Settings, "/settings", "nav-settings", "s"),
];
/// Places at the foot of a phone's screen; the others are in the menu.
const FOOT_PLACES: usize = 4;

pub(super) fn document(s: &Shell, page: &Page, title: &Markup) -> Markup {
    let w = &s.words;
    html! {
        (DOCTYPE)
        html lang=(tag(w.lang())) data-theme=(s.theme.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="htmx-config" content=(HTMX);
                (title)
                @if let Some(mark) = assets::address("mark.svg") { link rel="icon" type="image/svg+xml" href=(mark); }
                @if let Some(style) = assets::address("app.css") { link rel="stylesheet" href=(style); }
                @for name in ["htmx.js", "app.js"] {
                    @if let Some(script) = assets::address(name) { script nonce=(s.nonce) src=(script) defer {} }
                }
            }
            body data-offline=(w.t("offline")) data-key-not-here=(w.t("key-not-here")) data-key-no-row=(w.t("key-no-row")) {
                a.skip href="#main" { (w.t("skip")) }
                div.progress aria-hidden="true" {}
                @if s.who.is_some() { (header(s, page)) }
                main #main { (page.body) }
                @if s.who.is_some() {
                    (places(s, page, "nav nav-foot", FOOT_PLACES))
                    (palette(s))
                    (keys(s))
                }
                div #toasts aria-live="polite" { @if let Some(notice) = &s.notice { (notice) } }
            }
        }
    }
}

fn header(s: &Shell, page: &Page) -> Markup {
    let w = &s.words;
    html! {
        header.top {
            div.top-in {
                a.brand href="/today" { (w.t("brand-mark")) small { (s.workspace) } }
                (places(s, page, "nav", PLACES.len()))
                div.top-rest {
                    form.find #find-form action="/search" method="get" role="search" {
                        (icon("search"))
                        label.sr for="find" { (w.t("search")) }
                        input #find type="search" name="q" placeholder=(w.t("search-hint")) autocomplete="off" title={ (w.t("search")) " (/)" };
                        kbd aria-hidden="true" { "/" }
                    }
                    @if s.who.is_some() { a.btn.quiet.jot-link href="/activities/new" data-go="n" title={ (w.t("note-title")) " (g n)" } { (icon("pencil")) span.sr { (w.t("note-title")) } } }
                    (bell(s))
                    (menu(s))
                }
            }
        }
    }
}

/// Notices, with how many the reader has not seen.
fn bell(s: &Shell) -> Markup {
    let w = &s.words;
    let label =
        if s.unseen > 0 { w.with("notices-unseen-count", &[("n", s.unseen.into())]) } else { w.t("notices-title") };
    html! {
        @if s.who.is_some() {
            a.btn.quiet.bell href="/notices" data-go="b" title={ (label) " (g b)" } {
                (icon("bell"))
                @if s.unseen > 0 { span.count aria-hidden="true" { @if s.unseen > 99 { "99+" } @else { (s.unseen) } } }
                span.sr { (label) }
            }
        }
    }
}

fn places(s: &Shell, page: &Page, class: &str, count: usize) -> Markup {
    let w = &s.words;
    html! {
        nav class=(class) aria-label=(w.t("nav")) {
            @for (place, address, key, letter) in PLACES.into_iter().take(count) {
                a href=(address) data-go=(letter) title={ (w.t(key)) " (g " (letter) ")" } aria-current=[(page.place == place).then_some("page")] { (w.t(key)) }
            }
        }
    }
}

fn menu(s: &Shell) -> Markup {
    let w = &s.words;
    let Some(who) = &s.who else { return html! {} };
    html! {
        details.menu {
            summary { (who.name) (icon("chevron-down")) }
            div.sheet {
                @if !who.email.is_empty() { p.who { (who.email) } }
                form method="post" action="/preferences" {
                    (token(&s.csrf))
                    input type="hidden" name="back" value=(s.address);
                    @for (theme, key) in [(Theme::Auto, "theme-auto"), (Theme::Light, "theme-light"), (Theme::Dark, "theme-dark")] {
                        button.item name="theme" value=(theme.tag()) aria-pressed=(s.theme == theme) { (w.t(key)) }
                    }
                    hr;
                    @for (lang, key) in [(Lang::Ja, "language-ja"), (Lang::En, "language-en")] {
                        button.item name="language" value=(tag(lang)) lang=(tag(lang)) aria-pressed=(w.lang() == lang) { (w.t(key)) }
                    }
                }
                hr;
                a.item.only-narrow href="/activities/new" { (icon("pencil")) (w.t("note-title")) }
                @for (_, address, key, _) in PLACES.into_iter().skip(FOOT_PLACES) { a.item.only-narrow href=(address) { (w.t(key)) } }
                a.item href="/help" data-dialog="keys" { (icon("circle-help")) (w.t("keys-title")) }
                form method="post" action="/sign-out" {
                    (token(&s.csrf))
                    button.item { (icon("log-out")) (w.t("sign-out")) }
                }
            }
        }
    }
}

fn palette(s: &Shell) -> Markup {
    let w = &s.words;
    html! {
        dialog.palette #palette aria-label=(w.t("search")) {
            input type="search" name="q" role="combobox" aria-expanded="true" aria-controls="hits" aria-label=(w.t("search"))
                placeholder=(w.t("search-hint-long")) autocomplete="off"
                hx-get="/search" hx-trigger="input changed delay:120ms" hx-target="#hits" hx-swap="innerHTML" hx-sync="this:replace";
            div.hits #hits role="listbox" aria-label=(w.t("search-hits")) {}
            div.foot-keys aria-hidden="true" {
                span { kbd { "↑" } kbd { "↓" } " " (w.t("key-choose")) }
                span { kbd { "Enter" } " " (w.t("key-open")) }
                span { kbd { "Esc" } " " (w.t("key-close")) }
            }
        }
    }
}

fn keys(s: &Shell) -> Markup {
    let w = &s.words;
    html! {
        dialog #keys aria-labelledby="keys-head" {
            button.btn.quiet.close type="button" data-close { (w.t("close")) }
            h2 #keys-head { (w.t("keys-title")) }
            (key_list(s))
        }
    }
}

/// Every key, for the sheet and the help page.
pub(crate) fn key_list(s: &Shell) -> Markup {
    const KEYS: [(&[&str], &str); 24] = [
        (&["/"], "key-search"),
        (&["g", "t"], "key-go-today"),
        (&["g", "c"], "key-go-customers"),
        (&["g", "a"], "key-go-cards"),
        (&["g", "d"], "key-go-data"),
        (&["g", "p"], "key-go-plays"),
        (&["g", "o"], "key-go-deals"),
        (&["g", "u"], "key-go-support"),
        (&["g", "m"], "key-go-dictionary"),
        (&["g", "s"], "key-go-settings"),
        (&["j", "k"], "key-move"),
        (&["Enter"], "key-open"),
        (&["1"], "key-take"),
        (&["2"], "key-later"),
        (&["3"], "key-false-alarm"),
        (&["4"], "key-wait"),
        (&["x"], "key-pick"),
        (&["e"], "key-many"),
        (&["h"], "key-hunch"),
        (&["c"], "key-new"),
        (&["g", "n"], "key-go-new"),
        (&["g", "b"], "key-go-notices"),
        (&["Esc"], "key-back"),
        (&["?"], "key-help"),
    ];
    html! {
        dl.keys {
            @for (keys, what) in KEYS {
                dt { @for (i, key) in keys.iter().enumerate() { @if i > 0 { " " } kbd { (key) } } }
                dd { (s.words.t(what)) }
            }
        }
    }
}
