//! A colleague who left some weeks ago, and whose customers two others took over.

use kizashi_domain::time::Day;

use super::profile::Profile;
use super::{Company, cast, planted, words};

/// Who has them now.
pub(super) const TAKERS: [usize; 2] = [2, 5];
/// Of the customers of these two every so many-th came from the one who left.
const EVERY: usize = 3;
/// They were handed over so many business days ago.
const LEFT_DAYS: i32 = 29;
/// Nobody handed over has been a customer for less.
const KNOWN_DAYS: i32 = 210;
/// Of the first customers only: a huge company must not take long to found.
const INDEX_MAX: usize = 300;

/// The day on which everything moved, the last but one at work.
pub(super) fn handed_on(company: &Company) -> Day {
    company.calendar.add_business_days(company.today, -LEFT_DAYS)
}

/// Whether a customer was handed over.
pub(super) fn is_handed(company: &Company, p: &Profile) -> bool {
    let is_background = (cast::CAST.len()..INDEX_MAX).contains(&p.index) && !planted::is_told(p.index);
    is_background
        && p.index.is_multiple_of(EVERY)
        && TAKERS.contains(&p.owner)
        && p.churned_on.is_none()
        && p.since < company.today.plus(-KNOWN_DAYS)
}

/// Who looked after a customer on a day.
pub(super) fn owner_on(company: &Company, p: &Profile, day: Day) -> usize {
    if day < handed_on(company) && is_handed(company, p) { words::LEAVER } else { p.owner }
}
