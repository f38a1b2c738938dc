//! What people do with the product, day by day, as events.

use std::fmt::Write as _;

use kizashi_domain::intake::{EventBatch, EventRef, Says};
use kizashi_domain::time::{Day, Time};

use super::profile::{Habit, Profile, on_line};
use super::rhythm::{Mood, mood};
use super::rng::Rng;
use super::story::StoryKind;
use super::{BATCH_EVENTS, CRM, Company, PRODUCT, ZENDESK, desk};

/// Microseconds in a minute.
pub(super) const MINUTE_US: i64 = 60_000_000;
/// Microseconds in an hour.
pub(super) const HOUR_US: i64 = 60 * MINUTE_US;
/// How many days ago the product's own feed stood still for an afternoon and caught up at night.
const LATE_DAY_AGO: i32 = 97;

/// What people do, in the order of [`weights`].
const ACTIONS: [&str; 9] = [
    "invoice_create",
    "report_view",
    "report_export",
    "approval",
    "dashboard_view",
    "template_edit",
    "settings_change",
    "invite_user",
    "mobile_open",
];
const REPORT_EXPORT: usize = 2;
/// The steps of onboarding.
const SETUP: [&str; 4] = ["setup.account", "setup.environment", "setup.import", "setup.first_report"];

/// Gives all events, day by day, to `each`.
pub(super) fn events<E>(
    company: &Company,
    each: &mut impl FnMut(&'static str, &EventBatch) -> Result<(), E>,
) -> Result<(), E> {
    let mut feeds = [PRODUCT, CRM, ZENDESK].map(|source| Feed::new(company, source));
    for day in company.first.0..=company.today.0 {
        let day = Day(day);
        let mood = mood(&company.calendar, day);
        let start = company.zone.start_of(day);
        for p in &company.profiles {
            if day < p.since || p.churned_on.is_some_and(|end| day > end) {
                continue;
            }
            let mut rng = Rng::of(company.seed, &[11, p.index as u64, u64::from(day.0.unsigned_abs())]);
            let [product, crm, zendesk] = &mut feeds;
            let mut scene = Scene { company, p, day, start, mood, rng: &mut rng };
            scene.work(product);
            scene.set_up(product);
            scene.read_mail(crm);
            scene.ask(zendesk);
        }
        for feed in &mut feeds {
            feed.give(each, BATCH_EVENTS)?;
        }
    }
    for feed in &mut feeds {
        feed.give(each, 1)?;
    }
    Ok(())
}

/// What one source sends, collected until a batch is full.
struct Feed {
    source: &'static str,
    batch: EventBatch,
    until: Time,
    id: String,
    user: String,
    count: u32,
}

impl Feed {
    fn new(company: &Company, source: &'static str) -> Self {
        let until = if source == ZENDESK { company.broken_at.min(company.now) } else { company.now };
        let batch = EventBatch::with_capacity(BATCH_EVENTS + BATCH_EVENTS / 8);
        Self { source, batch, until, id: String::new(), user: String::new(), count: 0 }
    }

    /// Adds an event unless it has not arrived yet. Its id is the customer, the day and a number.
    fn push(&mut self, p: &Profile, day: Day, user: Option<usize>, event: Happening<'_>) {
        self.count += 1;
        if event.received_at > self.until || event.occurred_at > self.until {
            return;
        }
        self.id.clear();
        self.user.clear();
        let written = write!(self.id, "{}.{}.{}", p.code, day.0, self.count).and_then(|()| match user {
            Some(nth) => write!(self.user, "{}-u{:02}", p.code, nth + 1),
            None => Ok(()),
        });
        if written.is_err() {
            return;
        }
        self.batch.push(EventRef {
            id: &self.id,
            customer: &p.code,
            user: &self.user,
            name: event.name,
            occurred_at: event.occurred_at,
            received_at: event.received_at,
            assumed: false,
            value: event.value,
            properties: event.properties,
            says: Says::Once,
        });
    }

    /// Hands over what was collected when it is at least `rows`, in parts of a batch.
    fn give<E>(
        &mut self,
        each: &mut impl FnMut(&'static str, &EventBatch) -> Result<(), E>,
        rows: usize,
    ) -> Result<(), E> {
        if self.batch.len() < rows {
            return Ok(());
        }
        if self.batch.len() <= BATCH_EVENTS {
            each(self.source, &self.batch)?;
            self.batch.clear();
            return Ok(());
        }
        let whole = std::mem::take(&mut self.batch);
        let mut part = EventBatch::with_capacity(BATCH_EVENTS);
        for event in whole.iter() {
            part.push(event);
            if part.len() == BATCH_EVENTS {
                each(self.source, &part)?;
                part.clear();
            }
        }
        self.batch = part;
        Ok(())
    }
}

/// An event before it has an id.
#[derive(Clone, Copy)]
struct Happening<'a> {
    name: &'a str,
    occurred_at: Time,
    received_at: Time,
    value: Option<f64>,
    properties: &'a str,
}

/// One customer on one day.
struct Scene<'a> {
    company: &'a Company,
    p: &'a Profile,
    day: Day,
    start: Time,
    mood: Mood,
    rng: &'a mut Rng,
}

