//! One run, step by step.

use kizashi_app::plays::{RunPage, StepView, Wording};
use kizashi_domain::plays::{Dating, Doing, End, Kind, Mode, Standing, Until};
use kizashi_domain::time::Day;
use maud::{Markup, html};
use uuid::Uuid;

use super::list::progress;
use crate::parts::form::{post_button, token};
use crate::parts::work::owner_name;
use crate::shell::{Page, Place, Shell};

/// A letter that did not go, as it was typed.
pub struct Draft<'a> {
    /// Its step.
    pub task: Uuid,
    /// What was typed.
    pub wording: &'a Wording,
    /// The field that something is wrong with.
    pub field: &'static str,
    /// What is wrong.
    pub wrong: String,
}

/// `GET /plays/runs/{id}`. `people` = ours, for another owner.
pub fn run(s: &Shell, page: &RunPage, people: &[(String, String)], draft: Option<&Draft<'_>>) -> Page {
    let w = &s.words;
    let row = &page.row;
    let path = format!("/plays/runs/{}", row.id);
    let is_open = row.ended.is_none();
    let body = html! {
        p.small { a.plain href="/plays" { "← " (w.t("runs-title")) } }
        h1 { a.plain href={ "/customers/" (row.customer_id) } { (row.customer) } }
        p.run-head {
            strong { (w.text(&row.title)) } (progress(s, row))
            @if is_open && row.paused_on.is_none() { span.faint { (w.with("run-due", &[("day", w.day(row.due_day, s.today).into())])) } }
            @if let Some(name) = &row.owner { span.faint { (owner_name(s, name, row.has_owner_left)) } }
        }
        p.small.faint { (began(s, page)) @if let Some(card) = page.card { " " a href={ "/cards/" (card) } { (w.t("run-card")) } } }
        @if !page.play.what.is_empty() { p.prose.ink2 { (w.text(&page.play.what)) } }
        (state(s, page, &path))
        section {
            h2.sr { (w.t("run-steps")) }
            ol.flow { @for step in &page.steps { (step_line(s, (page, people), step, draft.filter(|d| d.task == step.task))) } }
        }
        @if is_open { (changes(s, page, &path, people)) }
    };
    Page { title: format!("{} {}", row.customer, w.text(&row.title)), place: Place::Plays, body }
}

fn began(s: &Shell, page: &RunPage) -> String {
    let w = &s.words;
    let day = w.day(page.row.started_on, s.today);
    let cause = page.cause.map_or("card", kizashi_app::plays::Cause::word);
    let who = page.started_by.clone().unwrap_or_default();
    w.with(&format!("run-began-{cause}"), &[("day", day.into()), ("who", who.into())])
}

/// What holds of the whole run: it stands still, it is over, there is a newer version.
fn state(s: &Shell, page: &RunPage, path: &str) -> Markup {
    let w = &s.words;
    html! {
        @if let Some((end, on)) = page.row.ended {
            div.run-state {
                p { strong { (w.word("run-end", end.word())) } " " (w.day(on, s.today)) @if !page.ended_why.is_empty() { " · " (page.ended_why) } }
                @if matches!(end, End::Stopped | End::CardClosed) { (post_button(&s.csrf, &format!("{path}/reopening"), &[], html! { button.btn { (w.t("run-reopen")) } })) }
            }
        } @else if let Some(on) = page.row.paused_on {
            div.run-state {
                p { strong { (w.t("run-paused")) } " " (w.day(on, s.today)) @if !page.paused_why.is_empty() { " · " (page.paused_why) } }
                (post_button(&s.csrf, &format!("{path}/resumption"), &[], html! { button.btn.main { (w.t("run-resume")) } }))
            }
        }
        @if page.newer.is_some() && page.row.paused_on.is_none() {
            div.run-state {
                p { (w.t("run-newer")) }
                (post_button(&s.csrf, &format!("{path}/version"), &[], html! { button.btn { (w.t("run-move")) } }))
            }
        }
    }
}

