//! Who is told what, and how it went.

use kizashi_app::secrets::Secret;
use kizashi_app::subscriptions::{Attempt, Delivery, Occurrence, Subscription};
use kizashi_domain::id::{Id, Subscription as SubscriptionId};
use kizashi_domain::text::thousands;
use kizashi_domain::time::Time;
use maud::{Markup, html};

use crate::csv;
use crate::parts::form::{Wrong, field, post_button, token};
use crate::parts::state::empty;
use crate::shell::{Page, Place, Shell};

/// What was entered, so that nothing is lost when something is wrong.
#[derive(Clone, Debug, Default)]
pub struct Entered {
    pub name: String,
    pub address: String,
    pub occurrences: Vec<Occurrence>,
}

impl Entered {
    pub fn of(s: &Subscription) -> Self {
        Self { name: s.name.clone(), address: s.address.clone(), occurrences: s.occurrences.clone() }
    }
}

type Said = Option<(&'static str, String)>;

fn when(s: &Shell, at: Time) -> Markup {
    let w = &s.words;
    html! { span.nowrap { (w.day(s.zone.day_of(at), s.today)) " " (w.clock(at, &s.zone)) } }
}

/// `GET /data/subscriptions`.
pub fn list(s: &Shell, all: &[Subscription], may: bool, entered: &Entered, said: Said) -> Page {
    let w = &s.words;
    let is_open = said.is_some();
    let body = html! {
        p.small { a.plain href="/data/hooks" { "← " (w.t("hook-title")) } }
        div.page-head { h1 { (w.t("hook-out")) } @if !all.is_empty() { div.rest { (csv::link(s, "/data/subscriptions.csv")) } } }
        p.help { (w.t("hook-out-help")) }
        @if all.is_empty() { (empty(&w.t("hook-none"), None)) }
        @else {
            div.scroll tabindex="0" role="region" aria-label=(w.t("hook-out")) {
                table.hooks {
                    thead { tr {
                        th scope="col" { (w.t("hook-name")) }
                        th scope="col" { (w.t("hook-what")) }
                        th scope="col" { (w.t("hook-state")) }
                        th.num scope="col" { (w.t("hook-unsent")) }
                    } }
                    tbody { @for one in all { (row(s, one, may)) } }
                }
            }
        }
        @if may {
            details open[is_open || all.is_empty()] {
                summary { (w.t("hook-out-new")) }
                form.settings method="post" action="/data/subscriptions" {
                    (token(&s.csrf))
                    (fields(s, entered, said, true))
                    div.btns { button.btn.main { (w.t("hook-make")) } }
                }
            }
        } @else { p.faint { (w.t("hook-ask")) } }
    };
    Page { title: w.t("hook-out"), place: Place::Data, body }
}

fn fields(s: &Shell, entered: &Entered, said: Said, is_new: bool) -> Markup {
    let w = &s.words;
    let wrongs: Vec<Wrong> = said.map(|(field, text)| Wrong { field, text }).into_iter().collect();
    let wrong = wrongs.iter().find(|x| x.field == "occurrences");
    html! {
        @if is_new { (field("name", &w.t("hook-name"), None, &wrongs, html! { input #name name="name" value=(entered.name) required maxlength="256" autocomplete="off"; })) }
        (field("address", &w.t("hook-address"), Some(&w.t("hook-out-address-help")), &wrongs, html! {
            input #address name="address" type="url" value=(entered.address) required maxlength="2000" placeholder="https://…" aria-describedby="address-help" autocomplete="off";
        }))
        fieldset.field {
            legend { (w.t("hook-what")) }
            @for o in Occurrence::ALL {
                label.tick { input type="checkbox" name=(o.word()) value="1" checked[entered.occurrences.contains(&o)]; " " (w.t(&format!("hook-told-{}", o.word().replace('.', "-")))) " " code.faint { (o.word()) } }
            }
            @if let Some(wrong) = wrong { p.wrong role="alert" { (wrong.text) } }
        }
    }
}

/// The key of how one stands.
pub const fn state_key(one: &Subscription) -> &'static str {
    if one.off_at.is_some() {
        "hook-off"
    } else if one.paused_at.is_some() {
        "hook-paused"
    } else if one.failing_since.is_some() {
        "hook-failing"
    } else {
        "hook-told-on"
    }
}

fn state(s: &Shell, one: &Subscription) -> Markup {
    let w = &s.words;
    html! {
        @match state_key(one) {
            key @ "hook-off" => span.tag { (w.t(key)) },
            key @ "hook-paused" => span.tag.bad { (w.t(key)) },
            key @ "hook-failing" => span.tag.warn { (w.t(key)) },
            key => (w.t(key)),
        }
    }
}

fn row(s: &Shell, one: &Subscription, may: bool) -> Markup {
    let w = &s.words;
    html! {
        tr {
            td {
                @if may { a href={ "/data/subscriptions/" (one.id) } { strong { (one.name) } } } @else { strong { (one.name) } }
                @if may { div.small.faint { (one.address) } }
            }
            td { @for o in &one.occurrences { div.small { (w.t(&format!("hook-told-{}", o.word().replace('.', "-")))) } } }
            td {
                (state(s, one))
                div.small.faint { @match one.told_at { Some(at) => { (w.t("hook-last")) " " (when(s, at)) } None => { (w.t("never")) } } }
            }
            td.num { (thousands(one.waiting.unsigned_abs())) }
        }
    }
}

/// The secret, this once.
pub fn secret(s: &Shell, name: &str, id: Id<SubscriptionId>, secret: &Secret) -> Page {
    let w = &s.words;
    let body = html! {
        div.page-head { h1 { (name) } }
        section {
            h2 { (w.t("hook-secret")) }
            p.note.warn { (w.t("hook-secret-once")) }
            pre.code #secret { (secret.expose()) }
            div.prose { p { (w.t("hook-secret-use")) } }
            p { a.btn.main href={ "/data/subscriptions/" (id) } { (w.t("hook-secret-noted")) } }
        }
    };
    Page { title: name.to_owned(), place: Place::Data, body }
}

/// `GET /data/subscriptions/{id}`.
pub fn one(s: &Shell, one: &Subscription, told: &[Delivery], entered: &Entered, said: Said) -> Page {
    let w = &s.words;
    let at = |what: &str| format!("/data/subscriptions/{}/{what}", one.id);
    let is_on = one.off_at.is_none() && one.paused_at.is_none();
    let (to, key) = if is_on { ("off", "hook-switch-off") } else { ("on", "hook-switch-on") };
    let body = html! {
        p.small { a.plain href="/data/subscriptions" { "← " (w.t("hook-out")) } }
        div.page-head {
            h1 { (one.name) }
            (state(s, one))
            div.rest.btns {
                (post_button(&s.csrf, &at("test"), &[], html! { button.btn { (w.t("hook-test")) } }))
                (post_button(&s.csrf, &at("switch"), &[("to", to)], html! { button.btn { (w.t(key)) } }))
            }
        }
        @if let Some(paused) = one.paused_at { p.note.warn { (when(s, paused)) " " (w.t(&format!("hook-paused-{}", one.paused_why))) } }
        @else if let Some(since) = one.failing_since { p.note.warn { (w.t("hook-failing-since")) " " (when(s, since)) } }
        (log(s, told))
        section {
            h2 { (w.t("hook-out-settings")) }
            form.settings method="post" action=(at("change")) {
                (token(&s.csrf))
                (fields(s, entered, said, false))
                div.btns { button.btn { (w.t("hook-keep")) } }
            }
        }
        section {
            h2 { (w.t("hook-secret")) }
            p.help { (w.t("hook-secret-new-help")) }
            @if let Some(until) = one.turning_until { p.note { (w.t("hook-out-turning")) " " (when(s, until)) } }
            (post_button(&s.csrf, &at("secret"), &[], html! { button.btn { (w.t("hook-secret-new")) } }))
        }
    };
    Page { title: one.name.clone(), place: Place::Data, body }
}

fn log(s: &Shell, told: &[Delivery]) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("hook-log")) }
            @if told.is_empty() { (empty(&w.t("hook-log-none"), None)) }
            @else {
                div.scroll tabindex="0" role="region" aria-label=(w.t("hook-log")) {
                    table.hooks {
                        thead { tr { th scope="col" { (w.t("hook-when")) } th scope="col" { (w.t("hook-what")) } th scope="col" { (w.t("hook-state")) } th.num scope="col" { (w.t("hook-attempts")) } } }
                        tbody { @for d in told {
                            tr {
                                td { a href={ "/data/deliveries/" (d.id) } { (when(s, d.created_at)) } }
                                td { code { (d.occurrence) } }
                                td { (progress(s, d)) }
                                td.num { (d.attempts) }
                            }
                        } }
                    }
                }
            }
        }
    }
}

