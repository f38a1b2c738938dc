//! The demo company: ミナモ帳票, a cloud service for invoices and forms, with its staff, customers and their history.
//!
//! Everything comes out as the records and event batches that real data gives, so that it goes in through the same
//! intake. Nothing is random: the same seed, size and clock give the same bytes.

mod cast;
mod desk;
mod dialogue;
#[cfg(test)]
mod found;
mod goals;
mod leaver;
mod paperwork;
pub mod past;
mod planted;
mod profile;
mod rhythm;
mod rng;
mod romaji;
mod sales;
pub mod scenes;
mod story;
#[cfg(test)]
mod tests;
mod usage;
mod words;

use kizashi_domain::calendar::Calendar;
use kizashi_domain::intake::{EventBatch, Record};
use kizashi_domain::time::{Day, Time, Zone};

use profile::Profile;
#[cfg(test)]
pub use story::{Story, StoryKind};

/// The company's own name.
pub const COMPANY: &str = "ミナモ帳票";
/// Source of usage events.
pub const PRODUCT: &str = "product";
/// Source of customers, contacts, contracts and activities, and of mail and seminar events.
pub const CRM: &str = "crm";
/// Source of tickets and their events. Its feed broke three business days ago.
pub const ZENDESK: &str = "zendesk";
/// Source of survey answers.
pub const SURVEY: &str = "survey";
/// Events of one batch.
pub const BATCH_EVENTS: usize = 20_000;
/// The most customers a demo company has.
pub const CUSTOMERS_MAX: usize = 100_000;
/// The longest history, in months.
pub const MONTHS_MAX: u32 = 60;

/// What a member of staff does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffRole {
    /// 管理者.
    Admin,
    /// マネージャー.
    Manager,
    /// CSM.
    Csm,
    /// 他部門: reads and comments.
    Other,
}

/// A member of the demo company's staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Staff {
    /// Mail address, the key; `CustomerRow::owner` names it.
    pub mail: &'static str,
    /// Name.
    pub name: &'static str,
    /// Reading in kana.
    pub reading: &'static str,
    /// Role.
    pub role: StaffRole,
    /// Team.
    pub team: &'static str,
}

/// A record as it arrives.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrival {
    /// Source.
    pub source: &'static str,
    /// When we learned of it; never after the company's clock.
    pub received_at: Time,
    /// What we learned.
    pub record: Record,
}

/// The demo company at one moment.
#[derive(Debug)]
pub struct Company {
    seed: u64,
    now: Time,
    zone: Zone,
    today: Day,
    first: Day,
    broken_day: Day,
    /// First moment of each day of the history.
    starts: Vec<Time>,
    calendar: Calendar,
    /// From this moment nothing of [`ZENDESK`] arrives.
    broken_at: Time,
    profiles: Vec<Profile>,
    /// Share of usual activity that background customers show, so that huge companies stay quick to make.
    detail: f64,
}

impl Company {
    /// The company of `seed` with `customers` customers (at most [`CUSTOMERS_MAX`]) and `months` months of history
    /// (2 to [`MONTHS_MAX`]) as its clock in `zone` shows `now`.
    pub fn new(seed: u64, customers: usize, months: u32, now: Time, zone: Zone) -> Self {
        let calendar = Calendar::default();
        let today = zone.day_of(now);
        let first = months_before(today, months.clamp(2, MONTHS_MAX));
        let broken_day = calendar.add_business_days(today, -3);
        let broken_at = zone.start_of(broken_day).plus_us(9 * usage::HOUR_US + 12 * usage::MINUTE_US);
        let scene = profile::Scene { seed, today, first, broken_day, calendar: &calendar };
        let starts = (first.0..=today.0).map(|day| zone.start_of(Day(day))).collect();
        let count = customers.clamp(1, CUSTOMERS_MAX);
        let profiles: Vec<Profile> = (0..count).map(|index| profile::of(&scene, index)).collect();
        #[expect(clippy::cast_precision_loss, reason = "at most 100,000")]
        let detail = (300.0 / count as f64).powf(0.6).clamp(0.04, 1.0);
        Self { seed, now, zone, today, first, broken_day, starts, calendar, broken_at, profiles, detail }
    }

