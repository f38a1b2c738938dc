//! Puts rows into the order of a segment and finds the ones that are there already.

use hashbrown::{DefaultHashBuilder, HashSet};

use crate::days::{month_of, month_span};
use crate::ids::IdHash;
use crate::rows::Rows;

/// The events of one customer in one month: a run of [`Arranged::order`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// Month since year 0, in UTC.
    pub month: i32,
    /// Code of the customer in the rows.
    pub customer: u32,
    /// First place in the order.
    pub from: usize,
    /// Place behind the last.
    pub to: usize,
}

/// The distinct rows by month, customer, time and arrival.
#[derive(Clone, Debug, Default)]
pub struct Arranged {
    /// Row numbers.
    pub order: Vec<u32>,
    /// Runs of the order, in order.
    pub groups: Vec<Group>,
    /// Rows left out, because their id had come before.
    pub duplicates: u64,
}

impl Arranged {
    /// The row numbers of a group.
    pub fn rows_of(&self, group: &Group) -> &[u32] {
        self.order.get(group.from..group.to).unwrap_or_default()
    }
}

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Fate {
    /// It is left out when its id came before.
    #[default]
    First,
    /// It stays, whatever came before: a version of an event.
    Stay,
    /// It is left out.
    Out,
}

/// Says which ids of a customer's month are stored already.
pub trait Known {
    /// Adds the ids of `customer` in `month` to `ids`.
    fn ids_of(
        &mut self,
        month: i32,
        customer: &str,
        ids: &mut HashSet<IdHash>,
    ) -> Result<(), crate::error::SourceError>;
}

/// Nothing is stored yet.
pub struct Nothing;

impl Known for Nothing {
    fn ids_of(&mut self, _: i32, _: &str, _: &mut HashSet<IdHash>) -> Result<(), crate::error::SourceError> {
        Ok(())
    }
}

/// Sorts rows by (month, customer, time, arrival) and leaves out every row whose id came before in the same customer and
/// month: in these rows (the first to arrive wins) or in what is known. `fates` say by row where it is otherwise; a row
/// without one is [`Fate::First`].
pub fn arrange(rows: &Rows, known: &mut dyn Known, fates: &[Fate]) -> Result<Arranged, crate::error::SourceError> {
    let (ranks, sorted) = rows.customers.ranks();
    let mut keyed = keys(rows, &ranks);
    if !keyed.is_sorted() {
        keyed.sort_unstable();
    }
    let mut arranged = Arranged { order: Vec::with_capacity(keyed.len()), ..Arranged::default() };
    let mut seen = HashSet::with_capacity_and_hasher(256, DefaultHashBuilder::default());
    let mut members: Vec<(i64, u32)> = Vec::new();
    for run in keyed.chunk_by(|a, b| a.0 == b.0) {
        let Some((key, _)) = run.first() else { continue };
        let month = ((key >> 32) as i64 + i64::from(i32::MIN)) as i32;
        let customer = sorted.get((key & 0xffff_ffff) as usize).copied().unwrap_or_default();
        seen.clear();
        let fate = |row: u32| fates.get(row as usize).copied().unwrap_or_default();
        if fates.is_empty() || run.iter().any(|(_, row)| fate(*row) == Fate::First) {
            known.ids_of(month, rows.customers.get(customer), &mut seen)?;
        }
        members.clear();
        for (_, row) in run {
            let at = *row as usize;
            let (Some(id), Some(time)) = (rows.ids.get(at), rows.occurred.get(at)) else { continue };
            let new = match fate(*row) {
                Fate::Out => continue,
                Fate::Stay => true,
                // A run of one needs no memory of itself.
                Fate::First if run.len() == 1 => !seen.contains(id),
                Fate::First => seen.insert(*id),
            };
            if new { members.push((*time, *row)) } else { arranged.duplicates += 1 }
        }
        if members.is_empty() {
            continue;
        }
        if !members.is_sorted() {
            members.sort_unstable();
        }
        let from = arranged.order.len();
        arranged.order.extend(members.iter().map(|m| m.1));
        arranged.groups.push(Group { month, customer, from, to: arranged.order.len() });
    }
    Ok(arranged)
}

/// (month and rank of the customer in one number, row).
fn keys(rows: &Rows, ranks: &[u32]) -> Vec<(u64, u32)> {
    let (mut from, mut until, mut month) = (0, 0, 0);
    let mut keyed = Vec::with_capacity(rows.len());
    for (row, (at, customer)) in rows.occurred.iter().zip(&rows.customer).enumerate() {
        if *at < from || *at >= until {
            let m = month_of(*at);
            (from, until) = month_span(m);
            month = ((i64::from(m) - i64::from(i32::MIN)) as u64) << 32;
        }
        let rank = ranks.get(*customer as usize).copied().unwrap_or_default();
        keyed.push((month | u64::from(rank), row as u32));
    }
    keyed
}

#[cfg(test)]
mod tests {
    use super::*;
    use kizashi_domain::intake::{EventBatch, EventRef, Says};
    use kizashi_domain::time::{DAY_US, Time};

    #[test]
    fn the_first_arrival_of_an_id_wins_within_customer_and_month() {
        let mut batch = EventBatch::default();
        let mut push = |id: &str, customer: &str, at: i64| {
            batch.push(EventRef {
                id,
                customer,
                user: "",
                name: "n",
                occurred_at: Time(at),
                received_at: Time(at),
                assumed: true,
                value: None,
                properties: "",
                says: Says::Once,
            });
        };
        push("1", "b", 50);
        push("1", "b", 10); // the same fact again
        push("2", "b", 20);
        push("1", "a", 30); // another customer
        push("1", "b", 40 * DAY_US); // another month
        push("3", "b", 20); // the same instant, later arrival
        let rows = Rows::of_batch("s", &batch);
        let arranged = arrange(&rows, &mut Nothing, &[]).unwrap();
        assert_eq!(arranged.order, [3, 2, 5, 0, 4]);
        assert_eq!(arranged.duplicates, 1);
        let names: Vec<_> =
            arranged.groups.iter().map(|g| (g.month - 1970 * 12, rows.customers.get(g.customer))).collect();
        assert_eq!(names, [(0, "a"), (0, "b"), (1, "b")]);
        let fates = [Fate::First, Fate::Stay, Fate::Out];
        let arranged = arrange(&rows, &mut Nothing, &fates).unwrap();
        assert_eq!((arranged.order.as_slice(), arranged.duplicates), ([3, 1, 5, 0, 4].as_slice(), 0));
    }
}
