//! `doctor`: checks a data folder whole and says what to do.

use super::{Exit, Output};
use crate::args::Doctor;
use crate::home::Home;

#[derive(serde::Serialize)]
struct Finding {
    file: String,
    what: String,
    advice: String,
}

#[derive(serde::Serialize)]
struct Report {
    healthy: bool,
    events: u64,
    events_retracted: u64,
    events_in_log: u64,
    segments: u64,
    customers: i64,
    waiting: i64,
    findings: Vec<Finding>,
}

/// Runs the command.
pub async fn run(home: &Home, args: Doctor, output: &mut Output) -> Result<Exit, Exit> {
    let workspace = home.workspace().await?;
    if args.repair {
        let count = kizashi_app::search::rebuild_index(&home.app, workspace).await?;
        output.say(&format!("the index of the search was made anew: {count} texts"));
    }
    let audit = tokio::task::block_in_place(|| home.lake.audit()).map_err(Exit::failed)?;
    let mut findings: Vec<Finding> = audit
        .findings
        .into_iter()
        .map(|f| Finding { file: f.file.display().to_string(), what: f.what, advice: f.advice })
        .collect();
    for what in home.app.check_database().await? {
        findings.push(Finding {
            file: kizashi_app::DATABASE_FILE.to_owned(),
            what,
            advice: "restore the database file from a copy".to_owned(),
        });
    }
    for what in kizashi_app::secrets::check_secrets(&home.app).await? {
        findings.push(Finding {
            file: kizashi_app::secrets::KEY_FILE.to_owned(),
            what,
            advice: "put back the key of the same day as the database, or enter the secret again".to_owned(),
        });
    }
    let check = kizashi_app::intake::check_facts(&home.app, workspace).await?;
    for what in check.findings {
        findings.push(Finding {
            file: "records".to_owned(),
            what,
            advice: "report this: it should not happen".to_owned(),
        });
    }
    let report = Report {
        healthy: findings.is_empty(),
        events: audit.events - audit.retracted.min(audit.events),
        events_retracted: audit.retracted,
        events_in_log: audit.logged,
        segments: audit.segments,
        customers: check.customers,
        waiting: check.waiting,
        findings,
    };
    if args.json {
        writeln!(output.out(), "{}", serde_json::to_string(&report).map_err(Exit::failed)?)?;
    } else {
        let out = output.out();
        writeln!(
            out,
            "events     {} in {} segments, {} in the log, {} corrected or deleted",
            report.events, report.segments, report.events_in_log, report.events_retracted
        )?;
        writeln!(out, "customers  {}, {} waiting to be scored", report.customers, report.waiting)?;
        for f in &report.findings {
            writeln!(out, "{}: {} — {}", f.file, f.what, f.advice)?;
        }
        writeln!(out, "{}", if report.healthy { "all is well" } else { "not well" })?;
    }
    let count = report.findings.len();
    if report.healthy { Ok(Exit::Done) } else { Err(Exit::Failed(format!("{count} findings"))) }
}
