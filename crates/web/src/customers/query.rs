//! What a list of customers is asked for. Everything is in the address, so that it can be kept, sent and gone back to.

use crate::address::encode;

/// Columns that may be chosen, in their order; the name always shows.
pub const COLUMNS: [&str; 9] = ["health", "stage", "segment", "mrr", "notice", "contact", "owner", "region", "code"];
/// Columns shown when nothing was chosen.
pub const COLUMNS_FIRST: [&str; 6] = ["health", "stage", "mrr", "notice", "contact", "owner"];
/// Orders that may be chosen.
pub const SORTS: [&str; 6] = ["score", "change", "name", "mrr", "notice", "contact"];

/// A question to the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// Part of a name, reading, code or domain.
    pub q: String,
    /// Colours wanted (`red`, `amber`, `green`, `unknown`); none = all.
    pub health: Vec<String>,
    /// Lifecycle stages.
    pub stage: Vec<String>,
    /// Segments.
    pub segment: Vec<String>,
    /// Owner: an id, or `me`.
    pub owner: String,
    /// Notice deadline within so many days.
    pub notice: Option<u32>,
    /// No two-way contact for so many days.
    pub silent: Option<u32>,
    /// Order.
    pub sort: String,
    /// Downwards (largest, last) first.
    pub is_down: bool,
    /// Chosen columns; none = the first ones.
    pub columns: Vec<String>,
    /// Where the page starts: an opaque key of the row before.
    pub after: String,
    /// The saved view that this came from.
    pub view: String,
}

impl Ask {
    /// Reads the pairs of a query. Unknown names and words are left out, never an error: addresses outlive versions.
    pub fn read(pairs: &[(String, String)]) -> Self {
        let mut ask = Self::default();
        for (name, value) in pairs {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            match name.as_str() {
                "q" => ask.q = value.chars().take(100).collect(),
                "health" if ["red", "amber", "green", "unknown"].contains(&value) => ask.health.push(value.to_owned()),
                "stage" => ask.stage.push(value.to_owned()),
                "segment" => ask.segment.push(value.to_owned()),
                "owner" => value.clone_into(&mut ask.owner),
                "notice" => ask.notice = value.parse().ok().filter(|n| *n <= 3_650),
                "silent" => ask.silent = value.parse().ok().filter(|n| *n <= 3_650),
                "sort" => {
                    let word = value.strip_prefix('-').unwrap_or(value);
                    if SORTS.contains(&word) {
                        word.clone_into(&mut ask.sort);
                        ask.is_down = value.starts_with('-');
                    }
                }
                "col" if COLUMNS.contains(&value) => ask.columns.push(value.to_owned()),
                "after" => value.clone_into(&mut ask.after),
                "view" => value.clone_into(&mut ask.view),
                _ => {}
            }
        }
        ask
    }

    /// The columns to show.
    pub fn shown(&self) -> Vec<&str> {
        if self.columns.is_empty() {
            COLUMNS_FIRST.to_vec()
        } else {
            COLUMNS.into_iter().filter(|c| self.columns.iter().any(|own| own == c)).collect()
        }
    }

    /// The query text of this question, without the page.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = vec![];
        let mut add = |name: &'static str, value: &str| {
            if !value.is_empty() {
                pairs.push((name, value.to_owned()));
            }
        };
        add("q", &self.q);
        self.health.iter().for_each(|v| add("health", v));
        self.stage.iter().for_each(|v| add("stage", v));
        self.segment.iter().for_each(|v| add("segment", v));
        add("owner", &self.owner);
        add("notice", &self.notice.map(|n| n.to_string()).unwrap_or_default());
        add("silent", &self.silent.map(|n| n.to_string()).unwrap_or_default());
        if !self.sort.is_empty() {
            add("sort", &format!("{}{}", if self.is_down { "-" } else { "" }, self.sort));
        }
        self.columns.iter().for_each(|v| add("col", v));
        add("view", &self.view);
        pairs
    }

    /// An address of this question, with some pairs put in place of those of the same name.
    pub fn address(&self, path: &str, instead: &[(&'static str, &str)]) -> String {
        let mut pairs = self.pairs();
        pairs.retain(|(name, _)| !instead.iter().any(|(other, _)| other == name));
        pairs.extend(instead.iter().filter(|(_, v)| !v.is_empty()).map(|(n, v)| (*n, (*v).to_owned())));
        let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
    }

    /// Whether anything narrows the list.
    pub fn is_narrowed(&self) -> bool {
        !(self.q.is_empty()
            && self.health.is_empty()
            && self.stage.is_empty()
            && self.segment.is_empty()
            && self.owner.is_empty())
            || self.notice.is_some()
            || self.silent.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_address_holds_the_whole_question(
            q in "[\\PC]{0,30}", health in proptest::sample::subsequence(vec!["red", "amber", "green", "unknown"], 0..4),
            stage in proptest::collection::vec("[a-zぁ-ん&=+% ]{1,8}", 0..3), notice in proptest::option::of(0..4_000_u32),
            sort in proptest::sample::select(vec!["", "score", "-mrr", "notice", "-nothing"]),
        ) {
            let mut pairs = vec![("q".to_owned(), q), ("sort".to_owned(), sort.to_owned())];
            pairs.extend(health.iter().map(|h| ("health".to_owned(), (*h).to_owned())));
            pairs.extend(stage.into_iter().map(|v| ("stage".to_owned(), v)));
            pairs.extend(notice.map(|n| ("notice".to_owned(), n.to_string())));
            let ask = Ask::read(&pairs);
            let address = ask.address("/customers", &[]);
            let query = address.split_once('?').map_or("", |(_, query)| query);
            let again: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap();
            prop_assert_eq!(Ask::read(&again), ask);
        }
    }
}
