//! One deal as a form: what is next and what was promised first, since that is what others need.

use kizashi_app::access::StaffRow;
use kizashi_app::deals::{DealVersion, DealView};
use kizashi_app::files::FileView;
use kizashi_domain::deals::{KINDS, Stage};
use kizashi_domain::id::{Customer, Id, Staff};
use maud::{Markup, html};

use super::list::stage_options;
use super::stage_title;
use crate::files::files;
use crate::parts::form::token;
use crate::shell::{Page, Place, Shell};

/// Versions that are shown.
const VERSIONS_SHOWN: usize = 30;

/// Everything the page is drawn from.
pub struct Form<'a> {
    /// The deal; `None` = a new one.
    pub deal: Option<&'a DealView>,
    /// Its customer and the customer's name.
    pub customer: (Id<Customer>, &'a str),
    /// What it said before, the newest first.
    pub earlier: &'a [DealVersion],
    /// Its files.
    pub files: &'a [FileView],
    /// Who may own it.
    pub staff: &'a [StaffRow],
    /// Stages in their order.
    pub stages: &'a [Stage],
    /// What was typed and could not be taken; empty otherwise.
    pub given: &'a [(String, String)],
    /// Field and reason, when something could not be taken.
    pub wrong: Option<(&'static str, &'static str)>,
    /// The reader, who owns what they add.
    pub me: Id<Staff>,
    /// Whether the reader may change it.
    pub may_change: bool,
}

impl Form<'_> {
    /// What stands in a field: what was typed, else what is known.
    fn value(&self, name: &str) -> String {
        if let Some((_, typed)) = self.given.iter().find(|(n, _)| n == name) {
            return typed.clone();
        }
        let Some(d) = self.deal else {
            return match name {
                "owner" => self.me.to_string(),
                "stage" => self.stages.first().map(|s| s.id.clone()).unwrap_or_default(),
                _ => String::new(),
            };
        };
        let day = |day: Option<kizashi_domain::time::Day>| day.map(|d| d.to_string()).unwrap_or_default();
        match name {
            "title" => d.title.clone(),
            "kind" => d.kind.clone(),
            "stage" => d.stage.clone(),
            "amount" => d.amount.map(plain_amount).unwrap_or_default(),
            "probability" => d.probability.map(|p| p.to_string()).unwrap_or_default(),
            "next_step" => d.next_step.clone(),
            "next_on" => day(d.next_on),
            "owner" => d.owner.map(|o| o.to_string()).unwrap_or_default(),
            "closes_on" => day(d.closes_on),
            "opened_on" => day(d.opened_on),
            "closed_on" => day(d.closed_on),
            "origin" => d.origin.clone(),
            "promise" => d.promise.clone(),
            _ => d.lost_reason.clone(),
        }
    }
}

/// An amount as it is typed: without its currency's mark.
fn plain_amount(money: kizashi_domain::money::Money) -> String {
    let text = money.to_string();
    text.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '−')).collect()
}

/// `GET /deals/{id}` and `GET /customers/{id}/deals/new`.
pub fn form(s: &Shell, view: &Form<'_>) -> Page {
    let w = &s.words;
    let (customer, name) = view.customer;
    let title = view.deal.map_or_else(|| w.t("deal-new"), |d| d.title.clone());
    let action = view.deal.map_or_else(|| format!("/customers/{customer}/deals"), |d| format!("/deals/{}", d.id));
    let body = html! {
        div.page-head {
            p.small { a.plain href={ "/customers/" (customer) } { "← " (name) } @if view.deal.is_some() { " · " a.plain href="/deals" { (w.t("nav-deals")) } } }
            h1 { (title) }
        }
        @if let Some((field, reason)) = view.wrong {
            div.wrongs role="alert" { p { (w.t(&format!("deal-{}", field.replace('_', "-")))) ": " (w.t(&format!("reason-{reason}"))) } }
        }
        form.settings.deal method="post" action=(action) {
            fieldset.bare disabled[!view.may_change] {
                (token(&s.csrf))
                (groups(s, view))
                @if view.may_change { div.btns.save-bar { button.btn.main { (w.t("deal-keep")) } a.btn.quiet href={ "/customers/" (customer) } { (w.t("deal-leave")) } } }
            }
        }
        @if let Some(deal) = view.deal { (files(s, (customer, Some(deal.id)), view.files, view.may_change)) }
        @if !view.earlier.is_empty() { (history(s, view)) }
        @if let Some(deal) = view.deal {
            p.small.faint { (w.with("deal-source", &[("source", source(s, deal).into()), ("day", w.day_year(s.zone.day_of(deal.changed_at)).into())])) }
        }
    };
    Page { title, place: Place::Deals, body }
}

fn source(s: &Shell, deal: &DealView) -> String {
    if deal.source == kizashi_app::intake::OWN_SOURCE { s.words.t("fields-by-hand") } else { deal.source.clone() }
}

fn groups(s: &Shell, view: &Form<'_>) -> Markup {
    html! {
        div.grid { (word(s, view, "title")) (kind(s, view)) (stage(s, view)) }
        div.grid { (word(s, view, "next_step")) (day(s, view, "next_on")) (owner(s, view)) }
        div.grid { (word(s, view, "amount")) (word(s, view, "probability")) (day(s, view, "closes_on")) (day(s, view, "closed_on")) }
        (text(s, view, "promise"))
        div.grid { (day(s, view, "opened_on")) (word(s, view, "origin")) }
        (text(s, view, "lost_reason"))
    }
}

