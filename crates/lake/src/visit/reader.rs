//! The cells that a visit reads from.

use std::ops::Range;
use std::sync::Arc;

use crate::error::{SourceError, damaged};
use crate::names::NameBook;
use crate::segment::Segment;
use crate::segment::planes::Unpacker;
use crate::segment::read::EventFile;
use crate::segment::retracted::Retracted;
use crate::segment::values::Form;
use crate::segment::view::{Block, Cells, Directory, Stale};
use crate::tail::TailBucket;

/// The cells of one segment while a bucket is visited.
pub struct Reader<'a> {
    pub segment: &'a Segment,
    cells: Cells,
    /// Only the last day of each name is asked for.
    pub past: bool,
    /// Values by code and users' hashes, read when first needed.
    columns: Option<(Form, Vec<u64>)>,
    pub block: Block,
    times: Option<Vec<i64>>,
    received: Option<Vec<i64>>,
    pub retracted: Arc<Retracted>,
}

impl<'a> Reader<'a> {
    pub fn open(segment: &'a Segment, names: &NameBook, past: bool) -> Result<(Arc<Directory>, Self), SourceError> {
        let directory = segment.directory(names)?;
        let (cells, retracted) = (segment.cells(names)?, segment.retracted()?);
        let block = Block::default();
        Ok((directory, Self { segment, cells, past, columns: None, block, times: None, received: None, retracted }))
    }

    /// Does something with the cells; when they turn out damaged, they are built again first.
    pub fn read<T>(
        &mut self,
        names: &NameBook,
        mut read: impl FnMut(&mut Self) -> Result<T, Stale>,
    ) -> Result<T, SourceError> {
        if let Ok(done) = read(self) {
            return Ok(done);
        }
        self.cells = self.segment.mend(names)?.0;
        self.columns = None;
        read(self).map_err(|Stale| damaged(self.segment.path(), "its cells cannot be read"))
    }

    /// Reads what all blocks share.
    pub fn prepare(&mut self, names: &NameBook) -> Result<(), SourceError> {
        if self.columns.is_some() {
            return Ok(());
        }
        self.read(names, |reader| {
            reader.columns = Some((reader.cells.form()?, reader.cells.user_hashes()?));
            Ok(())
        })
    }

    /// Unpacks the block that holds a row: all of it, or only days and names.
    pub fn fetch(
        &mut self,
        row: usize,
        whole: bool,
        names: &NameBook,
        unpacker: &mut Unpacker,
    ) -> Result<(), SourceError> {
        if self.block.rows.contains(&row) && (self.block.whole || !whole) {
            return Ok(());
        }
        if whole {
            self.prepare(names)?;
        }
        self.read(names, |reader| {
            let (index, rows) = reader.cells.block_at(row).ok_or(Stale)?;
            let form = match (&reader.columns, whole) {
                (Some((form, _)), true) => Some(form),
                (None, true) => return Err(Stale),
                _ => None,
            };
            reader.cells.unpack(index, rows, form, unpacker, &mut reader.block)
        })
    }

    /// When the events of some rows happened. Read from the Parquet file, and only when the order within a day matters.
    pub fn times(&mut self, rows: Range<usize>) -> Result<&[i64], SourceError> {
        if self.times.is_none() {
            let file = EventFile::open(self.segment.path())?;
            self.times = Some(file.times(0..file.rows())?);
        }
        let times = self.times.as_deref().and_then(|t| t.get(rows));
        times.ok_or_else(|| damaged(self.segment.path(), "it has fewer rows than its cells"))
    }
}

impl Reader<'_> {
    /// When some events were received, to the instant. Read from the Parquet file.
    pub fn received(&mut self, rows: Range<usize>) -> Result<&[i64], SourceError> {
        if self.received.is_none() {
            let file = EventFile::open(self.segment.path())?;
            self.received = Some(file.received(0..file.rows())?);
        }
        let received = self.received.as_deref().and_then(|t| t.get(rows));
        received.ok_or_else(|| damaged(self.segment.path(), "it has fewer rows than its cells"))
    }
}

/// What one bucket reads from.
pub struct Bucket<'a, 's> {
    pub names: &'a NameBook,
    pub unpacker: &'a mut Unpacker,
    pub readers: &'a mut Vec<Reader<'s>>,
    /// Unfolded events: the parts behind those of the readers.
    pub tails: &'a [&'a TailBucket],
}

impl Bucket<'_, '_> {
    fn tail(&self, part: usize) -> Option<&TailBucket> {
        self.tails.get(part.checked_sub(self.readers.len())?).copied()
    }

    /// The rows from `row` on that lie in one piece, up to `end`, and where they begin there.
    pub fn piece(
        &mut self,
        part: usize,
        row: usize,
        end: usize,
        whole: bool,
    ) -> Result<(&Block, Range<usize>), SourceError> {
        if let Some(reader) = self.readers.get_mut(part) {
            reader.fetch(row, whole, self.names, self.unpacker)?;
        }
        let block = match self.readers.get(part) {
            Some(reader) => &reader.block,
            None => self.tail(part).map(|t| &t.block).ok_or_else(|| SourceError::Damaged("no such part".to_owned()))?,
        };
        let from = row.saturating_sub(block.rows.start);
        Ok((block, from..end.min(block.rows.end).saturating_sub(block.rows.start)))
    }

    /// Whether only the last day of each name is asked for of a part.
    pub fn is_past(&self, part: usize) -> bool {
        self.readers.get(part).is_some_and(|r| r.past)
    }

    pub fn hashes(&mut self, part: usize, users: Range<usize>) -> Result<&[u64], SourceError> {
        if let Some(reader) = self.readers.get_mut(part) {
            reader.prepare(self.names)?;
        }
        let all = match self.readers.get(part) {
            Some(reader) => reader.columns.as_ref().map(|(_, hashes)| hashes.as_slice()),
            None => self.tail(part).map(|t| t.hashes.as_slice()),
        };
        Ok(all.and_then(|h| h.get(users)).unwrap_or_default())
    }

    pub fn times(&mut self, part: usize, rows: Range<usize>, times: &mut Vec<i64>) -> Result<(), SourceError> {
        match self.readers.get_mut(part) {
            Some(reader) => times.extend_from_slice(reader.times(rows)?),
            None => times.extend(rows.filter_map(|r| self.tail(part).map(|t| t.occurred(r)))),
        }
        Ok(())
    }

    /// When the events in some rows were received.
    pub fn received(&mut self, part: usize, rows: Range<usize>, times: &mut Vec<i64>) -> Result<(), SourceError> {
        match self.readers.get_mut(part) {
            Some(reader) => times.extend_from_slice(reader.received(rows)?),
            None => times.extend(rows.filter_map(|r| self.tail(part).map(|t| t.received(r)))),
        }
        Ok(())
    }
}
