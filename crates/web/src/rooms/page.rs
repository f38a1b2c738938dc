//! One room: what was seen then and is seen now, team, plan, decisions, history; it prints as the sheet of the meeting.

use kizashi_app::access::StaffRow;
use kizashi_app::customers::CustomerPage;
use kizashi_app::rooms::{PlannedAction, RoomPage, RoomStep};
use kizashi_domain::calendar::Calendar;
use kizashi_domain::measure::show_value;
use kizashi_domain::pack::Pack;
use kizashi_domain::rooms::{RoomOutcome, RoomState, View as Seen};
use kizashi_domain::signals::Side;
use maud::{Markup, html};

use super::list::points;
use super::parts::{colleagues, decision_form, decisions, state};
use crate::parts::chart::{Line, Mark, Series, line};
use crate::parts::form::{Wrong, field, post_button, token};
use crate::parts::health::{badge, told_since};
use crate::shell::{Page, Place, Shell};

/// Days of the chart before the room was opened.
pub(super) const BEFORE_DAYS: i32 = 30;
/// Business days that an action is given, unless somebody says otherwise.
const DUE_BUSINESS_DAYS: i32 = 5;

/// Everything the page is drawn from.
pub(super) struct View<'a> {
    pub room: &'a RoomPage,
    pub customer: &'a CustomerPage,
    pub staff: &'a [StaffRow],
    pub pack: &'a Pack,
    pub calendar: &'a Calendar,
    pub may_change: bool,
    pub wrongs: &'a [Wrong],
}

/// `GET /rooms/{id}`.
pub(super) fn page(s: &Shell, view: &View<'_>) -> Page {
    let w = &s.words;
    let row = &view.room.row;
    let is_open = row.closed_at.is_none() && view.may_change;
    let body = html! {
        p.small.no-print { a.plain href="/rooms" { "← " (w.t("rooms-title")) } }
        header.customer-head.room-head {
            h1 { (w.with("room-of", &[("name", row.customer_name.clone().into())])) }
            (badge(w, row.band, row.points))
            (state(s, row))
            div.rest {
                a.btn href={ "/customers/" (row.customer) } { (w.t("room-customer")) }
            }
        }
        p.faint {
            (w.with("room-since", &[("day", w.day_year(s.zone.day_of(row.opened_at)).into())]))
            @if let Some(card) = row.card { " · " a href={ "/cards/" (card) } { (w.t("room-card")) } }
            @if let Some(mrr) = row.mrr { " · " (w.monthly(mrr)) }
            @if let Some(day) = view.customer.row.notice_on { " · " (w.with("room-notice", &[("day", w.day(day, s.today).into())])) }
        }
        @if is_open { (states(s, view)) }
        @if !row.learned.is_empty() { section { h2 { (w.t("room-learned")) } p.answer { (row.learned) } } }
        div.room {
            div.main { (condition(s, view)) (history(s, view)) (plan(s, view, is_open)) (decided(s, view, is_open)) }
            aside { (frame(s, view, is_open)) (team(s, view, is_open)) (timeline(s, &view.room.steps)) }
        }
        @if is_open { (ending(s, view)) }
        @else if view.may_change && row.closed_at.is_some() {
            div.no-print { (post_button(&s.csrf, &format!("/rooms/{}/reopening", row.id), &[], html! { button.btn { (w.t("room-reopen")) } })) }
        }
    };
    Page { title: w.with("room-of", &[("name", row.customer_name.clone().into())]), place: Place::Cards, body }
}

/// Moving the room on: one press.
fn states(s: &Shell, view: &View<'_>) -> Markup {
    let w = &s.words;
    let row = &view.room.row;
    html! {
        form.felt.no-print method="post" action={ "/rooms/" (row.id) "/state" } {
            (token(&s.csrf))
            span.label { (w.t("room-state")) }
            div.btns role="group" aria-label=(w.t("room-state")) {
                @for one in RoomState::OPEN {
                    button.btn name="state" value=(one.word()) aria-pressed=(row.state == one) disabled[row.state == one] { (w.word("room-state", one.word())) }
                }
            }
        }
    }
}

