//! Events in a form that costs no allocation each.

use crate::time::Time;

/// What a row says about the event of its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Says {
    /// That it happened. The first row of an id stands; the same id again is the same message, sent twice.
    #[default]
    Once,
    /// How it was, as far as is known from `received_at` on: a row with other contents is a correction.
    Version,
    /// That from `received_at` on there is no such event.
    Deleted,
}

/// One event, borrowed. An empty `user` or `properties` means none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EventRef<'a> {
    /// External id, unique within its source: the same (source, id) twice is one event. Never empty.
    pub id: &'a str,
    /// External id of the customer.
    pub customer: &'a str,
    /// Who did it, as the source names the user; empty when unknown.
    pub user: &'a str,
    /// What happened: `login`, `report_export` …
    pub name: &'a str,
    /// When it happened.
    pub occurred_at: Time,
    /// When we learned of it.
    pub received_at: Time,
    /// `received_at` was not given: history brought in bulk counts as known when it happened (仮定).
    pub assumed: bool,
    /// A figure that the event carries.
    pub value: Option<f64>,
    /// Everything else, as a JSON object; empty when none.
    pub properties: &'a str,
    /// What the row says about the event.
    pub says: Says,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    start: usize,
    /// Lengths of id, customer, user, name, properties, in this order behind `start`.
    lens: [u32; 5],
    occurred_at: Time,
    received_at: Time,
    value: f64,
    assumed: bool,
    says: Says,
}

/// A batch of events from one source, in one arena of text.
#[derive(Clone, Debug, Default)]
pub struct EventBatch {
    text: String,
    rows: Vec<Row>,
}

impl EventBatch {
    /// An empty batch with room for `rows` events of about 100 bytes.
    pub fn with_capacity(rows: usize) -> Self {
        Self { text: String::with_capacity(rows * 100), rows: Vec::with_capacity(rows) }
    }

    /// Adds an event. A value that is not a finite number is stored as none.
    pub fn push(&mut self, e: EventRef<'_>) {
        let start = self.text.len();
        let parts = [e.id, e.customer, e.user, e.name, e.properties];
        for part in parts {
            self.text.push_str(part);
        }
        self.rows.push(Row {
            start,
            lens: parts.map(|p| u32::try_from(p.len()).unwrap_or(u32::MAX)),
            occurred_at: e.occurred_at,
            received_at: e.received_at,
            value: e.value.filter(|v| v.is_finite()).unwrap_or(f64::NAN),
            assumed: e.assumed,
            says: e.says,
        });
    }

    /// Gives the event at `index` another id; nothing happens when there is no such event.
    pub fn set_id(&mut self, index: usize, id: &str) {
        let Some(row) = self.rows.get_mut(index) else { return };
        let [id_len, rest_lens @ ..] = row.lens;
        let rest = row.start + id_len as usize;
        let rest_len: usize = rest_lens.iter().map(|l| *l as usize).sum();
        let start = self.text.len();
        self.text.push_str(id);
        self.text.extend_from_within(rest..rest + rest_len);
        row.start = start;
        let [first, ..] = &mut row.lens;
        *first = u32::try_from(id.len()).unwrap_or(u32::MAX);
    }

    /// How many events.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// No events.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Bytes of text held.
    pub fn text_bytes(&self) -> usize {
        self.text.len()
    }

    /// Forgets the events, keeps the memory.
    pub fn clear(&mut self) {
        self.text.clear();
        self.rows.clear();
    }

    /// The events in the order they were pushed.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = EventRef<'_>> + '_ {
        self.rows.iter().map(|row| {
            let mut at = row.start;
            let mut part = |i: usize| {
                let len = row.lens.get(i).map_or(0, |l| *l as usize);
                let text = self.text.get(at..at + len).unwrap_or_default();
                at += len;
                text
            };
            EventRef {
                id: part(0),
                customer: part(1),
                user: part(2),
                name: part(3),
                properties: part(4),
                occurred_at: row.occurred_at,
                received_at: row.received_at,
                assumed: row.assumed,
                says: row.says,
                value: (!row.value.is_nan()).then_some(row.value),
            }
        })
    }
}