/// The mark of a step: a sign for the eye, a word for the ear.
fn mark(s: &Shell, view: &StepView) -> Markup {
    let sign = match view.state.standing {
        Standing::Done => "✓",
        Standing::Open => "●",
        Standing::Later => "○",
        Standing::Skipped | Standing::Bypassed => "–",
        Standing::TimedOut => "…",
        Standing::Declined => "×",
    };
    let word = s.words.word("run-standing", view.state.standing.word());
    html! { span.mark aria-hidden="true" { (sign) } span.sr { (word) } }
}

fn step_line(
    s: &Shell,
    (page, people): (&RunPage, &[(String, String)]),
    view: &StepView,
    draft: Option<&Draft<'_>>,
) -> Markup {
    let w = &s.words;
    let standing = view.state.standing;
    let is_live = standing == Standing::Open && page.row.ended.is_none();
    html! {
        li class=(standing.word()) data-row id={ "step-" (view.task) } {
            (mark(s, view))
            div {
                div.head {
                    strong { (w.text(&view.step.title)) }
                    @if view.step.is_own() { span.tag { (w.t("run-own-step")) } }
                    @if view.step.kind() != Kind::Task { span.tag { (w.word("play-kind", view.step.kind().word())) } }
                    @if view.step.kind().has_mode() { span.small.faint { (w.word("play-mode", view.step.mode.word())) } }
                    (when(s, view, is_live))
                    @if is_live { @if let Some(name) = &view.owner { span.small { (owner_name(s, name, view.has_owner_left)) } } }
                }
                @if is_live && !view.step.what.is_empty() { p.ink2 { (w.text(&view.step.what)) } }
                (why(s, view, is_live))
                (super::letter::of_step(s, view, (is_live, page.row.paused_on.is_some()), draft))
                @if is_live && page.row.paused_on.is_none() { (answers(s, view, people)) }
                @if view.can_undo && !is_live {
                    (post_button(&s.csrf, &format!("/plays/tasks/{}/answer", view.task), &[("answer", "undone")], html! { button.btn.quiet { (w.t("undo")) } }))
                }
            }
        }
    }
}

/// When a step is due, or when it was over and by whom.
fn when(s: &Shell, view: &StepView, is_live: bool) -> Markup {
    let w = &s.words;
    let state = &view.state;
    html! {
        @if is_live {
            @if let Some(due) = state.due_on.filter(|_| !view.step.kind().runs_itself()) {
                @if due < s.today { strong.red.nowrap { (w.day(due, s.today)) " " (w.away(due, s.today)) } }
                @else { span.nowrap { (w.with("run-due", &[("day", w.day(due, s.today).into())])) } }
            }
            (dating(s, view))
            @if state.escalated_on.is_some() { span.small.faint { (w.t("run-escalated")) } }
        } @else if let Some(on) = state.finished_on {
            span.small.faint {
                (w.word("run-standing", state.standing.word())) " "
                @match view.finished_at.filter(|_| state.standing != Standing::Bypassed) {
                    Some(at) => { (w.day(on, s.today)) " " (w.clock(at, &s.zone)) },
                    None => (w.day(on, s.today)),
                }
                @if let Some(who) = &view.finished_by { " " (who) }
                @if view.performed && view.finished_by.is_none() { " " (w.t("run-by-itself")) }
            }
            @if state.standing == Standing::Done {
                @if let (Doing::Milestone { .. }, Some(due)) = (&view.step.doing, state.due_on) {
                    span.small.faint { (w.with("run-expected", &[("day", w.day(due, s.today).into())])) }
                }
            }
        } @else if state.standing == Standing::Later {
            (dating(s, view))
        }
    }
}

