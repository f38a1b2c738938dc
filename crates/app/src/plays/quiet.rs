//! The day's attention: which cards a person sees, which wait, and why.

use std::collections::HashSet;
use std::sync::Arc;

use kizashi_db::{args, sql};
use kizashi_domain::id::{Card, Id, Staff, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::pack::titles::rule_title;
use kizashi_domain::signals::{Candidate, CardRules, WhyQuiet, can_heal, choose};
use kizashi_domain::time::{DAY_US, Day};

use super::read::{CardQuery, CardRow, CardState, LastingSign, MergedCard, QuietSign};
use super::store;
use crate::access::{Role, find_colleague};
use crate::settings::Settings;
use crate::signals::KeyAccounts;
use crate::{App, Result};

/// Key accounts inside their lead time that are looked at.
const FIXED_MAX: usize = 200;
/// Cards whose day has come that are looked at.
const DUE_MAX: i64 = 200;
/// So many of them come beyond the number of a day.
const BEYOND_MAX: usize = 10;
/// A notice deadline within so many business days presses.
const NOTICE_BUSINESS_DAYS: i32 = 3;
/// Cards that a page of what was kept quiet reaches; the rest is in the list of all cards.
const QUIET_MAX: i64 = 500;
const SIGNS_MAX: i64 = 100;
/// A card that was closed longer ago is history.
const LASTING_DAYS: i64 = 180;
/// Signs of closed cards that are looked at.
const LASTING_MAX: i64 = 1_000;
/// Cards of one page.
const PAGE_ROWS: usize = 50;

/// A card that was kept quiet, and why.
#[derive(Clone, Debug)]
pub struct QuietCard {
    /// The card.
    pub row: CardRow,
    /// Why.
    pub why: WhyQuiet,
    /// For who looks at everybody's: whether its owner sees it today. `None` = not asked, or nobody has it.
    pub for_owner: Option<bool>,
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
    /// For who looks at everybody's: how many of those looked at nobody sees today.
    pub unseen: Option<usize>,
    /// The number of the page before and of the one after.
    pub pages: (Option<usize>, Option<usize>),
    /// Several signs that became one card; on the first page.
    pub merged: Vec<MergedCard>,
    /// Signs whose rule was cooling down; on the first page.
    pub cooling: Vec<QuietSign>,
    /// Signs that go on although their card was closed; on the first page.
    pub lasting: Vec<LastingSign>,
    /// Titles of the rules by id.
    pub rules: Vec<(String, Text)>,
}

fn is_fixed_by(key: KeyAccounts, row: &CardRow, today: Day) -> bool {
    key.is_never_quiet(row.mrr.map_or(0, |m| m.minor), row.notice_on, today)
}

/// Whether a card may never be kept quiet.
pub(super) async fn is_fixed(
    app: &App,
    ws: Id<Workspace>,
    rules: &CardRules,
    row: &CardRow,
    today: Day,
) -> Result<bool> {
    // Without a deadline near it need not be known who is a key account.
    let is_near =
        row.notice_on.is_some_and(|d| d >= today && i64::from(d.0) - i64::from(today.0) <= i64::from(rules.lead_days));
    Ok(is_near && is_fixed_by(KeyAccounts::find(app, ws, rules).await?, row, today))
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

/// Open cards of somebody that are not put off and due by a day, those that came due last first.
async fn list_due(app: &App, ws: Id<Workspace>, owner: Id<Staff>, day: Day) -> Result<Vec<CardRow>> {
    let own = sql!(
        "SELECT id FROM card WHERE workspace_id = $1 AND closed_at IS NULL AND due_day <= $2 ",
        "AND (snoozed_until IS NULL OR snoozed_until <= $2) AND owner_id = $4 ORDER BY due_day DESC, id DESC LIMIT $3"
    );
    let found: Vec<(Id<Card>,)> = app.db.list(own, args![ws, day, DUE_MAX, owner]).await?;
    store::list_chosen(app, ws, &found.into_iter().map(|(id,)| id).collect::<Vec<_>>()).await
}

/// Whether a card is shown even when others press more: its day has come, or the customer's notice deadline lies before `near`. It
/// comes beyond the capacity and takes nobody's place, so that old work never hides what is new.
fn presses(row: &CardRow, today: Day, near: Day) -> bool {
    row.due_day <= today || row.notice_on.is_some_and(|d| (today..=near).contains(&d))
}

/// Chooses the cards of a day: those of one owner, or of all. `beyond` = how many of the others are told by name.
pub async fn open_budget(
    app: &App,
    ws: Id<Workspace>,
    owner: Option<Id<Staff>>,
    capacity: i64,
    beyond: i64,
) -> Result<Budget> {
    let sight = Sight::open(app, ws).await?;
    let (shown, quiet) = sight.choose(owner, capacity, beyond).await?;
    let open = store::count_open(app, ws, owner).await?;
    Ok(Budget { quiet_total: (open - i64::try_from(shown.len()).unwrap_or(0)).max(0), shown, quiet })
}

/// What a choice of the cards of a day rests on.
struct Sight<'a> {
    app: &'a App,
    settings: Arc<Settings>,
    today: Day,
    key: KeyAccounts,
}

impl<'a> Sight<'a> {
    async fn open(app: &'a App, ws: Id<Workspace>) -> Result<Self> {
        let settings = crate::settings::open_settings(app, ws).await?;
        let key = KeyAccounts::find(app, ws, &settings.pack.cards).await?;
        Ok(Self { app, today: settings.day_of(app.now()), settings, key })
    }

    /// What is shown, the most urgent first, and what is kept quiet.
    async fn choose(
        &self,
        owner: Option<Id<Staff>>,
        capacity: i64,
        beyond: i64,
    ) -> Result<(Vec<CardRow>, Vec<QuietCard>)> {
        let Self { app, ref settings, today, key } = *self;
        let ws = settings.workspace;
        let mut cards = store::list_urgent(app, ws, owner, today, capacity.max(0) + beyond).await?;
        if let Some(line) = key.line {
            let span = (line, today, today.plus(key.lead_days));
            cards.extend(store::list_of_key_accounts(app, ws, owner, span, FIXED_MAX).await?);
        }
        let near = settings.calendar.add_business_days(today, NOTICE_BUSINESS_DAYS);
        if let Some(own) = owner {
            cards.extend(list_due(app, ws, own, today).await?);
            cards.extend(store::list_of_key_accounts(app, ws, owner, (0, today, near), FIXED_MAX).await?);
        }
        if beyond > 0 {
            cards.extend(store::list_asleep(app, ws, owner, today, beyond).await?);
        }
        let mut met = HashSet::new();
        cards.retain(|row| met.insert(row.id));
        for row in &mut cards {
            row.is_never_quiet = is_fixed_by(key, row, today);
        }
        let candidates: Vec<Candidate> = cards.iter().map(|row| candidate(row, today)).collect();
        let choice = choose(&candidates, usize::try_from(capacity).unwrap_or(0), today);
        let mut rows: Vec<Option<CardRow>> = cards.into_iter().map(Some).collect();
        let mut take = |at: usize| rows.get_mut(at).and_then(Option::take);
        let mut shown: Vec<CardRow> = choice.shown.into_iter().filter_map(&mut take).collect();
        let quiet =
            choice.quiet.into_iter().filter_map(|(at, why)| Some(QuietCard { row: take(at)?, why, for_owner: None }));
        // A day of work stays a day of work, and the rest says what it waits for. Who sees everybody's relies on each owner seeing what is due.
        let mut room = if owner.is_some() { BEYOND_MAX } else { 0 };
        let (pressing, mut quiet): (Vec<_>, Vec<_>) = quiet.partition(|q| {
            let is_pressing = room > 0 && presses(&q.row, today, near) && !matches!(q.why, WhyQuiet::Later(_));
            room -= usize::from(is_pressing);
            is_pressing
        });
        shown.extend(pressing.into_iter().map(|q| q.row));
        // The first of the others comes right after those that are shown.
        number(&mut quiet, shown.len());
        shown.sort_by(|a, b| b.priority.total_cmp(&a.priority).then(a.id.cmp(&b.id)));
        Ok((shown, quiet))
    }
}

/// Tells of cards that who looks at everybody's does not see whether their owners do. What nobody sees today comes first.
pub(crate) async fn ask_owners(app: &App, ws: Id<Workspace>, quiet: &mut [QuietCard]) -> Result<()> {
    let is_late = |card: &QuietCard| matches!(card.why, WhyQuiet::Later(_));
    let mut owners: Vec<Id<Staff>> = quiet.iter().filter(|q| !is_late(q)).filter_map(|q| q.row.owner_id).collect();
    owners.sort_unstable();
    owners.dedup();
    if owners.is_empty() {
        return Ok(());
    }
    let sight = Sight::open(app, ws).await?;
    let mut seen: HashSet<Id<Card>> = HashSet::new();
    let mut here: HashSet<Id<Staff>> = HashSet::new();
    for owner in owners {
        let Some((person, _)) = find_colleague(app, ws, owner).await? else { continue };
        let own = (person.role == Role::Csm).then_some(owner);
        let (shown, _) = sight.choose(own, person.daily_cards, 0).await?;
        seen.extend(shown.iter().map(|row| row.id));
        here.insert(owner);
    }
    for card in quiet.iter_mut().filter(|q| !is_late(q)) {
        card.for_owner = card.row.owner_id.filter(|owner| here.contains(owner)).map(|_| seen.contains(&card.row.id));
    }
    quiet.sort_by_key(|card| card.for_owner == Some(true));
    Ok(())
}

/// Tells each card that lies beyond the day its place behind those that are shown.
fn number(quiet: &mut [QuietCard], shown: usize) {
    let mut place_of_last = shown;
    for card in quiet {
        if let WhyQuiet::BeyondCapacity { place, .. } = &mut card.why {
            place_of_last += 1;
            *place = place_of_last;
        }
    }
}

/// Open cards that belong to nobody, those that are shown already left out: they are work that nobody would miss.
#[derive(Clone, Debug, Default)]
pub struct Nobodys {
    /// The most urgent.
    pub cards: Vec<CardRow>,
    /// How many belong to nobody in all.
    pub total: i64,
}

/// Takes what belongs to nobody out of what is kept quiet, for whoever can give it to somebody.
pub async fn part_nobodys(app: &App, ws: Id<Workspace>, budget: &mut Budget, rows: i64) -> Result<Nobodys> {
    let settings = crate::settings::open_settings(app, ws).await?;
    let is_nobodys = |row: &CardRow| row.owner.is_none() || row.has_owner_left;
    let met: HashSet<Id<Card>> = budget.shown.iter().filter(|row| is_nobodys(row)).map(|row| row.id).collect();
    let among = i64::try_from(met.len()).unwrap_or(0);
    let query = CardQuery { nobody: true, rows: rows.saturating_add(among), ..CardQuery::default() };
    let list = super::list_cards(app, ws, &query).await?;
    let total = store::count_nobodys(app, ws, settings.day_of(app.now())).await?;
    budget.quiet.retain(|q| !is_nobodys(&q.row) || matches!(q.why, WhyQuiet::Later(_)));
    budget.quiet_total = (budget.quiet_total - (total - among)).max(0);
    number(&mut budget.quiet, budget.shown.len());
    let mut cards: Vec<CardRow> = list.rows.into_iter().filter(|row| !met.contains(&row.id)).collect();
    cards.truncate(usize::try_from(rows).unwrap_or(0));
    Ok(Nobodys { cards, total })
}

/// A page of everything that was kept quiet; pages count from 0. `apart` = what belongs to nobody stands elsewhere for this reader.
pub async fn open_quiet(
    app: &App,
    ws: Id<Workspace>,
    owner: Option<Id<Staff>>,
    capacity: i64,
    (page, apart): (usize, bool),
) -> Result<QuietPage> {
    let settings = crate::settings::open_settings(app, ws).await?;
    let mut budget = open_budget(app, ws, owner, capacity, QUIET_MAX).await?;
    if apart {
        part_nobodys(app, ws, &mut budget, 0).await?;
    }
    if owner.is_none() {
        ask_owners(app, ws, &mut budget.quiet).await?;
    }
    let from = page.saturating_mul(PAGE_ROWS);
    let has_more = budget.quiet.len() > from.saturating_add(PAGE_ROWS);
    let first = page == 0;
    Ok(QuietPage {
        total: budget.quiet_total,
        shown: budget.shown.len(),
        unseen: owner.is_none().then(|| budget.quiet.iter().filter(|q| q.for_owner != Some(true)).count()),
        cards: budget.quiet.into_iter().skip(from).take(PAGE_ROWS).collect(),
        pages: (page.checked_sub(1), has_more.then_some(page + 1)),
        merged: if first { store::list_merged(app, ws, owner, SIGNS_MAX).await? } else { vec![] },
        cooling: if first {
            store::list_quiet_signs(app, ws, owner, settings.day_of(app.now()), SIGNS_MAX).await?
        } else {
            vec![]
        },
        lasting: if first {
            let since = app.now().plus_us(-LASTING_DAYS * DAY_US);
            let mut signs = store::list_lasting(app, ws, owner, since, LASTING_MAX).await?;
            // What happened once, and a date that comes, do not go on: they were answered.
            signs.retain(|sign| settings.pack.rule(&sign.rule).is_some_and(|rule| can_heal(&rule.when)));
            signs.truncate(usize::try_from(SIGNS_MAX).unwrap_or(0));
            signs
        } else {
            vec![]
        },
        rules: settings.pack.signals.iter().map(|r| (r.id.clone(), rule_title(r, &settings.pack.metrics))).collect(),
    })
}
