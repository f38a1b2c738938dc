//! One hook or form: its address, its secret, what it brought and what was refused.

use kizashi_app::hooks::{Hook, MessageView, NewHook, Tally};
use kizashi_domain::intake::HookKind;
use kizashi_domain::lang::Lang;
use kizashi_domain::text::thousands;
use maud::{Markup, html};

use super::visitor::TRAP;
use crate::imports::phrase;
use crate::parts::form::{Wrong, field, post_button, token};
use crate::shell::{Page, Place, Shell};

/// What was entered, so that nothing is lost when something is wrong. Never the secret.
#[derive(Clone, Debug)]
pub struct Entered {
    pub kind: HookKind,
    pub name: String,
    pub map: String,
    pub origins: String,
    pub category: String,
    pub language: Lang,
}

impl Entered {
    pub fn blank(kind: HookKind, language: Lang) -> Self {
        let none = String::new;
        let name = if kind == HookKind::Standard { none() } else { kind.word().to_owned() };
        Self { kind, name, map: none(), origins: none(), category: none(), language }
    }

    pub fn of(new: &NewHook) -> Self {
        Self {
            kind: new.kind,
            name: new.name.clone(),
            map: new.map.clone(),
            origins: new.origins.join("\n"),
            category: new.category.clone(),
            language: new.language,
        }
    }

    pub fn of_hook(hook: &Hook) -> Self {
        Self {
            kind: hook.kind,
            name: hook.name.clone(),
            map: hook.map.clone(),
            origins: hook.origins.join("\n"),
            category: hook.category.clone(),
            language: hook.language,
        }
    }
}

