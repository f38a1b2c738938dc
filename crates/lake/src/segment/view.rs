//! Reads the cells of a segment.

use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::ids::USER_BYTES;
use crate::segment::cells::{MAGIC, VERSION};
use crate::segment::planes::Unpacker;
use crate::segment::read::IdRun;
use crate::segment::values::Form;
use crate::wire::{Get, Short};

/// The cells are missing, of another version, zone or Parquet file, or damaged: they have to be built again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stale;

impl From<Short> for Stale {
    fn from(_: Short) -> Self {
        Self
    }
}

impl From<std::io::Error> for Stale {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Section {
    offset: u64,
    bytes: usize,
    crc: u32,
    rows: usize,
}

/// Open cells.
pub struct Cells {
    file: File,
    pub rows: usize,
    pub id_runs: Vec<IdRun>,
    customers: usize,
    base: i32,
    narrow: bool,
    form: u8,
    directory_bytes: usize,
    directory: Section,
    needed: Section,
    hashes: Section,
    blocks: Vec<Section>,
}

/// The rows of one block, unpacked.
#[derive(Default)]
pub struct Block {
    pub rows: Range<usize>,
    /// Not only days and names are unpacked.
    pub whole: bool,
    pub days: Vec<i32>,
    pub names: Vec<u32>,
    /// Codes within customer and segment; `u32::MAX` when unknown.
    pub users: Vec<u32>,
    pub values: Vec<f64>,
    /// Day of receipt; empty when it is the day of the event for all of them.
    pub received: Vec<i32>,
    /// Room for codes on their way.
    pub codes: Vec<u32>,
}

/// The customers of a segment, sorted, and what is theirs.
#[derive(Default)]
pub struct Directory {
    names: String,
    name_ends: Vec<u32>,
    row_ends: Vec<u32>,
    user_ends: Vec<u32>,
}

impl Cells {
    /// Opens the cells of the Parquet file with this CRC if they count days in this zone.
    pub fn open(path: &Path, crc: u32, zone_name: &str) -> Result<Self, Stale> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        let mut head = [0; 24];
        file.read_exact_at(&mut head, 0)?;
        let mut get = Get(&head);
        if get.array::<8>()? != MAGIC || get.u32()? != VERSION {
            return Err(Stale);
        }
        let header_crc = get.u32()?;
        let header_len = get.u64()?;
        if header_len > size {
            return Err(Stale);
        }
        let mut header = vec![0; usize::try_from(header_len).map_err(|_| Stale)?];
        file.read_exact_at(&mut header, 24)?;
        if crc32fast::hash(&header) != header_crc {
            return Err(Stale);
        }
        let mut get = Get(&header);
        if get.bytes()? != zone_name.as_bytes() || get.u32()? != crc {
            return Err(Stale);
        }
        Self::read_header(file, &mut get, 24 + header_len, size)
    }

    fn read_header(file: File, get: &mut Get<'_>, mut offset: u64, size: u64) -> Result<Self, Stale> {
        let number = |v: u64| usize::try_from(v).map_err(|_| Stale);
        let rows = number(get.u64()?)?;
        let base = i32::try_from(get.i64()?).map_err(|_| Stale)?;
        let narrow = get.u8()? != 0;
        let form = get.u8()?;
        let mut id_runs = Vec::new();
        for _ in 0..get.count(16)? {
            id_runs.push(IdRun { offset: get.u64()?, rows: get.u64()? });
        }
        let customers = number(get.u64()?)?;
        let directory_bytes = number(get.u64()?)?;
        let mut section = |bytes: u64, crc: u32, rows: usize| -> Result<Section, Stale> {
            let section = Section { offset, bytes: number(bytes)?, crc, rows };
            offset = offset.checked_add(bytes).filter(|end| *end <= size).ok_or(Stale)?;
            Ok(section)
        };
        let directory = section(get.u64()?, get.u32()?, 0)?;
        let needed = section(get.u64()?, get.u32()?, 0)?;
        let hashes = section(get.u64()?, get.u32()?, 0)?;
        let mut blocks = Vec::new();
        for _ in 0..get.count(16)? {
            let rows = get.u32()? as usize;
            blocks.push(section(get.u64()?, get.u32()?, rows)?);
        }
        if blocks.iter().map(|b| b.rows).sum::<usize>() != rows {
            return Err(Stale);
        }
        Ok(Self {
            file,
            rows,
            id_runs,
            customers,
            base,
            narrow,
            form,
            directory_bytes,
            directory,
            needed,
            hashes,
            blocks,
        })
    }

    fn read(&self, section: Section) -> Result<Vec<u8>, Stale> {
        let mut bytes = vec![0; section.bytes];
        self.file.read_exact_at(&mut bytes, section.offset)?;
        if crc32fast::hash(&bytes) == section.crc { Ok(bytes) } else { Err(Stale) }
    }

    /// The customers.
    pub fn directory(&self) -> Result<Directory, Stale> {
        let packed = self.read(self.directory)?;
        let bytes = zstd::bulk::decompress(&packed, self.directory_bytes)?;
        Ok(Directory::read(&bytes, self.customers, self.rows)?)
    }

