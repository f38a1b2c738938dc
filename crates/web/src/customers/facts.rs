//! The left column: contract, people, facts, family.

use kizashi_app::customers::{ContactView, ContractView, CustomerPage, Head, Relative};
use kizashi_domain::health::{Child, sum_up};
use kizashi_domain::time::Day;
use maud::{Markup, html};

use crate::parts::health::mark;
use crate::parts::work::{notice, owner_name};
use crate::shell::Shell;

/// The contract in force, with what the term before was worth.
pub fn contract(s: &Shell, c: &CustomerPage) -> Markup {
    let w = &s.words;
    let now = c.contracts.iter().find(|k| k.in_force).or_else(|| c.contracts.first());
    html! {
        section {
            h2 { (w.t("contract-title")) }
            @if let Some(k) = now { (terms(s, c, k)) } @else { p.faint { (w.t("contract-none")) } }
        }
    }
}

fn terms(s: &Shell, c: &CustomerPage, k: &ContractView) -> Markup {
    let w = &s.words;
    let before = c.contracts.iter().find(|other| other.end_day < k.start_day).and_then(|other| other.mrr);
    html! {
        dl.facts {
            dt { (w.t("column-notice")) }
            dd { strong { (w.day(k.notice_on, s.today)) } div.small.ink2 { (notice(s, k.notice_on)) } }
            dt { (w.t("contract-term")) }
            dd {
                (w.day_year(k.start_day)) "–" span.nowrap { (w.day_year(k.end_day)) }
                div.small.faint { (w.t(if k.auto_renew { "contract-auto" } else { "contract-not-auto" })) }
            }
            @if let Some(mrr) = k.mrr {
                dt { (w.t("column-mrr")) }
                dd { (w.monthly(mrr)) @if let Some(before) = before.filter(|b| *b != mrr) { div.small.ink2 { (w.with("contract-before", &[("money", before.to_string().into())])) } } }
            }
            @if !k.plan.is_empty() { dt { (w.t("contract-plan")) } dd { (k.plan) } }
            @if let Some(seats) = k.seats { dt { (w.t("contract-seats")) } dd { (seats) } }
        }
    }
}

/// People, those who matter first, each with the last contact.
pub fn people(s: &Shell, c: &CustomerPage) -> Markup {
    let w = &s.words;
    html! {
        section #people {
            h2 { (w.t("people-title")) }
            @if c.contacts.is_empty() { p.faint { (w.t("people-none")) } }
            ul.people { @for person in &c.contacts { (contact(s, person)) } }
        }
    }
}

fn contact(s: &Shell, person: &ContactView) -> Markup {
    let w = &s.words;
    html! {
        li.left[person.left_on.is_some()] {
            div {
                span.name title=(person.reading) { (person.name) }
                span.role { (w.word("role", &person.role)) @if !person.title.is_empty() { " · " (person.title) } }
                @if person.left_on.is_none() {
                    div.small.ink2.reach {
                        @if !person.phone.is_empty() { a.plain href={ "tel:" (dialled(&person.phone)) } { (person.phone) } }
                        @if !person.email.is_empty() { a.plain href={ "mailto:" (crate::address::encode(&person.email)) } { (person.email) } }
                    }
                }
            }
            span.last {
                @if let Some(day) = person.left_on { span.tag.bad { (w.with("person-left", &[("day", w.day(day, s.today).into())])) } }
                @else if let Some(at) = person.contact_at { @let day = s.zone.day_of(at); span title=(w.day_year(day)) { (w.away(day, s.today)) } }
                @else { span.faint { (w.t("never")) } }
            }
        }
    }
}

/// Only what a telephone can dial.
pub fn dialled(phone: &str) -> String {
    phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}

