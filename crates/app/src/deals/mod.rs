//! Deals as pages show them, and changing them by hand.

mod store;
mod write;

use kizashi_domain::deals::{Stage, is_decided, likelihood, weigh};
use kizashi_domain::id::{Customer, Deal, Id, Staff, Workspace};
use kizashi_domain::limits::PAGE_ROWS_MAX;
use kizashi_domain::money::{Currency, Money};
use kizashi_domain::time::{Day, Time};

use crate::intake::{StoredDeal, Versioned, list_versions};
use crate::{App, Refused, Result};

pub use write::{FIELDS, add_deal, change_deal};

/// Deals of one customer that its page shows.
const OF_CUSTOMER_MAX: usize = 50;

/// A deal.
#[derive(Clone, Debug)]
pub struct DealView {
    /// Deal.
    pub id: Id<Deal>,
    /// Customer.
    pub customer: Id<Customer>,
    /// Its name.
    pub customer_name: String,
    /// What it is about.
    pub title: String,
    /// Kind, a word of [`kizashi_domain::deals::KINDS`] or one's own; may be empty.
    pub kind: String,
    /// Id of its stage, or a word of one's own.
    pub stage: String,
    /// What it is worth.
    pub amount: Option<Money>,
    /// How likely it is won, in percent, as somebody said.
    pub probability: Option<i64>,
    /// The same, or that of its stage.
    pub likelihood: Option<i64>,
    /// First inquiry.
    pub opened_on: Option<Day>,
    /// Expected decision.
    pub closes_on: Option<Day>,
    /// Decided.
    pub closed_on: Option<Day>,
    /// Who sells.
    pub owner: Option<Id<Staff>>,
    /// The owner's name.
    pub owner_name: String,
    /// What is next; may be empty.
    pub next_step: String,
    /// By when.
    pub next_on: Option<Day>,
    /// How the customer came.
    pub origin: String,
    /// What was promised.
    pub promise: String,
    /// Why it was lost.
    pub lost_reason: String,
    /// Where it came from.
    pub source: String,
    /// When it was last changed.
    pub changed_at: Time,
}

impl DealView {
    /// Neither won nor lost.
    pub fn is_open(&self) -> bool {
        !is_decided(&self.stage)
    }

    /// The amount, as likely as it is.
    pub fn weighted(&self) -> Option<Money> {
        self.amount.map(|m| Money { minor: weigh(m.minor, self.likelihood), ..m })
    }
}

/// Which deals, in the order of their next step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DealQuery {
    /// Whose; `None` = everybody's.
    pub owner: Option<Id<Staff>>,
    /// A stage; empty = every open one.
    pub stage: String,
    /// Behind this place.
    pub after: Option<(i64, Id<Deal>)>,
    /// So many.
    pub rows: i64,
}

/// What deals are worth together, in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total {
    /// How many.
    pub count: i64,
    /// All of them.
    pub amount: Money,
    /// As likely as they are.
    pub weighted: Money,
}

/// A page of deals.
#[derive(Clone, Debug, Default)]
pub struct DealPage {
    /// Deals.
    pub rows: Vec<DealView>,
    /// Of all that were asked for, not only of this page: a line a currency.
    pub totals: Vec<Total>,
    /// Of all that were asked for, also those without an amount.
    pub count: i64,
    /// Whose next step is before today.
    pub late: i64,
    /// Where the next page begins.
    pub next: Option<(i64, Id<Deal>)>,
}

/// A page of deals with what all of them are worth.
pub async fn list_deals(app: &App, ws: Id<Workspace>, query: &DealQuery) -> Result<DealPage> {
    let settings = crate::settings::open_settings(app, ws).await?;
    let stages = settings.pack.stages();
    let rows = query.rows.clamp(1, PAGE_ROWS_MAX);
    let found = store::list_deals(app, ws, query, rows).await?;
    let is_full = i64::try_from(found.len()).unwrap_or(0) >= rows;
    let next = found.last().filter(|_| is_full).map(|r| (r.sort_key(), r.id));
    let sums = store::list_sums(app, ws, query, settings.day_of(app.now())).await?;
    let (count, late) = sums.iter().fold((0, 0), |(n, l), s| (n + s.count, l + s.late));
    Ok(DealPage {
        rows: found.into_iter().map(|r| r.view(&stages)).collect(),
        totals: total(&sums, &stages),
        count,
        late,
        next,
    })
}

fn total(sums: &[store::Sum], stages: &[Stage]) -> Vec<Total> {
    let mut totals: Vec<Total> = Vec::new();
    for sum in sums {
        let Some(minor) = sum.minor else { continue };
        let currency = Currency::parse(&sum.currency).unwrap_or(Currency::JPY);
        let weighted = weigh(minor, likelihood(stages, &sum.stage, sum.probability));
        let at = match totals.iter().position(|t| t.amount.currency == currency) {
            Some(at) => at,
            None => {
                let none = Money { minor: 0, currency };
                totals.push(Total { count: 0, amount: none, weighted: none });
                totals.len() - 1
            }
        };
        if let Some(t) = totals.get_mut(at) {
            t.count += sum.count;
            t.amount.minor = t.amount.minor.saturating_add(minor);
            t.weighted.minor = t.weighted.minor.saturating_add(weighted);
        }
    }
    totals
}

