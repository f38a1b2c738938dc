//! How much of everything the few largest categories are.

use super::desk::{Desk, NONE};

/// 上位の分類 means these shares of the categories.
pub const TOP_PERCENTS: [usize; 2] = [20, 30];

/// A category with what it brought.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParetoRow {
    /// Its name.
    pub category: String,
    /// Inquiries.
    pub inquiries: u64,
    /// Known customers who asked.
    pub customers: u64,
    /// Those who asked about it more than once.
    pub repeating: u64,
    /// Share of all inquiries, 0 to 1.
    pub share: f64,
    /// Share of this and all larger categories.
    pub cumulative: f64,
}

/// The largest categories together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Top {
    /// Which share of the categories, in percent.
    pub percent: usize,
    /// How many categories that are (rounded up).
    pub categories: usize,
    /// Their inquiries.
    pub inquiries: u64,
    /// Their share of all inquiries, 0 to 1.
    pub share: f64,
    /// Known customers who asked about at least one of them.
    pub customers: u64,
    /// Their share of all known customers who asked.
    pub customer_share: f64,
}

/// Categories by size.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pareto {
    /// Categories, the largest first.
    pub rows: Vec<ParetoRow>,
    /// Inquiries that have no category: they count in `total`, and in no row.
    pub without: u64,
    /// All inquiries.
    pub total: u64,
    /// The largest categories, by [`TOP_PERCENTS`].
    pub tops: Vec<Top>,
}

#[allow(clippy::cast_precision_loss)]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

impl Desk {
    pub(super) fn pareto(&self) -> Pareto {
        let total = self.rows.len() as u64;
        // Every (category, customer), sorted, with how often it occurs.
        let mut pairs: Vec<(u32, u32)> = self.rows.iter().map(|row| (row.category, row.customer)).collect();
        pairs.sort_unstable();
        let mut pareto = Pareto { total, ..Pareto::default() };
        let mut asked_by: Vec<(u32, Vec<u32>)> = Vec::new();
        for of_category in pairs.chunk_by(|a, b| a.0 == b.0) {
            let Some((category, _)) = of_category.first().copied() else { continue };
            let inquiries = of_category.len() as u64;
            let Some(name) = self.categories.list.get(category as usize) else {
                pareto.without = inquiries;
                continue;
            };
            let mut row = ParetoRow { category: name.clone(), inquiries, ..ParetoRow::default() };
            let mut customers = Vec::new();
            for of_customer in of_category.chunk_by(|a, b| a.1 == b.1) {
                let Some((_, customer)) = of_customer.first().copied().filter(|(_, c)| *c != NONE) else { continue };
                customers.push(customer);
                row.repeating += u64::from(of_customer.len() > 1);
            }
            row.customers = customers.len() as u64;
            row.share = share(inquiries, total);
            asked_by.push((category, customers));
            pareto.rows.push(row);
        }
        let mut order: Vec<usize> = (0..pareto.rows.len()).collect();
        let key = |i: &usize| pareto.rows.get(*i).map(|row| (std::cmp::Reverse(row.inquiries), row.category.clone()));
        order.sort_by_cached_key(key);
        let customers: Vec<&[u32]> =
            order.iter().filter_map(|i| asked_by.get(*i)).map(|(_, customers)| customers.as_slice()).collect();
        pareto.tops = TOP_PERCENTS.iter().map(|percent| self.top(*percent, &pareto, &order, &customers)).collect();
        pareto.rows = order.iter().filter_map(|i| pareto.rows.get(*i).cloned()).collect();
        let mut sum = 0;
        for row in &mut pareto.rows {
            sum += row.inquiries;
            row.cumulative = share(sum, total);
        }
        pareto
    }

    fn top(&self, percent: usize, pareto: &Pareto, order: &[usize], customers: &[&[u32]]) -> Top {
        let categories = (order.len() * percent).div_ceil(100);
        let largest = order.iter().take(categories).filter_map(|i| pareto.rows.get(*i));
        let inquiries = largest.map(|row| row.inquiries).sum();
        let mut who: Vec<u32> = customers.iter().take(categories).flat_map(|list| list.iter().copied()).collect();
        who.sort_unstable();
        who.dedup();
        Top {
            percent,
            categories,
            inquiries,
            share: share(inquiries, pareto.total),
            customers: who.len() as u64,
            customer_share: share(who.len() as u64, self.customers.list.len() as u64),
        }
    }
}
