//! A file that arrived: kept in a folder, looked at, read as somebody wishes.

use std::path::{Path, PathBuf};

use kizashi_domain::id::{Id, Import, Workspace};
use kizashi_domain::intake::{Files, Look, Unreadable, Wish};
use kizashi_domain::text::fold;
use kizashi_domain::time::DAY_US;

use super::store::{self, NewRun};
use super::{ImportRow, State, open_import};
use crate::access::Grant;
use crate::{App, Error, Refused, Result};

/// How long a file waits for somebody to go on with it, and a file of refused rows for somebody to fetch it.
const UPLOAD_DAYS_MAX: i64 = 14;
/// The longest name of a file that is kept.
const NAME_CHARS_MAX: usize = 120;
/// Endings that tell how a file is read; others are found out from the contents.
const ENDINGS: [&str; 16] = [
    "csv.gz",
    "tsv.gz",
    "ndjson.gz",
    "jsonl.gz",
    "mbox.gz",
    "eml.gz",
    "csv",
    "tsv",
    "tab",
    "ndjson",
    "jsonl",
    "xlsx",
    "xls",
    "ods",
    "mbox",
    "eml",
];
/// The source of files that nobody said anything else of.
const SOURCE: &str = "import";

/// Where a file is written that a browser sends.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The import that it begins.
    pub id: Id<Import>,
    /// Where its bytes go.
    pub path: PathBuf,
}

/// An import before anything of it is in.
#[derive(Debug)]
pub struct Draft {
    /// The import.
    pub row: ImportRow,
    /// What the file looks like, or why it cannot be read.
    pub look: std::result::Result<Look, Unreadable>,
    /// The way it is read was remembered from a file with the same headings.
    pub is_remembered: bool,
}

pub(super) fn folder_of(files: &dyn Files, id: Id<Import>) -> PathBuf {
    files.folder().join(id.to_string())
}

/// The file of an import; its ending tells its form.
pub(super) fn find_file(files: &dyn Files, id: Id<Import>) -> Option<PathBuf> {
    let mut entries = std::fs::read_dir(folder_of(files, id)).ok()?.flatten().map(|e| e.path());
    entries.find(|p| p.file_stem().is_some_and(|stem| stem.to_string_lossy().starts_with("file")))
}

/// Where the refused rows of an import lie.
pub fn rejected_path(files: &dyn Files, id: Id<Import>) -> PathBuf {
    folder_of(files, id).join("rejected.csv")
}

/// Makes room for a file that is about to come. Without [`keep_upload`] it is swept away some day.
pub fn new_upload(files: &dyn Files, file_name: &str) -> Result<Upload> {
    let id: Id<Import> = App::new_id();
    let folder = folder_of(files, id);
    std::fs::create_dir_all(&folder).map_err(|e| Error::failed("a folder for a file", e))?;
    let name = file_name.to_lowercase();
    let ending = ENDINGS.iter().find(|e| name.ends_with(&format!(".{e}")));
    let path = folder.join(ending.map_or_else(|| "file".to_owned(), |e| format!("file.{e}")));
    Ok(Upload { id, path })
}

/// Begins an import with a file that has come whole.
pub async fn keep_upload(app: &App, grant: &Grant, upload: &Upload, file_name: &str, bytes: u64) -> Result<()> {
    let name: String = file_name.rsplit(['/', '\\']).next().unwrap_or_default().chars().take(NAME_CHARS_MAX).collect();
    let new = NewRun {
        id: upload.id,
        state: State::Draft,
        kind: "",
        wish: &Wish { source: SOURCE.to_owned(), ..Wish::default() },
        file_name: if name.is_empty() { "file" } else { &name },
        file_bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        staff: grant.staff(),
        at: app.now(),
    };
    store::insert_run(app, grant.workspace(), &new).await
}

/// The headings of a file as one text, whatever their order: files with the same ones are read the same way.
pub(super) fn shape_of(look: &Look) -> Option<String> {
    if look.columns.is_empty() {
        return None;
    }
    let mut titles: Vec<String> = look.columns.iter().map(|c| fold(&c.title)).filter(|t| !t.is_empty()).collect();
    titles.sort();
    Some(crate::access::hash_key(&titles.join("\n")))
}

/// Looks at the file of a draft. What nobody has said yet is taken from the last file with the same headings.
pub async fn open_draft(app: &App, workspace: Id<Workspace>, files: &dyn Files, id: Id<Import>) -> Result<Draft> {
    let mut row = open_import(app, workspace, id).await?;
    let path = find_file(files, id);
    let look = |wish: &Wish| match &path {
        Some(path) => files.look(path, wish),
        None => Err(Unreadable { fault: kizashi_domain::intake::Fault::Gone, said: "the file is gone".to_owned() }),
    };
    let mut found = tokio::task::block_in_place(|| look(&row.wish));
    let mut is_remembered = false;
    if row.wish.bindings.is_empty()
        && let Ok(seen) = &found
        && let Some(shape) = shape_of(seen)
        && let Some(wish) = store::find_map(app, workspace, &shape).await?
        && row.wish.kind.is_none_or(|kind| wish.kind == Some(kind))
    {
        let sheet = row.wish.sheet.clone().or_else(|| seen.sheet.clone());
        let sheets_done = row.wish.sheets_done.clone();
        let wish = Wish { sheet, sheets_done, encoding: row.wish.encoding.clone(), ..wish };
        let again = tokio::task::block_in_place(|| look(&wish));
        if again.as_ref().is_ok_and(|l| l.lacking.is_empty()) {
            (row.wish, found, is_remembered) = (wish, again, true);
        }
    }
    Ok(Draft { row, look: found, is_remembered })
}