type Said = Option<(&'static str, String)>;

fn wrongs(said: Said) -> Vec<Wrong> {
    said.map(|(field, text)| Wrong { field, text }).into_iter().collect()
}

const EXAMPLE: &str = "as = \"tickets\"\n\n[columns]\ncustomer = \"data.account.id\"\nexternal_id = \"data.id\"\nopened_at = \"data.created_at\"\nsubject = \"data.title\"\n";

/// `GET /data/hooks/new/{kind}`.
pub fn new_page(s: &Shell, entered: &Entered, said: Said) -> Page {
    let w = &s.words;
    let title = match entered.kind {
        HookKind::Form => w.t("hook-form-new"),
        kind => w.t(&format!("hook-kind-{}", kind.word())),
    };
    let wrongs = wrongs(said);
    let body = html! {
        p.small { a.plain href="/data/hooks" { "← " (w.t("hook-title")) } }
        div.page-head { h1 { (title) } }
        div.prose { p { (w.t(&format!("hook-how-{}", entered.kind.word()))) } }
        form.settings method="post" action="/data/hooks" {
            (token(&s.csrf))
            input type="hidden" name="kind" value=(entered.kind.word());
            (field("name", &w.t("hook-name"), Some(&w.t("hook-name-help")), &wrongs, html! { input #name name="name" value=(entered.name) required maxlength="256" autocomplete="off"; }))
            @if entered.kind == HookKind::Form { (form_fields(s, entered, &wrongs)) }
            @else { (secret_field(s, entered.kind, &wrongs)) (map_field(s, entered, &wrongs)) }
            div.btns { button.btn.main { (w.t("hook-make")) } a.btn href="/data/hooks" { (w.t("hook-cancel")) } }
        }
    };
    Page { title, place: Place::Data, body }
}

fn secret_field(s: &Shell, kind: HookKind, wrongs: &[Wrong]) -> Markup {
    let w = &s.words;
    let help = w.t(&format!("hook-secret-{}", kind.word()));
    field(
        "secret",
        &w.t("hook-secret"),
        Some(&help),
        wrongs,
        html! {
            input #secret name="secret" type="password" required autocomplete="off" maxlength="4096" spellcheck="false" aria-describedby="secret-help";
        },
    )
}

fn map_field(s: &Shell, entered: &Entered, wrongs: &[Wrong]) -> Markup {
    let w = &s.words;
    let help = w.t(if entered.kind == HookKind::Standard { "hook-map-help" } else { "hook-map-preset" });
    let holder = if entered.kind == HookKind::Standard { EXAMPLE } else { "" };
    field(
        "map",
        &w.t("hook-map"),
        Some(&help),
        wrongs,
        html! {
            textarea.code #map name="map" rows="8" spellcheck="false" placeholder=(holder) aria-describedby="map-help" { (entered.map) }
        },
    )
}

fn form_fields(s: &Shell, entered: &Entered, wrongs: &[Wrong]) -> Markup {
    let w = &s.words;
    html! {
        (field("origins", &w.t("hook-origins"), Some(&w.t("hook-origins-help")), wrongs, html! {
            textarea #origins name="origins" rows="3" spellcheck="false" placeholder="https://www.example.co.jp" aria-describedby="origins-help" { (entered.origins) }
        }))
        (field("category", &w.t("hook-category"), Some(&w.t("hook-category-help")), wrongs, html! { input #category name="category" value=(entered.category) maxlength="256" aria-describedby="category-help"; }))
        (field("language", &w.t("hook-language"), None, wrongs, html! {
            select #language name="language" {
                option value="ja" selected[entered.language == Lang::Ja] { (w.t("language-ja")) }
                option value="en" selected[entered.language == Lang::En] { (w.t("language-en")) }
            }
        }))
    }
}

/// What the page of a hook shows.
pub struct Look<'a> {
    pub hook: &'a Hook,
    pub tally: Tally,
    pub refused: &'a [MessageView],
    pub last: &'a [MessageView],
    pub origin: &'a str,
}

/// `GET /data/hooks/{id}`.
pub fn page(s: &Shell, look: &Look<'_>, entered: &Entered, said: Said) -> Page {
    let w = &s.words;
    let hook = look.hook;
    let is_form = hook.kind == HookKind::Form;
    let wrongs = wrongs(said);
    let body = html! {
        p.small { a.plain href="/data/hooks" { "← " (w.t("hook-title")) } }
        div.page-head {
            h1 { (hook.name) }
            @if hook.off_at.is_some() { span.tag { (w.t("hook-off")) } }
            div.rest { (switch(s, hook)) }
        }
        (address(s, look))
        (refused(s, look))
        section {
            h2 { (w.t(if is_form { "hook-form-settings" } else { "hook-reading" })) }
            form.settings method="post" action={ "/data/hooks/" (hook.id) "/change" } {
                (token(&s.csrf))
                @if is_form { (form_fields(s, entered, &wrongs)) } @else { (map_field(s, entered, &wrongs)) }
                div.btns { button.btn { (w.t("hook-keep")) } }
            }
        }
        @if !is_form { (secret(s, hook)) }
        (last(s, look))
    };
    Page { title: hook.name.clone(), place: Place::Data, body }
}

fn switch(s: &Shell, hook: &Hook) -> Markup {
    let w = &s.words;
    let (to, key) = if hook.off_at.is_some() { ("on", "hook-switch-on") } else { ("off", "hook-switch-off") };
    post_button(&s.csrf, &format!("/data/hooks/{}/switch", hook.id), &[("to", to)], html! { button.btn { (w.t(key)) } })
}

fn address(s: &Shell, look: &Look<'_>) -> Markup {
    let w = &s.words;
    let hook = look.hook;
    let count = |n: i64| thousands(n.unsigned_abs());
    let place = if hook.kind == HookKind::Form { "forms" } else { "hooks" };
    let address = format!("{}/{place}/{}", look.origin, hook.id);
    html! {
        section {
            h2 { (w.t("hook-address")) }
            pre.code { (address) }
            @if hook.kind == HookKind::Form {
                p.small { a href=(address) { (w.t("hook-form-open")) } }
                details { summary { (w.t("hook-snippet")) } p.help { (w.t("hook-snippet-help")) } pre.code { (snippet(s, &address)) } }
            } @else { p.help { (w.t(&format!("hook-how-{}", hook.kind.word()))) } }
            dl.import-counts {
                div { dt { (w.t("hook-accepted")) } dd { (count(look.tally.accepted)) } }
                div { dt { (w.t("hook-duplicates")) } dd { (count(look.tally.duplicates)) } }
                div { dt { (w.t("hook-refused")) } dd { (count(look.tally.refused)) } }
            }
            @if let (n, why, Some(at)) = &hook.unproven {
                p.note.warn {
                    (w.with("hook-unproven", &[("n", (*n).into())])) " " (w.day(s.zone.day_of(*at), s.today)) " " (w.clock(*at, &s.zone)) " — "
                    (w.t(&format!("hook-unproven-{why}")))
                }
            }
        }
    }
}

/// What somebody copies into a page of their own. It works without scripts.
fn snippet(s: &Shell, address: &str) -> String {
    let w = &s.words;
    let label = |name: &str| w.t(&format!("hook-form-{name}"));
    let line = |name: &str, kind: &str, more: &str| {
        format!(
            "  <p><label>{}<br><input name=\"{name}\" type=\"{kind}\" maxlength=\"256\"{more}></label></p>\n",
            label(name)
        )
    };
    format!(
        "<form method=\"post\" action=\"{address}\">\n{}{}{}{}{}  <p><label>{}<br><textarea name=\"message\" rows=\"8\" required></textarea></label></p>\n  <p style=\"position:absolute;left:-9999px\" aria-hidden=\"true\"><input name=\"{TRAP}\" tabindex=\"-1\" autocomplete=\"off\"></p>\n  <p><button>{}</button></p>\n</form>",
        line("company", "text", " autocomplete=\"organization\""),
        line("name", "text", " required autocomplete=\"name\""),
        line("email", "email", " required autocomplete=\"email\""),
        line("phone", "tel", " autocomplete=\"tel\""),
        line("subject", "text", ""),
        label("message"),
        label("send"),
    )
}

fn secret(s: &Shell, hook: &Hook) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("hook-secret")) }
            p.help { (w.t("hook-secret-kept")) }
            @if let Some(until) = hook.turning_until {
                p.note { (w.t("hook-turning")) " " (w.day(s.zone.day_of(until), s.today)) " " (w.clock(until, &s.zone)) }
                (post_button(&s.csrf, &format!("/data/hooks/{}/turning-end", hook.id), &[], html! { button.btn { (w.t("hook-turning-end")) } }))
            }
            details {
                summary { (w.t("hook-secret-change")) }
                form.settings method="post" action={ "/data/hooks/" (hook.id) "/secret" } {
                    (token(&s.csrf))
                    (secret_field(s, hook.kind, &[]))
                    div.btns { button.btn { (w.t("hook-secret-replace")) } }
                }
            }
        }
    }
}

