//! `import`: files go in, good rows kept, refused rows written where they can be mended. Several files are one import: all of
//! them go in, or none.

mod read;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kizashi_app::intake::{self, Kept, Received};
use kizashi_connectors::{Parsed, Reader};
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::intake::{CustomerNames, Record, RecordKind};
use kizashi_domain::time::Time;
use kizashi_lake::Load;
use read::{Part, Reading, Rejects, read_ahead};

use super::{Exit, Output};
use crate::args::{Import, Kind};
use crate::home::Home;

/// Records of one import. They are held together so that a damaged file leaves the workspace as it was.
const RECORDS_MAX: usize = 3_000_000;

/// Standard input, kept in a file for as long as the command runs.
pub struct Spooled(PathBuf);

impl Spooled {
    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Spooled {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// When a server is to read standard input for us, it needs a file.
pub fn spool_input(args: &Import, dir: &Path) -> Result<Option<Spooled>, Exit> {
    if !args.files.iter().any(|f| f == Path::new("-"))
        || std::os::unix::net::UnixStream::connect(dir.join("control")).is_err()
    {
        return Ok(None);
    }
    let dir = std::fs::canonicalize(dir)?;
    let path = dir.join(format!("input-{}", std::process::id()));
    let spooled = Spooled(path.clone());
    std::io::copy(&mut std::io::stdin().lock(), &mut File::create(path)?)?;
    Ok(Some(spooled))
}

const fn kind_of(kind: Kind) -> RecordKind {
    match kind {
        Kind::Events => RecordKind::Events,
        Kind::Customers => RecordKind::Customers,
        Kind::Contacts => RecordKind::Contacts,
        Kind::Contracts => RecordKind::Contracts,
        Kind::Activities => RecordKind::Activities,
        Kind::Tickets => RecordKind::Tickets,
        Kind::Responses => RecordKind::Responses,
    }
}

/// What was read so far.
struct Taking<'a> {
    home: &'a Home,
    source: &'a str,
    received_at: Time,
    load: Option<Load>,
    records: Vec<Received>,
    groups: Vec<(String, String)>,
    rejected: Vec<String>,
    refused: u64,
    left_out: u64,
    rows: u64,
}

/// The counts at the end.
#[derive(serde::Serialize)]
struct Report<'a> {
    kind: String,
    source: &'a str,
    files: usize,
    rows: u64,
    added: u64,
    changed: u64,
    deleted: u64,
    same: u64,
    refused: u64,
    #[serde(skip_serializing_if = "is_zero")]
    left_out: u64,
    dry_run: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected_file: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    rejected_files: &'a [String],
}

#[allow(clippy::trivially_copy_pass_by_ref)]
const fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// Runs the command.
pub async fn run(home: &Home, args: Import, output: &mut Output) -> Result<Exit, Exit> {
    let workspace = home.workspace().await?;
    let started_at = home.app.now();
    let mut reading = Reading::prepare(home, workspace, &args, output).await?;
    let source = reading.source.clone();
    let mut taking = Taking {
        home,
        source: &source,
        received_at: started_at,
        load: None,
        records: Vec::new(),
        groups: Vec::new(),
        rejected: Vec::new(),
        refused: 0,
        left_out: 0,
        rows: 0,
    };
    let kinds = read_parts(home, &args, &mut reading, &mut taking, output)?;
    if args.strict && taking.refused > 0 {
        let files = taking.rejected.join(", ");
        return Err(Exit::Failed(format!(
            "{} rows are refused (see {files}); nothing was taken in (--strict)",
            taking.refused
        )));
    }
    let kind = kinds.iter().map(|k| k.word()).collect::<Vec<_>>().join("+");
    let kept = keep(&mut taking, workspace, args.dry_run).await?;
    if !args.dry_run {
        let counts = (kept.added + kept.changed + kept.deleted, kept.same, taking.refused);
        intake::record_import(&home.app, workspace, &kind, taking.source, counts, started_at).await?;
    }
    let report = Report {
        kind,
        source: taking.source,
        files: args.files.len(),
        rows: taking.rows,
        added: kept.added,
        changed: kept.changed,
        deleted: kept.deleted,
        same: kept.same,
        refused: taking.refused,
        left_out: taking.left_out,
        dry_run: args.dry_run,
        rejected_file: taking.rejected.first().map(String::as_str),
        rejected_files: if taking.rejected.len() > 1 { &taking.rejected } else { &[] },
    };
    say_report(&report, &taking.rejected, output);
    if args.json {
        writeln!(output.out(), "{}", serde_json::to_string(&report).map_err(Exit::failed)?)?;
    }
    Ok(if report.refused > 0 { Exit::Refused } else { Exit::Done })
}