const fn weights(habit: Habit) -> [f64; 9] {
    match habit {
        Habit::Billing => [0.30, 0.19, 0.11, 0.11, 0.13, 0.04, 0.015, 0.008, 0.05],
        Habit::Reporting => [0.16, 0.25, 0.28, 0.08, 0.13, 0.03, 0.015, 0.008, 0.04],
        Habit::Api => [0.16, 0.18, 0.16, 0.10, 0.16, 0.04, 0.03, 0.01, 0.02],
        Habit::Approving => [0.17, 0.17, 0.09, 0.29, 0.10, 0.03, 0.015, 0.008, 0.08],
    }
}

/// How often a user works with the product on an average day: stays the same for life. The champion most of all.
fn keenness(seed: u64, p: &Profile, user: usize) -> f64 {
    match user {
        0 => 0.85,
        2 => 0.2,
        _ => 0.18 + 0.36 * Rng::of(seed, &[12, p.index as u64, user as u64]).unit(),
    }
}

impl Scene<'_> {
    /// How engaged the customer is today, its story and the day's mood apart.
    fn engagement(&self) -> f64 {
        on_line(&self.p.trend, self.day)
    }

    fn is_off(&self) -> bool {
        self.p.long_holidays_off && self.mood.long_holiday
    }

    /// Background customers of a very large company do less, so that it stays quick to make.
    fn detail(&self) -> f64 {
        self.company.detail_of(self.p)
    }

    fn work(&mut self, feed: &mut Feed) {
        feed.count = 0;
        let (p, day) = (self.p, self.day);
        let level = if self.is_off() { self.mood.level * 0.03 } else { self.mood.level };
        let engaged = self.engagement();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few dozen people")]
        let people =
            (on_line(&p.people, day) * engaged.min(1.0).powf(0.6) * self.detail().max(0.2)).round().max(1.0) as usize;
        let crowd = people.max(if self.detail() < 1.0 { 1 } else { 2 });
        // The fewer stay, the less they do too.
        let chance = level * engaged.powf(if engaged < 1.0 { 0.4 } else { 1.0 }) * self.detail().sqrt();
        for user in 0..crowd {
            if p.has(user, day) && self.rng.is((keenness(self.company.seed, p, user) * chance).min(0.98)) {
                self.session(feed, user);
            }
        }
        if p.habit == Habit::Api && self.rng.is(level.min(1.0) * self.detail()) {
            let calls = (40.0 + 260.0 * self.rng.unit()) * engaged * self.mood.closing;
            let at = self.start.plus_us(23 * HOUR_US + 30 * MINUTE_US);
            // The gateway counts in the evening and reports at night.
            let received_at =
                at.plus_us(2 * HOUR_US + 40 * MINUTE_US + i64::try_from(p.index % 600).unwrap_or(0) * 1_000_000);
            let event = Happening {
                name: "api_call",
                occurred_at: at,
                received_at,
                value: Some(calls.round()),
                properties: "",
            };
            feed.push(p, day, None, event);
        }
    }

    /// A login and what follows.
    fn session(&mut self, feed: &mut Feed, user: usize) {
        let part = self.rng.weighted(&[46.0, 46.0, 8.0]);
        let (from, to) = [(8 * 60 + 40, 11 * 60 + 50), (12 * 60 + 50, 17 * 60 + 40), (17 * 60 + 40, 20 * 60 + 30)]
            .get(part)
            .copied()
            .unwrap_or((9 * 60, 17 * 60));
        let start_us =
            i64::from(self.rng.between(from * 60, to * 60)) * 1_000_000 + i64::from(self.rng.between(0, 999)) * 1_000;
        let mut at = self.start.plus_us(start_us);
        self.push(feed, user, "login", at, None, "");
        let mut weights = weights(self.p.habit);
        for (i, w) in weights.iter_mut().enumerate() {
            *w *= match i {
                0 | 3 => self.mood.closing,
                1 | REPORT_EXPORT => self.mood.reporting,
                // Chiefs look at dashboards, admins at settings.
                4 if user == 2 => 3.0,
                6 | 7 if user == 1 => 6.0,
                6 | 7 => 0.4,
                _ => 1.0,
            };
        }
        if self.p.export_stopped.is_some_and(|stopped| self.day >= stopped)
            && let Some(w) = weights.get_mut(REPORT_EXPORT)
        {
            *w = 0.0;
        }
        if self.is_setting_up() {
            weights = [0.0, 0.0, 0.0, 0.0, 0.2, 0.1, 0.8, 0.1, 0.0];
        }
        let busy = 0.56 * self.mood.closing.max(self.mood.reporting).clamp(0.9, 1.25) * self.detail().sqrt();
        let mut left = 6;
        while left > 0 && self.rng.is(busy.min(0.8)) {
            left -= 1;
            at = at.plus_us(i64::from(self.rng.between(20, 900)) * 1_000_000);
            let action = self.rng.weighted(&weights);
            self.act(feed, user, action, at);
        }
    }

    /// Before the environment is set up, there is nothing to bill with.
    fn is_setting_up(&self) -> bool {
        self.p.since >= self.company.first && self.p.setup.get(1).copied().flatten().is_none_or(|done| self.day < done)
    }

    fn act(&mut self, feed: &mut Feed, user: usize, action: usize, at: Time) {
        let name = ACTIONS.get(action).copied().unwrap_or("report_view");
        let (value, properties) = match action {
            0 => (Some(f64::from(self.rng.between(1, 24))), self.rng.word(&["", "", r#"{"bulk":true}"#])),
            REPORT_EXPORT => {
                let rows = f64::from(self.rng.between(20, 1_800));
                (Some(rows), self.rng.word(&[r#"{"format":"pdf"}"#, r#"{"format":"csv"}"#, r#"{"format":"xlsx"}"#]))
            }
            8 => (None, self.rng.word(&[r#"{"os":"iOS"}"#, r#"{"os":"Android"}"#])),
            _ => (None, ""),
        };
        self.push(feed, user, name, at, value, properties);
    }

    fn push(&mut self, feed: &mut Feed, user: usize, name: &str, at: Time, value: Option<f64>, properties: &str) {
        let noon = self.start.plus_us(12 * HOUR_US);
        let stood_still = self.day == self.company.today.plus(-LATE_DAY_AGO) && at > noon;
        let delay_us = if stood_still {
            // Everything since noon came at half past nine in the evening.
            self.start.plus_us(21 * HOUR_US + 30 * MINUTE_US).micros() - at.micros()
        } else if name == "mobile_open" && self.rng.is(0.12) {
            // Phones without a network report when they are back.
            i64::from(self.rng.between(180, 50 * 60)) * MINUTE_US
        } else {
            i64::from(self.rng.between(900, 58_000)) * 1_000
        };
        let event =
            Happening { name, occurred_at: at, received_at: at.plus_us(delay_us.max(1_000_000)), value, properties };
        feed.push(self.p, self.day, Some(user), event);
    }

    /// Steps of onboarding, done by the admin; rights go to others the day after the environment is there, and the chief looks
    /// at the dashboard when the first report is out.
    fn set_up(&mut self, feed: &mut Feed) {
        for (step, name) in SETUP.into_iter().enumerate() {
            if self.p.setup.get(step).copied().flatten() == Some(self.day) {
                let at = self.start.plus_us(i64::from(self.rng.between(10 * 60, 17 * 60)) * MINUTE_US);
                self.push(feed, 1, name, at, None, "");
                if step == 3 && self.p.contacts > 2 {
                    self.push(feed, 2, "dashboard_view", at.plus_us(40 * MINUTE_US), None, "");
                }
            }
        }
        let set = self.p.setup.get(1).copied().flatten();
        if set.is_some_and(|set| self.company.calendar.add_business_days(set, 1) == self.day) {
            let at = self.start.plus_us(i64::from(self.rng.between(10 * 60, 17 * 60)) * MINUTE_US);
            self.push(feed, 1, "role_granted", at, None, "");
        }
    }

    /// The monthly letter on the second Wednesday, the seminar nine days later, tips on other days.
    fn read_mail(&mut self, feed: &mut Feed) {
        feed.count = 0;
        let (_, _, date) = self.day.ymd();
        let wednesday = matches!(self.day.weekday(), kizashi_domain::time::Weekday::Wed);
        let letter = wednesday && (8..=14).contains(&date);
        let seminar = matches!(self.day.weekday(), kizashi_domain::time::Weekday::Fri) && (17..=23).contains(&date);
        let (name, chance) = match (letter, seminar, self.mood.open) {
            (true, ..) => ("mail_open", 0.42),
            (_, true, _) => ("seminar_join", 0.035),
            (_, _, true) => ("mail_open", 0.008),
            _ => return,
        };
        let heeds =
            if self.p.quiet_from.is_some_and(|quiet| self.day >= quiet) { 0.0 } else { self.engagement().min(1.2) };
        for user in 0..self.p.contacts {
            if self.p.has(user, self.day) && self.rng.is(chance * heeds * self.detail().sqrt()) {
                let minutes =
                    if seminar { self.rng.between(15 * 60, 15 * 60 + 20) } else { self.rng.between(9 * 60, 19 * 60) };
                let at = self.start.plus_us(i64::from(minutes) * MINUTE_US);
                // The CRM sends its events once an hour.
                let received_at = at.plus_us(i64::from(61 - minutes % 60) * MINUTE_US);
                feed.push(
                    self.p,
                    self.day,
                    Some(user),
                    Happening { name, occurred_at: at, received_at, value: None, properties: "" },
                );
            }
        }
    }

    /// Views of the help pages, and the coming and going of tickets.
    fn ask(&mut self, feed: &mut Feed) {
        feed.count = 0;
        let lost = matches!(self.p.story, Some(StoryKind::OnboardingStuck)) && self.mood.open;
        let people = on_line(&self.p.people, self.day);
        let quiet = self.p.quiet_from.is_some_and(|quiet| self.day >= quiet);
        let chance = if lost { 0.6 } else { 0.006 * people * self.mood.level * self.detail() };
        if !quiet && self.rng.is(chance) {
            for _ in 0..self.rng.between(1, 3) {
                let at = self.start.plus_us(i64::from(self.rng.between(9 * 60, 18 * 60)) * MINUTE_US);
                let received_at = at.plus_us(MINUTE_US);
                let properties = if lost { r#"{"article":"環境設定の進め方"}"# } else { "" };
                let event = Happening { name: "faq_view", occurred_at: at, received_at, value: None, properties };
                feed.push(self.p, self.day, Some(1), event);
            }
        }
        if let Some(ticket) = desk::ticket_on(self.company, self.p, self.day, self.start) {
            let category = format!(r#"{{"category":"{}"}}"#, ticket.topic.category);
            for (name, at) in [("ticket_open", ticket.opened_at), ("ticket_solve", ticket.closed_at)] {
                let received_at = at.plus_us(2 * MINUTE_US);
                let event = Happening { name, occurred_at: at, received_at, value: None, properties: &category };
                feed.push(self.p, self.day, Some(ticket.user), event);
            }
        }
    }
}
