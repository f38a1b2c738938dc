//! Taking back what an import brought: its rows count at no time, and what they had corrected holds again. They stay on the disk.
//!
//! A load that may be taken back leaves a receipt: which events it brought, by customer. A withdrawn row is as though it had never
//! been said, so the same file again brings the same events.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use kizashi_domain::intake::{EventRef, Says};
use kizashi_domain::measure::{SourceError, Withdrawal, Withdrawn};
use kizashi_domain::time::Time;

use crate::draft::Draft;
use crate::error::{damaged, told};
use crate::files::flush_dir;
use crate::ids::{IdHash, IdHasher, bucket_of, text_hash};
use crate::lake::{Inner, Lake};
use crate::rows::Rows;
use crate::threads::spread;
use crate::versions::{Change, Contents, Place, find_withdrawn};
use crate::wire::{Get, Put};

/// A row that a load brought: its id, what it says, when it was learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Brought {
    pub id: IdHash,
    /// What it says and when that was learned; `None` for any row of the id.
    pub said: Option<(u64, i64)>,
}

const MARK: &[u8; 8] = b"KZRCPT1\n";
const BROUGHT_BYTES: usize = size_of::<IdHash>() + 16;

/// A receipt under writing: frames of (length, checksum, contents).
pub struct Receipt {
    path: PathBuf,
    file: Mutex<File>,
}

impl Receipt {
    /// Begins the receipt of this name; one that an interrupted load left behind is written anew.
    pub fn begin(inner: &Inner, name: &str) -> Result<Self, SourceError> {
        let path = path_of(inner, name)?;
        if let Some(dir) = path.parent() {
            fs::create_dir_all(dir).map_err(told)?;
        }
        let mut file = File::create(&path).map_err(told)?;
        file.write_all(MARK).map_err(told)?;
        Ok(Self { path, file: Mutex::new(file) })
    }

    /// Notes the rows that stay, a customer at a time.
    pub fn note<'r>(
        &self,
        rows: &'r Rows,
        groups: impl Iterator<Item = (&'r str, &'r [u32])>,
    ) -> Result<(), SourceError> {
        let contents = Contents::new(rows);
        let mut put = Put::default();
        for (customer, list) in groups {
            put.bytes(customer.as_bytes());
            put.len(list.len());
            for row in list {
                let at = *row as usize;
                put.0.extend_from_slice(&rows.ids.get(at).copied().unwrap_or_default());
                put.u64(contents.of(rows, at));
                put.i64(rows.received.get(at).copied().unwrap_or_default());
            }
        }
        let mut head = Put::default();
        head.len(put.0.len());
        head.u32(crc32fast::hash(&put.0));
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(&head.0).and_then(|()| file.write_all(&put.0)).map_err(told)
    }

    /// Makes it durable.
    pub fn finish(self) -> Result<(), SourceError> {
        self.file.into_inner().unwrap_or_else(PoisonError::into_inner).sync_all().map_err(told)?;
        self.path.parent().map_or(Ok(()), flush_dir).map_err(told)
    }
}

fn path_of(inner: &Inner, name: &str) -> Result<PathBuf, SourceError> {
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !plain {
        return Err(SourceError::Io(std::io::ErrorKind::InvalidInput.into()));
    }
    Ok(inner.dir.join("receipts").join(name))
}

type Wanted = BTreeMap<String, Vec<Brought>>;

