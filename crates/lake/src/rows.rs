//! Events as columns of codes: what the log, the spill files and everything that is about to be sorted hold.

use kizashi_domain::intake::{EventBatch, EventRef, Says};

use crate::ids::{ID_BYTES, IdHash, IdHasher};
use crate::texts::{NONE, Texts};
use crate::wire::{Get, Put, Short};

/// Events by column, in the order in which they arrived. All columns have one length.
#[derive(Clone, Default)]
pub struct Rows {
    pub ids: Vec<IdHash>,
    /// Codes of `customers`.
    pub customer: Vec<u32>,
    /// Codes of `users`; [`NONE`] when unknown.
    pub user: Vec<u32>,
    /// Codes of `names`.
    pub name: Vec<u32>,
    /// Codes of `sources`.
    pub source: Vec<u32>,
    /// Codes of `properties`; [`NONE`] when there are none.
    pub property: Vec<u32>,
    /// Microseconds since 1970.
    pub occurred: Vec<i64>,
    /// Microseconds since 1970.
    pub received: Vec<i64>,
    /// Whether `received` is assumed.
    pub assumed: Vec<bool>,
    /// What each row says of its event.
    pub says: Vec<Says>,
    /// NaN when there is none.
    pub value: Vec<f64>,
    pub customers: Texts,
    pub users: Texts,
    pub names: Texts,
    pub sources: Texts,
    pub properties: Texts,
}

/// Bytes a row takes in memory besides its texts.
pub const ROW_BYTES: usize = 58;

impl Rows {
    /// All events of a batch.
    pub fn of_batch(source: &str, batch: &EventBatch) -> Self {
        let hasher = IdHasher::new(source);
        let mut rows = Self::default();
        let source = rows.sources.code(source);
        rows.reserve(batch.len());
        for event in batch.iter() {
            rows.push(source, hasher.hash(event.id), &event);
        }
        rows
    }

    /// Makes room for more rows.
    pub fn reserve(&mut self, more: usize) {
        self.ids.reserve(more);
        self.customer.reserve(more);
        self.user.reserve(more);
        self.name.reserve(more);
        self.source.reserve(more);
        self.property.reserve(more);
        self.occurred.reserve(more);
        self.received.reserve(more);
        self.assumed.reserve(more);
        self.says.reserve(more);
        self.value.reserve(more);
    }

