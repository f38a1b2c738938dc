//! The day's attention: which cards a person sees, which wait, and why.

use std::collections::HashSet;

use kizashi_domain::id::{Id, Staff, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::pack::titles::rule_title;
use kizashi_domain::signals::{Candidate, CardRules, WhyQuiet, choose, is_never_quiet};
use kizashi_domain::time::Day;

use super::read::{CardRow, CardState, MergedCard, QuietSign};
use super::store;
use crate::{App, Result};

/// Key accounts inside their lead time that are looked at.
const FIXED_MAX: usize = 200;
/// Cards that a page of what was kept quiet reaches; the rest is in the list of all cards.
const QUIET_MAX: i64 = 500;
const SIGNS_MAX: i64 = 100;
/// Cards of one page.
const PAGE_ROWS: usize = 50;

/// A card that was kept quiet, and why.
#[derive(Clone, Debug)]
pub struct QuietCard {
    /// The card.
    pub row: CardRow,
    /// Why.
    pub why: WhyQuiet,
}

/// The cards of a day.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    /// What is shown, most urgent first.
    pub shown: Vec<CardRow>,
    /// What is kept quiet, those nearest to being shown first.
    pub quiet: Vec<QuietCard>,
    /// How many are kept quiet in all.
    pub quiet_total: i64,
}

/// Everything that was kept quiet.
#[derive(Clone, Debug)]
pub struct QuietPage {
    /// Cards of the page.
    pub cards: Vec<QuietCard>,
    /// How many are kept quiet in all.
    pub total: i64,
    /// How many are shown.
    pub shown: usize,
    /// The number of the page before and of the one after.
    pub pages: (Option<usize>, Option<usize>),
    /// Several signs that became one card; on the first page.
    pub merged: Vec<MergedCard>,
    /// Signs whose rule was cooling down; on the first page.
    pub cooling: Vec<QuietSign>,
    /// Titles of the rules by id.
    pub rules: Vec<(String, Text)>,
}

/// From which MRR a customer is a key account here; `None` = nobody is.
pub(crate) async fn find_line(app: &App, ws: Id<Workspace>, rules: &CardRules) -> Result<Option<i64>> {
    match rules.key_account_from_minor {
        Some(line) => Ok(Some(line)),
        None => store::find_key_line(app, ws).await,
    }
}

fn lead_days(rules: &CardRules) -> i32 {
    i32::try_from(rules.lead_days).unwrap_or(i32::MAX)
}

fn is_fixed_by(line: Option<i64>, rules: &CardRules, row: &CardRow, today: Day) -> bool {
    let mrr = row.mrr.map_or(0, |m| m.minor);
    line.is_some_and(|line| is_never_quiet(mrr, line, row.notice_on, lead_days(rules), today))
}

/// Whether a card may never be kept quiet.
pub(super) async fn is_fixed(
    app: &App,
    ws: Id<Workspace>,
    rules: &CardRules,
    row: &CardRow,
    today: Day,
) -> Result<bool> {
    let soon = row.notice_on.is_some_and(|d| d >= today && d.0.saturating_sub(today.0) <= lead_days(rules));
    Ok(soon && is_fixed_by(find_line(app, ws, rules).await?, rules, row, today))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn candidate(row: &CardRow, today: Day) -> Candidate {
    Candidate {
        rank: row.priority.clamp(0.0, 1_000_000.0) as u32,
        is_never_quiet: row.is_never_quiet,
        later: row.snoozed_until,
        is_with_customer: row.state == CardState::Waiting && row.due_day > today,
    }
}

/// Chooses the cards of a day: those of one owner, or of all. `beyond` = how many of the others are told by name.
pub async fn open_budget(
    app: &App,
    ws: Id<Workspace>,
    owner: Option<Id<Staff>>,
    capacity: i64,
    beyond: i64,
) -> Result<Budget> {
    let settings = crate::settings::open_settings(app, ws).await?;
    let (today, rules) = (settings.day_of(app.now()), &settings.pack.cards);
    let line = find_line(app, ws, rules).await?;
    let mut cards = store::list_urgent(app, ws, owner, today, capacity.max(0) + beyond).await?;
    if let Some(line) = line {
        let span = (line, today, today.plus(lead_days(rules)));
        cards.extend(store::list_of_key_accounts(app, ws, owner, span, FIXED_MAX).await?);
    }
    cards.extend(store::list_asleep(app, ws, owner, today, beyond).await?);
    let mut met = HashSet::new();
    cards.retain(|row| met.insert(row.id));
    for row in &mut cards {
        row.is_never_quiet = is_fixed_by(line, rules, row, today);
    }
    let candidates: Vec<Candidate> = cards.iter().map(|row| candidate(row, today)).collect();
    let choice = choose(&candidates, usize::try_from(capacity).unwrap_or(0), today);
    let mut rows: Vec<Option<CardRow>> = cards.into_iter().map(Some).collect();
    let mut take = |at: usize| rows.get_mut(at).and_then(Option::take);
    let shown: Vec<CardRow> = choice.shown.into_iter().filter_map(&mut take).collect();
    let quiet = choice.quiet.into_iter().filter_map(|(at, why)| Some(QuietCard { row: take(at)?, why })).collect();
    let open = store::count_open(app, ws, owner).await?;
    Ok(Budget { quiet_total: (open - i64::try_from(shown.len()).unwrap_or(0)).max(0), shown, quiet })
}

/// A page of everything that was kept quiet; pages count from 0.
pub async fn open_quiet(
    app: &App,
    ws: Id<Workspace>,
    owner: Option<Id<Staff>>,
    capacity: i64,
    page: usize,
) -> Result<QuietPage> {
    let settings = crate::settings::open_settings(app, ws).await?;
    let budget = open_budget(app, ws, owner, capacity, QUIET_MAX).await?;
    let from = page.saturating_mul(PAGE_ROWS);
    let has_more = budget.quiet.len() > from.saturating_add(PAGE_ROWS);
    let first = page == 0;
    Ok(QuietPage {
        total: budget.quiet_total,
        shown: budget.shown.len(),
        cards: budget.quiet.into_iter().skip(from).take(PAGE_ROWS).collect(),
        pages: (page.checked_sub(1), has_more.then_some(page + 1)),
        merged: if first { store::list_merged(app, ws, owner, SIGNS_MAX).await? } else { vec![] },
        cooling: if first {
            store::list_quiet_signs(app, ws, owner, settings.day_of(app.now()), SIGNS_MAX).await?
        } else {
            vec![]
        },
        rules: settings.pack.signals.iter().map(|r| (r.id.clone(), rule_title(r, &settings.pack.metrics))).collect(),
    })
}
