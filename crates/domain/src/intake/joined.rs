//! Customers that turned out to be one.

use std::collections::{BTreeMap, HashMap};

/// Which codes are gone, and for whom their events count since. Events keep the code that they came with: who parts two customers
/// again finds them as they were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Joined {
    survivor_of: HashMap<String, String>,
    members_of: BTreeMap<String, Vec<String>>,
}

impl Joined {
    /// From pairs of a code that is gone and the one that it went into, which may itself be gone.
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let into: BTreeMap<String, String> = pairs.into_iter().collect();
        let mut joined = Self::default();
        for gone in into.keys() {
            let mut survivor = gone;
            // A circle cannot be made; if one is there all the same, it must not hang the program.
            for _ in 0..=into.len() {
                let Some(next) = into.get(survivor) else { break };
                survivor = next;
            }
            if survivor == gone || into.contains_key(survivor) {
                continue;
            }
            joined.survivor_of.insert(gone.clone(), survivor.clone());
            joined.members_of.entry(survivor.clone()).or_insert_with(|| vec![survivor.clone()]).push(gone.clone());
        }
        joined
    }

    /// Whether nobody went into anybody.
    pub fn is_empty(&self) -> bool {
        self.survivor_of.is_empty()
    }

    /// Whether a code went into another.
    pub fn is_gone(&self, code: &str) -> bool {
        self.survivor_of.contains_key(code)
    }

    /// Whether a code went into another, or another into it.
    pub fn is_part(&self, code: &str) -> bool {
        self.is_gone(code) || self.members_of.contains_key(code)
    }

    /// The code that stands for a code.
    pub fn survivor<'a>(&'a self, code: &'a str) -> &'a str {
        self.survivor_of.get(code).map_or(code, String::as_str)
    }

    /// All codes whose events count for a customer, its own first; none when nobody went into it.
    pub fn members(&self, survivor: &str) -> &[String] {
        self.members_of.get(survivor).map(Vec::as_slice).unwrap_or_default()
    }

    /// Customers into whom others went, with all their codes.
    pub fn groups(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.members_of.iter().map(|(survivor, members)| (survivor.as_str(), members.as_slice()))
    }

    /// Events by customer and id, for every code that they may have come with.
    pub fn spread(&self, events: &[(String, String)]) -> Vec<(String, String)> {
        let codes = |customer: &str| match self.members(self.survivor(customer)) {
            [] => vec![customer.to_owned()],
            members => members.to_vec(),
        };
        let each = |(customer, id): &(String, String)| codes(customer).into_iter().map(|c| (c, id.clone())).collect();
        events.iter().flat_map(|event| -> Vec<(String, String)> { each(event) }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(pairs: &[(&str, &str)]) -> Joined {
        Joined::new(pairs.iter().map(|(gone, into)| ((*gone).to_owned(), (*into).to_owned())))
    }

    #[test]
    fn chains_lead_to_who_is_still_there() {
        let found = joined(&[("b", "a"), ("c", "b"), ("x", "y")]);
        assert_eq!(
            [found.survivor("c"), found.survivor("b"), found.survivor("a"), found.survivor("q")],
            ["a", "a", "a", "q"]
        );
        assert_eq!(found.members("a"), ["a", "b", "c"]);
        assert_eq!(found.members("b"), [""; 0]);
        assert!(found.is_gone("x") && !found.is_gone("y") && found.is_part("y") && !found.is_part("q"));
        assert_eq!(found.groups().count(), 2);
    }

    #[test]
    fn a_circle_is_nothing() {
        assert!(joined(&[("a", "b"), ("b", "a"), ("c", "a"), ("d", "d")]).is_empty());
    }

    #[test]
    fn events_are_looked_for_under_every_code() {
        let found = joined(&[("b", "a")]);
        let event = |c: &str| (c.to_owned(), "1".to_owned());
        assert_eq!(found.spread(&[event("b")]), [event("a"), event("b")]);
        assert_eq!(found.spread(&[event("q")]), [event("q")]);
    }
}
