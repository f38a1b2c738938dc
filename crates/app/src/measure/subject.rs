//! A customer as the kernel and the rules see it.

use kizashi_domain::customers::{Past, Profile};
use kizashi_domain::id::{Customer, Id, Staff};
use kizashi_domain::measure::Attributes;
use kizashi_domain::money::Currency;
use kizashi_domain::time::Day;

/// A customer with everything the kernel and the rules ask about it, but its events.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Customer.
    pub id: Id<Customer>,
    /// Code in the source.
    pub external_id: String,
    /// Name.
    pub name: String,
    /// Owner.
    pub owner_id: Option<Id<Staff>>,
    /// Parent.
    pub parent_id: Option<Id<Customer>>,
    /// What conditions look at, as it is today.
    pub profile: Profile,
    /// What that was on earlier days.
    pub past: Past,
    /// Dated figures.
    pub attributes: Attributes,
    /// Currency of its contracts.
    pub currency: Currency,
}

impl Subject {
    /// A figure on a day.
    pub fn figure(&self, name: &str, day: Day) -> Option<f64> {
        self.attributes.as_of(name, day, None).map(|(v, _)| v)
    }

    /// A figure that is a day, such as `notice_deadline`.
    pub fn date(&self, name: &str, day: Day) -> Option<Day> {
        #[allow(clippy::cast_possible_truncation)]
        self.figure(name, day).map(|v| Day(v as i32))
    }

    /// The profile at the end of a day, counting what was known by the end of `known`.
    pub fn profile_at(&self, day: Day, known: Option<Day>) -> Profile {
        let mut profile = self.past.profile_at(&self.profile, day, known);
        if !self.attributes.versions("mrr").is_empty() {
            #[allow(clippy::cast_possible_truncation)]
            {
                profile.mrr_minor = self.attributes.as_of("mrr", day, known).map(|(v, _)| v.round() as i64);
            }
        }
        profile
    }

    /// The days around `day` on which the profile is the same, `[from, until)`.
    pub fn steady_around(&self, day: Day) -> (Day, Day) {
        self.past.steady_around(self.attributes.versions("mrr").iter().map(|v| v.from), day)
    }
}
