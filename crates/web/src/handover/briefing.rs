//! 引き継ぎ資料: one page about one customer for whoever takes it over. It prints on A4.

use kizashi_app::customers::{Briefing, CustomerPage, HunchView, JudgedHunch, NextItem, RunningPlay};
use kizashi_app::handover::Received;
use kizashi_domain::handover::{HunchEnd, Next, NextKind};
use kizashi_domain::pack::Pack;
use maud::{Markup, html};

use crate::customers::page::FEELINGS;
use crate::parts::breakdown::{Ground, breakdown};
use crate::parts::form::post_button;
use crate::parts::health::{badge, told_since};
use crate::parts::work::{Named, owner_name, work};
use crate::shell::{Page, Place, Shell};

/// Promises that were kept are history; so many decided deals still show what was promised.
const DECIDED_SHOWN: usize = 5;

/// Everything the page is drawn from.
pub(super) struct View<'a> {
    pub briefing: &'a Briefing,
    pub pack: &'a Pack,
    /// How the reader came to the customer.
    pub received: Option<&'a Received>,
}

/// `GET /customers/{id}/handover`.
pub(super) fn page(s: &Shell, view: &View<'_>) -> Page {
    let w = &s.words;
    let b = view.briefing;
    let c = &b.page;
    let title = w.with("briefing-of", &[("name", c.row.name.clone().into())]);
    let body = html! {
        p.small.no-print { a.plain href={ "/customers/" (c.row.id) } { "← " (c.row.name) } }
        header.customer-head {
            h1 { (title) }
            (badge(w, c.row.band, c.row.points))
            @if !c.row.stage.is_empty() { span.tag { (w.word("stage", &c.row.stage)) } }
            span.faint { (w.with("briefing-day", &[("day", w.day_year(s.today).into())])) }
        }
        @if let Some(received) = view.received { (reading(s, received)) }
        div.briefing {
            (next(s, &b.next))
            (why(s, view))
            div.briefing-cols { (aims(s, c)) (contract(s, c)) }
            (promises(s, c))
            (people(s, c))
            (open(s, b))
            (plays(s, &b.plays))
            (hunches(s, b))
            (decided(s, b))
        }
    };
    Page { title, place: Place::Customers, body }
}

/// Whether the new owner has read it.
fn reading(s: &Shell, received: &Received) -> Markup {
    let w = &s.words;
    let is_read = received.seen_at.is_some();
    let from =
        [("name", received.from_name.clone().into()), ("day", w.day(s.zone.day_of(received.at), s.today).into())];
    html! {
        div.note.no-print {
            (w.with("handover-from", &from)) " "
            @if is_read { (w.t("handover-read")) }
            @else {
                (post_button(&s.csrf, &format!("/handovers/{}/reading", received.handover), &[("customer", &received.customer.to_string()), ("is", "read"), ("back", "/handovers")], html! { button.btn { (w.t("handover-mark-read")) } }))
            }
        }
    }
}

const fn kind_key(kind: NextKind) -> &'static str {
    match kind {
        NextKind::Notice => "next-notice",
        NextKind::Card => "next-card",
        NextKind::Action => "next-action",
        NextKind::Task => "next-task",
        NextKind::Ticket => "next-ticket",
        NextKind::Deal => "next-deal",
    }
}

fn next(s: &Shell, rows: &[Next<NextItem>]) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("briefing-next")) }
            @if rows.is_empty() { p.faint { (w.t("briefing-next-none")) } }
            ol.next {
                @for row in rows {
                    li {
                        a.plain href=(row.item.address) { (w.t(kind_key(row.kind))) @if !w.text(&row.item.text).is_empty() { " · " (w.text(&row.item.text)) } }
                        " " span.faint.nowrap { @if let Some(day) = row.due { (w.day(day, s.today)) " " (w.away(day, s.today)) } @else { (w.t("briefing-no-day")) } }
                    }
                }
            }
        }
    }
}

fn why(s: &Shell, view: &View<'_>) -> Markup {
    let w = &s.words;
    let c = &view.briefing.page;
    let points = |ago: i32| {
        let day = s.today.plus(-ago);
        c.history.iter().rev().find(|p| p.day <= day).and_then(|p| p.points)
    };
    let since = w.day(c.change_since, s.today);
    html! {
        section {
            h2 { (w.t("briefing-why")) }
            @if !w.text(&c.sentence).is_empty() { p.answer { (told_since(s, c)) } }
            p.small.faint {
                @for ago in [30, 90, 180] { @if let Some(points) = points(ago) { span.nowrap { (w.with("briefing-ago", &[("days", ago.into()), ("points", points.into())])) } "　" } }
            }
            @if let Some(verdict) = &c.verdict { (breakdown(w, verdict, Ground { pack: view.pack, change: c.change.as_ref(), since: &since })) }
            @for word in c.overrides.iter().filter(|o| o.until_day >= s.today && o.ended_at.is_none()) {
                p.small { (w.with("briefing-override", &[("who", word.author.clone().into()), ("day", w.day(word.until_day, s.today).into())])) " " (word.note) }
            }
        }
    }
}

