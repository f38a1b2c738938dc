//! The day's attention: which cards a person sees today, and why the others wait.

use crate::time::Day;

/// A card that could be shown today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// How urgent: see [`super::rank`]. The higher, the sooner.
    pub rank: u32,
    /// Whether it may never be kept quiet: see [`super::is_never_quiet`].
    pub is_never_quiet: bool,
    /// A person put it off until this day.
    pub later: Option<Day>,
    /// The next move is the customer's, and the day by which it is due has not come.
    pub is_with_customer: bool,
}

/// Why a card is kept quiet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyQuiet {
    /// A person put it off until this day.
    Later(Day),
    /// The next move is the customer's.
    WithCustomer,
    /// Others press more.
    BeyondCapacity {
        /// Its place among the cards that could have been shown, from 1.
        place: usize,
        /// How far its rank lies behind the last card that is shown.
        behind: u32,
    },
}

/// What a person sees, and what waits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Places in the list of candidates, most urgent first.
    pub shown: Vec<usize>,
    /// Places of the others with the reason of each: first those nearest to being shown.
    pub quiet: Vec<(usize, WhyQuiet)>,
}

/// Chooses the cards of a day. What may never be kept quiet is shown whatever the capacity, and takes its part of it; a person's
/// own "later" is a decision and not quiet, so that it counts for such a card too.
pub fn choose(cards: &[Candidate], capacity: usize, today: Day) -> Choice {
    let mut choice = Choice::default();
    let mut asleep = Vec::new();
    let mut awake: Vec<(usize, &Candidate)> = Vec::new();
    for (at, card) in cards.iter().enumerate() {
        match card.later.filter(|day| *day > today) {
            Some(day) => asleep.push((at, WhyQuiet::Later(day))),
            None if card.is_with_customer && !card.is_never_quiet => asleep.push((at, WhyQuiet::WithCustomer)),
            None => awake.push((at, card)),
        }
    }
    awake.sort_by(|a, b| b.1.rank.cmp(&a.1.rank).then(a.0.cmp(&b.0)));
    let fixed = awake.iter().filter(|(_, card)| card.is_never_quiet).count();
    let mut left = capacity.saturating_sub(fixed);
    let mut beyond = Vec::new();
    let mut last_rank = 0;
    for (n, (at, card)) in awake.iter().enumerate() {
        if card.is_never_quiet || left > 0 {
            left -= usize::from(!card.is_never_quiet);
            choice.shown.push(*at);
            if !card.is_never_quiet || fixed >= capacity {
                last_rank = card.rank;
            }
        } else {
            beyond.push((*at, n + 1, card.rank));
        }
    }
    choice.quiet.extend(
        beyond
            .into_iter()
            .map(|(at, place, rank)| (at, WhyQuiet::BeyondCapacity { place, behind: last_rank.saturating_sub(rank) })),
    );
    choice.quiet.extend(asleep);
    choice
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TODAY: Day = Day(20_000);

    fn card(rank: u32) -> Candidate {
        Candidate { rank, is_never_quiet: false, later: None, is_with_customer: false }
    }

    #[test]
    fn those_that_press_most_are_shown_and_the_others_say_how_far_behind_they_are() {
        let cards = [card(300), card(900), card(500), card(450)];
        let choice = choose(&cards, 2, TODAY);
        assert_eq!(choice.shown, [1, 2]);
        let beyond = |place, behind| WhyQuiet::BeyondCapacity { place, behind };
        assert_eq!(choice.quiet, [(3, beyond(3, 50)), (0, beyond(4, 200))]);
    }

    #[test]
    fn a_key_account_is_shown_beyond_the_capacity_and_takes_its_part_of_it() {
        let key = Candidate { is_never_quiet: true, ..card(10) };
        let choice = choose(&[card(900), card(800), key], 2, TODAY);
        assert_eq!(choice.shown, [0, 2]);
        let choice = choose(&[key, key, key, card(900)], 2, TODAY);
        assert_eq!(choice.shown, [0, 1, 2]);
        assert_eq!(choice.quiet, [(3, WhyQuiet::BeyondCapacity { place: 1, behind: 0 })]);
    }

    #[test]
    fn what_a_person_put_off_and_what_waits_for_the_customer_sleeps() {
        let off = Candidate { later: Some(Day(TODAY.0 + 3)), ..card(900) };
        let back = Candidate { later: Some(TODAY), ..card(100) };
        let theirs = Candidate { is_with_customer: true, ..card(800) };
        let choice = choose(&[off, back, theirs, Candidate { is_never_quiet: true, ..theirs }], 8, TODAY);
        assert_eq!(choice.shown, [3, 1]);
        assert_eq!(choice.quiet, [(0, WhyQuiet::Later(Day(TODAY.0 + 3))), (2, WhyQuiet::WithCustomer)]);
    }

    fn any_card() -> impl Strategy<Value = Candidate> {
        (0_u32..1000, prop::bool::weighted(0.2), prop::option::weighted(0.2, -3_i32..10), prop::bool::weighted(0.2))
            .prop_map(|(rank, is_never_quiet, later, is_with_customer)| Candidate {
                rank,
                is_never_quiet,
                later: later.map(|d| Day(TODAY.0 + d)),
                is_with_customer,
            })
    }

    proptest! {
        #[test]
        fn every_card_is_shown_or_has_a_reason_and_nobody_is_passed_over(
            cards in prop::collection::vec(any_card(), 0..40),
            capacity in 0_usize..12,
        ) {
            let choice = choose(&cards, capacity, TODAY);
            let mut all: Vec<usize> = choice.shown.iter().copied().chain(choice.quiet.iter().map(|(at, _)| *at)).collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..cards.len()).collect::<Vec<_>>());
            let sleeps = |c: &Candidate| c.later.is_some_and(|d| d > TODAY) || (c.is_with_customer && !c.is_never_quiet);
            let fixed = cards.iter().filter(|c| c.is_never_quiet && !sleeps(c)).count();
            let awake = cards.iter().filter(|c| !sleeps(c)).count();
            prop_assert_eq!(choice.shown.len(), awake.min(capacity.max(fixed)));
            for (at, why) in &choice.quiet {
                let quiet = &cards[*at];
                match why {
                    WhyQuiet::BeyondCapacity { behind, .. } => {
                        prop_assert!(!quiet.is_never_quiet, "a key account in its lead time is never kept quiet");
                        let lowest = choice.shown.iter().map(|s| &cards[*s]).filter(|c| !c.is_never_quiet).map(|c| c.rank).min();
                        if let Some(lowest) = lowest {
                            prop_assert!(lowest >= quiet.rank);
                            prop_assert_eq!(*behind, lowest - quiet.rank);
                        }
                    }
                    WhyQuiet::Later(day) => prop_assert!(*day > TODAY && quiet.later == Some(*day)),
                    WhyQuiet::WithCustomer => prop_assert!(quiet.is_with_customer && !quiet.is_never_quiet),
                }
            }
            prop_assert!(choice.shown.windows(2).all(|w| cards[w[0]].rank >= cards[w[1]].rank));
        }
    }
}
