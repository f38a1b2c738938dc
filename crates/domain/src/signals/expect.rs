//! What should have been done and never was: setting up, giving rights away, the key person's first look.
//!
//! Nobody is said to have done nothing before somebody would have seen it: the history must reach back to where the time is
//! counted from, the feed must be alive, and the key person must be somebody whom the product's events could name.

use super::notice::{Because, Seen, View, because};
use super::rule::{Doer, Since, Trigger};
use crate::calendar::Calendar;
use crate::customers::Profile;
use crate::time::Day;

/// What the key person did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Deed {
    /// Nobody knows: there is no key person, or the events name nobody of this customer in a way that contacts do.
    #[default]
    Unknown,
    /// It was done.
    Done,
    /// Never, by the person of this name.
    Never(String),
}

/// What is known of something that should have been done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Awaited {
    /// The day from which the time is counted.
    pub start: Option<Day>,
    /// The last day on which it would have been in time.
    pub due: Option<Day>,
    /// The first day of which facts of this kind are there at all.
    pub told_since: Option<Day>,
    /// What the key person did, when it is about that person.
    pub key_person: Deed,
}

impl Awaited {
    /// For a rule and a day: `starts` = the first day of the running term and of the present stage. `None` for other kinds.
    pub fn of(
        trigger: &Trigger,
        profile: &Profile,
        starts: impl FnOnce(Since) -> Option<Day>,
        calendar: &Calendar,
    ) -> Option<Self> {
        let Trigger::NoShow { since, business_days, .. } = trigger else { return None };
        let start = match since {
            Since::Customer => profile.since,
            other => starts(*other),
        };
        let days = i32::try_from(*business_days).unwrap_or(i32::MAX);
        let due = start.map(|s| calendar.add_business_days(s, days));
        Some(Self { start, due, ..Self::default() })
    }

    /// Whether the time has passed on a day.
    pub fn is_late(&self, day: Day) -> bool {
        self.due.is_some_and(|due| day > due)
    }
}

pub(super) fn look_no_show(of: &str, at_least: f64, who: Doer, view: &View<'_>) -> Seen {
    let Some(awaited) = &view.awaited else { return Seen::Unsaid };
    let (Some(start), Some(due)) = (awaited.start, awaited.due) else { return Seen::Unsaid };
    if !awaited.is_late(view.day) {
        return Seen::No;
    }
    // What happened before anybody wrote it down is not known.
    if awaited.told_since.is_none_or(|first| first > start) {
        return Seen::Unsaid;
    }
    let Some(value) = view.fresh(of) else { return Seen::Unsaid };
    let (value, detail) = match (who, &awaited.key_person) {
        (Doer::Anybody, _) => (value, String::new()),
        (Doer::KeyPerson, Deed::Unknown) => return Seen::Unsaid,
        (Doer::KeyPerson, Deed::Done) => return Seen::No,
        (Doer::KeyPerson, Deed::Never(name)) => (0.0, name.clone()),
    };
    if who == Doer::Anybody && value >= at_least {
        return Seen::No;
    }
    Seen::Yes(vec![Because {
        limit: Some(at_least),
        days: Some(view.day.0 - due.0),
        date: Some(due),
        detail,
        ..because(of, Some(value))
    }])
}
