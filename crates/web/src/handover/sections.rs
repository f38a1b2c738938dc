//! The parts of a briefing below what is done first and why.

use kizashi_app::customers::{Briefing, CustomerPage, Exchange, HunchView, JudgedHunch, RunningPlay, SUPPORT_DAYS};
use kizashi_domain::handover::HunchEnd;
use kizashi_domain::pack::Pack;
use kizashi_domain::signals::CardKind;
use kizashi_domain::time::Day;
use maud::{Markup, html};

use crate::customers::page::FEELINGS;
use crate::parts::work::{Named, owner_name, work};
use crate::rooms::similar as similar_cases;
use crate::shell::Shell;

/// Promises that were kept are history; so many decided deals still show what was promised.
const DECIDED_SHOWN: usize = 5;
/// Cases that began alike; the others are on the page of the customer.
const CASES_SHOWN: usize = 3;
/// People of whom a newcomer reads; the others are one page away.
const PEOPLE_SHOWN: usize = 12;

pub(super) fn aims(s: &Shell, c: &CustomerPage) -> Markup {
    let w = &s.words;
    let is_open = c.aims.get("goal_state").is_none_or(|state| state == "open");
    html! {
        section {
            h2 { (w.t("briefing-goals")) }
            @if c.goal.is_empty() && c.aims.is_empty() { p.faint { (w.t("briefing-goals-none")) } }
            dl.facts {
                @if !c.goal.is_empty() { dt { (w.t("facts-goal")) } dd { (c.goal) } }
                @for name in ["goal_target", "goal_on", "goal_state", "purpose", "challenges", "environment"] {
                    @if let Some(words) = c.aims.get(name) { dt { (w.word("facts", name)) } dd { (aim(s, name, words, is_open)) } }
                }
            }
        }
    }
}

/// A date as everywhere, a state by its name, the rest as somebody wrote it.
fn aim(s: &Shell, name: &str, words: &str, is_open: bool) -> Markup {
    let w = &s.words;
    let day = Some(words).filter(|_| name == "goal_on").and_then(|day| day.parse::<Day>().ok());
    html! {
        @if let Some(day) = day {
            (w.day_year(day)) " "
            @if day >= s.today { span.faint { (w.away(day, s.today)) } }
            @else if is_open { span.late { (w.t("notice-past")) } }
        }
        @else if name == "goal_state" { (w.word("goal-state", words)) }
        @else { (words) }
    }
}

pub(super) fn contract(s: &Shell, c: &CustomerPage) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("contract-title")) }
            @match c.contracts.iter().find(|t| t.in_force) {
                None => p.faint { (w.t("contract-none")) },
                Some(term) => dl.facts {
                    dt { (w.t("column-notice")) } dd { strong { (w.day_year(term.notice_on)) } " " @if term.notice_on < s.today { span.late { (w.t("notice-past")) } } @else { (w.away(term.notice_on, s.today)) } }
                    dt { (w.t("contract-term")) } dd { (w.day_year(term.start_day)) " – " (w.day_year(term.end_day)) " " span.small.faint { (w.t(if term.auto_renew { "contract-auto" } else { "contract-not-auto" })) } }
                    @if !term.plan.is_empty() { dt { (w.t("contract-plan")) } dd { (term.plan) } }
                    @if let Some(seats) = term.seats { dt { (w.t("contract-seats")) } dd { (seats) } }
                    @if let Some(mrr) = term.mrr { dt { (w.t("column-mrr")) } dd { (w.monthly(mrr)) } }
                },
            }
            @if let Some(since) = c.since_day { p.small.faint { (w.with("briefing-since", &[("day", w.day_year(since).into())])) } }
        }
    }
}

/// What was promised, by sales and in talks, and the next steps of open deals.
pub(super) fn promises(s: &Shell, b: &Briefing) -> Markup {
    let (w, c) = (&s.words, &b.page);
    let open: Vec<_> = c.deals.iter().filter(|d| d.is_open()).collect();
    let promised: Vec<_> =
        c.deals.iter().filter(|d| !d.is_open() && !d.promise.is_empty()).take(DECIDED_SHOWN).collect();
    html! {
        section {
            h2 { (w.t("briefing-promises")) }
            @if open.is_empty() && promised.is_empty() && b.promises.is_empty() { p.faint { (w.t("briefing-promises-none")) } }
            ul.moves {
                @for deal in open.into_iter().chain(promised) {
                    li.wide {
                        span.nowrap { @if deal.is_open() { (w.t("briefing-open-deal")) } @else { (w.t("briefing-promised")) } }
                        div {
                            a.plain href={ "/deals/" (deal.id) } { (deal.title) }
                            @if !deal.promise.is_empty() { div { (deal.promise) } }
                            @if deal.is_open() && !deal.next_step.is_empty() { div.ink2 { (w.t("briefing-next-step")) " " (deal.next_step) @if let Some(day) = deal.next_on { " " (w.day(day, s.today)) } } }
                        }
                    }
                }
                @for promise in &b.promises {
                    li.wide {
                        span.faint.nowrap { (w.day(s.zone.day_of(promise.at), s.today)) }
                        div { (promise.words) @if !promise.staff.is_empty() { " " span.small.faint.nowrap { (promise.staff) } } }
                    }
                }
            }
        }
    }
}

