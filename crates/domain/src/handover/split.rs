//! Who gets which customer.

use std::collections::BTreeMap;

use crate::id::{Customer, Id, Staff};

/// How customers are shared out among several people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The same monthly amount for everybody, as far as it goes.
    #[default]
    Revenue,
    /// The same number of customers for everybody.
    Count,
    /// A segment stays with one person.
    Segment,
    /// A region stays with one person.
    Region,
}

impl Rule {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Revenue, Self::Count, Self::Segment, Self::Region];

    /// The word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Revenue => "revenue",
            Self::Count => "count",
            Self::Segment => "segment",
            Self::Region => "region",
        }
    }

    /// Reads [`Rule::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.word() == word)
    }
}

/// A customer to be shared out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portion {
    /// Customer.
    pub customer: Id<Customer>,
    /// Monthly amount in minor units.
    pub mrr_minor: i64,
    /// Segment.
    pub segment: String,
    /// Region.
    pub region: String,
}

/// Shares customers out among `to`; nobody when there is nobody to give them to. What belongs together goes, the heaviest first, to
/// whoever has least; between equals the first named gets it.
pub fn split(portions: &[Portion], to: &[Id<Staff>], rule: Rule) -> Vec<(Id<Customer>, Id<Staff>)> {
    if to.is_empty() {
        return Vec::new();
    }
    let weight = |p: &Portion| if rule == Rule::Revenue { p.mrr_minor.max(0) } else { 1 };
    let mut groups: BTreeMap<String, Vec<&Portion>> = BTreeMap::new();
    for (place, portion) in portions.iter().enumerate() {
        let key = match rule {
            Rule::Segment => portion.segment.clone(),
            Rule::Region => portion.region.clone(),
            Rule::Revenue | Rule::Count => format!("{place:09}"),
        };
        groups.entry(key).or_default().push(portion);
    }
    let mut groups: Vec<Vec<&Portion>> = groups.into_values().collect();
    let load = |group: &[&Portion]| group.iter().map(|p| weight(p)).fold(0_i64, i64::saturating_add);
    // The sort is stable: equals stay in the order in which they came.
    groups.sort_by_key(|group| std::cmp::Reverse(load(group)));
    let mut loads: Vec<(i64, usize)> = vec![(0, 0); to.len()];
    let mut given = Vec::with_capacity(portions.len());
    for group in groups {
        let Some((place, slot)) = loads.iter_mut().enumerate().min_by_key(|(place, slot)| (slot.0, slot.1, *place))
        else {
            continue;
        };
        *slot = (slot.0.saturating_add(load(&group)), slot.1 + group.len());
        if let Some(staff) = to.get(place) {
            given.extend(group.iter().map(|p| (p.customer, *staff)));
        }
    }
    given
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn portions(seeds: &[(u16, u8, u8)]) -> Vec<Portion> {
        let of = |(i, (mrr, segment, region)): (usize, &(u16, u8, u8))| Portion {
            customer: Id::from_uuid(Uuid::from_u128(i as u128 + 1)),
            mrr_minor: i64::from(*mrr),
            segment: format!("s{}", segment % 3),
            region: format!("r{}", region % 5),
        };
        seeds.iter().enumerate().map(of).collect()
    }

    proptest! {
        #[test]
        fn everybody_is_given_once_fairly_and_together(
            seeds in prop::collection::vec((0u16..500, any::<u8>(), any::<u8>()), 0..40), people in 0usize..5,
        ) {
            let all = portions(&seeds);
            let to: Vec<Id<Staff>> = (0..people).map(|i| Id::from_uuid(Uuid::from_u128(1000 + i as u128))).collect();
            for rule in Rule::ALL {
                let given = split(&all, &to, rule);
                if people == 0 {
                    prop_assert!(given.is_empty());
                    continue;
                }
                let mut ids: Vec<_> = given.iter().map(|(c, _)| *c).collect();
                ids.sort();
                prop_assert_eq!(ids, all.iter().map(|p| p.customer).collect::<Vec<_>>(), "each once");
                prop_assert!(given.iter().all(|(_, s)| to.contains(s)));
                let owner = |c: Id<Customer>| given.iter().find(|(g, _)| *g == c).map(|(_, s)| *s).unwrap();
                let load = |s: Id<Staff>| -> i64 {
                    let own = all.iter().filter(|p| owner(p.customer) == s);
                    own.map(|p| if rule == Rule::Revenue { p.mrr_minor } else { 1 }).sum()
                };
                let loads: Vec<i64> = to.iter().map(|s| load(*s)).collect();
                let spread = loads.iter().max().unwrap() - loads.iter().min().unwrap();
                match rule {
                    Rule::Count => prop_assert!(spread <= 1),
                    Rule::Revenue => prop_assert!(spread <= all.iter().map(|p| p.mrr_minor).max().unwrap_or(0)),
                    Rule::Segment | Rule::Region => for a in &all {
                        for b in &all {
                            let same = if rule == Rule::Segment { a.segment == b.segment } else { a.region == b.region };
                            prop_assert!(!same || owner(a.customer) == owner(b.customer));
                        }
                    },
                }
            }
        }
    }

    #[test]
    fn equals_go_round_in_the_order_of_names() {
        let all = portions(&[(0, 0, 0), (0, 1, 1), (0, 2, 2), (0, 0, 3)]);
        let to = [1_u128, 2].map(|i| Id::from_uuid(Uuid::from_u128(i)));
        let given = split(&all, &to, Rule::Revenue);
        let counts = to.map(|s| given.iter().filter(|(_, g)| *g == s).count());
        assert_eq!(counts, [2, 2], "customers without an amount are shared out too");
    }
}
