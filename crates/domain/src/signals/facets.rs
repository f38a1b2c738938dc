//! Several views of one customer: whether they disagree, and whether any of them is bad.

use super::notice::{Because, RuleState, Seen, View, because, beyond};
use super::rule::{Facet, Side};

impl Facet {
    /// Whether a value is good (`true`) or bad (`false`); `None` between the limits.
    pub fn judge(&self, value: f64) -> Option<bool> {
        if beyond(value, self.side, self.bad) {
            return Some(false);
        }
        let other = match self.side {
            Side::Below => Side::Above,
            Side::Above => Side::Below,
        };
        self.good.is_none_or(|good| beyond(value, other, good)).then_some(true)
    }
}

/// How a view looks on a day.
struct Looked<'a> {
    facet: &'a Facet,
    value: f64,
    good: Option<bool>,
}

impl Looked<'_> {
    fn is_bad(&self) -> bool {
        self.good == Some(false)
    }

    fn is_good(&self) -> bool {
        self.good == Some(true)
    }

    fn tell(&self) -> Because {
        let limit = if self.is_good() { self.facet.good.unwrap_or(self.facet.bad) } else { self.facet.bad };
        Because { limit: Some(limit), good: self.good, is_view: true, ..because(&self.facet.of, Some(self.value)) }
    }
}

/// The views that are measured.
fn look_all<'a>(facets: &'a [Facet], view: &View<'_>) -> Vec<Looked<'a>> {
    let look = |facet: &'a Facet| {
        let value = view.fresh(&facet.of)?;
        Some(Looked { facet, value, good: facet.judge(value) })
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
    if looked.iter().any(|l| l.is_bad()) && looked.iter().any(|l| l.is_good()) {
        return Seen::Yes(tell_all(&looked));
    }
    if lacks_ground(state, &looked) {
        return Seen::Unsaid;
    }
    let still = looked.iter().enumerate().any(|(i, a)| {
        let apart = |(j, b): (usize, &Looked<'_>)| i != j && !b.is_bad();
        !a.is_good() && looked.iter().enumerate().any(apart)
    });
    if still { Seen::Between } else { Seen::No }
}

/// Any one bad: a red account. Over when all are good.
pub(super) fn look_red(facets: &[Facet], state: &RuleState, view: &View<'_>) -> Seen {
    let looked = look_all(facets, view);
    if looked.iter().any(|l| l.is_bad()) {
        return Seen::Yes(tell_all(&looked));
    }
    if looked.is_empty() || lacks_ground(state, &looked) {
        return Seen::Unsaid;
    }
    if looked.iter().all(|l| l.is_good()) { Seen::No } else { Seen::Between }
}