fn aims(s: &Shell, c: &CustomerPage) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("briefing-goals")) }
            @if c.goal.is_empty() && c.aims.is_empty() { p.faint { (w.t("briefing-goals-none")) } }
            dl.facts {
                @if !c.goal.is_empty() { dt { (w.t("facts-goal")) } dd { (c.goal) } }
                @for name in ["goal_target", "goal_on", "goal_state", "purpose", "challenges", "environment"] {
                    @if let Some(words) = c.aims.get(name) { dt { (w.word("facts", name)) } dd { @if name == "goal_state" { (w.word("goal-state", words)) } @else { (words) } } }
                }
            }
        }
    }
}

fn contract(s: &Shell, c: &CustomerPage) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("contract-title")) }
            @match c.contracts.iter().find(|t| t.in_force) {
                None => p.faint { (w.t("contract-none")) },
                Some(term) => dl.facts {
                    dt { (w.t("column-notice")) } dd { strong { (w.day_year(term.notice_on)) } " " (w.away(term.notice_on, s.today)) }
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

/// What sales promised, and the next steps of open deals.
fn promises(s: &Shell, c: &CustomerPage) -> Markup {
    let w = &s.words;
    let open: Vec<_> = c.deals.iter().filter(|d| d.is_open()).collect();
    let promised: Vec<_> =
        c.deals.iter().filter(|d| !d.is_open() && !d.promise.is_empty()).take(DECIDED_SHOWN).collect();
    html! {
        section {
            h2 { (w.t("briefing-promises")) }
            @if open.is_empty() && promised.is_empty() { p.faint { (w.t("briefing-promises-none")) } }
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
            }
        }
    }
}

fn people(s: &Shell, c: &CustomerPage) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("briefing-people")) }
            @if c.contacts.is_empty() { p.faint { (w.t("people-none")) } }
            @else {
                div.scroll tabindex="0" role="region" aria-label=(w.t("briefing-people")) { table.list.relations { tbody {
                    @for person in &c.contacts {
                        tr.left[person.left_on.is_some()] {
                            th scope="row" { (person.name) @if !person.reading.is_empty() { div.small.faint { (person.reading) } } }
                            td { (w.word("role", &person.role)) @if !person.title.is_empty() { div.small.faint { (person.title) } } }
                            td.nowrap { @if let Some(day) = person.left_on { (w.with("person-left", &[("day", w.day(day, s.today).into())])) } @else if let Some(at) = person.contact_at { (w.t("briefing-last-contact")) " " (w.day(s.zone.day_of(at), s.today)) } @else { span.faint { (w.t("briefing-never-met")) } } }
                        }
                    }
                } } }
            }
        }
    }
}

/// Open cards, the room, open requests.
fn open(s: &Shell, b: &Briefing) -> Markup {
    let w = &s.words;
    let cards: Vec<_> = b.page.cards.iter().filter(|c| c.closed_at.is_none()).collect();
    html! {
        section {
            h2 { (w.t("briefing-open-work")) }
            @if cards.is_empty() && b.tickets.is_empty() { p.faint { (w.t("briefing-open-none")) } }
            @for room in b.rooms.iter().filter(|r| r.closed_at.is_none()) { p { strong { (w.t("rooms-title")) } " " a href={ "/rooms/" (room.id) } { (room.goal) } } }
            @for card in cards { (work(s, card, Named::Above)) }
            @if !b.tickets.is_empty() {
                h3 { (w.t("briefing-tickets")) }
                ul.moves { @for ticket in &b.tickets {
                    li.wide { span.faint.nowrap { (w.day(s.zone.day_of(ticket.opened_at), s.today)) } div { (ticket.subject) @if ticket.answered_at.is_none() { " " span.tag.bad { (w.t("briefing-unanswered")) } } @if !ticket.category.is_empty() { div.small.faint { (ticket.category) } } } }
                } }
            }
        }
    }
}

/// Plays under way: since when, whether late, and what is to be done next in each.
fn plays(s: &Shell, rows: &[RunningPlay]) -> Markup {
    let w = &s.words;
    html! {
        section #plays {
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

/// What was felt, and how right it was.
fn hunches(s: &Shell, b: &Briefing) -> Markup {
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

fn decided(s: &Shell, b: &Briefing) -> Markup {
    let w = &s.words;
    html! {
        @if !b.decisions.is_empty() {
            section {
                h2 { (w.t("decisions-title")) }
                ul.moves { @for row in &b.decisions { li.wide { span.faint.nowrap { (w.day(row.on, s.today)) } div { (row.what) @if !row.by.is_empty() { div.small.faint { (w.with("decision-by", &[("who", row.by.clone().into())])) } } } } } }
            }
        }
    }
}
