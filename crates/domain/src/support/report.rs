//! Everything that the page of the support desk shows of a period.

use super::desk::{Desk, NONE, Row};
use super::kpi::{Gauge, Kpi};
use super::pareto::Pareto;
use super::period::monday_of;
use crate::id::{Customer, Id};
use crate::time::Day;

/// Customers listed by how much they asked.
const ASKERS_MAX: usize = 20;
/// Which of the customers are the many who ask most, in percent.
const TOP_CUSTOMERS_PERCENT: usize = 20;

/// Some inquiries together: of a week, a category, an operator, a channel; or all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// What they have in common; empty when the source did not say.
    pub name: String,
    /// First day, of a week.
    pub day: Day,
    /// Inquiries that came.
    pub received: u64,
    /// Inquiries that somebody answered or closed.
    pub handled: u64,
    /// Known customers who asked.
    pub customers: u64,
    /// Those who asked more than once.
    pub repeating: u64,
    /// Inquiries of callers whom nobody knows.
    pub unknown: u64,
    /// The numbers, in the order of [`Kpi::ALL`].
    pub gauges: Vec<Gauge>,
}

impl Line {
    /// One of the numbers.
    pub fn gauge(&self, kpi: Kpi) -> Gauge {
        let place = Kpi::ALL.iter().position(|k| *k == kpi);
        place.and_then(|i| self.gauges.get(i)).copied().unwrap_or_default()
    }
}

/// A customer who asks.
#[derive(Clone, Debug, PartialEq)]
pub struct Asker {
    /// Who.
    pub customer: Id<Customer>,
    /// Inquiries.
    pub inquiries: u64,
    /// Calls that were given up.
    pub abandoned: u64,
    /// What they asked about most often; empty when nobody said.
    pub category: String,
    /// How often about that.
    pub about_it: u64,
    /// The day of the newest.
    pub last: Day,
}

/// The customers who ask.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Askers {
    /// Those who ask most, at most twenty.
    pub list: Vec<Asker>,
    /// How many customers are a fifth of those who asked (rounded up).
    pub top_customers: u64,
    /// Share of the inquiries of known customers that came from this fifth.
    pub top_share: f64,
}

/// A period of the support desk.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
    /// All inquiries.
    pub all: Line,
    /// By week, oldest first, weeks without inquiries included.
    pub weeks: Vec<Line>,
    /// By channel, by name.
    pub channels: Vec<Line>,
    /// By category, the largest first.
    pub categories: Vec<Line>,
    /// By operator, by name: a list to find oneself in, not an order of people.
    pub operators: Vec<Line>,
    /// Categories by size.
    pub pareto: Pareto,
    /// Customers.
    pub askers: Askers,
}

impl Desk {
    /// Counts everything.
    pub fn report(mut self) -> Report {
        self.rows.sort_by_key(|row| row.customer);
        let tells_ends = self.rows.iter().any(|row| row.is_call && row.says_ending);
        let mut all = line(&self.rows.iter().collect::<Vec<_>>(), tells_ends);
        all.gauges = Kpi::ALL.iter().map(|kpi| kpi.gauge_by_customer(&self.rows, tells_ends)).collect();
        let mut categories = self.group(&self.categories.list, |row| row.category, tells_ends);
        categories.sort_by(|a, b| b.received.cmp(&a.received).then_with(|| a.name.cmp(&b.name)));
        Report {
            from: self.from,
            to: self.to,
            all,
            weeks: self.weeks(tells_ends),
            channels: self.group(&self.channels.list, |row| row.channel, tells_ends),
            categories,
            operators: self.group(&self.operators.list, |row| row.operator, tells_ends),
            pareto: self.pareto(),
            askers: self.askers(),
        }
    }

    fn weeks(&self, tells_ends: bool) -> Vec<Line> {
        let first = monday_of(self.from);
        let count = usize::try_from((monday_of(self.to).0 - first.0) / 7 + 1).unwrap_or(0);
        let mut rows: Vec<Vec<&Row>> = vec![Vec::new(); count];
        for row in &self.rows {
            let place = usize::try_from((row.day.0 - first.0) / 7).ok();
            if let Some(week) = place.and_then(|i| rows.get_mut(i)) {
                week.push(row);
            }
        }
        let days = (0_i32..).map(|n| first.plus(n * 7));
        rows.iter().zip(days).map(|(rows, day)| Line { day, ..line(rows, tells_ends) }).collect()
    }