/// Who there is, and the last times that somebody was in touch.
pub(super) fn people(s: &Shell, b: &Briefing) -> Markup {
    let w = &s.words;
    let c = &b.page;
    html! {
        section {
            h2 { (w.t("briefing-people")) }
            @if c.contacts.is_empty() { p.faint { (w.t("people-none")) } }
            @else {
                div.scroll tabindex="0" role="region" aria-label=(w.t("briefing-people")) { table.list.relations { tbody {
                    @for person in c.contacts.iter().take(PEOPLE_SHOWN) {
                        tr.left[person.left_on.is_some()] {
                            th scope="row" { (person.name) @if !person.reading.is_empty() { div.small.faint { (person.reading) } } }
                            td { (w.word("role", &person.role)) @if !person.title.is_empty() { div.small.faint { (person.title) } } }
                            td.nowrap { @if let Some(day) = person.left_on { (w.with("person-left", &[("day", w.day(day, s.today).into())])) } @else if let Some(at) = person.contact_at { (w.t("briefing-last-contact")) " " (w.day(s.zone.day_of(at), s.today)) } @else { span.faint { (w.t("briefing-never-met")) } } }
                        }
                    }
                } } }
                @if c.contacts.len() > PEOPLE_SHOWN {
                    p.small { a href={ "/customers/" (c.row.id) "/relations" } { (w.with("briefing-people-more", &[("n", (c.contacts.len() - PEOPLE_SHOWN).into())])) } }
                }
            }
            h3 { (w.t("briefing-exchanges")) }
            @if b.exchanges.is_empty() { p.faint { (w.t("briefing-exchanges-none")) } }
            ul.moves.exchanges { @for row in &b.exchanges { (exchange(s, row)) } }
        }
    }
}

fn exchange(s: &Shell, row: &Exchange) -> Markup {
    let w = &s.words;
    let who: Vec<&str> = [&row.contact, &row.staff].into_iter().map(String::as_str).filter(|n| !n.is_empty()).collect();
    html! {
        li.wide {
            span.faint.nowrap { (w.day(s.zone.day_of(row.at), s.today)) }
            div {
                strong { (w.word("moment", &row.kind)) }
                @if !row.about.is_empty() { " " (row.about) }
                @if !who.is_empty() { " " span.small.faint.nowrap { (who.join(" · ")) } }
                @if !row.said.is_empty() { div.ink2 { (row.said) } }
            }
        }
    }
}

/// Open cards, the room, open requests, and what support had to do lately.
pub(super) fn open(s: &Shell, b: &Briefing) -> Markup {
    let w = &s.words;
    let cards = &b.page.cards;
    html! {
        section {
            h2 { (w.t("briefing-open-work")) }
            @if cards.is_empty() && b.tickets.is_empty() { p.faint { (w.t("briefing-open-none")) } }
            @if let Some(room) = &b.room { p { strong { (w.t("rooms-title")) } " " a href={ "/rooms/" (room.id) } { (room.goal) } } }
            @for card in cards { (work(s, card, Named::Above)) }
            @if !b.tickets.is_empty() {
                h3 { (w.t("briefing-tickets")) }
                ul.moves { @for ticket in &b.tickets {
                    li.wide { span.faint.nowrap { (w.day(s.zone.day_of(ticket.opened_at), s.today)) } div { (ticket.subject) @if ticket.answered_at.is_none() { " " span.tag.bad { (w.t("briefing-unanswered")) } } @if !ticket.category.is_empty() { div.small.faint { (ticket.category) } } } }
                } }
            }
            p.small.faint {
                @match &b.support {
                    None => (w.with("briefing-support-none", &[("days", SUPPORT_DAYS.into())])),
                    Some(past) => {
                        (w.with("briefing-support", &[("days", SUPPORT_DAYS.into()), ("n", past.count.into()), ("day", w.day(s.zone.day_of(past.last_at), s.today).into())]))
                        @if !past.last.is_empty() { " " (past.last) }
                    },
                }
            }
        }
    }
}

