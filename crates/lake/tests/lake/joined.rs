//! Customers that are one, against the same model.

use kizashi_domain::intake::Joined;
use kizashi_domain::measure::{HistoryEvent, Selection, Source};
use kizashi_domain::time::Zone;
use kizashi_lake::Lake;
use proptest::prelude::*;

use crate::model::{Fact, Model, Step, check, check_views, code, expected, run_to, step, visited};

/// Visits and lists as though the events of codes that are gone had come with those into whom they went.
fn check_joined(lake: &Lake, model: &Model, zone: &Zone, pairs: &[(String, String)]) {
    let joined = Joined::new(pairs.iter().cloned());
    lake.join(joined.clone());
    let mut one = Model(model.0.clone());
    one.0.iter_mut().for_each(|f| f.customer = joined.survivor(&f.customer).to_owned());
    let expected = expected(&one, zone);
    assert_eq!(visited(lake, Selection::All), expected);
    let some: Vec<String> = ["c3", "c0", "nobody", "c3", "顧客😀"].iter().map(|s| (*s).to_owned()).collect();
    let mut few = expected.clone();
    few.retain(|c, _| some.contains(c));
    assert_eq!(visited(lake, Selection::Only(&some)), few);
    check_views(lake, &one, zone, &expected);
    assert_eq!(lake.customers().unwrap(), expected.keys().cloned().collect::<Vec<_>>());
    for (customer, facts) in one.by_customer() {
        let newest: Vec<HistoryEvent> = facts.iter().rev().map(Fact::event).collect();
        assert_eq!(lake.timeline(&customer, None, 1_000).unwrap(), newest);
        assert_eq!(lake.timeline(&customer, None, 3).unwrap(), newest[..newest.len().min(3)]);
    }
    // Parted again, they are what they were.
    lake.join(Joined::default());
    check(lake, model, zone);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn customers_that_are_one_are_seen_as_one(
        mut steps in prop::collection::vec(step(), 1..8),
        pairs in prop::collection::vec((code(), code()), 1..4),
    ) {
        // Which of two events of one instant comes first is said nowhere when they came with different codes.
        let mut n = 0;
        for step in &mut steps {
            if let Step::Append(facts) | Step::Load(facts) | Step::DropLoad(facts) = step {
                for fact in facts {
                    n += 1;
                    fact.at += n;
                    fact.received += n;
                }
            }
        }
        run_to(&steps, &|lake, model, zone| check_joined(lake, model, zone, &pairs));
    }
}