/// The sides of a red account, then and now.
fn condition(s: &Shell, view: &View<'_>) -> Markup {
    let w = &s.words;
    let now = |of: &str| view.room.now.iter().find(|v| v.of == of);
    html! {
        section {
            h2 { (w.t("room-condition")) }
            @if !view.customer.sentence.ja.is_empty() { p.answer { (told_since(s, view.customer)) } }
            div.scroll tabindex="0" role="region" aria-label=(w.t("room-condition")) { table.list.views {
                thead { tr { th scope="col" { (w.t("room-view")) } th.num scope="col" { (w.t("room-then")) } th.num scope="col" { (w.t("room-now")) } th scope="col" { (w.t("room-limit")) } } }
                tbody {
                    tr { th scope="row" { (w.t("history-score")) } td.num { (points(s, view.room.row.points_then)) } td.num { (points(s, view.room.row.points)) } td {} }
                    @for seen in &view.room.row.then {
                        tr {
                            th scope="row" { (w.text(&seen.title)) }
                            td.num { (figure(s, view, seen)) }
                            td.num { @if let Some(now) = now(&seen.of) { (figure(s, view, now)) } @else { span.faint { (w.t("room-not-seen")) } } }
                            td.small.faint { (limit(s, view, seen)) }
                        }
                    }
                }
            } }
            @if view.room.row.then.is_empty() { p.faint { (w.t("room-nothing-seen")) } }
        }
    }
}

fn figure(s: &Shell, view: &View<'_>, seen: &Seen) -> Markup {
    let w = &s.words;
    let metric = view.pack.metric(&seen.of);
    html! {
        @match seen.value {
            Some(value) => { (metric.map_or_else(|| format!("{value:.0}"), |m| show_value(m, value, w.lang()))) },
            None => span.faint { (w.t("state-missing")) },
        }
        @match seen.is_bad {
            Some(true) => { " " span.seen-bad { "■ " (w.t("room-bad")) } },
            Some(false) => { " " span.seen-good { "● " (w.t("room-good")) } },
            None => {},
        }
    }
}

fn limit(s: &Shell, view: &View<'_>, seen: &Seen) -> String {
    let w = &s.words;
    let Some((limit, side)) = seen.limit else { return String::new() };
    let shown = view.pack.metric(&seen.of).map_or_else(|| format!("{limit:.0}"), |m| show_value(m, limit, w.lang()));
    w.with(if side == Side::Below { "room-limit-below" } else { "room-limit-above" }, &[("limit", shown.into())])
}

/// The score since shortly before the room was opened.
fn history(s: &Shell, view: &View<'_>) -> Markup {
    let w = &s.words;
    let opened = s.zone.day_of(view.room.row.opened_at);
    let from = opened.plus(-BEFORE_DAYS);
    let shown: Vec<_> = view.customer.history.iter().filter(|p| p.day >= from).collect();
    let Some(last) = shown.last().map(|p| p.day) else { return html! {} };
    let days = last.0 - from.0 + 1;
    #[allow(clippy::cast_precision_loss)]
    let values: Vec<Option<f64>> = (0..days)
        .map(|i| shown.iter().find(|p| p.day == from.plus(i)).and_then(|p| p.points).map(|n| n as f64))
        .collect();
    let closed: Vec<bool> = (0..days).map(|i| !view.calendar.is_business_day(from.plus(i))).collect();
    let (title, label) = (w.t("history-title"), w.t("room-opened"));
    let index = usize::try_from(BEFORE_DAYS).unwrap_or(0);
    let marks = if index < values.len() { vec![Mark { index, label: &label }] } else { Vec::new() };
    let told = told_since(s, view.customer);
    let draw = |size| {
        line(
            w,
            &Line {
                title: &title,
                summary: &told,
                from,
                closed: &closed,
                series: &[Series { name: &title, values: &values, is_then: false }],
                show: &|v| format!("{v:.0}"),
                limits: Some((0.0, 100.0)),
                bands: &[],
                range: &[],
                marks: &marks,
                size,
            },
        )
    };
    html! { section.only-wide { (draw((720.0, 150.0))) } section.only-narrow { (draw((440.0, 150.0))) } }
}

