//! What a list of customers is asked for. Everything is in the address, so that it can be kept, sent and gone back to.

use kizashi_app::customers::{ListQuery, Sort};
use kizashi_domain::id::{Id, Staff};

use crate::address::encode;
use crate::parts::health::{BANDS, class};

/// Columns that may be chosen, in their order; the name always shows.
pub const COLUMNS: [&str; 10] =
    ["health", "stage", "segment", "mrr", "plan", "notice", "contact", "owner", "region", "code"];
/// Columns shown when nothing was chosen.
pub const COLUMNS_FIRST: [&str; 6] = ["health", "stage", "mrr", "notice", "contact", "owner"];

/// Days without a word from a customer that may be asked for.
pub const SILENCES: [&str; 4] = ["30", "60", "90", "180"];

/// A question to the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// Part of a name, reading, code or domain.
    pub q: String,
    /// The colour wanted (`red`, `amber`, `green`, `unknown`); empty = all.
    pub health: String,
    /// Lifecycle stage.
    pub stage: String,
    /// Segment.
    pub segment: String,
    /// Owner's id.
    pub owner: String,
    /// Days without a word from them: one of [`SILENCES`]; empty = all.
    pub silent: String,
    /// Those that have left, too.
    pub left: bool,
    /// Order; empty = the first of [`Sort::ALL`].
    pub sort: String,
    /// The other way round.
    pub is_reverse: bool,
    /// Chosen columns; none = the first ones.
    pub columns: Vec<String>,
    /// Where the page starts: an opaque key of the row before.
    pub after: String,
}

impl Ask {
    /// Reads the pairs of a query. Unknown names and words are left out, never an error: addresses outlive versions.
    pub fn read(pairs: &[(String, String)]) -> Self {
        let mut ask = Self::default();
        for (name, value) in pairs {
            let value = value.trim();
            match name.as_str() {
                _ if value.is_empty() => {}
                "q" => ask.q = value.chars().take(100).collect(),
                "health" if BANDS.into_iter().any(|band| class(band) == value) => value.clone_into(&mut ask.health),
                "stage" => value.clone_into(&mut ask.stage),
                "segment" => value.clone_into(&mut ask.segment),
                "owner" if value.parse::<Id<Staff>>().is_ok() => value.clone_into(&mut ask.owner),
                "silent" if SILENCES.contains(&value) => value.clone_into(&mut ask.silent),
                "left" => ask.left = value == "1",
                "sort" => {
                    let word = value.strip_prefix('-').unwrap_or(value);
                    if Sort::parse(word).is_some() {
                        word.clone_into(&mut ask.sort);
                        ask.is_reverse = value.starts_with('-');
                    }
                }
                "col" if COLUMNS.contains(&value) => ask.columns.push(value.to_owned()),
                "after" => value.clone_into(&mut ask.after),
                _ => {}
            }
        }
        ask
    }

    /// The question as the use case takes it.
    pub fn query(&self, rows: i64) -> ListQuery {
        ListQuery {
            search: self.q.clone(),
            band: BANDS.into_iter().find(|band| class(*band) == self.health),
            stage: self.stage.clone(),
            segment: self.segment.clone(),
            owner: self.owner.parse().ok(),
            silent_days: self.silent.parse().ok(),
            with_churned: self.left,
            sort: Sort::parse(&self.sort).unwrap_or_default(),
            reverse: self.is_reverse,
            after: (!self.after.is_empty()).then(|| self.after.clone()),
            rows,
        }
    }

    /// The columns to show.
    pub fn shown(&self) -> Vec<&str> {
        if self.columns.is_empty() {
            COLUMNS_FIRST.to_vec()
        } else {
            COLUMNS.into_iter().filter(|c| self.columns.iter().any(|own| own == c)).collect()
        }
    }

    /// The query of this question as pairs, without the page.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let sort = if self.sort.is_empty() {
            String::new()
        } else {
            format!("{}{}", if self.is_reverse { "-" } else { "" }, self.sort)
        };
        let single = [
            ("q", self.q.clone()),
            ("health", self.health.clone()),
            ("stage", self.stage.clone()),
            ("segment", self.segment.clone()),
            ("owner", self.owner.clone()),
            ("silent", self.silent.clone()),
            ("left", if self.left { "1".to_owned() } else { String::new() }),
            ("sort", sort),
        ];
        let columns = self.columns.iter().map(|column| ("col", column.clone()));
        single.into_iter().filter(|(_, value)| !value.is_empty()).chain(columns).collect()
    }

    /// An address of this question, with some pairs put in place of those of the same name.
    pub fn address(&self, path: &str, instead: &[(&'static str, &str)]) -> String {
        let query = self.text(instead);
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// The query text, with some pairs put in place of those of the same name.
    pub fn text(&self, instead: &[(&'static str, &str)]) -> String {
        let mut pairs = self.pairs();
        pairs.retain(|(name, _)| !instead.iter().any(|(other, _)| other == name));
        pairs.extend(instead.iter().filter(|(_, v)| !v.is_empty()).map(|(n, v)| (*n, (*v).to_owned())));
        let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        query.join("&")
    }

    /// Whether anything narrows the list.
    pub fn is_narrowed(&self) -> bool {
        !(self.q.is_empty()
            && self.health.is_empty()
            && self.stage.is_empty()
            && self.segment.is_empty()
            && self.owner.is_empty()
            && self.silent.is_empty())
            || self.left
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_address_holds_the_whole_question(
            q in "[\\PC]{0,30}", health in proptest::sample::select(vec!["", "red", "unknown", "blue"]),
            stage in "[a-zぁ-ん&=+% ]{0,8}", silent in proptest::sample::select(vec!["", "60", "61"]), left in proptest::bool::ANY,
            sort in proptest::sample::select(vec!["", "points", "-mrr", "notice", "-nothing"]),
            columns in proptest::sample::subsequence(vec!["health", "mrr", "nothing"], 0..3),
        ) {
            let mut pairs: Vec<(String, String)> =
                [("q", q.as_str()), ("sort", sort), ("health", health), ("stage", stage.as_str()), ("silent", silent), ("left", if left { "1" } else { "" })]
                    .map(|(n, v)| (n.to_owned(), v.to_owned())).into();
            pairs.extend(columns.iter().map(|c| ("col".to_owned(), (*c).to_owned())));
            let ask = Ask::read(&pairs);
            let again: Vec<(String, String)> = serde_urlencoded::from_str(&ask.text(&[])).unwrap();
            prop_assert_eq!(Ask::read(&again), ask);
        }
    }
}
