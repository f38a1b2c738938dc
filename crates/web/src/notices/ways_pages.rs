//! The page of administrators about how things go out.

use kizashi_app::notices::{AddressRow, ChatKind, MAIL, PostingRow, Sending, Smtp};
use kizashi_domain::calendar::Hours;
use kizashi_domain::intake::mail::Guarded;
use kizashi_domain::lang::Text;
use maud::{Markup, html};

use super::pages::{places, way_name, way_state, when};
use crate::parts::form::{Wrong, field, post_button, token};
use crate::parts::state::empty;
use crate::shell::{Page, Place, Shell};

/// What the page shows.
pub struct View {
    pub sending: Sending,
    pub places: Vec<AddressRow>,
    pub postings: Vec<PostingRow>,
    pub may: bool,
    /// Rules by id and title.
    pub rules: Vec<(String, Text)>,
    pub place: PlaceDraft,
    pub wrongs: Vec<Wrong>,
}

/// A place as it is being written.
#[derive(Default)]
pub struct PlaceDraft {
    pub kind: Option<ChatKind>,
    pub name: String,
    pub address: String,
}

/// `GET /notices/ways`.
pub fn page(s: &Shell, view: &View) -> Page {
    let w = &s.words;
    let body = html! {
        div.page-head { h1 { (w.t("notices-ways-title")) } }
        (places(s, "/notices/ways"))
        @if !view.may { p.note { (w.t("notices-ways-ask")) } }
        (server(s, view))
        (chats(s, view))
        @if view.may {
            (rules(s, view))
            (newest(s, view))
        }
    };
    Page { title: w.t("notices-ways-title"), place: Place::Elsewhere, body }
}

fn test_button(s: &Shell, way: &str) -> Markup {
    post_button(&s.csrf, "/notices/ways/test", &[("way", way)], html! { button.btn { (s.words.t("notices-test")) } })
}

fn server(s: &Shell, view: &View) -> Markup {
    let w = &s.words;
    let kept = view.sending.smtp.as_ref();
    let is_wrong = view
        .wrongs
        .iter()
        .any(|x| ["host", "port", "from", "user", "password", "guarded", "authority"].contains(&x.field));
    html! {
        section #server {
            h2 { (w.t("notices-server")) }
            @match kept.filter(|_| !is_wrong) {
                Some(smtp) => {
                    p { (w.with("notices-server-there", &[("host", smtp.host.clone().into()), ("from", smtp.from.clone().into())])) }
                    @if view.may { div.btns {
                        (test_button(s, MAIL))
                        (post_button(&s.csrf, "/notices/ways/server/removal", &[], html! { button.btn { (w.t("notices-server-drop")) } }))
                    } }
                }
                None => p.help { (w.t("notices-server-none")) },
            }
            @if view.may {
                details.part open[kept.is_none() || is_wrong] {
                    summary { (w.t(if kept.is_some() { "notices-server-change" } else { "notices-server-make" })) }
                    (server_form(s, kept, &view.wrongs))
                }
            }
        }
    }
}

