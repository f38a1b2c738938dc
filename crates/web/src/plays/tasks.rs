//! Steps and runs on other pages: the day's tasks, a customer's plays, the run of a card.

use kizashi_app::plays::{CustomerPlays, RunRow, TaskRow};
use kizashi_domain::lang::Text;
use kizashi_domain::plays::Kind;
use maud::{Markup, html};

use super::list::line;
use crate::parts::form::token;
use crate::parts::work::owner_name;
use crate::shell::Shell;
use crate::words::Words;

/// How many tasks are due, and how many of them are late.
pub fn tasks_sum(w: &Words, due: i64, late: i64) -> String {
    let key = if late > 0 { "tasks-sum-late" } else { "tasks-sum" };
    w.with(key, &[("n", due.into()), ("late", late.into())])
}

/// Tasks of a person that are due, on the page of the day. `sums` = how many there are in all, and how many are late.
pub fn my_tasks(s: &Shell, tasks: &[TaskRow], sums: (i64, i64)) -> Markup {
    let w = &s.words;
    html! {
        @if !tasks.is_empty() {
            section.tasks #tasks {
                h2 { (w.t("tasks-title")) " " span.small.faint { (tasks_sum(w, sums.0, sums.1)) } }
                ul { @for task in tasks { (task_line(s, task, true)) } }
                @if sums.0 > i64::try_from(tasks.len()).unwrap_or_default() { p.small { a href="/plays?whose=mine" { (w.t("tasks-all")) } } }
            }
        }
    }
}

fn task_line(s: &Shell, task: &TaskRow, named: bool) -> Markup {
    let w = &s.words;
    html! {
        li data-row {
            div {
                @if named { a.plain href={ "/customers/" (task.customer_id) } { (task.customer) } " " }
                a href={ "/plays/runs/" (task.run) "#step-" (task.task) } data-open { (w.text(&task.title)) }
                " " span.small.faint { (w.text(&task.play)) @if let (false, Some(name)) = (named, &task.owner) { " " (owner_name(s, name, task.has_owner_left)) } }
            }
            @if task.due_day < s.today { strong.red.nowrap { (w.day(task.due_day, s.today)) " " (w.away(task.due_day, s.today)) } }
            @else { span.nowrap { (w.with("run-due", &[("day", w.day(task.due_day, s.today).into())])) } }
            @if matches!(task.kind, Kind::Task | Kind::Milestone) {
                form method="post" action={ "/plays/tasks/" (task.task) "/answer" } {
                    (token(&s.csrf))
                    input type="hidden" name="back" value=(s.address);
                    button.btn name="answer" value="done" { (w.t(if task.kind == Kind::Milestone { "run-reached" } else { "run-done" })) }
                }
            } @else {
                a.btn href={ "/plays/runs/" (task.run) "#step-" (task.task) } { (w.t("run-look")) }
            }
        }
    }
}

/// A customer's plays: open steps, runs, and beginning another. `plays` = id and title of those that there are.
pub fn of_customer(s: &Shell, customer: &str, of: &CustomerPlays, plays: &[(String, Text)]) -> Markup {
    let w = &s.words;
    let (runs, tasks) = (&of.runs, &of.tasks);
    let open = || runs.iter().filter(|r| r.ended.is_none());
    let over = runs.iter().filter(|r| r.ended.is_some()).count();
    html! {
        section.tasks #plays {
            h2 { (w.t("nav-plays")) }
            @if open().next().is_some() { ul.runs.short { @for row in open() { (line(s, row)) } } }
            @else { p.faint { (w.t("runs-none-here")) } }
            @if !tasks.is_empty() { ul { @for task in tasks { (task_line(s, task, false)) } } }
            @if over > 0 {
                details { summary.small.faint { (w.with("runs-over", &[("n", over.into())])) }
                    ul.runs.short { @for row in runs.iter().filter(|r| r.ended.is_some()) { (line(s, row)) } }
                }
            }
            @if !plays.is_empty() {
                form.row-form method="post" action={ "/customers/" (customer) "/plays" } {
                    (token(&s.csrf))
                    select name="play" required aria-label=(w.t("run-play")) {
                        option value="" { (w.t("run-choose")) }
                        @for (id, title) in plays { option value=(id) { (w.text(title)) } }
                    }
                    button.btn { (w.t("run-start")) }
                }
            }
        }
    }
}

/// The runs that answer a card.
pub fn of_card(s: &Shell, runs: &[RunRow]) -> Markup {
    html! { @if !runs.is_empty() { ul.runs.short { @for row in runs { (line(s, row)) } } } }
}