/// What a receipt names; nothing when there is none, for then nothing was brought.
fn read_receipt(inner: &Inner, name: &str) -> Result<Wanted, SourceError> {
    let path = path_of(inner, name)?;
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Wanted::new()),
        Err(e) => return Err(told(e)),
    };
    let Some(rest) = bytes.strip_prefix(MARK.as_slice()) else { return Err(damaged(&path, "it is no receipt")) };
    let mut get = Get(rest);
    let mut wanted = Wanted::new();
    while !get.0.is_empty() {
        let len = get.count(1)?;
        let crc = get.u32()?;
        let frame = get.take(len)?;
        if crc32fast::hash(frame) != crc {
            return Err(damaged(&path, "its checksum is wrong"));
        }
        let mut frame = Get(frame);
        while !frame.0.is_empty() {
            let customer = String::from_utf8_lossy(frame.bytes()?).into_owned();
            let list = wanted.entry(customer).or_default();
            for _ in 0..frame.count(BROUGHT_BYTES)? {
                let id: IdHash = frame.array()?;
                list.push(Brought { id, said: Some((frame.u64()?, frame.i64()?)) });
            }
        }
    }
    Ok(wanted)
}

impl Lake {
    /// Takes back events of a source. Those that are not there, or were taken back already, are passed over.
    pub fn withdraw(&self, source: &str, what: Withdrawal<'_>) -> Result<Withdrawn, SourceError> {
        let wanted = match what {
            Withdrawal::Load(name) => read_receipt(&self.inner, name)?,
            Withdrawal::Events(events) => {
                let hasher = IdHasher::new(source);
                let mut wanted = Wanted::new();
                for (customer, id) in events {
                    let brought = Brought { id: hasher.hash(id), said: None };
                    wanted.entry(customer.clone()).or_default().push(brought);
                }
                wanted
            }
        };
        if wanted.is_empty() {
            return Ok(Withdrawn::default());
        }
        self.inner.withdraw(source, &wanted)
    }
}

impl Inner {
    fn withdraw(&self, source: &str, wanted: &Wanted) -> Result<Withdrawn, SourceError> {
        let mut catalog = self.change();
        self.fold_into(&mut catalog)?;
        let snapshot = self.snapshot();
        let sums: Mutex<(Withdrawn, BTreeMap<u64, Vec<Change>>)> = Mutex::default();
        spread(self.options.threads, self.buckets as usize, &|bucket| {
            let bucket = bucket as u32;
            let of_bucket = wanted.iter().filter(|(c, _)| bucket_of(text_hash(c), self.buckets) == bucket);
            let (rows, said) = rows_of(of_bucket);
            if rows.is_empty() {
                return Ok(());
            }
            let place = Place { segments: &snapshot.segments, bucket, names: &self.names };
            let found = find_withdrawn(&rows, &said, &place)?;
            let mut sums = sums.lock().unwrap_or_else(PoisonError::into_inner);
            sums.0.events += found.events;
            sums.0.touched.extend(found.touched);
            for (segment, change) in found.changes {
                sums.1.entry(segment).or_default().push(change);
            }
            Ok(())
        })?;
        let (mut withdrawn, changes) = sums.into_inner().unwrap_or_else(PoisonError::into_inner);
        withdrawn.touched.sort_unstable();
        if changes.is_empty() {
            return Ok(withdrawn);
        }
        let draft = Draft::new(&self.dir, &self.zone, &self.names, &catalog);
        for segment in snapshot.segments.iter() {
            if let Some(changes) = changes.get(&segment.meta.id) {
                draft.retract(segment, source, changes)?;
            }
        }
        self.step("withdrawals written");
        let next = draft.next_catalog(&catalog, &[])?;
        self.publish(&mut catalog, next, draft, None)?;
        Ok(withdrawn)
    }
}

/// The wanted ids as rows that ask for what is stored of them.
fn rows_of<'w>(wanted: impl Iterator<Item = (&'w String, &'w Vec<Brought>)>) -> (Rows, Vec<Option<(u64, i64)>>) {
    let (mut rows, mut said) = (Rows::default(), Vec::new());
    let source = rows.sources.code("");
    for (customer, list) in wanted {
        for brought in list {
            let asks = EventRef {
                id: "",
                customer,
                user: "",
                name: "",
                occurred_at: Time(0),
                received_at: Time(0),
                assumed: false,
                value: None,
                properties: "",
                says: Says::Version,
            };
            rows.push(source, brought.id, &asks);
            said.push(brought.said);
        }
    }
    (rows, said)
}