fn server_form(s: &Shell, kept: Option<&Smtp>, wrongs: &[Wrong]) -> Markup {
    let w = &s.words;
    let fresh = Smtp { port: 587, guarded: Some(Guarded::StartTls), ..Smtp::default() };
    let smtp = kept.unwrap_or(&fresh);
    let guarded = match smtp.guarded {
        Some(Guarded::Tls) => "tls",
        Some(Guarded::StartTls) => "start-tls",
        None => "none",
    };
    let line = |id: &'static str, kind: &'static str, value: &str, required: bool| {
        html! { input id=(id) name=(id) type=(kind) value=(value) required[required] maxlength="255" spellcheck="false" autocomplete="off"; }
    };
    let password_help = w.t(if kept.is_some() { "notices-password-kept" } else { "notices-password-help" });
    html! {
        form.settings method="post" action="/notices/ways/server" autocomplete="off" {
            (token(&s.csrf))
            div.grid {
                (field("host", &w.t("notices-host"), Some(&w.t("notices-host-help")), wrongs, line("host", "text", &smtp.host, true)))
                (field("port", &w.t("notices-port"), None, wrongs, html! { input #port name="port" type="number" min="1" max="65535" required value=(smtp.port); }))
                (field("guarded", &w.t("notices-guarded"), None, wrongs, html! {
                    select #guarded name="guarded" {
                        @for word in ["start-tls", "tls", "none"] { option value=(word) selected[word == guarded] { (w.t(&format!("notices-guarded-{word}"))) } }
                    }
                }))
                (field("from", &w.t("notices-from"), Some(&w.t("notices-from-help")), wrongs, line("from", "email", &smtp.from, true)))
                (field("from_name", &w.t("notices-from-name"), None, wrongs, line("from_name", "text", &smtp.from_name, false)))
                (field("user", &w.t("notices-user"), Some(&w.t("notices-user-help")), wrongs, line("user", "text", &smtp.user, false)))
                (field("password", &w.t("notices-password"), Some(&password_help), wrongs, html! { input #password name="password" type="password" maxlength="1000" autocomplete="new-password"; }))
            }
            details.part open[!smtp.authority.is_empty()] {
                summary { (w.t("notices-authority")) }
                (field("authority", &w.t("notices-authority-label"), Some(&w.t("notices-authority-help")), wrongs,
                    html! { textarea #authority name="authority" rows="5" maxlength="20000" spellcheck="false" { (smtp.authority) } }))
            }
            div.btns { button.btn.main { (w.t("notices-keep")) } }
        }
    }
}

fn chats(s: &Shell, view: &View) -> Markup {
    let w = &s.words;
    html! {
        section #places {
            h2 { (w.t("notices-places")) }
            p.help { (w.t("notices-places-help")) }
            @if view.places.is_empty() { (empty(&w.t("notices-places-none"), None)) }
            @else {
                table.bare { tbody {
                    @for place in &view.places {
                        @let id = place.id.to_string();
                        tr {
                            td { strong { (place.name) } div.small.faint { (w.t(&format!("notices-chat-{}", place.kind.word()))) " · " (place.host) } }
                            @if view.may { td { div.btns {
                                (test_button(s, &id))
                                (post_button(&s.csrf, &format!("/notices/ways/places/{id}/removal"), &[], html! { button.btn.quiet { (w.t("notices-place-drop")) } }))
                            } } }
                        }
                    }
                } }
            }
            @if view.may {
                @let wrongs = if view.place.kind.is_some() { view.wrongs.as_slice() } else { &[] };
                details.part open[view.place.kind.is_some()] {
                    summary { (w.t("notices-place-new")) }
                    form.settings method="post" action="/notices/ways/places" autocomplete="off" {
                        (token(&s.csrf))
                        div.grid {
                            (field("kind", &w.t("notices-place-kind"), None, wrongs, html! {
                                select #kind name="kind" {
                                    @for kind in ChatKind::ALL { option value=(kind.word()) selected[view.place.kind == Some(kind)] { (w.t(&format!("notices-chat-{}", kind.word()))) } }
                                }
                            }))
                            (field("name", &w.t("notices-place-name"), Some(&w.t("notices-place-name-help")), wrongs, html! { input #name name="name" value=(view.place.name) required maxlength="256" autocomplete="off"; }))
                            (field("address", &w.t("notices-place-address"), Some(&w.t("notices-place-address-help")), wrongs, html! { input #address name="address" value=(view.place.address) required maxlength="2000" spellcheck="false" autocomplete="off"; }))
                            (field("token", &w.t("notices-place-token"), Some(&w.t("notices-place-token-help")), wrongs, html! { input #token name="token" type="password" maxlength="1000" autocomplete="new-password"; }))
                        }
                        div.btns { button.btn.main { (w.t("notices-place-add")) } }
                    }
                }
            }
        }
    }
}

fn rules(s: &Shell, view: &View) -> Markup {
    let (w, sending, wrongs) = (&s.words, &view.sending, view.wrongs.as_slice());
    let limit = sending.mail_limit;
    html! {
        section #rules {
            h2 { (w.t("notices-rules")) }
            form.settings method="post" action="/notices/ways/rules" {
                (token(&s.csrf))
                div.grid {
                    (field("digest_minute", &w.t("notices-digest-minute"), Some(&w.t("notices-digest-minute-help")), wrongs,
                        html! { input #digest_minute name="digest_minute" type="time" required value=(format!("{:0>5}", Hours::show_minute(sending.digest_minute))); }))
                    (field("letters", &w.t("notices-letters-limit"), Some(&w.t("notices-letters-limit-help")), wrongs, html! {
                        div.with-unit {
                            input #letters name="letters" type="number" min="1" max="1000" value=[limit.map(|l| l.letters)];
                            span.unit { (w.t("notices-letters-unit")) }
                            input #days name="days" type="number" min="1" max="366" value=[limit.map(|l| l.days)] aria-label=(w.t("notices-days-label"));
                            span.unit { (w.t("notices-days-unit")) }
                        }
                    }))
                }
                fieldset.field {
                    legend { (w.t("notices-instant-rules")) }
                    p.help { (w.t("notices-instant-rules-help")) " " (w.t("notices-instant-key-help")) " " a href="/settings/cards" { (w.t("settings-open-cards")) } }
                    ul.instants { @for (id, title) in &view.rules {
                        li {
                            label.tick { input type="checkbox" name="rule" value=(id) checked[sending.instant_rules.contains(id)]; " " (w.text(title)) }
                            label.tick.faint { input type="checkbox" name="key_rule" value=(id) checked[sending.instant_key_rules.contains(id)] aria-label=(w.with("notices-instant-key-of", &[("title", w.text(title).into())])); " " (w.t("notices-instant-key")) }
                        }
                    } }
                }
                div.btns { button.btn.main { (w.t("notices-keep")) } }
            }
        }
    }
}

fn newest(s: &Shell, view: &View) -> Markup {
    let w = &s.words;
    html! {
        section #newest {
            h2 { (w.t("notices-newest")) }
            @if view.postings.is_empty() { (empty(&w.t("notices-newest-none"), None)) }
            @else {
                div.scroll tabindex="0" role="region" aria-label=(w.t("notices-newest")) {
                    table.bare {
                        thead { tr { th scope="col" { (w.t("notices-when")) } th scope="col" { (w.t("notices-who")) } th scope="col" { (w.t("notices-way")) } th scope="col" { (w.t("notices-state")) } } }
                        tbody { @for posting in &view.postings {
                            tr {
                                td { (when(s, posting.created_at)) }
                                td { (posting.staff.as_deref().unwrap_or_default()) }
                                td { (way_name(s, posting)) }
                                td { (way_state(s, posting, true)) }
                            }
                        } }
                    }
                }
            }
        }
    }
}
