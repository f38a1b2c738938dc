//! One room: what was seen then and is seen now, team, plan, decisions, history; it prints as the sheet of the meeting.

use kizashi_app::access::StaffRow;
use kizashi_app::customers::CustomerPage;
use kizashi_app::rooms::{RoomPage, RoomStep};
use kizashi_domain::calendar::Calendar;
use kizashi_domain::measure::show_value;
use kizashi_domain::pack::Pack;
use kizashi_domain::rooms::{RoomOutcome, RoomState, View as Seen};
use kizashi_domain::signals::Side;
use maud::{Markup, html};

use super::list::points;
use super::parts::{colleagues, decision_form, decisions, state};
use super::plan::{plan, team};
use crate::parts::chart::{Line, Mark, Series, line};
use crate::parts::form::{Wrong, field, post_button, print_button, token};
use crate::parts::health::{badge, told_since};
use crate::shell::{Page, Place, Shell};

/// Days of the chart before the room was opened.
pub(super) const BEFORE_DAYS: i32 = 30;

/// Everything the page is drawn from.
pub(super) struct View<'a> {
    pub room: &'a RoomPage,
    pub customer: &'a CustomerPage,
    pub staff: &'a [StaffRow],
    pub pack: &'a Pack,
    pub calendar: &'a Calendar,
    pub may_change: bool,
    pub refused: &'a Refusal,
}

/// What a form of the page said that was refused: which form, why, and what was typed.
#[derive(Debug, Default)]
pub(super) struct Refusal {
    pub form: String,
    pub wrongs: Vec<Wrong>,
    pub typed: Vec<(String, String)>,
}

impl Refusal {
    /// Whether this form was refused.
    pub fn is_of(&self, form: &str) -> bool {
        self.form == form && !self.wrongs.is_empty()
    }

    /// Why this form was refused.
    pub fn wrongs(&self, form: &str) -> &[Wrong] {
        if self.form == form { &self.wrongs } else { &[] }
    }

    /// What was typed into a field of this form, else what stood there.
    pub fn typed(&self, form: &str, name: &str, otherwise: &str) -> String {
        let typed = self.typed.iter().find(|(n, _)| self.is_of(form) && n == name);
        typed.map_or_else(|| otherwise.to_owned(), |(_, value)| value.clone())
    }
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
            div.rest.no-print {
                (print_button(w))
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
            div.scroll tabindex="0" role="region" aria-label=(w.t("room-condition")) { table.list.views.folds {
                thead { tr { th scope="col" { (w.t("room-view")) } th.num scope="col" { (w.t("room-then")) } th.num scope="col" { (w.t("room-now")) } th scope="col" { (w.t("room-limit")) } } }
                tbody {
                    tr { th scope="row" { (w.t("history-score")) } td.num data-label=(w.t("room-then")) { (points(s, view.room.row.points_then)) } td.num data-label=(w.t("room-now")) { (points(s, view.room.row.points)) } td {} }
                    @for seen in &view.room.row.then {
                        tr {
                            th scope="row" { (w.text(&seen.title)) }
                            td.num data-label=(w.t("room-then")) { (figure(s, view, seen)) }
                            td.num data-label=(w.t("room-now")) { @if let Some(now) = now(&seen.of) { (figure(s, view, now)) } @else { span.faint { (w.t("room-not-seen")) } } }
                            td.small.faint.whole data-label=(w.t("room-limit")) { (limit(s, view, seen)) }
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

fn decided(s: &Shell, view: &View<'_>, is_open: bool) -> Markup {
    let w = &s.words;
    html! {
        section #decisions {
            h2 { (w.t("decisions-title")) }
            @if view.room.decisions.is_empty() { p.faint { (w.t("decisions-none")) } } @else { (decisions(s, &view.room.decisions, is_open)) }
            @if is_open { div.no-print { (decision_form(s, view.room.row.customer, view.refused)) } }
        }
    }
}

/// What it is to reach, who leads it, when it meets next.
fn frame(s: &Shell, view: &View<'_>, is_open: bool) -> Markup {
    let w = &s.words;
    let row = &view.room.row;
    let (wrongs, meets_on) =
        (view.refused.wrongs("frame"), row.meets_on.map(|day| day.to_string()).unwrap_or_default());
    let typed = |name: &str, kept: &str| view.refused.typed("frame", name, kept);
    html! {
        section {
            h2 { (w.t("room-goal")) }
            p { (row.goal) }
            dl.facts {
                dt { (w.t("room-owner")) } dd { (row.owner_name.as_deref().unwrap_or(&w.t("card-nobody"))) }
                dt { (w.t("room-meets")) } dd { @if let Some(day) = row.meets_on { (w.day(day, s.today)) " " span.faint { (w.away(day, s.today)) } } @else { (w.t("room-meets-not")) } @if !row.agenda.is_empty() { div.ink2 { (row.agenda) } } }
            }
            @if is_open {
                details.no-print open[view.refused.is_of("frame")] {
                    summary.btn.quiet { (w.t("room-change")) }
                    form.settings method="post" action={ "/rooms/" (row.id) "/frame" } {
                        (token(&s.csrf))
                        (field("goal", &w.t("room-goal"), None, wrongs, html! { textarea #goal name="goal" rows="2" required { (typed("goal", &row.goal)) } }))
                        (field("owner", &w.t("room-owner"), None, wrongs, colleagues("owner", "owner", view.staff, typed("owner", "").parse().ok().or(row.owner))))
                        (field("meets_on", &w.t("room-meets"), None, wrongs, html! { input #meets_on type="date" name="meets_on" value=(typed("meets_on", &meets_on)); }))
                        (field("agenda", &w.t("room-agenda"), None, wrongs, html! { input #agenda type="text" name="agenda" maxlength="1000" value=(typed("agenda", &row.agenda)); }))
                        div.btns { button.btn.main { (w.t("save")) } }
                    }
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
                (field("learned", &w.t("room-learned"), Some(&w.t("room-learned-help")), view.refused.wrongs("closure"), html! { textarea #learned name="learned" rows="3" required {} }))
                div.btns { button.btn.main { (w.t("room-close")) } }
            }
        }
    }
}