/// A field with its label, and what it is for where that is not plain.
fn field(s: &Shell, view: &Form<'_>, name: &str, is_wide: bool, control: Markup) -> Markup {
    let w = &s.words;
    let key = name.replace('_', "-");
    let help = match name {
        "promise" => Some("deal-promise-help"),
        "probability" => Some("deal-probability-help"),
        "origin" => Some("deal-origin-help"),
        "next_step" => Some("deal-next-step-help"),
        _ => None,
    };
    let wrong = view.wrong.filter(|(field, _)| *field == name);
    html! {
        div.field.wide[is_wide] {
            label for=(name) { (w.t(&format!("deal-{key}"))) }
            (control)
            @if let Some(help) = help { p.help { (w.t(help)) } }
            @if let Some((_, reason)) = wrong { p.wrong { (w.t(&format!("reason-{reason}"))) } }
        }
    }
}

fn word(s: &Shell, view: &Form<'_>, name: &str) -> Markup {
    let is_wrong = view.wrong.is_some_and(|(field, _)| field == name);
    let mode = matches!(name, "amount" | "probability").then_some("decimal");
    field(
        s,
        view,
        name,
        false,
        html! {
            input id=(name) type="text" name=(name) value=(view.value(name)) maxlength="256" inputmode=[mode] required[name == "title"]
                aria-invalid=[is_wrong.then_some("true")] autocomplete="off";
        },
    )
}

fn day(s: &Shell, view: &Form<'_>, name: &str) -> Markup {
    field(s, view, name, false, html! { input id=(name) type="date" name=(name) value=(view.value(name)); })
}

fn text(s: &Shell, view: &Form<'_>, name: &str) -> Markup {
    let control = html! { textarea id=(name) name=(name) rows="3" maxlength="20000" { (view.value(name)) } };
    field(s, view, name, true, control)
}

fn kind(s: &Shell, view: &Form<'_>) -> Markup {
    let now = view.value("kind");
    let control = html! {
        select #kind name="kind" {
            option value="" { "–" }
            @for kind in KINDS { option value=(kind) selected[kind == now] { (s.words.word("deal-kind", kind)) } }
        }
    };
    field(s, view, "kind", false, control)
}

fn stage(s: &Shell, view: &Form<'_>) -> Markup {
    let control = html! { select #stage name="stage" { (stage_options(s, view.stages, &view.value("stage"))) } };
    field(s, view, "stage", false, control)
}

fn owner(s: &Shell, view: &Form<'_>) -> Markup {
    let now = view.value("owner");
    let control = html! {
        select #owner name="owner" {
            option value="" { (s.words.t("card-nobody")) }
            @for person in view.staff { option value=(person.id) selected[person.id.to_string() == now] { (person.name) } }
        }
    };
    field(s, view, "owner", false, control)
}

/// What changed from version to version, the newest first.
fn history(s: &Shell, view: &Form<'_>) -> Markup {
    let w = &s.words;
    let Some(now) = view.deal else { return html! {} };
    let after = std::iter::once(now).chain(view.earlier.iter().map(|v| &v.deal));
    html! {
        section {
            h2 { (w.t("deal-history")) }
            ul.plain {
                @for (version, after) in view.earlier.iter().zip(after).take(VERSIONS_SHOWN) {
                    li {
                        span.nowrap { (w.day_year(s.zone.day_of(version.until))) }
                        @if let Some(who) = &version.who { " " span.faint { (w.with("deal-before-by", &[("who", who.clone().into())])) } }
                        @for (key, old, new) in differences(s, view.stages, &version.deal, after) {
                            div.small { (w.t(key)) ": " del { (old) } " → " (new) }
                        }
                    }
                }
            }
        }
    }
}

fn differences(s: &Shell, stages: &[Stage], a: &DealView, b: &DealView) -> Vec<(&'static str, String, String)> {
    let w = &s.words;
    let dash = |text: String| if text.is_empty() { "–".to_owned() } else { text };
    let of = |d: &DealView| {
        let day = |day: Option<kizashi_domain::time::Day>| day.map(|d| w.day_year(d)).unwrap_or_default();
        let kind = if d.kind.is_empty() { String::new() } else { w.word("deal-kind", &d.kind) };
        [
            ("deal-title", d.title.clone()),
            ("deal-kind", kind),
            ("deal-stage", stage_title(w, stages, &d.stage)),
            ("deal-amount", d.amount.map(|m| m.to_string()).unwrap_or_default()),
            ("deal-probability", d.probability.map(|p| format!("{p}%")).unwrap_or_default()),
            ("deal-next-step", d.next_step.clone()),
            ("deal-next-on", day(d.next_on)),
            ("deal-owner", d.owner_name.clone()),
            ("deal-closes-on", day(d.closes_on)),
            ("deal-closed-on", day(d.closed_on)),
            ("deal-opened-on", day(d.opened_on)),
            ("deal-origin", d.origin.clone()),
            ("deal-promise", d.promise.clone()),
            ("deal-lost-reason", d.lost_reason.clone()),
        ]
    };
    of(a).into_iter().zip(of(b)).filter(|(a, b)| a.1 != b.1).map(|(a, b)| (a.0, dash(a.1), dash(b.1))).collect()
}
