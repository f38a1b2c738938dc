//! `import`: a file goes in, good rows kept, refused rows written where they can be mended.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use kizashi_app::intake::{self, Kept, Received};
use kizashi_connectors::{Groups, Map, Options, Parsed, Reader, Refused, RejectedWriter};
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::intake::RecordKind;
use kizashi_lake::Load;

use super::{Exit, Output};
use crate::args::{Import, Kind};
use crate::home::Home;

/// Refused rows that are shown; all of them are in the file.
const SHOWN_MAX: u64 = 10;
/// Records of one file. They are held together so that a damaged file leaves the workspace as it was.
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
    if args.file != Path::new("-") || std::os::unix::net::UnixStream::connect(dir.join("control")).is_err() {
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
    source: String,
    load: Option<Load>,
    records: Vec<Received>,
    groups: Vec<(String, String)>,
    rejected: Option<RejectedWriter<BufWriter<File>>>,
    rejected_path: PathBuf,
    refused: u64,
    rows: u64,
}

/// The counts at the end.
#[derive(serde::Serialize)]
struct Report<'a> {
    kind: &'static str,
    source: &'a str,
    rows: u64,
    added: u64,
    changed: u64,
    deleted: u64,
    same: u64,
    refused: u64,
    dry_run: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected_file: Option<String>,
}

/// Runs the command.
pub async fn run(home: &Home, args: Import, output: &mut Output) -> Result<Exit, Exit> {
    let workspace = home.workspace().await?;
    let started_at = home.app.now();
    let (mut reader, source) = open(home, workspace, &args, output).await?;
    let kind = reader.kind();
    explain_plan(&reader, &source, output);
    let mut taking = Taking {
        home,
        source,
        load: None,
        records: Vec::new(),
        groups: Vec::new(),
        rejected: None,
        rejected_path: rejected_path(&output.path(&args.file)),
        refused: 0,
        rows: 0,
    };
    let damage = tokio::task::block_in_place(|| read_all(&mut reader, &mut taking, &args, output))?;
    output.end_progress();
    let rejected_file = match taking.rejected.take() {
        Some(writer) => {
            writer.finish()?.flush()?;
            Some(taking.rejected_path.display().to_string())
        }
        None => None,
    };
    if let Some(error) = damage {
        if !args.partial {
            return Err(Exit::Failed(format!(
                "{error}\nNothing was taken in. Give the whole file, or --partial to keep the rows before the damage."
            )));
        }
        output.say(&format!("{error}; the rows before that are taken in (--partial)"));
    }
    if args.strict && taking.refused > 0 {
        let file = rejected_file.unwrap_or_default();
        return Err(Exit::Failed(format!(
            "{} rows are refused (see {file}); nothing was taken in (--strict)",
            taking.refused
        )));
    }
    let kept = keep(&mut taking, workspace, args.dry_run).await?;
    let refused = taking.refused;
    if !args.dry_run {
        let counts = (kept.added + kept.changed + kept.deleted, kept.same, refused);
        intake::record_import(&home.app, workspace, kind.word(), &taking.source, counts, started_at).await?;
    }
    let report = Report {
        kind: kind.word(),
        source: &taking.source,
        rows: taking.rows,
        added: kept.added,
        changed: kept.changed,
        deleted: kept.deleted,
        same: kept.same,
        refused,
        dry_run: args.dry_run,
        rejected_file: rejected_file.clone(),
    };
    say_report(&report, output);
    if args.json {
        writeln!(output.out(), "{}", serde_json::to_string(&report).map_err(Exit::failed)?)?;
    }
    Ok(if refused > 0 { Exit::Refused } else { Exit::Done })
}

async fn open(
    home: &Home,
    workspace: Id<Workspace>,
    args: &Import,
    output: &mut Output,
) -> Result<(Reader, String), Exit> {
    let kind = args.kind.map(kind_of);
    let map = match &args.map {
        Some(path) => {
            let path = output.path(path);
            let text = std::fs::read_to_string(&path).map_err(|e| Exit::usage(format!("{}: {e}", path.display())))?;
            Some(Map::read(&text, kind).map_err(Exit::usage)?)
        }
        None => None,
    };
    let source = args
        .source
        .clone()
        .or_else(|| map.as_ref().and_then(|m| m.source.clone()))
        .unwrap_or_else(|| "import".to_owned());
    let groups: Groups = intake::list_groups(&home.app, workspace, &source).await?.into_iter().collect();
    let options = Options { kind, map, zone: home.zone.clone(), workers: 0, groups };
    let file = if args.file == Path::new("-") { args.file.clone() } else { output.path(&args.file) };
    let reader = Reader::open(&file, options).map_err(|e| match e {
        kizashi_connectors::Error::Io { .. } | kizashi_connectors::Error::Columns { .. } => Exit::usage(e),
        other => Exit::failed(other),
    })?;
    Ok((reader, source))
}