    /// How the values are kept.
    pub fn form(&self) -> Result<Form, Stale> {
        Ok(Form::read(self.form, &self.read(self.needed)?)?)
    }

    /// The hashes of all users, customer by customer, sorted within each.
    pub fn user_hashes(&self) -> Result<Vec<u64>, Stale> {
        let bytes = self.read(self.hashes)?;
        let wide = |b: &[u8; USER_BYTES]| {
            let mut all = [0; 8];
            all.iter_mut().zip(b).for_each(|(to, from)| *to = *from);
            u64::from_le_bytes(all)
        };
        Ok(bytes.as_chunks::<USER_BYTES>().0.iter().map(wide).collect())
    }

    /// The block that holds a row, and the rows it holds.
    pub fn block_at(&self, row: usize) -> Option<(usize, Range<usize>)> {
        let mut from = 0;
        for (i, block) in self.blocks.iter().enumerate() {
            if row < from + block.rows {
                return Some((i, from..from + block.rows));
            }
            from += block.rows;
        }
        None
    }

    /// Unpacks a block; without the form of the values only its days and names.
    pub fn unpack(
        &self,
        index: usize,
        rows: Range<usize>,
        form: Option<&Form>,
        unpacker: &mut Unpacker,
        block: &mut Block,
    ) -> Result<(), Stale> {
        let section = *self.blocks.get(index).ok_or(Stale)?;
        let bytes = self.read(section)?;
        let mut get = Get(&bytes);
        let n = section.rows;
        block.rows = 0..0;
        block.days.clear();
        if self.narrow {
            let mut day = 0_u8;
            let steps = unpacker.bytes(&mut get, n)?;
            block.days.extend(steps.iter().map(|step| {
                day = day.wrapping_add(*step);
                self.base + i32::from(day)
            }));
        } else {
            unpacker.codes(&mut get, n, &mut block.codes)?;
            block.days.extend(block.codes.iter().map(|c| self.base.wrapping_add(*c as i32)));
        }
        unpacker.codes(&mut get, n, &mut block.names)?;
        block.whole = form.is_some();
        let Some(form) = form else {
            block.rows = rows;
            return Ok(());
        };
        unpacker.codes(&mut get, n, &mut block.users)?;
        for user in &mut block.users {
            *user = user.wrapping_sub(1);
        }
        form.unpack(unpacker, &mut get, n, &mut block.codes, &mut block.values)?;
        unpacker.codes(&mut get, n, &mut block.codes)?;
        block.received.clear();
        if block.codes.iter().any(|c| *c != 0) {
            let late = |c: &u32| ((*c >> 1) as i32) ^ -((*c & 1) as i32);
            block.received.extend(block.days.iter().zip(&block.codes).map(|(d, c)| d.wrapping_add(late(c))));
        }
        block.rows = rows;
        Ok(())
    }
}

impl Directory {
    /// From (length and text, rows, users) of each customer.
    pub fn read(bytes: &[u8], customers: usize, all_rows: usize) -> Result<Self, Short> {
        let mut get = Get(bytes);
        let mut directory = Self::default();
        let (mut rows, mut users) = (0_u64, 0_u64);
        for _ in 0..customers {
            let len = usize::try_from(get.varint()?).map_err(|_| Short)?;
            let name = std::str::from_utf8(get.take(len)?).map_err(|_| Short)?;
            rows = rows.checked_add(get.varint()?).ok_or(Short)?;
            users = users.checked_add(get.varint()?).ok_or(Short)?;
            directory.names.push_str(name);
            directory.name_ends.push(u32::try_from(directory.names.len()).map_err(|_| Short)?);
            directory.row_ends.push(u32::try_from(rows).map_err(|_| Short)?);
            directory.user_ends.push(u32::try_from(users).map_err(|_| Short)?);
        }
        if rows == all_rows as u64 { Ok(directory) } else { Err(Short) }
    }

    pub fn len(&self) -> usize {
        self.name_ends.len()
    }

    /// Memory it takes, about.
    pub fn bytes(&self) -> usize {
        self.names.len() + self.name_ends.len() * 12
    }

    /// The customer at a place; empty beyond the end.
    pub fn name(&self, at: usize) -> &str {
        let span = span(&self.name_ends, at);
        self.names.get(span).unwrap_or_default()
    }

    /// The rows of the customer at a place.
    pub fn rows(&self, at: usize) -> Range<usize> {
        span(&self.row_ends, at)
    }

    /// Where the users of the customer at a place lie among all.
    pub fn users(&self, at: usize) -> Range<usize> {
        span(&self.user_ends, at)
    }

    /// The place of a customer.
    pub fn find(&self, customer: &str) -> Option<usize> {
        let (mut from, mut to) = (0, self.len());
        while from < to {
            let mid = from.midpoint(to);
            match self.name(mid).cmp(customer) {
                std::cmp::Ordering::Less => from = mid + 1,
                std::cmp::Ordering::Greater => to = mid,
                std::cmp::Ordering::Equal => return Some(mid),
            }
        }
        None
    }
}

fn span(ends: &[u32], at: usize) -> Range<usize> {
    let from = at.checked_sub(1).and_then(|p| ends.get(p)).copied().unwrap_or(0) as usize;
    let to = ends.get(at).map_or(from, |to| *to as usize);
    from..to
}
