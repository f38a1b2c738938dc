//! The events that are in the log but not in segments yet, as readers need them: sorted, each once.

use std::sync::{Arc, Mutex, PoisonError};

use crate::arrange::{Arranged, arrange};
use crate::error::SourceError;
use crate::ids::{bucket_of, text_hash};
use crate::lake::{Inner, Snapshot};
use crate::rows::Rows;
use crate::segment::cells::{Columns, Sorted, columns};
use crate::segment::view::{Block, Directory};
use crate::stored::Stored;

/// The tail of one bucket.
pub struct TailBucket {
    pub rows: Rows,
    /// Row numbers by customer and time.
    pub order: Vec<u32>,
    pub directory: Directory,
    pub hashes: Vec<u64>,
    pub block: Block,
    pub sums: crate::segment::summary::Sums,
}

/// The tail of all buckets.
pub type TailView = Vec<Option<TailBucket>>;

/// The last view that was worked out, for as long as nothing came in and no segment changed.
#[derive(Default)]
pub struct TailCache(Mutex<Option<(u64, u64, Arc<TailView>)>>);

impl Inner {
    /// The tail of a snapshot.
    pub fn tail_view(&self, snapshot: &Snapshot) -> Result<Arc<TailView>, SourceError> {
        let key = (snapshot.version, snapshot.tail_events);
        let mut cache = self.tail.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((version, events, view)) = &*cache
            && (*version, *events) == key
        {
            return Ok(Arc::clone(view));
        }
        let mut view = TailView::new();
        for bucket in 0..self.buckets {
            view.push(self.tail_of(snapshot, bucket, |c| bucket_of(text_hash(c), self.buckets) == bucket)?);
        }
        let view = Arc::new(view);
        *cache = Some((key.0, key.1, Arc::clone(&view)));
        Ok(view)
    }

    /// The tail of the customers of a bucket that `keep` takes.
    pub fn tail_of(
        &self,
        snapshot: &Snapshot,
        bucket: u32,
        keep: impl Fn(&str) -> bool,
    ) -> Result<Option<TailBucket>, SourceError> {
        let mut rows = Rows::default();
        for chunk in &snapshot.tail {
            rows.absorb_if(&chunk.rows, &keep);
        }
        if rows.is_empty() {
            return Ok(None);
        }
        let mut stored = Stored::new(&snapshot.segments, bucket, false, &self.names);
        let arranged = arrange(&rows, &mut stored, &[])?;
        let order = by_customer(&rows, &arranged);
        let names = self.names.codes(&rows.names);
        let columns = columns(&Sorted { rows: &rows, order: &order, names: &names, retracted: &[] }, &self.zone.zone);
        let directory = Directory::read(&columns.directory.0, columns.customers as usize, order.len())?;
        let block = block_of(&rows, &order, &columns);
        Ok(Some(TailBucket { directory, hashes: columns.hashes, sums: columns.sums, block, order, rows }))
    }
}

impl TailBucket {
    /// When the event at a place happened.
    pub fn occurred(&self, place: usize) -> i64 {
        self.order.get(place).and_then(|r| self.rows.occurred.get(*r as usize)).copied().unwrap_or_default()
    }

    /// When the event at a place was received.
    pub fn received(&self, place: usize) -> i64 {
        self.order.get(place).and_then(|r| self.rows.received.get(*r as usize)).copied().unwrap_or_default()
    }
}

/// Row numbers by customer and time instead of month, customer and time.
fn by_customer(rows: &Rows, arranged: &Arranged) -> Vec<u32> {
    let (ranks, _) = rows.customers.ranks();
    let mut groups = arranged.groups.clone();
    groups.sort_by_key(|g| (ranks.get(g.customer as usize).copied(), g.month));
    groups.iter().flat_map(|g| arranged.rows_of(g)).copied().collect()
}

fn block_of(rows: &Rows, order: &[u32], columns: &Columns) -> Block {
    let late = columns.late.iter().any(|l| *l != 0);
    Block {
        rows: 0..order.len(),
        days: columns.days.clone(),
        names: columns.names.clone(),
        users: columns.users.iter().map(|u| u.wrapping_sub(1)).collect(),
        values: order.iter().filter_map(|r| rows.value.get(*r as usize)).copied().collect(),
        received: if late {
            columns.days.iter().zip(&columns.late).map(|(d, l)| d.wrapping_add(*l)).collect()
        } else {
            Vec::new()
        },
        ..Block::default()
    }
}