/// Reads every file, and of workbooks every sheet; what they hold.
fn read_parts(
    home: &Home,
    args: &Import,
    reading: &mut Reading,
    taking: &mut Taking<'_>,
    output: &mut Output,
) -> Result<Vec<RecordKind>, Exit> {
    let mut kinds: Vec<RecordKind> = Vec::new();
    for file in &args.files {
        let parts = reading.list_parts(args, file, output)?;
        let is_labelled = args.files.len() > 1 || parts.len() > 1;
        for part in &parts {
            let reader = reading.open(home, args, part, output)?;
            // Sheets of one workbook may hold different things; files are brought in one kind at a time.
            if let Some(first) = kinds.first().filter(|k| parts.len() == 1 && **k != reader.kind()) {
                return Err(Exit::usage(format!(
                    "{} holds {}, the files before it {}; import them one after the other, or say with --as what they hold",
                    file.display(),
                    reader.kind().word(),
                    first.word()
                )));
            }
            if is_labelled {
                output.say(&format!("{}:", part.label()));
            }
            if !kinds.contains(&reader.kind()) {
                kinds.push(reader.kind());
            }
            explain_plan(&reader, taking.source, output);
            let before = taking.records.len();
            tokio::task::block_in_place(|| read_file(reader, part, taking, args, output))?;
            add_names(&mut reading.names, taking.records.get(before..).unwrap_or_default());
        }
    }
    Ok(kinds)
}

/// Customers that have just been read can be meant by name in what is read next.
fn add_names(names: &mut Arc<CustomerNames>, records: &[Received]) {
    let customers = records.iter().filter_map(|r| match &r.record {
        Record::Customer(row) => Some((row.external_id.as_str(), row.name.as_deref()?)),
        _ => None,
    });
    for (external_id, name) in customers {
        Arc::make_mut(names).add(external_id, name);
    }
}

/// Reads one file, or a sheet of one, to its end.
fn read_file(
    reader: Reader,
    part: &Part,
    taking: &mut Taking<'_>,
    args: &Import,
    output: &mut Output,
) -> Result<(), Exit> {
    let mut rejects = Rejects::new(part, output, reader.titles());
    let damage = read_ahead(reader, &mut |parsed, progress| {
        for refused in &parsed.refused {
            rejects.add(refused, output)?;
        }
        output.progress(progress.bytes, progress.bytes_total);
        take(taking, parsed)
    })?;
    output.end_progress();
    taking.refused += rejects.refused;
    taking.rejected.extend(rejects.finish()?);
    match damage {
        Some(error) if !args.partial => Err(Exit::Failed(format!(
            "{error}\nNothing was taken in. Give the whole file, or --partial to keep the rows before the damage."
        ))),
        Some(error) => {
            output.say(&format!("{error}; the rows before that are taken in (--partial)"));
            Ok(())
        }
        None => Ok(()),
    }
}

fn explain_plan(reader: &Reader, source: &str, output: &mut Output) {
    let plan = reader.plan();
    output.say(&format!("reading {} from source {source} ({})", plan.kind.word(), reader.encoding()));
    if plan.guessed {
        for (field, column) in &plan.columns {
            output.say(&format!("  {field:<14} ← {column}"));
        }
        if !plan.unused.is_empty() {
            output.say(&format!("  not used: {}", plan.unused.join(", ")));
        }
    }
}

fn take(taking: &mut Taking<'_>, parsed: Parsed) -> Result<(), Exit> {
    taking.rows += parsed.rows;
    taking.left_out += parsed.left_out.len() as u64;
    taking.groups.extend(parsed.groups);
    if taking.records.len() + parsed.records.len() > RECORDS_MAX {
        return Err(Exit::Failed(format!(
            "more than {RECORDS_MAX} records in one import; split it. Nothing was taken in."
        )));
    }
    let at = taking.received_at;
    taking.records.extend(parsed.records.into_iter().map(|record| Received { at, assumed: true, record }));
    if parsed.events.is_empty() {
        return Ok(());
    }
    if taking.load.is_none() {
        // What corrects or deletes without saying when that was learned is learned now.
        taking.load = Some(taking.home.lake.begin_load(taking.source, at).map_err(Exit::failed)?);
    }
    match &taking.load {
        Some(load) => load.add(&parsed.events).map_err(Exit::failed),
        None => Ok(()),
    }
}

async fn keep(taking: &mut Taking<'_>, workspace: Id<Workspace>, dry_run: bool) -> Result<Kept, Exit> {
    let app = &taking.home.app;
    let mut kept = Kept::default();
    if !taking.groups.is_empty() && !dry_run {
        intake::keep_groups(app, workspace, taking.source, &taking.groups).await?;
    }
    if !taking.records.is_empty() {
        kept = intake::keep_records(app, workspace, taking.source, &taking.records, dry_run).await?;
    }
    if let Some(load) = taking.load.take() {
        let loaded =
            tokio::task::block_in_place(|| if dry_run { load.count() } else { load.commit() }).map_err(Exit::failed)?;
        kept.added += loaded.accepted;
        kept.changed += loaded.corrected;
        kept.deleted += loaded.deleted;
        kept.same += loaded.duplicates;
        if !dry_run && !loaded.touched.is_empty() {
            intake::keep_unknown_customers(app, workspace, taking.source, &loaded.touched).await?;
            intake::mark_dirty(app, workspace, loaded.touched).await?;
        }
    }
    Ok(kept)
}

fn say_report(r: &Report<'_>, rejected: &[String], output: &mut Output) {
    let verb = if r.dry_run { "would be" } else { "were" };
    output.say(&format!(
        "{} rows: {} {verb} added, {} changed, {} deleted, {} the same as before, {} refused",
        r.rows, r.added, r.changed, r.deleted, r.same, r.refused
    ));
    if r.left_out > 0 {
        output.say(&format!("{} rows of totals (合計) were left out", r.left_out));
    }
    for file in rejected {
        output.say(&format!("mend the refused rows in {file} and import that file"));
    }
}