/// Owner, goal and the rest.
pub fn facts(s: &Shell, c: &CustomerPage) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("facts-title")) }
            dl.facts {
                dt { (w.t("column-owner")) } dd { @if let Some(name) = &c.row.owner { (owner_name(s, name, c.row.has_owner_left)) } @else { (w.t("card-nobody")) } }
                dt { (w.t("column-contact")) }
                dd {
                    @if let Some(at) = c.row.contact_at { @let day = s.zone.day_of(at); (w.day(day, s.today)) " " span.faint { (w.away(day, s.today)) } }
                    @else { (w.t("never")) }
                }
                @if !c.goal.is_empty() { dt { (w.t("facts-goal")) } dd { (c.goal) (goal(s, c)) } }
                @for name in ["purpose", "challenges", "environment"] {
                    @if let Some(words) = c.aims.get(name) { dt { (w.t(&format!("facts-{name}"))) } dd.lines { (words) } }
                }
                @if !c.industry.is_empty() { dt { (w.t("facts-industry")) } dd { (c.industry) } }
                @if let Some(n) = c.employees { dt { (w.t("facts-employees")) } dd { (w.with("unit-people", &[("n", n.into())])) } }
                @if !c.row.region.is_empty() { dt { (w.t("column-region")) } dd { (c.row.region) } }
                @if let Some(day) = c.since_day { dt { (w.t("facts-since")) } dd { (w.day_year(day)) } }
            }
        }
    }
}

/// By what one sees that the goal is reached, until when, and how it stands.
fn goal(s: &Shell, c: &CustomerPage) -> Markup {
    let w = &s.words;
    let day = c.aims.get("goal_on").and_then(|day| day.parse::<Day>().ok());
    let state = c.aims.get("goal_state");
    html! {
        @if let Some(target) = c.aims.get("goal_target") { div.small { (w.t("facts-goal-target")) " " strong { (target) } } }
        @if day.is_some() || state.is_some() {
            div.small {
                @if let Some(state) = state { span.tag { (w.word("goal-state", state)) } " " }
                @if let Some(day) = day { (w.day(day, s.today)) @if state.is_none_or(|state| state == "open") { " " span.faint { (w.away(day, s.today)) } } }
            }
        }
    }
}

/// Parent and children, worst first.
pub fn family(s: &Shell, c: &CustomerPage, head: &Head) -> Markup {
    let w = &s.words;
    html! {
        @if c.parent.is_some() || !c.children.is_empty() {
            section {
                h2 { (w.t("family-title")) }
                (together(s, c, head))
                ul.people {
                    @if let Some(parent) = &c.parent { (relative(s, parent, &w.t("family-parent"), head)) }
                    @for child in &c.children { (relative(s, child, "", head)) }
                }
            }
        }
    }
}

/// What the children say together, and the worst one that matters.
fn together(s: &Shell, c: &CustomerPage, head: &Head) -> Markup {
    let w = &s.words;
    let children: Vec<Child> =
        c.children.iter().map(|r| Child { points: r.points, mrr_minor: r.mrr.map_or(0, |m| m.minor) }).collect();
    let Some(family) = sum_up(&children) else { return html! {} };
    let key = if family.by_money { "family-by-money" } else { "family-by-number" };
    html! {
        p.small {
            (w.with(key, &[("points", format!("{:.0}", family.points).into()), ("n", family.judged.into())]))
            @if let Some(worst) = c.children.get(family.worst).filter(|_| family.judged > 1) {
                " " (w.t("family-worst")) " " (mark(w, worst.band)) " " a.plain href=(there(worst, head)) { (worst.name) }
            }
        }
    }
}

fn relative(s: &Shell, relative: &Relative, what: &str, head: &Head) -> Markup {
    html! {
        li {
            span { @if !what.is_empty() { span.faint.small { (what) " " } } a.plain href=(there(relative, head)) { (relative.name) } }
            span.last { (mark(&s.words, relative.band)) " " @if let Some(points) = relative.points { (points) } }
        }
    }
}

/// A relative's page, on the day that is shown.
fn there(relative: &Relative, head: &Head) -> String {
    let day = head.as_of.map_or_else(String::new, |day| format!("?as_of={day}"));
    format!("/customers/{}{day}", relative.id)
}