fn rejected_path(file: &Path) -> PathBuf {
    let mut name = if file == Path::new("-") { "stdin".into() } else { file.as_os_str().to_owned() };
    name.push(".rejected.csv");
    PathBuf::from(name)
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

/// Reads the whole file. The damage of a file that breaks off is given back; a failure of our own is an error.
fn read_all(
    reader: &mut Reader,
    taking: &mut Taking<'_>,
    args: &Import,
    output: &mut Output,
) -> Result<Option<kizashi_connectors::Error>, Exit> {
    let received_at = taking.home.app.now();
    loop {
        let parsed = match reader.next() {
            None => return Ok(None),
            Some(Err(error)) => return Ok(Some(error)),
            Some(Ok(parsed)) => parsed,
        };
        let titles = reader.titles().to_vec();
        take(taking, parsed, &titles, received_at, args, output)?;
        let progress = reader.progress();
        output.progress(progress.bytes, progress.bytes_total);
    }
}

fn take(
    taking: &mut Taking<'_>,
    parsed: Parsed,
    titles: &[String],
    received_at: kizashi_domain::time::Time,
    args: &Import,
    output: &mut Output,
) -> Result<(), Exit> {
    taking.rows += parsed.rows;
    for refused in &parsed.refused {
        refuse(taking, refused, titles, args, output)?;
    }
    taking.groups.extend(parsed.groups);
    if taking.records.len() + parsed.records.len() > RECORDS_MAX {
        return Err(Exit::Failed(format!(
            "more than {RECORDS_MAX} records in one file; split it. Nothing was taken in."
        )));
    }
    taking.records.extend(parsed.records.into_iter().map(|record| Received { at: received_at, assumed: true, record }));
    if parsed.events.is_empty() {
        return Ok(());
    }
    if taking.load.is_none() {
        // What corrects or deletes without saying when that was learned is learned now.
        taking.load = Some(taking.home.lake.begin_load(&taking.source, received_at).map_err(Exit::failed)?);
    }
    match &taking.load {
        Some(load) => load.add(&parsed.events).map_err(Exit::failed),
        None => Ok(()),
    }
}

fn refuse(
    taking: &mut Taking<'_>,
    refused: &Refused,
    titles: &[String],
    args: &Import,
    output: &mut Output,
) -> Result<(), Exit> {
    taking.refused += 1;
    let r = &refused.refusal;
    if taking.refused <= SHOWN_MAX {
        let field = if r.field.is_empty() { "row".to_owned() } else { r.field.clone() };
        output.say(&format!("{}:{}: {field}: {:?} {}", args.file.display(), r.line, r.value, r.reason));
    } else if taking.refused == SHOWN_MAX + 1 {
        output.say(&format!("… all refused rows are in {}", taking.rejected_path.display()));
    }
    if taking.rejected.is_none() {
        let file = File::create(&taking.rejected_path)
            .map_err(|e| Exit::Failed(format!("{}: {e}; nothing was taken in", taking.rejected_path.display())))?;
        taking.rejected = Some(RejectedWriter::new(BufWriter::new(file), titles)?);
    }
    if let Some(writer) = &mut taking.rejected {
        writer.write(refused, &r.reason.to_string())?;
    }
    Ok(())
}

async fn keep(taking: &mut Taking<'_>, workspace: Id<Workspace>, dry_run: bool) -> Result<Kept, Exit> {
    let app = &taking.home.app;
    let mut kept = Kept::default();
    if !taking.groups.is_empty() && !dry_run {
        intake::keep_groups(app, workspace, &taking.source, &taking.groups).await?;
    }
    if !taking.records.is_empty() {
        kept = intake::keep_records(app, workspace, &taking.source, &taking.records, dry_run).await?;
    }
    if let Some(load) = taking.load.take() {
        let loaded =
            tokio::task::block_in_place(|| if dry_run { load.count() } else { load.commit() }).map_err(Exit::failed)?;
        kept.added += loaded.accepted;
        kept.changed += loaded.corrected;
        kept.deleted += loaded.deleted;
        kept.same += loaded.duplicates;
        if !dry_run && !loaded.touched.is_empty() {
            intake::keep_unknown_customers(app, workspace, &taking.source, &loaded.touched).await?;
            intake::mark_dirty(app, workspace, loaded.touched).await?;
        }
    }
    Ok(kept)
}

fn say_report(r: &Report<'_>, output: &mut Output) {
    let verb = if r.dry_run { "would be" } else { "were" };
    output.say(&format!(
        "{} rows: {} {verb} added, {} changed, {} deleted, {} the same as before, {} refused",
        r.rows, r.added, r.changed, r.deleted, r.same, r.refused
    ));
    if let Some(file) = &r.rejected_file {
        output.say(&format!("mend the refused rows in {file} and import that file"));
    }
}
