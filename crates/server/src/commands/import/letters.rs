//! Letters: the files of a folder of them, and what became of those that are no record.

use std::path::{Path, PathBuf};

use kizashi_domain::intake::mail::MailTally;
use kizashi_domain::limits::MAILS_MAX;

use super::super::{Exit, Output};

/// Folders inside of folders that are looked through.
const DEPTH_MAX: usize = 6;

/// The files that are meant: of a folder, those that hold letters, in the order of their names. Files without an ending count in the
/// folders `cur` and `new`, where mail programs keep one letter a file.
pub fn list_files(given: &[PathBuf], output: &Output) -> Result<Vec<PathBuf>, Exit> {
    let mut files = Vec::new();
    for path in given {
        let there = output.path(path);
        if !there.is_dir() {
            files.push(path.clone());
            continue;
        }
        let before = files.len();
        look_through(&there, DEPTH_MAX, &mut files)?;
        if files.len() == before {
            return Err(Exit::usage(format!("{} holds no .eml or .mbox files", path.display())));
        }
    }
    Ok(files)
}

fn look_through(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Exit> {
    let told = |e: std::io::Error| Exit::usage(format!("{}: {e}", folder.display()));
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(told)?
        .map(|e| e.map(|e| e.path()).map_err(told))
        .collect::<Result<_, _>>()?;
    entries.sort();
    let is_maildir = folder.file_name().is_some_and(|name| name == "cur" || name == "new");
    for path in entries {
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            if depth > 0 {
                look_through(&path, depth - 1, files)?;
            }
            continue;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let is_named = [".eml", ".mbox", ".eml.gz", ".mbox.gz"].iter().any(|ending| name.ends_with(ending));
        if is_named || (is_maildir && !name.starts_with('.')) {
            files.push(path);
        }
        if files.len() > MAILS_MAX {
            return Err(Exit::usage(format!("more than {MAILS_MAX} files; bring the folders in one after the other")));
        }
    }
    Ok(())
}

/// Says what became of letters that are no record.
pub fn say_tally(tally: MailTally, is_trial: bool, output: &mut Output) {
    if tally.waiting > 0 {
        let verb = if is_trial { "would wait" } else { "wait" };
        output.say(&format!(
            "{} letters {verb} for somebody to say whose they are (in the pages: Data, Letters without a customer)",
            tally.waiting
        ));
    }
    if tally.left_out() > 0 {
        output.say(&format!(
            "no contact, and left out: {} written by programs, {} that could not be delivered, {} of lists and circulars, {} among ourselves",
            tally.automatic, tally.bounces, tally.lists, tally.internal
        ));
    }
}
