//! What a bucket holds already: the ids and customers that new events are compared with.

use std::fs::File;
use std::sync::Arc;

use hashbrown::{HashMap, HashSet};

use crate::arrange::Known;
use crate::error::{SourceError, damaged};
use crate::ids::IdHash;
use crate::names::NameBook;
use crate::segment::Segment;
use crate::segment::retracted::WITHDRAWN;
use crate::segment::view::{Cells, Directory};

/// The segments of one bucket, opened when first asked for.
pub struct Stored<'a> {
    names: &'a NameBook,
    by_month: HashMap<i32, Vec<Opened>>,
    /// Read all ids of a segment at once: quicker when most of its customers are asked for.
    bulk: bool,
}

struct Open {
    file: File,
    cells: Cells,
    directory: Arc<Directory>,
}

struct Opened {
    segment: Arc<Segment>,
    open: Option<Open>,
    ids: Option<Vec<IdHash>>,
}

impl<'a> Stored<'a> {
    pub fn new(segments: &[Arc<Segment>], bucket: u32, bulk: bool, names: &'a NameBook) -> Self {
        let mut by_month: HashMap<i32, Vec<Opened>> = HashMap::new();
        for segment in segments.iter().filter(|s| s.meta.bucket == bucket) {
            let opened = Opened { segment: Arc::clone(segment), open: None, ids: None };
            by_month.entry(segment.meta.month).or_default().push(opened);
        }
        Self { names, by_month, bulk }
    }

    /// Whether any event of the customer is stored.
    pub fn has_customer(&mut self, customer: &str) -> Result<bool, SourceError> {
        for opened in self.by_month.values_mut().flatten() {
            if opened.open(self.names)?.directory.find(customer).is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Opened {
    fn open(&mut self, names: &NameBook) -> Result<&Open, SourceError> {
        if self.open.is_none() {
            let directory = self.segment.directory(names)?;
            self.open = Some(Open { file: self.segment.open_file()?, cells: self.segment.cells(names)?, directory });
        }
        self.open.as_ref().ok_or_else(|| damaged(self.segment.path(), "it cannot be opened"))
    }
}

impl Known for Stored<'_> {
    fn ids_of(&mut self, month: i32, customer: &str, known: &mut HashSet<IdHash>) -> Result<(), SourceError> {
        for opened in self.by_month.get_mut(&month).into_iter().flatten() {
            let open = opened.open(self.names)?;
            let Some(place) = open.directory.find(customer) else { continue };
            let range = open.directory.rows(place);
            let Some(Open { file, cells, .. }) = &opened.open else { continue };
            if self.bulk && opened.ids.is_none() {
                opened.ids = Some(opened.segment.ids(file, cells, 0..cells.rows)?);
            }
            let retracted = opened.segment.retracted()?;
            let read;
            let ids = match &opened.ids {
                Some(all) => all.get(range.clone()).unwrap_or_default(),
                None => {
                    read = opened.segment.ids(file, cells, range.clone())?;
                    &read
                }
            };
            if retracted.is_any_in(&range) {
                // What was withdrawn may come again.
                let stays = |row: usize| retracted.at(row) != Some(WITHDRAWN);
                known.extend(range.zip(ids).filter(|(row, _)| stays(*row)).map(|(_, id)| *id));
            } else {
                known.extend(ids);
            }
        }
        Ok(())
    }
}