/// Plays under way: since when, whether late, and what is to be done next in each.
pub(super) fn plays(s: &Shell, rows: &[RunningPlay]) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("briefing-plays")) }
            @if rows.is_empty() { p.faint { (w.t("runs-none-here")) } }
            @else {
                div.scroll tabindex="0" role="region" aria-label=(w.t("briefing-plays")) { table.list.relations {
                    thead { tr { th scope="col" { (w.t("run-play")) } th scope="col" { (w.t("briefing-play-since")) } th scope="col" { (w.t("room-state")) } th scope="col" { (w.t("briefing-play-next")) } } }
                    tbody { @for row in rows { (play(s, row)) } }
                } }
            }
        }
    }
}

fn play(s: &Shell, row: &RunningPlay) -> Markup {
    let w = &s.words;
    let run = &row.run;
    html! {
        tr {
            th scope="row" { a.plain href={ "/plays/runs/" (run.id) } { (w.text(&run.title)) } div.small.faint { (w.with("run-progress", &[("done", run.done.into()), ("of", run.steps.into())])) } }
            td.nowrap { (w.day(run.started_on, s.today)) }
            td.nowrap {
                @if run.is_late(s.today) { span.tag.bad { (w.t("briefing-play-late")) } }
                @else if run.paused_on.is_some() { span.tag { (w.t("run-paused")) } }
                @else { (w.t("briefing-play-in-time")) }
            }
            td {
                @for task in &row.tasks {
                    div {
                        (w.text(&task.title)) " "
                        span.nowrap.late[task.due_day < s.today] { (w.with("run-due", &[("day", w.day(task.due_day, s.today).into())])) @if task.due_day < s.today { " " (w.away(task.due_day, s.today)) } }
                        @if let Some(name) = &task.owner { " " span.small.faint { (owner_name(s, name, task.has_owner_left)) } }
                    }
                }
                @if row.tasks.is_empty() {
                    @for title in &run.now { div { (w.text(title)) } }
                    @if let Some(due) = run.next_due { span.nowrap.faint { (w.with("run-due", &[("day", w.day(due, s.today).into())])) } }
                }
            }
        }
    }
}

/// How cards that began like the open risks ended, and what worked.
pub(super) fn similar(s: &Shell, b: &Briefing, pack: &Pack) -> Markup {
    html! {
        @if b.page.cards.iter().any(|card| card.kind == CardKind::Risk) { section { (similar_cases(s, &b.similar, pack, html! { h2 { (s.words.t("similar-title")) } }, CASES_SHOWN)) } }
    }
}

/// What was felt, and how right it was.
pub(super) fn hunches(s: &Shell, b: &Briefing) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("briefing-hunches")) }
            @if b.hunches.is_empty() { p.faint { (w.t("briefing-hunches-none")) } }
            ul.moves { @for judged in &b.hunches { (hunch(s, judged)) } }
            @for (name, record) in &b.records {
                p.small {
                    strong { (name) } " "
                    @if record.is_telling() { (w.with("briefing-record", &[("right", record.right.into()), ("judged", record.judged().into())])) }
                    @else { (w.with("briefing-record-few", &[("right", record.right.into()), ("judged", record.judged().into())])) }
                }
            }
        }
    }
}

fn hunch(s: &Shell, judged: &JudgedHunch) -> Markup {
    let w = &s.words;
    let h: &HunchView = &judged.hunch;
    let feeling = FEELINGS.iter().find(|(value, _)| *value == h.feeling).map_or("feeling-steady", |(_, key)| *key);
    let end = match judged.end {
        HunchEnd::Right => "hunch-end-right",
        HunchEnd::Wrong => "hunch-end-wrong",
        HunchEnd::Open => "hunch-end-open",
    };
    let shown = |points: Option<i64>| points.map_or_else(|| w.t("health-unknown"), |n| n.to_string());
    html! {
        li.wide {
            span.faint.nowrap { (w.day(s.zone.day_of(h.at), s.today)) div.small { (h.staff) } }
            div {
                strong { (w.t(feeling)) } " " (h.note)
                div.small { span.tag { (w.t(end)) } " " span.faint { (w.t("history-score")) " " (shown(judged.points.0)) " → " (shown(judged.points.1)) } }
            }
        }
    }
}

pub(super) fn decided(s: &Shell, b: &Briefing) -> Markup {
    let w = &s.words;
    html! {
        @if !b.decisions.is_empty() {
            section {
                h2 { (w.t("decisions-title")) }
                ul.moves { @for row in &b.decisions { li.wide { span.faint.nowrap { (w.day(row.on, s.today)) } div.said { (row.what) @if !row.by.is_empty() { div.small.faint { (w.with("decision-by", &[("who", row.by.clone().into())])) } } } } } }
            }
        }
    }
}
