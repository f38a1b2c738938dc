//! The support desk: its numbers, by inquiry and by customer.

mod store;

use std::collections::HashMap;

use kizashi_domain::calendar::WorkClock;
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::limits::{SUPPORT_PAGE_ROWS, SUPPORT_TICKETS_MAX};
use kizashi_domain::support::{Desk, Period, Report};
use kizashi_domain::time::Day;

use crate::{App, Result};

/// Which inquiries. Empty texts filter nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SupportQuery {
    /// Which days.
    pub period: Period,
    /// Only this channel.
    pub channel: String,
    /// Only this category.
    pub category: String,
}

/// A source of inquiries that went quiet: what came after its last day is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuietSource {
    /// Its name.
    pub name: String,
    /// The last day of which something came.
    pub last_day: Option<Day>,
}

/// The page of the support desk.
#[derive(Clone, Debug)]
pub struct SupportPage {
    /// The numbers.
    pub report: Report,
    /// Names of the customers in it.
    pub names: HashMap<Id<Customer>, String>,
    /// Channels to choose from.
    pub channels: Vec<String>,
    /// Categories to choose from.
    pub categories: Vec<String>,
    /// Inquiries are fed at all.
    pub is_fed: bool,
    /// There were more than [`SUPPORT_TICKETS_MAX`]: only the first ones are counted.
    pub is_cut: bool,
    /// Sources that went quiet.
    pub quiet: Vec<QuietSource>,
    /// The last day.
    pub today: Day,
}

/// Counts the inquiries of a period.
pub async fn open_support(app: &App, workspace: Id<Workspace>, query: &SupportQuery) -> Result<SupportPage> {
    let settings = crate::settings::open_settings(app, workspace).await?;
    let today = settings.day_of(app.now());
    let (from, to) = query.period.span(today, &settings.calendar);
    let (start, end) = (settings.zone.start_of(from), settings.zone.end_of(to));
    let clock = WorkClock { calendar: &settings.calendar, zone: &settings.zone };
    let mut desk = Desk::new(from, to);
    let mut next = Some((start, uuid::Uuid::nil()));
    while let Some(cursor) = next.filter(|_| desk.len() < SUPPORT_TICKETS_MAX) {
        let (facts, after) = store::list_tickets(app, workspace, query, cursor, end, SUPPORT_PAGE_ROWS).await?;
        facts.iter().for_each(|ticket| desk.add(ticket, &clock));
        next = after;
    }
    let quiet = list_quiet(app, workspace, desk.sources()).await?;
    let kinds = store::list_kinds(app, workspace, start, end).await?;
    let is_fed = !kinds.is_empty() || store::has_tickets(app, workspace).await?;
    // Sorting a million rows would hold up the pages of others.
    let report = tokio::task::spawn_blocking(move || desk.report())
        .await
        .map_err(|e| crate::Error::failed("counting the inquiries", e))?;
    let customers: Vec<Id<Customer>> = report.askers.list.iter().map(|a| a.customer).collect();
    let names = store::list_names(app, workspace, &customers).await?.into_iter().collect();
    let told = |pick: fn(&(String, String, i64)) -> &String| {
        let mut words: Vec<String> = kinds.iter().map(|k| pick(k).clone()).filter(|w| !w.is_empty()).collect();
        words.sort();
        words.dedup();
        words
    };
    let (channels, categories) = (told(|k| &k.0), told(|k| &k.1));
    Ok(SupportPage { report, names, channels, categories, is_fed, is_cut: next.is_some(), quiet, today })
}

async fn list_quiet(app: &App, workspace: Id<Workspace>, sources: &[String]) -> Result<Vec<QuietSource>> {
    let known = crate::intake::list_sources(app, workspace).await?;
    let quiet = known.into_iter().filter(|s| s.quiet && sources.contains(&s.name));
    Ok(quiet.map(|s| QuietSource { name: s.name, last_day: s.last_day }).collect())
}
