//! Playbooks under way: the list of runs, one run step by step, the tasks of a person, onboarding by month.

mod http;
mod letter;
mod list;
mod onboarding;
mod run;
mod tasks;

pub(crate) use http::{
    add_step, answer, move_all, move_over, open_onboarding, open_run, open_runs, pause, reopen, resume, shift,
    shift_step, start, stop, undo_shift,
};
pub use list::{Asked, progress, runs};
pub use run::run;
pub use tasks::{my_tasks, of_card, of_customer, tasks_sum};
