//! What the terms of contracts mean for a customer's figures over time. Pure.

use kizashi_domain::money::{Currency, Money};
use kizashi_domain::time::Day;

/// A term, as stored.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Term {
    pub amount: Option<Money>,
    pub months: i64,
    pub seats: Option<i64>,
    pub start: Day,
    pub end: Day,
    pub notice_on: Day,
}

impl Term {
    fn mrr(&self) -> Option<f64> {
        #[allow(clippy::cast_precision_loss)]
        self.amount.map(|a| a.per_month(self.months).minor as f64)
    }
}

/// The figures that follow from terms: `mrr`, `seats`, `notice_deadline`, `contract_end`, each with the first day on which it holds.
/// After the last term `mrr` and `seats` are 0, if any term told them.
pub(super) fn figures(terms: &[Term]) -> Vec<(&'static str, Day, f64)> {
    let mut bounds: Vec<Day> = terms.iter().flat_map(|t| [t.start, t.end.plus(1)]).collect();
    bounds.sort_unstable();
    bounds.dedup();
    let tells_mrr = terms.iter().any(|t| t.amount.is_some());
    let tells_seats = terms.iter().any(|t| t.seats.is_some());
    let mut out = Vec::new();
    for day in bounds {
        let running = || terms.iter().filter(move |t| t.start <= day && day <= t.end);
        // Amounts of different currencies cannot be added; the first currency counts.
        let currency: Option<Currency> = running().find_map(|t| t.amount.map(|a| a.currency));
        let mrr: f64 = running().filter(|t| t.amount.map(|a| a.currency) == currency).filter_map(Term::mrr).sum();
        #[allow(clippy::cast_precision_loss)]
        let seats: f64 = running().filter_map(|t| t.seats).sum::<i64>() as f64;
        let any = running().next().is_some();
        if tells_mrr && (!any || running().any(|t| t.amount.is_some())) {
            out.push(("mrr", day, mrr));
        }
        if tells_seats && (!any || running().any(|t| t.seats.is_some())) {
            out.push(("seats", day, seats));
        }
        if let Some(next) = running().min_by_key(|t| t.end) {
            out.push(("notice_deadline", day, f64::from(next.notice_on.0)));
            out.push(("contract_end", day, f64::from(next.end.0)));
        }
    }
    // Only changes matter.
    let mut last: Vec<(&str, f64)> = Vec::new();
    out.retain(|(name, _, value)| match last.iter_mut().find(|(n, _)| n == name) {
        Some((_, v)) if v == value => false,
        Some((_, v)) => {
            *v = *value;
            true
        }
        None => {
            last.push((name, *value));
            true
        }
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_become_steps() {
        let term = |start, end, yen, seats| Term {
            amount: Some(Money::yen(yen)),
            months: 10,
            seats: Some(seats),
            start: Day(start),
            end: Day(end),
            notice_on: Day(end - 30),
        };
        let got = figures(&[term(0, 99, 1000, 5), term(100, 199, 2000, 5)]);
        let of = |name: &str| got.iter().filter(|g| g.0 == name).map(|g| (g.1.0, g.2)).collect::<Vec<_>>();
        assert_eq!(of("mrr"), [(0, 100.0), (100, 200.0), (200, 0.0)]);
        assert_eq!(of("seats"), [(0, 5.0), (200, 0.0)]);
        assert_eq!(of("notice_deadline"), [(0, 69.0), (100, 169.0)]);
        assert_eq!(figures(&[]), []);
        let without_seats = Term { seats: None, ..term(0, 99, 1000, 5) };
        assert!(
            figures(&[without_seats]).iter().all(|(name, ..)| *name != "seats"),
            "what no contract tells stays as it was given"
        );
    }
}
