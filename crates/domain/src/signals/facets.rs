//! Several views of one customer: whether they disagree, and whether any of them is bad.

use super::notice::{Because, RuleState, Seen, View, because, beyond};
use super::rule::{Facet, Side};

/// How a view looks on a day.
struct Looked<'a> {
    facet: &'a Facet,
    value: f64,
    is_bad: bool,
    is_good: bool,
}

impl Looked<'_> {
    fn tell(&self) -> Because {
        let good = if self.is_bad {
            Some(false)
        } else if self.is_good {
            Some(true)
        } else {
            None
        };
        let limit = if good == Some(true) { self.facet.good.unwrap_or(self.facet.bad) } else { self.facet.bad };
        Because { limit: Some(limit), good, is_view: true, ..because(&self.facet.of, Some(self.value)) }
    }
}

/// The views that are measured.
fn look_all<'a>(facets: &'a [Facet], view: &View<'_>) -> Vec<Looked<'a>> {
    let look = |facet: &'a Facet| {
        let value = view.fresh(&facet.of)?;
        let is_bad = beyond(value, facet.side, facet.bad);
        let other = match facet.side {
            Side::Below => Side::Above,
            Side::Above => Side::Below,
        };
        let is_good = !is_bad && facet.good.is_none_or(|good| beyond(value, other, good));
        Some(Looked { facet, value, is_bad, is_good })
    };
    facets.iter().filter_map(look).collect()
}

/// The bad ones first, then the good ones, then the rest.
fn tell_all(looked: &[Looked<'_>]) -> Vec<Because> {
    let mut told: Vec<Because> = looked.iter().map(Looked::tell).collect();
    told.sort_by_key(|b| match b.good {
        Some(false) => 0,
        Some(true) => 1,
        None => 2,
    });
    told
}

/// Whether something that a firing rested on is not measured: then nobody can say that it is over.
fn lacks_ground(state: &RuleState, looked: &[Looked<'_>]) -> bool {
    state.fired && state.rests_on.iter().any(|of| !looked.iter().any(|l| l.facet.of == *of))
}

/// At least one good and one bad: they disagree. Between the limits what disagreed goes on to.
pub(super) fn look_views(facets: &[Facet], state: &RuleState, view: &View<'_>) -> Seen {
    let looked = look_all(facets, view);
    if looked.len() < 2 {
        return Seen::Unsaid;
    }
    if looked.iter().any(|l| l.is_bad) && looked.iter().any(|l| l.is_good) {
        return Seen::Yes(tell_all(&looked));
    }
    if lacks_ground(state, &looked) {
        return Seen::Unsaid;
    }
    let still = looked.iter().enumerate().any(|(i, a)| {
        let apart = |(j, b): (usize, &Looked<'_>)| i != j && !b.is_bad;
        !a.is_good && looked.iter().enumerate().any(apart)
    });
    if still { Seen::Between } else { Seen::No }
}

/// Any one bad: a red account. Over when all are good.
pub(super) fn look_red(facets: &[Facet], state: &RuleState, view: &View<'_>) -> Seen {
    let looked = look_all(facets, view);
    if looked.iter().any(|l| l.is_bad) {
        return Seen::Yes(tell_all(&looked));
    }
    if looked.is_empty() || lacks_ground(state, &looked) {
        return Seen::Unsaid;
    }
    if looked.iter().all(|l| l.is_good) { Seen::No } else { Seen::Between }
}