fn plan(s: &Shell, view: &View<'_>, is_open: bool) -> Markup {
    let w = &s.words;
    let id = view.room.row.id;
    let due = view.calendar.add_business_days(s.today, DUE_BUSINESS_DAYS);
    html! {
        section #plan {
            h2 { (w.t("room-plan")) }
            @if view.room.actions.is_empty() { p.faint { (w.t("room-plan-none")) } }
            ul.plan { @for action in &view.room.actions { (planned(s, action, is_open)) } }
            @if is_open {
                form.row-form.no-print method="post" action={ "/rooms/" (id) "/actions" } {
                    (token(&s.csrf))
                    label.sr for="action-what" { (w.t("room-action")) }
                    input #action-what type="text" name="what" maxlength="2000" required autocomplete="off" placeholder=(w.t("room-action"));
                    label.sr for="action-owner" { (w.t("card-who")) }
                    (colleagues("owner", "action-owner", view.staff, s.who.as_ref().and_then(|w| w.id)))
                    label.sr for="action-due" { (w.t("card-by-when")) }
                    input #action-due type="date" name="due" value=(due) required;
                    button.btn { (w.t("room-action-add")) }
                }
            }
        }
    }
}

fn planned(s: &Shell, action: &PlannedAction, is_open: bool) -> Markup {
    let w = &s.words;
    let is_late = action.done_at.is_none() && action.due < s.today;
    html! {
        li.done[action.done_at.is_some()] {
            span.box aria-hidden="true" { @if action.done_at.is_some() { "✓" } @else { "□" } }
            span.what { (action.what) @if action.done_at.is_some() { span.sr { (w.t("room-action-done")) } } }
            span.nowrap { (action.owner_name.as_deref().unwrap_or(&w.t("card-nobody"))) }
            span.nowrap.late[is_late] { (w.day(action.due, s.today)) @if is_late { " " (w.t("room-action-late")) } }
            @if is_open {
                span.btns.no-print {
                    @if action.done_at.is_some() {
                        (post_button(&s.csrf, &format!("/room-actions/{}/done", action.id), &[("is", "open")], html! { button.btn.quiet.small { (w.t("undo")) } }))
                    } @else {
                        (post_button(&s.csrf, &format!("/room-actions/{}/done", action.id), &[("is", "done")], html! { button.btn.small { (w.t("room-action-finish")) } }))
                        (post_button(&s.csrf, &format!("/room-actions/{}/removal", action.id), &[], html! { button.btn.quiet.small { (w.t("room-action-remove")) } }))
                    }
                }
            }
        }
    }
}

fn decided(s: &Shell, view: &View<'_>, is_open: bool) -> Markup {
    let w = &s.words;
    html! {
        section #decisions {
            h2 { (w.t("decisions-title")) }
            @if view.room.decisions.is_empty() { p.faint { (w.t("decisions-none")) } } @else { (decisions(s, &view.room.decisions, is_open)) }
            @if is_open { div.no-print { (decision_form(s, view.room.row.customer)) } }
        }
    }
}