/// Reads the file another way.
pub async fn keep_wish(app: &App, grant: &Grant, id: Id<Import>, wish: &Wish) -> Result<()> {
    if wish.source.is_empty() || wish.source.chars().count() > 60 || wish.source.chars().any(char::is_control) {
        return Err(Refused::Field { field: "source", reason: "source-name" }.into());
    }
    match store::keep_wish(app, grant.workspace(), id, wish).await? {
        0 => Err(Refused::Changed.into()),
        _ => Ok(()),
    }
}

/// How the file of an import is read, or was read, as the text of a map file.
pub async fn show_map(app: &App, workspace: Id<Workspace>, files: &dyn Files, id: Id<Import>) -> Result<String> {
    let row = open_import(app, workspace, id).await?;
    if !matches!(row.state, State::Draft | State::Failed) {
        return Ok(row.wish.map_text());
    }
    let draft = open_draft(app, workspace, files, id).await?;
    let look = draft.look.map_err(|_| Error::Refused(Refused::NotFound))?;
    Ok(look.wish(&draft.row.wish).map_text())
}

/// Reads a draft as a map file says. Its sheet and its source stay unless the map names another source.
pub async fn keep_map_file(app: &App, grant: &Grant, files: &dyn Files, id: Id<Import>, text: &str) -> Result<()> {
    let row = open_import(app, grant.workspace(), id).await?;
    let map = files.read_map(text).map_err(Refused::Settings)?;
    let wish = Wish {
        kind: map.kind.or(row.wish.kind),
        source: if map.source.is_empty() { row.wish.source.clone() } else { map.source.clone() },
        encoding: map.encoding.clone().or(row.wish.encoding),
        sheet: row.wish.sheet,
        sheets_done: row.wish.sheets_done,
        ..map
    };
    keep_wish(app, grant, id, &wish).await
}

/// Goes on with the next sheet of a workbook of which one was brought in: the file moves to a draft of its own. `None` = no sheet
/// with rows is left.
pub(super) async fn keep_next_sheet(
    app: &App,
    grant: &Grant,
    files: &dyn Files,
    (row, path): (&ImportRow, &Path),
    look: &Look,
) -> Result<Option<(Id<Import>, usize)>> {
    let Some(sheet) = row.wish.sheet.clone().or_else(|| look.sheet.clone()) else { return Ok(None) };
    let mut done = row.wish.sheets_done.clone();
    done.push(sheet);
    let left = look.sheets_left(&done).count();
    let Some(next) = look.sheets_left(&done).next() else { return Ok(None) };
    let wish = Wish {
        sheet: Some(next.name.clone()),
        sheets_done: done.clone(),
        source: row.wish.source.clone(),
        ..Wish::default()
    };
    let id: Id<Import> = App::new_id();
    let failed = |e| Error::failed("a folder for a file", e);
    std::fs::create_dir_all(folder_of(files, id)).map_err(failed)?;
    std::fs::rename(path, folder_of(files, id).join(path.file_name().unwrap_or_default())).map_err(failed)?;
    let new = NewRun {
        id,
        state: State::Draft,
        kind: "",
        wish: &wish,
        file_name: &row.file_name,
        file_bytes: row.file_bytes,
        staff: grant.staff(),
        at: app.now(),
    };
    store::insert_run(app, grant.workspace(), &new).await?;
    Ok(Some((id, left)))
}

/// Throws a draft away, with its file.
pub async fn drop_draft(app: &App, grant: &Grant, files: &dyn Files, id: Id<Import>) -> Result<()> {
    if store::drop_run(app, grant.workspace(), id).await? == 0 {
        return Err(Refused::Changed.into());
    }
    remove(&folder_of(files, id));
    Ok(())
}

pub(super) fn remove(folder: &Path) {
    if let Err(e) = std::fs::remove_dir_all(folder)
        && e.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(error = %e, "a folder of an import could not be removed");
    }
}

/// Sweeps away files that nobody went on with.
pub async fn tidy_uploads(app: &App, workspace: Id<Workspace>, files: &dyn Files) -> Result<()> {
    let before = app.now().plus_us(-UPLOAD_DAYS_MAX * DAY_US);
    store::drop_old_drafts(app, workspace, before).await?;
    for entry in std::fs::read_dir(files.folder()).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        // Ids carry the time at which they were made.
        let made_ms = name.parse::<uuid::Uuid>().ok().and_then(|id| id.get_timestamp()).map(|t| t.to_unix().0 * 1000);
        let is_old = made_ms.is_some_and(|ms| i64::try_from(ms).unwrap_or(i64::MAX) < before.micros() / 1000);
        if is_old {
            remove(&entry.path());
        }
    }
    Ok(())
}
