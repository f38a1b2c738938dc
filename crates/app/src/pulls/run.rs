//! Fetching: rows go in piece by piece, and the place from which the next run goes on is kept only once they are on the disk. A run
//! that breaks off reads some rows again, and those change nothing.

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use kizashi_db::{Foreign, ReadFrom};
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::intake::{FileRows, Files, Known, Refusal, TableDamaged, TableRows, Unreadable, Wish};

use super::connections::{open_connection, open_foreign};
use super::mailboxes::read_folder;
use super::queries::{check_columns, list_known};
use super::{Failed, Leads, OVERLAP_S, PullRow, store};
use crate::imports::{Report, Taking};
use crate::intake::Kept;
use crate::{App, Result, intake};

/// Rows after which what was read is put away.
const ROWS_MAX: u64 = 10_000;
/// Refused rows that are shown.
const REFUSALS_SHOWN_MAX: usize = 50;

/// Rows on their way through the readers of files.
pub(super) struct Feeding {
    send: SyncSender<std::result::Result<TableRows, TableDamaged>>,
    rows: Box<dyn FileRows>,
    columns: usize,
    row: u64,
    /// How many rows were refused, and the first of them.
    pub refused: u64,
    pub refusals: Vec<Refusal>,
}

fn told(unreadable: Unreadable) -> Failed {
    Failed::There("columns", unreadable.said)
}

impl Feeding {
    pub fn open(
        files: &dyn Files,
        titles: Vec<String>,
        wish: &Wish,
        known: &Known,
    ) -> std::result::Result<Self, Failed> {
        // Each piece is taken at once.
        let (send, receive) = sync_channel(1);
        let columns = titles.len();
        let rows = files.open_rows(titles, Box::new(receive.into_iter()), wish, known).map_err(told)?;
        Ok(Self { send, rows, columns, row: 1, refused: 0, refusals: Vec::new() })
    }

    /// Reads some rows, at least one, into what is to be kept; their refusals.
    pub fn feed(
        &mut self,
        app: &App,
        rows: &[Vec<String>],
        taking: &mut Taking,
    ) -> std::result::Result<Vec<Refusal>, Failed> {
        let table = TableRows::of_rows(self.row, self.columns, rows);
        self.row += rows.len() as u64;
        let sent = self.send.send(Ok(table));
        let Some(batch) = self.rows.next_batch().filter(|_| sent.is_ok()) else { return Ok(Vec::new()) };
        let parsed = batch.map_err(told)?;
        let refusals: Vec<Refusal> = parsed.refused.iter().map(|r| r.refusal.clone()).collect();
        self.refused += refusals.len() as u64;
        let room = REFUSALS_SHOWN_MAX.saturating_sub(self.refusals.len());
        self.refusals.extend(refusals.iter().take(room).cloned());
        tokio::task::block_in_place(|| taking.take(app, parsed))?;
        Ok(refusals)
    }
}

/// Reads a query, or a folder of a mailbox, from where it is to its end; what it brought.
pub async fn run_pull(
    app: &App,
    files: Arc<dyn Files>,
    workspace: Id<Workspace>,
    pull: &PullRow,
) -> std::result::Result<Report, Failed> {
    let connection = open_connection(app, workspace, pull.connection).await?;
    if let Leads::Mailbox(address) = &connection.leads {
        return read_folder(app, workspace, pull, address).await;
    }
    let mut foreign = open_foreign(app, workspace, pull.connection).await?;
    let ended = read(app, files, workspace, pull, &mut foreign).await;
    foreign.close().await;
    ended
}

async fn read(
    app: &App,
    files: Arc<dyn Files>,
    workspace: Id<Workspace>,
    pull: &PullRow,
    foreign: &mut Foreign,
) -> std::result::Result<Report, Failed> {
    let query = &pull.query;
    let columns = foreign.describe(&query.text).await?;
    let titles = check_columns(&columns)?;
    let after = Some(pull.place.as_str()).filter(|place| !place.is_empty());
    let from = ReadFrom { column: &query.cursor, after, overlap_s: OVERLAP_S };
    foreign.begin(&query.text, &columns, (!query.cursor.is_empty()).then_some(&from)).await?;
    let known = list_known(app, workspace, &pull.source).await?;
    let mut feeding = Feeding::open(files.as_ref(), titles, &query.wish, &known)?;
    // What is there at the beginning is history; what comes later was learned when it came.
    let begin = || match after {
        Some(_) => Taking::begin_live(app, &pull.source),
        None => Taking::begin(app, &pull.source),
    };
    let (mut taking, mut place) = (begin(), None);
    let (mut counts, mut kept) = ((0, 0), Kept::default());
    let mut refused: Vec<Refusal> = Vec::new();
    loop {
        let rows = foreign.next().await?;
        let is_end = rows.rows.is_empty();
        if !is_end {
            refused.extend(feeding.feed(app, &rows.rows, &mut taking)?);
            place = rows.last.or(place);
        }
        if is_end || taking.rows >= ROWS_MAX {
            let full = std::mem::replace(&mut taking, begin());
            counts = (counts.0 + full.rows, counts.1 + full.left_out);
            if !full.is_empty() {
                kept.add(full.keep_piece(app, workspace, None, None).await?);
            }
            count_refused(app, workspace, &pull.source, &mut refused).await?;
            if let Some(place) = place.take() {
                store::keep_place(app, workspace, pull.id, &place).await?;
            }
        }
        if is_end {
            break;
        }
    }
    let report = Report::of(query.wish.kind, counts, kept, feeding.refused);
    Ok(Report { refusals: feeding.refusals, ..report })
}

/// Refused rows are counted for the page of sources.
async fn count_refused(app: &App, workspace: Id<Workspace>, source: &str, refused: &mut Vec<Refusal>) -> Result<()> {
    if refused.is_empty() {
        return Ok(());
    }
    intake::count_refused(app, workspace, source, &std::mem::take(refused)).await
}
