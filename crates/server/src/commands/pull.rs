//! `pull`: the queries of connected databases and the folders of connected mailboxes are read now.

use std::sync::Arc;

use kizashi_app::pulls::{self, Failed};
use kizashi_domain::intake::Files;

use super::import::say_tally;
use super::{Exit, Output};
use crate::args::Pull;
use crate::files::Uploads;
use crate::home::Home;

/// Runs the command.
pub async fn run(home: &Home, args: Pull, output: &mut Output) -> Result<Exit, Exit> {
    let workspace = home.workspace().await?;
    let mut all = pulls::list_pulls(&home.app, workspace).await?;
    all.retain(|p| args.source.as_ref().is_none_or(|source| *source == p.source));
    if all.is_empty() {
        return Err(Exit::usage(
            "there is nothing to read: connect a database or a mailbox in the pages, under Data, Connections",
        ));
    }
    let files: Arc<dyn Files> = Arc::new(Uploads::new(&home.dir, home.zone.clone()));
    let (mut failed, mut refused) = (0, 0);
    for pull in all {
        let name = format!("{} / {}", pull.source, pull.name);
        match pulls::run_now(&home.app, &files, workspace, pull.id).await {
            Ok(r) => {
                refused += r.refused;
                output.say(&format!(
                    "{name}: {} rows: {} were added, {} changed, {} deleted, {} the same as before, {} refused",
                    r.rows, r.added, r.changed, r.deleted, r.same, r.refused
                ));
                say_tally(r.mail, false, output);
            }
            Err(Failed::There(fault, said)) => {
                failed += 1;
                output.say(&format!("{name}: {fault}: {said}"));
            }
            Err(Failed::Here(error)) => return Err(error.into()),
        }
    }
    match (failed, refused) {
        (0, 0) => Ok(Exit::Done),
        (0, _) => Ok(Exit::Refused),
        _ => Err(Exit::Failed(format!("{failed} could not be read; they are tried again by a running server"))),
    }
}
