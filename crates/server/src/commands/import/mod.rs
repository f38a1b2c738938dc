//! `import`: files go in, good rows kept, refused rows written where they can be mended. Several files are one import: all of
//! them go in, or none.

mod folder;
mod letters;
mod read;
mod singer;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kizashi_app::imports::{self, Taking};
use kizashi_app::intake::{Kept, Received};
use kizashi_connectors::Reader;
use kizashi_domain::intake::mail::MailTally;
use kizashi_domain::intake::{CustomerNames, Record, RecordKind, Wish};
pub use letters::say_tally;
use read::{Part, Reading, Rejects, read_ahead};

use super::{Exit, Output};
use crate::args::{Import, Kind};
use crate::home::Home;

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

/// What a file holds; the messages of a tap hold several kinds.
const fn kind_of(kind: Kind) -> Option<RecordKind> {
    Some(match kind {
        Kind::Events => RecordKind::Events,
        Kind::Customers => RecordKind::Customers,
        Kind::Contacts => RecordKind::Contacts,
        Kind::Contracts => RecordKind::Contracts,
        Kind::Deals => RecordKind::Deals,
        Kind::Activities | Kind::Mail => RecordKind::Activities,
        Kind::Tickets => RecordKind::Tickets,
        Kind::Responses => RecordKind::Responses,
        Kind::Singer => return None,
    })
}

/// What was read so far.
struct Gathering<'a> {
    home: &'a Home,
    source: &'a str,
    taking: Taking,
    rejected: Vec<String>,
    refused: u64,
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
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    strangers: &'a [String],
    #[serde(skip_serializing_if = "is_no_mail")]
    mail: MailTally,
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

fn is_no_mail(tally: &MailTally) -> bool {
    *tally == MailTally::default()
}

/// Runs the command.
pub async fn run(home: &Home, mut args: Import, output: &mut Output) -> Result<Exit, Exit> {
    if args.kind == Some(Kind::Singer) {
        return singer::run(home, &args, output).await;
    }
    args.files = match args.kind {
        Some(Kind::Mail) => letters::list_files(&args.files, output)?,
        _ => folder::list_files(&args.files, output)?,
    };
    let workspace = home.workspace().await?;
    let mut reading = Reading::prepare(home, workspace, &args, output).await?;
    let source = reading.source.clone();
    let taking = Taking::begin(&home.app, &source);
    let mut taking = Gathering { home, source: &source, taking, rejected: Vec::new(), refused: 0 };
    let kinds = read_parts(home, &args, &mut reading, &mut taking, output)?;
    if args.strict && taking.refused > 0 {
        let files = taking.rejected.join(", ");
        return Err(Exit::Failed(format!(
            "{} rows are refused (see {files}); nothing was taken in (--strict)",
            taking.refused
        )));
    }
    let kind = kinds.iter().map(|k| k.word()).collect::<Vec<_>>().join("+");
    let Gathering { taking, rejected, refused, .. } = taking;
    let counts = (taking.rows, taking.left_out);
    let strangers = taking.list_strangers(&home.app, workspace).await?;
    let kept = if args.dry_run {
        taking.try_out(&home.app, workspace).await?.0
    } else {
        keep(home, &args, kinds.first().copied(), &source, (taking, refused, &strangers)).await?
    };
    let report = Report {
        kind,
        source: &source,
        files: args.files.len(),
        rows: counts.0,
        added: kept.added,
        changed: kept.changed,
        deleted: kept.deleted,
        same: kept.same,
        refused,
        left_out: counts.1,
        strangers: &strangers,
        mail: kept.mail,
        dry_run: args.dry_run,
        rejected_file: rejected.first().map(String::as_str),
        rejected_files: if rejected.len() > 1 { &rejected } else { &[] },
    };
    say_report(&report, &rejected, args.kind == Some(Kind::Mail), output);
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
    taking: &mut Gathering<'_>,
    output: &mut Output,
) -> Result<Vec<RecordKind>, Exit> {
    let mut kinds: Vec<RecordKind> = Vec::new();
    let parts = folder::order_parts(home, args, reading, output)?;
    let is_quiet = args.kind == Some(Kind::Mail);
    for part in &parts {
        let reader = reading.open(home, args, part, output)?;
        if parts.len() > 1 && !is_quiet {
            output.say(&format!("{}:", part.label()));
        }
        if !kinds.contains(&reader.kind()) {
            kinds.push(reader.kind());
        }
        if !is_quiet {
            explain_plan(&reader, taking.source, output);
        }
        let before = taking.taking.records();
        tokio::task::block_in_place(|| read_file(reader, part, taking, args, output))?;
        add_names(&mut reading.names, taking.taking.records_from(before));
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
    taking: &mut Gathering<'_>,
    args: &Import,
    output: &mut Output,
) -> Result<(), Exit> {
    let mut rejects = Rejects::new(part, output, reader.titles());
    let damage = read_ahead(reader, &mut |parsed, progress| {
        for refused in &parsed.refused {
            rejects.add(refused, output)?;
        }
        output.progress(progress.bytes, progress.bytes_total);
        Ok(taking.taking.take(&taking.home.app, parsed)?)
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

/// Keeps everything as one import, which can be taken back as a whole.
async fn keep(
    home: &Home,
    args: &Import,
    kind: Option<RecordKind>,
    source: &str,
    (taking, refused, strangers): (Taking, u64, &[String]),
) -> Result<Kept, Exit> {
    let workspace = home.workspace().await?;
    let counts = (taking.rows, taking.left_out);
    let names: Vec<String> =
        args.files.iter().filter_map(|f| f.file_name()).map(|n| n.to_string_lossy().into_owned()).collect();
    let name = if names.is_empty() { "-".to_owned() } else { names.join(", ").chars().take(120).collect() };
    let bytes = args.files.iter().filter_map(|f| f.metadata().ok()).map(|m| m.len()).sum();
    let wish = Wish { kind, source: source.to_owned(), ..Wish::default() };
    let run = imports::begin_run(&home.app, workspace, &wish, &name, bytes).await?;
    match taking.keep(&home.app, workspace, run, None).await {
        Ok(kept) => {
            let report =
                imports::Report { strangers: strangers.to_vec(), ..imports::Report::of(kind, counts, kept, refused) };
            imports::end_run(&home.app, workspace, run, &report).await?;
            Ok(kept)
        }
        Err(error) => {
            imports::fail_run(&home.app, workspace, run, &imports::Report::default()).await?;
            Err(error.into())
        }
    }
}

fn say_report(r: &Report<'_>, rejected: &[String], is_mail: bool, output: &mut Output) {
    let verb = if r.dry_run { "would be" } else { "were" };
    output.say(&format!(
        "{} rows: {} {verb} added, {} changed, {} deleted, {} the same as before, {} refused",
        r.rows, r.added, r.changed, r.deleted, r.same, r.refused
    ));
    if r.left_out > 0 {
        output.say(&format!("{} rows of totals (合計) were left out", r.left_out));
    }
    if !r.strangers.is_empty() {
        output.say(&format!(
            "nobody of yours is called {}; register them (kizashi user add) and import this again to fill them in",
            r.strangers.join(", ")
        ));
    }
    say_tally(r.mail, r.dry_run, output);
    for file in rejected {
        output.say(&match is_mail {
            true => format!("the refused letters are named in {file}"),
            false => format!("mend the refused rows in {file} and import that file"),
        });
    }
}