    /// Adds an event of the source with code `source`.
    pub fn push(&mut self, source: u32, id: IdHash, event: &EventRef<'_>) {
        self.ids.push(id);
        self.customer.push(self.customers.code(event.customer));
        self.user.push(self.users.code_or_none(event.user));
        self.name.push(self.names.code(event.name));
        self.source.push(source);
        self.property.push(self.properties.code_or_none(event.properties));
        self.occurred.push(event.occurred_at.micros());
        self.received.push(event.received_at.micros());
        self.assumed.push(event.assumed);
        self.says.push(event.says);
        self.value.push(event.value.filter(|v| v.is_finite()).unwrap_or(f64::NAN));
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// About how much memory it takes.
    pub fn bytes(&self) -> usize {
        let texts = [&self.customers, &self.users, &self.names, &self.sources, &self.properties];
        self.len() * ROW_BYTES + texts.iter().map(|t| t.bytes() + t.len() * 32).sum::<usize>()
    }

    /// Forgets the rows, keeps the memory.
    pub fn clear(&mut self) {
        self.ids.clear();
        for column in [&mut self.customer, &mut self.user, &mut self.name, &mut self.source, &mut self.property] {
            column.clear();
        }
        self.occurred.clear();
        self.received.clear();
        self.assumed.clear();
        self.says.clear();
        self.value.clear();
        for texts in [&mut self.customers, &mut self.users, &mut self.names, &mut self.sources, &mut self.properties] {
            texts.clear();
        }
    }

    /// Adds all rows of `other` behind the own ones.
    pub fn absorb(&mut self, other: &Self) {
        let all = self.customers.absorb(&other.customers);
        self.absorb_mapped(other, &all, None);
    }

    /// Adds the rows of `other` whose customer `keep` takes.
    pub fn absorb_if(&mut self, other: &Self, keep: impl Fn(&str) -> bool) {
        let mut codes = Vec::with_capacity(other.customers.len());
        let mut whole = true;
        for text in other.customers.iter() {
            let kept = keep(text);
            whole &= kept;
            codes.push(if kept { self.customers.code(text) } else { NONE });
        }
        if whole {
            return self.absorb_mapped(other, &codes, None);
        }
        let kept =
            |row: usize| other.customer.get(row).and_then(|c| codes.get(*c as usize)).is_some_and(|c| *c != NONE);
        let picked: Vec<u32> = (0..other.len()).filter(|r| kept(*r)).map(|r| r as u32).collect();
        if !picked.is_empty() {
            self.absorb_mapped(other, &codes, Some(&picked));
        }
    }

    fn absorb_mapped(&mut self, other: &Self, customers: &[u32], picked: Option<&[u32]>) {
        let maps = if picked.is_none() {
            [
                self.users.absorb(&other.users),
                self.names.absorb(&other.names),
                self.sources.absorb(&other.sources),
                self.properties.absorb(&other.properties),
            ]
        } else {
            [
                absorb_used(&mut self.users, &other.users, &other.user, picked),
                absorb_used(&mut self.names, &other.names, &other.name, picked),
                absorb_used(&mut self.sources, &other.sources, &other.source, picked),
                absorb_used(&mut self.properties, &other.properties, &other.property, picked),
            ]
        };
        let [users, names, sources, properties] = &maps;
        append_mapped(&mut self.customer, &other.customer, customers, picked);
        append_mapped(&mut self.user, &other.user, users, picked);
        append_mapped(&mut self.name, &other.name, names, picked);
        append_mapped(&mut self.source, &other.source, sources, picked);
        append_mapped(&mut self.property, &other.property, properties, picked);
        append(&mut self.ids, &other.ids, picked);
        append(&mut self.occurred, &other.occurred, picked);
        append(&mut self.received, &other.received, picked);
        append(&mut self.assumed, &other.assumed, picked);
        append(&mut self.says, &other.says, picked);
        append(&mut self.value, &other.value, picked);
    }

    /// As bytes, behind what `put` has.
    pub fn write(&self, put: &mut Put) {
        put.len(self.len());
        for texts in [&self.customers, &self.users, &self.names, &self.sources, &self.properties] {
            texts.write(put);
        }
        put.0.extend_from_slice(self.ids.as_flattened());
        for codes in [&self.customer, &self.user, &self.name, &self.source, &self.property] {
            put.codes(codes);
        }
        for at in &self.occurred {
            put.i64(*at);
        }
        let as_it_happened = self.occurred == self.received;
        put.u8(u8::from(!as_it_happened));
        if !as_it_happened {
            for at in &self.received {
                put.i64(*at);
            }
        }
        put.0.extend(self.assumed.iter().zip(&self.says).map(|(a, s)| u8::from(*a) | code_of(*s) << 1));
        let valued = self.value.iter().any(|v| !v.is_nan());
        put.u8(u8::from(valued));
        if valued {
            for v in &self.value {
                put.u64(v.to_bits());
            }
        }
    }

    /// What [`Rows::write`] wrote.
    pub fn read(get: &mut Get<'_>) -> Result<Self, Short> {
        let n = get.count(ID_BYTES)?;
        let mut rows = Self {
            customers: Texts::read(get)?,
            users: Texts::read(get)?,
            names: Texts::read(get)?,
            sources: Texts::read(get)?,
            properties: Texts::read(get)?,
            ..Self::default()
        };
        rows.ids = get.take(n.checked_mul(ID_BYTES).ok_or(Short)?)?.as_chunks::<ID_BYTES>().0.to_vec();
        rows.customer = get.codes(n, rows.customers.len())?;
        rows.user = get.codes(n, rows.users.len())?;
        rows.name = get.codes(n, rows.names.len())?;
        rows.source = get.codes(n, rows.sources.len())?;
        rows.property = get.codes(n, rows.properties.len())?;
        if [&rows.customer, &rows.name, &rows.source].iter().any(|codes| codes.contains(&NONE)) {
            return Err(Short);
        }
        rows.occurred = times(get, n)?;
        rows.received = if get.u8()? == 0 { rows.occurred.clone() } else { times(get, n)? };
        for b in get.take(n)? {
            rows.assumed.push(b & 1 != 0);
            rows.says.push(says_of(b >> 1)?);
        }
        rows.value = if get.u8()? == 0 {
            vec![f64::NAN; n]
        } else {
            let raw = get.take(n.checked_mul(8).ok_or(Short)?)?;
            raw.as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b)).collect()
        };
        Ok(rows)
    }
}