/// A version of a deal, with what a person reads of it.
#[derive(Clone, Debug)]
pub struct DealVersion {
    /// What it said.
    pub deal: DealView,
    /// Until when.
    pub until: Time,
    /// Who wrote what follows it, when a person did.
    pub who: Option<String>,
}

/// One deal, and what it said before, the newest first.
pub async fn open_deal(app: &App, ws: Id<Workspace>, id: Id<Deal>) -> Result<(DealView, Vec<DealVersion>)> {
    let stages = crate::settings::open_settings(app, ws).await?.pack.stages();
    let now = store::find_deal(app, ws, id).await?.ok_or(Refused::NotFound)?.view(&stages);
    let staff = crate::access::list_staff(app, ws).await?;
    let versions = store::list_earlier(app, ws, id).await?;
    let versions = versions
        .into_iter()
        .map(|(stored, recorded_at, until, who)| {
            let name = stored.owner_id.and_then(|o| staff.iter().find(|s| s.id == o)).map(|s| s.name.clone());
            let deal = view_of(stored, &now, recorded_at, name.unwrap_or_default(), &stages);
            DealVersion { deal, until, who }
        })
        .collect();
    Ok((now, versions))
}

fn view_of(d: StoredDeal, like: &DealView, changed_at: Time, owner_name: String, stages: &[Stage]) -> DealView {
    let currency = Currency::parse(&d.currency).unwrap_or(Currency::JPY);
    DealView {
        id: d.id,
        customer: d.customer_id,
        customer_name: like.customer_name.clone(),
        likelihood: likelihood(stages, &d.stage, d.probability),
        title: d.title,
        kind: d.kind,
        stage: d.stage,
        amount: d.amount_minor.map(|minor| Money { minor, currency }),
        probability: d.probability,
        opened_on: d.opened_on,
        closes_on: d.closes_on,
        closed_on: d.closed_on,
        owner: d.owner_id,
        owner_name,
        next_step: d.next_step,
        next_on: d.next_on,
        origin: d.origin,
        promise: d.promise,
        lost_reason: d.lost_reason,
        source: like.source.clone(),
        changed_at,
    }
}

/// The deals of a customer: open ones by their next step, then those decided, the newest first. `until` = as they were known
/// before an instant.
pub async fn list_deals_of(
    app: &App,
    ws: Id<Workspace>,
    customer: Id<Customer>,
    until: Option<Time>,
) -> Result<Vec<DealView>> {
    let stages = crate::settings::open_settings(app, ws).await?.pack.stages();
    let found = store::list_of_customer(app, ws, customer).await?;
    let known = |r: &store::Row| until.is_none_or(|end| r.recorded_at < end || r.assumed);
    let mut deals: Vec<DealView> = Vec::new();
    let mut like = None;
    for row in found {
        let is_known = known(&row);
        let view = row.view(&stages);
        like.get_or_insert_with(|| view.clone());
        if is_known {
            deals.push(view);
        }
    }
    if let (Some(end), Some(like)) = (until, like) {
        let staff = crate::access::list_staff(app, ws).await?;
        for d in list_versions::<StoredDeal>(app, ws, customer, Versioned::Deal, end.plus_us(-1)).await? {
            let name = d.owner_id.and_then(|o| staff.iter().find(|s| s.id == o)).map(|s| s.name.clone());
            deals.push(view_of(d, &like, end, name.unwrap_or_default(), &stages));
        }
    }
    deals.sort_by_key(told_key);
    deals.truncate(OF_CUSTOMER_MAX);
    Ok(deals)
}

/// Open ones by their next step, then those decided, the newest first.
fn told_key(d: &DealView) -> (bool, i32, Id<Deal>) {
    let (day, later) = (d.next_on.or(d.closes_on).map_or(i32::MAX, |d| d.0), d.closed_on.map_or(0, |d| -d.0));
    (!d.is_open(), if d.is_open() { day } else { later }, d.id)
}

/// The deals of these customers as they are now, of each in the order of [`list_deals_of`].
pub(crate) async fn list_deals_of_many(
    app: &App,
    ws: Id<Workspace>,
    customers: &[Id<Customer>],
) -> Result<Vec<DealView>> {
    let stages = crate::settings::open_settings(app, ws).await?.pack.stages();
    let found = store::list_of_customers(app, ws, customers).await?;
    let mut deals: Vec<DealView> = found.into_iter().map(|row| row.view(&stages)).collect();
    deals.sort_by_key(told_key);
    Ok(deals)
}
