//! A folder of tables, and the order in which files of several kinds are best brought in.

use std::path::{Path, PathBuf};

use kizashi_domain::intake::RecordKind;
use kizashi_domain::limits::FILES_AT_ONCE_MAX;

use super::super::{Exit, Output};
use super::read::{Part, Reading};
use crate::args::Import;
use crate::home::Home;

const ENDINGS: [&str; 12] =
    ["csv", "tsv", "tab", "txt", "xlsx", "xlsm", "xlsb", "xls", "ods", "ndjson", "jsonl", "parquet"];

/// The files that are meant: of a folder, the tables in it, in the order of their names. Files of refused rows, and what office programs
/// leave beside an open file, are none.
pub fn list_files(given: &[PathBuf], output: &mut Output) -> Result<Vec<PathBuf>, Exit> {
    let mut files = Vec::new();
    for path in given {
        let there = output.path(path);
        if !there.is_dir() {
            files.push(path.clone());
            continue;
        }
        let told = |e: std::io::Error| Exit::usage(format!("{}: {e}", path.display()));
        let mut found: Vec<PathBuf> = std::fs::read_dir(&there)
            .map_err(told)?
            .map(|e| e.map(|e| e.path()).map_err(told))
            .collect::<Result<_, _>>()?;
        found.retain(|file| file.is_file() && !is_left_behind(file));
        found.sort();
        let (tables, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|file| is_table(file));
        if tables.is_empty() {
            return Err(Exit::usage(format!("{} holds no tables ({})", path.display(), ENDINGS.join(", "))));
        }
        for other in others {
            output.say(&format!("{} is skipped: no table", other.display()));
        }
        files.extend(tables);
    }
    if files.len() > FILES_AT_ONCE_MAX {
        return Err(Exit::usage(format!("more than {FILES_AT_ONCE_MAX} files; bring them in by several commands")));
    }
    Ok(files)
}

fn is_left_behind(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    [".", "~$"].iter().any(|begin| name.starts_with(begin)) || name.contains(".rejected.")
}

fn is_table(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    ENDINGS.iter().any(|ending| name.strip_suffix(ending).is_some_and(|front| front.ends_with('.')))
}

/// The parts of all files in the order in which they are best brought in: customers before what is said of them.
pub fn order_parts(home: &Home, args: &Import, reading: &Reading, output: &mut Output) -> Result<Vec<Part>, Exit> {
    let mut parts = Vec::new();
    for file in &args.files {
        parts.extend(reading.list_parts(args, file, output)?);
    }
    let is_stdin = |part: &Part| part.file == Path::new("-");
    if parts.len() < 2 || parts.iter().any(is_stdin) {
        return Ok(parts);
    }
    let place = |kind: RecordKind| RecordKind::ALL.iter().position(|k| *k == kind);
    let mut placed = Vec::with_capacity(parts.len());
    for part in parts {
        let kind = match part.kind {
            Some(kind) => kind,
            None => reading.open(home, args, &part, output)?.kind(),
        };
        // What happened in the product needs nobody to be there, and is the bulk.
        placed.push((kind == RecordKind::Events, place(kind), part));
    }
    placed.sort_by_key(|(is_event, place, _)| (*is_event, *place));
    Ok(placed.into_iter().map(|(.., part)| part).collect())
}