const fn code_of(says: Says) -> u8 {
    match says {
        Says::Once => 0,
        Says::Deleted => 1,
        Says::Version => 2,
    }
}

const fn says_of(code: u8) -> Result<Says, Short> {
    match code {
        0 => Ok(Says::Once),
        1 => Ok(Says::Deleted),
        2 => Ok(Says::Version),
        _ => Err(Short),
    }
}

fn times(get: &mut Get<'_>, n: usize) -> Result<Vec<i64>, Short> {
    let raw = get.take(n.checked_mul(8).ok_or(Short)?)?;
    Ok(raw.as_chunks::<8>().0.iter().map(|b| i64::from_le_bytes(*b)).collect())
}

fn append<T: Copy>(to: &mut Vec<T>, from: &[T], picked: Option<&[u32]>) {
    match picked {
        None => to.extend_from_slice(from),
        Some(rows) => to.extend(rows.iter().filter_map(|r| from.get(*r as usize))),
    }
}

fn append_mapped(to: &mut Vec<u32>, from: &[u32], map: &[u32], picked: Option<&[u32]>) {
    let mapped = |code: &u32| map.get(*code as usize).copied().unwrap_or(NONE);
    match picked {
        None => to.extend(from.iter().map(mapped)),
        Some(rows) => to.extend(rows.iter().filter_map(|r| from.get(*r as usize)).map(mapped)),
    }
}

/// Takes over only the texts that the picked rows use.
fn absorb_used(to: &mut Texts, from: &Texts, column: &[u32], picked: Option<&[u32]>) -> Vec<u32> {
    let mut map = vec![NONE; from.len()];
    for row in picked.unwrap_or_default() {
        let Some(code) = column.get(*row as usize) else { continue };
        if let Some(slot) = map.get_mut(*code as usize)
            && *slot == NONE
        {
            *slot = to.code(from.get(*code));
        }
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;
    use kizashi_domain::time::Time;

    fn sample() -> EventBatch {
        let mut batch = EventBatch::default();
        for i in 0..700_i64 {
            batch.push(EventRef {
                id: &format!("id{i}"),
                customer: &format!("c{}", i % 7),
                user: if i % 3 == 0 { "" } else { "u\0😀" },
                name: &format!("n{}", i % 300),
                occurred_at: Time(i * 1_000),
                received_at: Time(i * 1_000 + i % 2),
                assumed: i % 5 == 0,
                value: (i % 4 == 0).then_some(i as f64),
                properties: if i % 9 == 0 { "{\"a\":1}" } else { "" },
                says: [Says::Once, Says::Version, Says::Deleted][i as usize % 3],
            });
        }
        batch
    }

    #[test]
    fn rows_come_back_from_bytes_and_a_cut_is_seen() {
        let rows = Rows::of_batch("web", &sample());
        let mut put = Put::default();
        rows.write(&mut put);
        let back = Rows::read(&mut Get(&put.0)).unwrap();
        let mut again = Put::default();
        back.write(&mut again);
        assert_eq!(put.0, again.0);
        assert_eq!(back.users.get(back.user[1]), "u\0😀");
        for cut in (0..put.0.len()).step_by(97) {
            assert!(Rows::read(&mut Get(&put.0[..cut])).is_err());
        }
    }

    #[test]
    fn absorbing_keeps_what_each_row_says() {
        let rows = Rows::of_batch("web", &sample());
        let mut all = Rows::of_batch("other", &sample());
        all.absorb(&rows);
        let mut some = Rows::default();
        some.absorb_if(&all, |c| c == "c3");
        assert_eq!(all.len(), 1_400);
        assert_eq!(some.len(), 200);
        assert_eq!(some.customers.len(), 1);
        let n = some.name[0];
        assert_eq!(some.names.get(n), "n3");
        assert_eq!(some.sources.get(some.source[199]), "web");
    }
}
