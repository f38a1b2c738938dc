//! What cannot wait for the morning: what other capabilities announce, and signs of a short list of rules.

use kizashi_db::Tx;
use kizashi_domain::id::{Id, Staff, Workspace};
use kizashi_domain::signals::is_key_account;

use super::content::{Content, Instant};
use super::store::notice::Cause;
use super::{NewNotice, list_ways, store, tell};
use crate::reactions::StaffNotice;
use crate::{App, Result, plays};

/// Signs of one rule looked at in one go.
const CAUSES_MAX: i64 = 200;
/// A transaction that took long writes down what happened before it ended: the last minutes are looked through again.
const LOOK_BACK_US: i64 = 15 * 60 * 1_000_000;
/// What goes out to one person within an hour; more stays in the product, so that nobody stops reading.
const HOURLY_MAX: i64 = 10;
const HOUR_US: i64 = 3_600_000_000;

/// Tells somebody what was announced, in the transaction that takes the announcement away.
pub(crate) async fn keep_notice(tx: &mut Tx, app: &App, ws: Id<Workspace>, notice: &StaffNotice) -> Result<()> {
    let subject = match notice.customer {
        Some(customer) => store::notice::find_name(app, ws, customer).await?.unwrap_or_default(),
        None => String::new(),
    };
    let content = Content::Instant(Instant { title: notice.title.clone(), text: notice.text.clone(), subject });
    let new = NewNotice {
        staff: notice.staff,
        key: &notice.key,
        card: notice.card,
        customer: notice.customer,
        page: &notice.page,
        content: &content,
    };
    let ways = list_wanted(app, ws, notice.staff).await?;
    tell(tx, app, ws, &new, &ways).await?;
    Ok(())
}

/// Ways on which somebody wants to be told at once; none when they were told much within the hour.
async fn list_wanted(app: &App, ws: Id<Workspace>, staff: Id<Staff>) -> Result<Vec<String>> {
    if store::notice::count_since(app, ws, staff, app.now().plus_us(-HOUR_US)).await? >= HOURLY_MAX {
        return Ok(Vec::new());
    }
    let (wish, _) = store::setting::find_wish(app, ws, staff).await?;
    Ok(list_ways(app, ws).await?.into_iter().filter(|way| wish.instant.contains(way)).collect())
}

/// Tells of fresh signs of the rules on the short list, of some only when they are of a key account; how many notices. Each sign of a card is told once.
pub async fn tell_causes(app: &App, ws: Id<Workspace>) -> Result<usize> {
    let (sending, until) = store::setting::find(app, ws).await?;
    let now = app.now();
    let mut told = 0;
    if let Some(until) = until {
        let settings = crate::settings::open_settings(app, ws).await?;
        let yesterday = settings.day_of(now).plus(-1);
        let line = plays::find_key_line(app, ws, &settings.pack.cards).await?;
        // What is about no customer, such as a source, is nobody's account.
        let is_key = |cause: &Cause| cause.customer.is_none() || is_key_account(cause.mrr_minor.unwrap_or(0), line);
        for rule in &sending.instant_rules {
            let only_key = sending.instant_key_rules.contains(rule);
            let span = (until.plus_us(-LOOK_BACK_US), now);
            for cause in store::notice::list_causes(app, ws, rule, span, yesterday, CAUSES_MAX).await? {
                if !only_key || is_key(&cause) {
                    told += usize::from(tell_cause(app, ws, &cause).await?);
                }
            }
        }
    }
    // What was there before anybody could be told is in the digest.
    if until.is_none_or(|until| now.micros() - until.micros() > LOOK_BACK_US / 3) {
        let mut tx = app.db.write().await?;
        store::setting::keep_causes_until(&mut tx, ws, &sending, now).await?;
        tx.commit().await?;
    }
    Ok(told)
}

async fn tell_cause(app: &App, ws: Id<Workspace>, cause: &Cause) -> Result<bool> {
    let staff = match cause.owner {
        Some(owner) => Some(owner),
        None => store::notice::find_admin(app, ws).await?,
    };
    let Some(staff) = staff else { return Ok(false) };
    let source = cause.subject.strip_prefix("source:").unwrap_or_default();
    let content = Content::Instant(Instant {
        title: Cause::text(&cause.because),
        text: Cause::text(&cause.what),
        subject: cause.name.clone().unwrap_or_else(|| source.to_owned()),
    });
    let key = format!("card:{}:{}:{}", cause.card, cause.rule, cause.day);
    let page = format!("/cards/{}", cause.card);
    let (card, customer) = (Some(cause.card), cause.customer);
    if store::notice::is_told(app, ws, staff, &key).await? {
        return Ok(false);
    }
    let ways = list_wanted(app, ws, staff).await?;
    let mut tx = app.db.write().await?;
    let new = NewNotice { staff, key: &key, card, customer, page: &page, content: &content };
    let id = tell(&mut tx, app, ws, &new, &ways).await?;
    tx.commit().await?;
    Ok(id.is_some())
}