    /// The people who work there: about eight CSMs, two managers, an administrator, a colleague of another department.
    pub const fn staff(&self) -> &'static [Staff] {
        &words::STAFF
    }

    /// Whether somebody has left.
    pub fn has_left(staff: &Staff) -> bool {
        staff.mail == scenes::LEFT || words::STAFF.get(words::LEAVER).is_some_and(|gone| gone.mail == staff.mail)
    }

    /// What is planted in it.
    #[cfg(test)]
    pub fn stories(&self) -> Vec<Story> {
        cast::stories(&self.scene(), &self.profiles)
    }

    /// All records but events, by kind in the order of [`kizashi_domain::intake::RecordKind::ALL`], parents before children.
    pub fn records(&self) -> impl Iterator<Item = Arrival> + '_ {
        let customers = self.profiles.iter().flat_map(|p| paperwork::customers(self, p));
        let contacts = self.profiles.iter().flat_map(|p| paperwork::contacts(self, p));
        let contracts = self.profiles.iter().flat_map(|p| paperwork::contracts(self, p));
        let deals = self.profiles.iter().flat_map(|p| sales::deals(self, p));
        let activities = self.profiles.iter().flat_map(|p| dialogue::activities(self, p));
        let tickets = self.profiles.iter().flat_map(|p| desk::tickets(self, p)).chain(desk::lost_calls(self));
        let responses = self.profiles.iter().flat_map(|p| dialogue::responses(self, p));
        customers
            .chain(contacts)
            .chain(contracts)
            .chain(deals)
            .chain(activities)
            .chain(tickets)
            .chain(responses)
            .filter(|a| a.received_at <= self.now)
    }

    /// All events, day by day, in batches of one source of at most [`BATCH_EVENTS`]. Stops at the first error of `each`.
    pub fn events<E>(&self, mut each: impl FnMut(&'static str, &EventBatch) -> Result<(), E>) -> Result<(), E> {
        usage::events(self, &mut each)
    }

    const fn scene(&self) -> profile::Scene<'_> {
        let (seed, today, first, broken_day) = (self.seed, self.today, self.first, self.broken_day);
        profile::Scene { seed, today, first, broken_day, calendar: &self.calendar }
    }

    /// Share of usual activity of one customer: those with a story always show all of it.
    const fn detail_of(&self, profile: &Profile) -> f64 {
        if profile.story.is_some() { 1.0 } else { self.detail }
    }

    /// The moment on `day` that lies `us` microseconds after its start.
    fn at(&self, day: Day, us: i64) -> Time {
        self.start_of(day).plus_us(us)
    }

    /// The first moment of `day`: from the table for days of the history.
    fn start_of(&self, day: Day) -> Time {
        let index = usize::try_from(day.0 - self.first.0).ok();
        index.and_then(|i| self.starts.get(i)).copied().unwrap_or_else(|| self.zone.start_of(day))
    }
}

/// The first day of the month that lies `months` months before the month of `day`.
fn months_before(day: Day, months: u32) -> Day {
    let (year, month, _) = day.ymd();
    let index = i32::from(year) * 12 + i32::from(month) - 1 - i32::try_from(months).unwrap_or(0);
    month_start(index)
}

/// The first day of a month counted from the year 0.
fn month_start(index: i32) -> Day {
    let year = i16::try_from(index.div_euclid(12)).unwrap_or(1970);
    let month = i8::try_from(index.rem_euclid(12) + 1).unwrap_or(1);
    Day::from_ymd(year, month, 1).unwrap_or_default()
}

/// The month of `day`, counted from the year 0.
fn month_of(day: Day) -> i32 {
    let (year, month, _) = day.ymd();
    i32::from(year) * 12 + i32::from(month) - 1
}