/// What a due day is counted back from, and what came of it.
fn dating(s: &Shell, view: &StepView) -> Markup {
    let w = &s.words;
    let Some(before) = view.step.dated_back() else { return html! {} };
    let date = || w.word("anchor", before.date.word());
    let told = |key: &str, day: Day| {
        let day = w.day(day, s.today);
        w.with(key, &[("date", date().into()), ("n", before.business_days.into()), ("day", day.into())])
    };
    let text = match view.dating {
        Some(Dating::TooLate(day)) => told("run-before-late", day),
        Some(Dating::Moved(day)) => told("run-before-moved", day),
        Some(Dating::Unknown) if view.step.due_before.is_none() => {
            w.with("run-before-unknown-wait", &[("date", date().into())])
        }
        Some(Dating::Unknown) => w.with("run-before-unknown", &[("date", date().into())]),
        Some(Dating::Kept(_)) | None => crate::books::say_before(s, before),
    };
    html! { span.small.faint { (text) } }
}

/// What a step waits for, why it was left, what was said.
fn why(s: &Shell, view: &StepView, is_live: bool) -> Markup {
    let w = &s.words;
    let ready = view.state.ready_on;
    html! {
        @if !view.waits_for.is_empty() {
            p.small.faint {
                @let names: Vec<&str> = view.waits_for.iter().map(|t| w.text(t)).collect();
                (w.with("run-waits-for", &[("steps", names.join(&w.t("between-items")).into())]))
            }
        }
        @if !view.begins_if_missed.is_empty() {
            p.small.faint {
                @let names: Vec<&str> = view.begins_if_missed.iter().map(|t| w.text(t)).collect();
                (w.with("run-begins-if-missed", &[("steps", names.join(&w.t("between-items")).into())]))
            }
        }
        @if let Some(condition) = &view.condition {
            p.small.faint { (w.with(match view.step.kind() { Kind::Branch => "run-asks", Kind::Milestone => "run-evidence", _ => "run-until" }, &[("condition", w.text(condition).to_owned().into())])) }
        }
        @if let (true, Doing::Wait(Until::Days(n)), Some(on)) = (is_live, &view.step.doing, ready) {
            p.small.faint { (w.with("run-waits-days", &[("n", i64::from(*n).into()), ("day", w.day(on, s.today).into())])) }
        }
        @if let (true, Doing::Wait(Until::Before(_)), Some(on)) = (is_live, &view.step.doing, view.state.due_on) {
            p.small.faint { (w.with("run-waits-until", &[("day", w.day(on, s.today).into())])) }
        }
        @if let Some(chose) = view.state.chose { p.small { (chosen(s, view, chose)) } }
        @if view.state.standing == Standing::Bypassed { p.small.faint { (w.t("run-bypassed")) } }
        @if !view.note.is_empty() { p.ink2 { (view.note) } }
    }
}

/// Which way a branch went, and by what.
fn chosen(s: &Shell, view: &StepView, chose: bool) -> String {
    let w = &s.words;
    match &view.seen {
        Some(seen) => {
            w.with(if chose { "run-chose-yes" } else { "run-chose-no" }, &[("seen", w.text(seen).to_owned().into())])
        }
        None => w.t(if chose { "run-chose-yes-blind" } else { "run-chose-no-blind" }),
    }
}