fn progress(s: &Shell, d: &Delivery) -> Markup {
    let w = &s.words;
    html! {
        @match d.state.as_str() {
            "done" => (w.t("hook-sent-done")),
            "given_up" => span.tag.bad { (w.t("hook-sent-given-up")) },
            _ if d.attempts > 0 => { span.tag.warn { (w.t("hook-sent-again")) } " " span.small.faint { (when(s, d.due_at)) } }
            _ => (w.t("hook-sent-waiting")),
        }
    }
}

/// `GET /data/deliveries/{id}`.
pub fn delivery(s: &Shell, one: &Subscription, d: &Delivery, tries: &[Attempt]) -> Page {
    let w = &s.words;
    let body = html! {
        p.small { a.plain href={ "/data/subscriptions/" (one.id) } { "← " (one.name) } }
        div.page-head {
            h1 { code { (d.occurrence) } }
            (progress(s, d))
            div.rest { (post_button(&s.csrf, &format!("/data/deliveries/{}/again", d.id), &[], html! { button.btn { (w.t("hook-send-again")) } })) }
        }
        p.small.faint { (when(s, d.created_at)) " " code { "msg_" (d.id) } }
        section {
            h2 { (w.t("hook-tries")) }
            @if tries.is_empty() { (empty(&w.t("hook-tries-none"), None)) }
            @else {
                div.scroll tabindex="0" role="region" aria-label=(w.t("hook-tries")) {
                    table.hooks {
                        thead { tr { th scope="col" { (w.t("hook-when")) } th scope="col" { (w.t("hook-answer")) } th.num scope="col" { (w.t("hook-duration")) } } }
                        tbody { @for t in tries {
                            tr {
                                td { (when(s, t.at)) }
                                td {
                                    @match t.status { Some(status) => strong { (status) }, None => span.tag.warn { (w.t(&format!("hook-fault-{}", t.fault))) } }
                                    @if !t.answer.is_empty() { details { summary.small { (w.t("hook-answer-text")) } pre.code { (t.answer) } } }
                                }
                                td.num { (thousands(t.duration_ms.unsigned_abs())) " ms" }
                            }
                        } }
                    }
                }
            }
        }
        section { h2 { (w.t("hook-body-sent")) } pre.code { (d.body) } }
    };
    Page { title: d.occurrence.clone(), place: Place::Data, body }
}