/// What it is to reach, who leads it, when it meets next.
fn frame(s: &Shell, view: &View<'_>, is_open: bool) -> Markup {
    let w = &s.words;
    let row = &view.room.row;
    html! {
        section {
            h2 { (w.t("room-goal")) }
            p { (row.goal) }
            dl.facts {
                dt { (w.t("room-owner")) } dd { (row.owner_name.as_deref().unwrap_or(&w.t("card-nobody"))) }
                dt { (w.t("room-meets")) } dd { @if let Some(day) = row.meets_on { (w.day(day, s.today)) " " span.faint { (w.away(day, s.today)) } } @else { (w.t("room-meets-not")) } @if !row.agenda.is_empty() { div.ink2 { (row.agenda) } } }
            }
            @if is_open {
                details.no-print open[!view.wrongs.is_empty()] {
                    summary.btn.quiet { (w.t("room-change")) }
                    form.settings method="post" action={ "/rooms/" (row.id) "/frame" } {
                        (token(&s.csrf))
                        (field("goal", &w.t("room-goal"), None, view.wrongs, html! { textarea #goal name="goal" rows="2" maxlength="4000" required { (row.goal) } }))
                        (field("owner", &w.t("room-owner"), None, view.wrongs, colleagues("owner", "owner", view.staff, row.owner)))
                        (field("meets_on", &w.t("room-meets"), None, view.wrongs, html! { input #meets_on type="date" name="meets_on" value=[row.meets_on]; }))
                        (field("agenda", &w.t("room-agenda"), None, view.wrongs, html! { input #agenda type="text" name="agenda" maxlength="1000" value=(row.agenda); }))
                        div.btns { button.btn.main { (w.t("save")) } }
                    }
                }
            }
        }
    }
}

fn team(s: &Shell, view: &View<'_>, is_open: bool) -> Markup {
    let w = &s.words;
    let row = &view.room.row;
    html! {
        section #team {
            h2 { (w.t("room-team")) }
            ul.people {
                @for member in &view.room.members {
                    li {
                        span { (member.name) span.role { @if row.owner == Some(member.staff) { (w.t("room-leads")) " " } (member.part) } }
                        @if is_open && row.owner != Some(member.staff) {
                            span.no-print { (post_button(&s.csrf, &format!("/rooms/{}/members/removal", row.id), &[("staff", &member.staff.to_string())], html! { button.btn.quiet.small aria-label={ (w.t("room-member-remove")) " " (member.name) } { (w.t("room-member-remove")) } })) }
                        }
                    }
                }
            }
            @if is_open {
                form.member-form.no-print method="post" action={ "/rooms/" (row.id) "/members" } {
                    (token(&s.csrf))
                    label.sr for="member" { (w.t("room-member")) }
                    (colleagues("staff", "member", view.staff, None))
                    label.sr for="part" { (w.t("room-part")) }
                    input #part type="text" name="part" maxlength="100" placeholder=(w.t("room-part")) autocomplete="off";
                    button.btn { (w.t("room-member-add")) }
                }
            }
        }
    }
}

fn timeline(s: &Shell, steps: &[RoomStep]) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("room-history")) }
            ul.moves.room-steps {
                @for step in steps {
                    li.wide {
                        span.faint.nowrap { (w.day(s.zone.day_of(step.at), s.today)) " " (w.clock(step.at, &s.zone)) }
                        div {
                            (w.word("room-step", &step.step)) @if let Some(staff) = &step.staff { span.faint { " " (staff) } }
                            @if !step.note.is_empty() { div.ink2 { @if step.step == "moved" { (w.word("room-state", &step.note)) } @else { (step.note) } } }
                        }
                    }
                }
            }
        }
    }
}

/// Ending the room: what came of it, and what was learned.
fn ending(s: &Shell, view: &View<'_>) -> Markup {
    let w = &s.words;
    html! {
        section.no-print #closing {
            h2 { (w.t("room-close")) }
            form.hunch method="post" action={ "/rooms/" (view.room.row.id) "/closure" } {
                (token(&s.csrf))
                div.feel role="radiogroup" aria-label=(w.t("card-outcome")) {
                    @for outcome in RoomOutcome::ALL { label { input type="radio" name="outcome" value=(outcome.word()) required; (w.word("room-outcome", outcome.word())) } }
                }
                (field("learned", &w.t("room-learned"), Some(&w.t("room-learned-help")), view.wrongs, html! { textarea #learned name="learned" rows="3" maxlength="4000" required {} }))
                div.btns { button.btn.main { (w.t("room-close")) } }
            }
        }
    }
}