    /// One line for each name, by name, and one at the end for what has none.
    fn group(&self, names: &[String], key: impl Fn(&Row) -> u32, tells_ends: bool) -> Vec<Line> {
        let mut rows: Vec<Vec<&Row>> = vec![Vec::new(); names.len() + 1];
        for row in &self.rows {
            let place = (key(row) as usize).min(names.len());
            if let Some(of_name) = rows.get_mut(place) {
                of_name.push(row);
            }
        }
        let mut lines: Vec<Line> = rows
            .iter()
            .enumerate()
            .filter(|(_, rows)| !rows.is_empty())
            .map(|(i, rows)| Line { name: names.get(i).cloned().unwrap_or_default(), ..line(rows, tells_ends) })
            .collect();
        lines.sort_by(|a, b| (a.name.is_empty(), &a.name).cmp(&(b.name.is_empty(), &b.name)));
        lines
    }

    fn askers(&self) -> Askers {
        let mut of_customers: Vec<(u64, Day, u32, &[Row])> = self
            .rows
            .chunk_by(|a, b| a.customer == b.customer)
            .filter_map(|rows| {
                let customer = rows.first()?.customer;
                let last = rows.iter().map(|row| row.day).max()?;
                (customer != NONE).then_some((rows.len() as u64, last, customer, rows))
            })
            .collect();
        of_customers.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.cmp(&a.1)).then(a.2.cmp(&b.2)));
        let top = (of_customers.len() * TOP_CUSTOMERS_PERCENT).div_ceil(100);
        let asked: u64 = of_customers.iter().map(|(n, ..)| n).sum();
        let of_top: u64 = of_customers.iter().take(top).map(|(n, ..)| n).sum();
        #[allow(clippy::cast_precision_loss)]
        let top_share = if asked == 0 { 0.0 } else { of_top as f64 / asked as f64 };
        let list = of_customers.iter().take(ASKERS_MAX).filter_map(|(inquiries, last, customer, rows)| {
            let (category, about_it) = self.most_asked(rows);
            Some(Asker {
                customer: *self.customers.list.get(*customer as usize)?,
                inquiries: *inquiries,
                abandoned: rows.iter().filter(|row| row.ending == super::desk::Ending::Abandoned).count() as u64,
                category,
                about_it,
                last: *last,
            })
        });
        Askers { list: list.collect(), top_customers: top as u64, top_share }
    }

    /// The category of most rows, by name between equals; those without one are passed over.
    fn most_asked(&self, rows: &[Row]) -> (String, u64) {
        let mut names: Vec<&String> =
            rows.iter().filter_map(|row| self.categories.list.get(row.category as usize)).collect();
        names.sort_unstable();
        let mut best: (&str, u64) = ("", 0);
        for group in names.chunk_by(|a, b| a == b) {
            if let Some(name) = group.first().filter(|_| group.len() as u64 > best.1) {
                best = (name, group.len() as u64);
            }
        }
        (best.0.to_owned(), best.1)
    }
}

/// What some rows come to. They stand sorted by customer.
fn line(rows: &[&Row], tells_ends: bool) -> Line {
    let (mut customers, mut repeating, mut unknown) = (0, 0, 0);
    for group in rows.chunk_by(|a, b| a.customer == b.customer) {
        if group.first().is_some_and(|row| row.customer == NONE) {
            unknown = group.len() as u64;
        } else {
            customers += 1;
            repeating += u64::from(group.len() > 1);
        }
    }
    Line {
        name: String::new(),
        day: Day::default(),
        received: rows.len() as u64,
        handled: rows.iter().filter(|row| row.is_handled).count() as u64,
        customers,
        repeating,
        unknown,
        gauges: Kpi::ALL.iter().map(|kpi| kpi.gauge(rows.iter().copied(), tells_ends)).collect(),
    }
}