/// The buttons of an open step.
fn answers(s: &Shell, view: &StepView, people: &[(String, String)]) -> Markup {
    let w = &s.words;
    let action = format!("/plays/tasks/{}/answer", view.task);
    let kind = view.step.kind();
    if kind == Kind::Branch {
        return html! {};
    }
    let can_confirm =
        kind.has_mode() && view.step.mode != Mode::Manual && view.letter.as_ref().is_none_or(|l| l.to.is_some());
    // A letter has its button below its words.
    let has_button = can_confirm && kind != Kind::Mail;
    let button = |answer: &str, class: &str, label: &str| {
        html! {
            form method="post" action=(action) {
                (token(&s.csrf))
                input type="hidden" name="back" value=(s.address);
                button class=(class) name="answer" value=(answer) { (w.t(label)) }
            }
        }
    };
    let reason = |answer: &str, label: &str| {
        html! {
            details.menu {
                summary.btn.quiet { (w.t(label)) }
                form.sheet.pad method="post" action=(action) {
                    (token(&s.csrf))
                    input type="hidden" name="back" value=(s.address);
                    label.small { (w.t("run-why")) input type="text" name="note" maxlength="500" required autocomplete="off"; }
                    button.btn name="answer" value=(answer) { (w.t(label)) }
                }
            }
        }
    };
    html! {
        div.btns {
            @match kind {
                Kind::Approval => { (button("done", "btn main", "run-approve")) (reason("declined", "run-decline")) },
                Kind::Wait => (reason("skipped", "run-not-wait")),
                Kind::Milestone => { (button("done", "btn main", "run-reached")) (reason("skipped", "run-skip")) },
                _ => {
                    @if has_button { (button("confirm", "btn main", "run-confirm")) }
                    (button("done", if can_confirm { "btn" } else { "btn main" }, if can_confirm { "run-done-otherwise" } else { "run-done" }))
                    (reason("skipped", "run-skip"))
                },
            }
            @if view.state.asks { (shift_one(s, view, people)) }
        }
    }
}

/// Another day or another owner for one step.
fn shift_one(s: &Shell, view: &StepView, people: &[(String, String)]) -> Markup {
    let w = &s.words;
    html! {
        details.menu {
            summary.btn.quiet { (w.t("run-shift-step")) }
            form.sheet.pad method="post" action={ "/plays/tasks/" (view.task) "/shift" } {
                (token(&s.csrf))
                input type="hidden" name="back" value=(s.address);
                label.small { (w.t("run-step-due")) input type="date" name="due" min=(s.today) value=[view.state.due_on.filter(|due| *due >= s.today)]; }
                label.small { (w.t("run-shift-owner"))
                    select name="owner" {
                        option value="" { (w.t("run-shift-same")) }
                        @for (id, name) in people { option value=(id) { (name) } }
                    }
                }
                button.btn { (w.t("run-shift-step-do")) }
            }
        }
    }
}

/// Standing still, ending, other days, another owner.
fn changes(s: &Shell, page: &RunPage, path: &str, people: &[(String, String)]) -> Markup {
    let w = &s.words;
    let with_reason = |act: &str, label: &str| {
        html! {
            form.row-form method="post" action={ (path) "/" (act) } {
                (token(&s.csrf))
                input type="text" name="why" maxlength="500" required autocomplete="off" aria-label={ (w.t(label)) " " (w.t("run-why")) } placeholder=(w.t("run-why"));
                button.btn { (w.t(label)) }
            }
        }
    };
    html! {
        details.run-changes {
            summary.btn { (w.t("run-add-step")) }
            div {
                p.help { (w.t("run-add-step-help")) }
                form.row-form method="post" action={ (path) "/steps" } {
                    (token(&s.csrf))
                    label { (w.t("run-step-title")) " " input type="text" name="title" size="36" maxlength="200" required autocomplete="off"; }
                    label { (w.t("run-step-due")) " " input type="date" name="due" required min=(s.today); }
                    button.btn.main { (w.t("run-add-step")) }
                }
            }
        }
        details.run-changes {
            summary.btn { (w.t("run-changes")) }
            div {
                form.row-form method="post" action={ (path) "/shift" } {
                    (token(&s.csrf))
                    label { (w.t("run-shift-days")) " " input type="text" inputmode="numeric" name="days" value="0" maxlength="5" size="4" required; }
                    label { (w.t("run-shift-owner")) " "
                        select name="owner" {
                            option value="" { (w.t("run-shift-same")) }
                            @for (id, name) in people { option value=(id) { (name) } }
                        }
                    }
                    button.btn { (w.t("run-shift")) }
                }
                @if page.row.paused_on.is_none() { (with_reason("pause", "run-pause")) }
                (with_reason("end", "run-stop"))
            }
        }
    }
}