fn refused(s: &Shell, look: &Look<'_>) -> Markup {
    let w = &s.words;
    html! {
        @if look.tally.refused > 0 {
            section {
                h2 { (w.t("hook-refused")) " " span.faint { (thousands(look.tally.refused.unsigned_abs())) } }
                p.help { (w.t("hook-refused-help")) }
                div.btns { (post_button(&s.csrf, &format!("/data/hooks/{}/again", look.hook.id), &[], html! { button.btn { (w.t("hook-again-all")) } })) }
                @for message in look.refused { (refused_message(s, message)) }
            }
        }
    }
}

fn refused_message(s: &Shell, message: &MessageView) -> Markup {
    let w = &s.words;
    html! {
        div.hook-message {
            p { (when(s, message)) " " code.small { (message.message_id) } }
            ul { @for refusal in &message.refusals {
                li { @if !refusal.field.is_empty() { code { (refusal.field) } " " } @if !refusal.value.is_empty() { code { (refusal.value) } " " } (phrase(w, &refusal.reason)) }
            } }
            details { summary.small { (w.t("hook-body")) } pre.code { (message.body) } }
            div.btns {
                (post_button(&s.csrf, &format!("/data/hook-messages/{}/again", message.id), &[], html! { button.btn { (w.t("hook-again")) } }))
                (post_button(&s.csrf, &format!("/data/hook-messages/{}/removal", message.id), &[], html! { button.btn.quiet { (w.t("hook-aside")) } }))
            }
        }
    }
}

fn when(s: &Shell, message: &MessageView) -> Markup {
    let w = &s.words;
    html! { span.nowrap { (w.day(s.zone.day_of(message.received_at), s.today)) " " (w.clock(message.received_at, &s.zone)) } }
}

fn last(s: &Shell, look: &Look<'_>) -> Markup {
    let w = &s.words;
    html! {
        @if !look.last.is_empty() {
            section {
                h2 { (w.t("hook-messages")) }
                div.scroll tabindex="0" role="region" aria-label=(w.t("hook-messages")) {
                    table.small {
                        thead { tr { th scope="col" { (w.t("hook-when")) } th scope="col" { (w.t("hook-message-id")) } th scope="col" { (w.t("hook-state")) } th.num scope="col" { (w.t("hook-duplicates")) } } }
                        tbody { @for message in look.last {
                            tr { td { (when(s, message)) } td { code { (message.message_id) } } td { (w.t(&format!("hook-state-{}", message.state))) } td.num { (message.again) } }
                        } }
                    }
                }
            }
        }
    }
}
