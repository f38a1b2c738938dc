//! Puts the events of one customer together from several segments and the tail.

use std::ops::Range;

use kizashi_domain::measure::CustomerEvents;

use super::reader::Bucket;
use crate::error::SourceError;
use crate::segment::view::{Block, Directory};

/// The events of one customer, put together from several places.
#[derive(Default)]
pub struct Out {
    days: Vec<i32>,
    names: Vec<u32>,
    users: Vec<u32>,
    values: Vec<f64>,
    received: Vec<i32>,
    /// Empty when all of them count.
    retracted: Vec<i32>,
    all_users: Vec<u64>,
    map: Vec<u32>,
    times: Vec<i64>,
    order: Vec<u32>,
    /// The last day of each name in the past, by code; the least number when there is none.
    last_of: Vec<i32>,
    /// The same as events: day and name.
    last: Vec<(i32, u32)>,
    /// The day and the instant up to which exactness counts.
    pub known: Option<(i32, i64)>,
    /// Month of the last part added; `None` for the tail.
    month: Option<i32>,
}

impl Out {
    pub fn assemble(
        &mut self,
        bucket: &mut Bucket<'_, '_>,
        directories: &[&Directory],
        customer: &str,
        parts: &[(usize, usize)],
        each: &(dyn Fn(CustomerEvents<'_>) + Sync),
    ) -> Result<(), SourceError> {
        if let [(part, place)] = parts
            && let Some(directory) = directories.get(*part)
        {
            let rows = directory.rows(*place);
            let whole = !bucket.is_past(*part);
            let retracted = bucket.readers.get(*part).is_some_and(|r| r.retracted.is_any_in(&rows));
            self.all_users.clear();
            if whole {
                self.all_users.extend_from_slice(bucket.hashes(*part, directory.users(*place))?);
            }
            let (block, span) = bucket.piece(*part, rows.start, rows.end, whole)?;
            if whole && !retracted && span.len() == rows.len() && !has_received_on(block, &span, self.known) {
                each(borrowed(customer, block, span, &self.all_users));
                return Ok(());
            }
        }
        self.clear();
        // What came in late may lie between the events of any month.
        let in_tail = parts.iter().any(|(part, _)| *part >= bucket.readers.len());
        let split = if in_tail { 0 } else { parts.partition_point(|(part, _)| bucket.is_past(*part)) };
        let (past, parts) = parts.split_at_checked(split).unwrap_or_default();
        for (part, place) in past {
            let Some(directory) = directories.get(*part) else { continue };
            self.note_last(bucket, *part, directory.rows(*place))?;
        }
        self.append_last();
        for (part, place) in parts {
            let Some(directory) = directories.get(*part) else { continue };
            self.all_users.extend_from_slice(bucket.hashes(*part, directory.users(*place))?);
        }
        self.all_users.sort_unstable();
        self.all_users.dedup();
        let mut unsorted_from: Option<i32> = None;
        for (part, place) in parts {
            let Some(directory) = directories.get(*part) else { continue };
            let overlap = self.append(bucket, *part, directory.rows(*place), directory.users(*place))?;
            unsorted_from = overlap.into_iter().chain(unsorted_from).min();
        }
        let rows = if self.retracted.is_empty() { 0 } else { self.days.len() };
        self.retracted.resize(rows, i32::MAX);
        if let Some(day) = unsorted_from {
            self.sort(bucket, directories, parts, day)?;
        }
        let late = !self.received.is_empty() && self.received != self.days;
        each(CustomerEvents {
            customer,
            days: &self.days,
            names: &self.names,
            users: &self.users,
            user_count: self.all_users.len() as u32,
            user_keys: &self.all_users,
            values: &self.values,
            received_days: late.then_some(self.received.as_slice()),
            retracted_days: (!self.retracted.is_empty()).then_some(self.retracted.as_slice()),
        });
        Ok(())
    }

    fn clear(&mut self) {
        self.days.clear();
        self.names.clear();
        self.users.clear();
        self.values.clear();
        self.received.clear();
        self.retracted.clear();
        self.all_users.clear();
        self.last.clear();
        self.month = None;
    }

    /// Remembers the last day of each name in a part of the past.
    fn note_last(&mut self, bucket: &mut Bucket<'_, '_>, part: usize, rows: Range<usize>) -> Result<(), SourceError> {
        let mut row = rows.start;
        while row < rows.end {
            let (block, span) = bucket.piece(part, row, rows.end, false)?;
            if span.is_empty() {
                return Err(SourceError::Damaged("cells end before their directory".to_owned()));
            }
            row += span.len();
            for (day, name) in cut(&block.days, &span).iter().zip(cut(&block.names, &span)) {
                match self.last_of.get_mut(*name as usize) {
                    Some(last) => *last = (*last).max(*day),
                    None => {
                        self.last_of.resize(*name as usize + 1, i32::MIN);
                        if let Some(last) = self.last_of.last_mut() {
                            *last = *day;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Puts an event for the last day of each name at the beginning.
    fn append_last(&mut self) {
        for (name, last) in self.last_of.iter_mut().enumerate().filter(|(_, last)| **last != i32::MIN) {
            self.last.push((std::mem::replace(last, i32::MIN), name as u32));
        }
        self.last.sort_unstable();
        self.days.extend(self.last.iter().map(|l| l.0));
        self.names.extend(self.last.iter().map(|l| l.1));
        self.users.resize(self.last.len(), u32::MAX);
        self.values.resize(self.last.len(), f64::NAN);
    }

    /// Adds the rows of one part; says from which day on they may have to go between the ones that are there.
    fn append(
        &mut self,
        bucket: &mut Bucket<'_, '_>,
        part: usize,
        rows: Range<usize>,
        users: Range<usize>,
    ) -> Result<Option<i32>, SourceError> {
        self.map.clear();
        for hash in bucket.hashes(part, users)? {
            self.map.push(self.all_users.binary_search(hash).map_or(u32::MAX, |code| code as u32));
        }
        let last = self.days.last().copied();
        let month = bucket.readers.get(part).map(|r| r.segment.meta.month);
        let apart = month.is_some() && month != std::mem::replace(&mut self.month, month);
        let before = self.days.len();
        self.retract(bucket, part, &rows, before);
        let mut row = rows.start;
        while row < rows.end {
            let (block, span) = bucket.piece(part, row, rows.end, true)?;
            if span.is_empty() {
                return Err(SourceError::Damaged("cells end before their directory".to_owned()));
            }
            row += span.len();
            if self.received.is_empty() && !block.received.is_empty() {
                self.received.extend_from_slice(&self.days);
            }
            self.days.extend_from_slice(cut(&block.days, &span));
            self.names.extend_from_slice(cut(&block.names, &span));
            self.values.extend_from_slice(cut(&block.values, &span));
            if !block.received.is_empty() {
                self.received.extend_from_slice(cut(&block.received, &span));
            } else if !self.received.is_empty() {
                self.received.extend_from_slice(cut(&block.days, &span));
            }
            let map = &self.map;
            self.users
                .extend(cut(&block.users, &span).iter().map(|u| map.get(*u as usize).copied().unwrap_or(u32::MAX)));
        }
        if let Some(known) = self.known {
            self.delay(bucket, part, rows, before, known)?;
        }
        let first = self.days.get(before).copied();
        Ok(last.zip(first).filter(|(last, first)| !apart && last >= first).map(|(_, first)| first))
    }

    /// Notes from which day on rows of a part no longer count. What was retracted on the day of the instant but after it
    /// still counts on that day.
    fn retract(&mut self, bucket: &Bucket<'_, '_>, part: usize, rows: &Range<usize>, before: usize) {
        let Some(reader) = bucket.readers.get(part) else { return };
        for (row, day) in reader.retracted.days_in(rows) {
            let later = self.known.is_some_and(|(known, at)| {
                day == known && reader.retracted.at(row).is_some_and(|retracted| retracted > at)
            });
            self.retracted.resize(before + row - rows.start, i32::MAX);
            self.retracted.push(if later { day.saturating_add(1) } else { day });
        }
    }

    /// What was received on the day but after the instant counts as received on the day after.
    fn delay(
        &mut self,
        bucket: &mut Bucket<'_, '_>,
        part: usize,
        rows: Range<usize>,
        before: usize,
        (day, at): (i32, i64),
    ) -> Result<(), SourceError> {
        let told = if self.received.is_empty() { &self.days } else { &self.received };
        if !told.iter().skip(before).any(|d| *d == day) {
            return Ok(());
        }
        if self.received.is_empty() {
            self.received.extend_from_slice(&self.days);
        }
        self.times.clear();
        bucket.received(part, rows, &mut self.times)?;
        for (told, time) in self.received.iter_mut().skip(before).zip(&self.times) {
            if *told == day && *time > at {
                *told = day.saturating_add(1);
            }
        }
        Ok(())
    }

    /// Sorts what happened from a day on by time; what happened at the same instant stays in the order of arrival.
    fn sort(
        &mut self,
        bucket: &mut Bucket<'_, '_>,
        directories: &[&Directory],
        parts: &[(usize, usize)],
        day: i32,
    ) -> Result<(), SourceError> {
        self.times.clear();
        // All rows before the first of that day or later lie where they belong.
        let start = self.days.iter().position(|d| *d >= day).unwrap_or(0);
        // The last days of names stay in front: one of them may be that day too, late on the last day of a month in UTC.
        let start = start.max(self.last.len());
        let mut first = self.last.len();
        for (part, place) in parts {
            let Some(directory) = directories.get(*part) else { continue };
            let rows = directory.rows(*place);
            let next = first + rows.len();
            if next > start {
                bucket.times(*part, rows.start + start.saturating_sub(first)..rows.end, &mut self.times)?;
            }
            first = next;
        }
        if self.times.is_sorted() {
            return Ok(());
        }
        self.order.clear();
        self.order.extend(0..self.times.len() as u32);
        self.order.sort_by_key(|r| self.times.get(*r as usize).copied());
        let order = &self.order;
        permute(&mut self.days, start, order);
        permute(&mut self.names, start, order);
        permute(&mut self.users, start, order);
        permute(&mut self.values, start, order);
        if !self.received.is_empty() {
            permute(&mut self.received, start, order);
        }
        if !self.retracted.is_empty() {
            permute(&mut self.retracted, start, order);
        }
        Ok(())
    }
}

/// Whether any of the rows was received on the day of the instant.
fn has_received_on(block: &Block, span: &Range<usize>, known: Option<(i32, i64)>) -> bool {
    let received = if block.received.is_empty() { &block.days } else { &block.received };
    known.is_some_and(|(day, _)| cut(received, span).contains(&day))
}

fn borrowed<'a>(customer: &'a str, block: &'a Block, span: Range<usize>, users: &'a [u64]) -> CustomerEvents<'a> {
    let days = cut(&block.days, &span);
    let received = cut(&block.received, &span);
    CustomerEvents {
        customer,
        days,
        names: cut(&block.names, &span),
        users: cut(&block.users, &span),
        user_count: users.len() as u32,
        user_keys: users,
        values: cut(&block.values, &span),
        received_days: (!received.is_empty() && received != days).then_some(received),
        retracted_days: None,
    }
}

fn cut<'a, T>(column: &'a [T], span: &Range<usize>) -> &'a [T] {
    column.get(span.clone()).unwrap_or_default()
}

/// Puts the rows from `start` on in order.
fn permute<T: Copy>(column: &mut Vec<T>, start: usize, order: &[u32]) {
    let sorted: Vec<T> = order.iter().filter_map(|r| column.get(start + *r as usize).copied()).collect();
    column.truncate(start);
    column.extend(sorted);
}
