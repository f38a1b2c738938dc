//! What cannot wait for the morning: what other capabilities announce, and signs of a short list of rules.

use kizashi_db::Tx;
use kizashi_domain::id::{Id, Notice, Staff, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::notices::closed_until;
use kizashi_domain::signals::is_key_account;
use kizashi_domain::time::Time;

use super::content::{Content, Instant};
use super::setting::Wish;
use super::store::notice::Cause;
use super::{NewNotice, NoticeRow, list_ways, store, tell};
use crate::reactions::StaffNotice;
use crate::signals::KeyAccounts;
use crate::{App, Result};

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
    let said = Instant { title: notice.title.clone(), text: notice.text.clone(), subject, ..Instant::default() };
    let content = Content::Instant(with_work(app, ws, notice, said).await?);
    let new = NewNotice {
        staff: notice.staff,
        key: &notice.key,
        card: notice.card,
        customer: notice.customer,
        page: &notice.page,
        content: &content,
    };
    let (ways, due_at) = list_wanted(app, ws, notice.staff).await?;
    tell(tx, app, ws, &new, (&ways, due_at)).await?;
    Ok(())
}

/// Adds what is to be done, until when and by whom: as it was announced, else as the card has it.
async fn with_work(app: &App, ws: Id<Workspace>, notice: &StaffNotice, said: Instant) -> Result<Instant> {
    if let Some(work) = &notice.work {
        let owner = match work.owner {
            Some(owner) => store::notice::find_staff_name(app, ws, owner).await?.unwrap_or_default(),
            None => String::new(),
        };
        return Ok(Instant { what: work.what.clone(), due: Some(work.due), owner, ..said });
    }
    let Some(card) = notice.card else { return Ok(said) };
    let Some(work) = store::notice::find_card_work(app, ws, card).await? else { return Ok(said) };
    Ok(Instant { what: Cause::text(&work.what), due: Some(work.due), owner: work.owner.unwrap_or_default(), ..said })
}

/// Ways on which somebody wants to be told at once, and from when on; none when they were told much within the hour.
async fn list_wanted(app: &App, ws: Id<Workspace>, staff: Id<Staff>) -> Result<(Vec<String>, Time)> {
    let now = app.now();
    if store::notice::count_since(app, ws, staff, now.plus_us(-HOUR_US)).await? >= HOURLY_MAX {
        return Ok((Vec::new(), now));
    }
    let (wish, _) = store::setting::find_wish(app, ws, staff).await?;
    let due_at = find_quiet(app, ws, &wish).await?.unwrap_or(now);
    Ok((list_ways(app, ws).await?.into_iter().filter(|way| wish.instant.contains(way)).collect(), due_at))
}

/// Until when nothing goes out to somebody who wishes so; `None` in working hours, and for whoever wants to be told at any hour.
async fn find_quiet(app: &App, ws: Id<Workspace>, wish: &Wish) -> Result<Option<Time>> {
    if wish.any_hour {
        return Ok(None);
    }
    let settings = crate::settings::open_settings(app, ws).await?;
    Ok(closed_until(app.now(), &settings.zone, &settings.calendar))
}

/// Until when a notice that is due is held all the same: one that could not go before the evening, or whose calendar has changed.
pub(super) async fn find_hold(app: &App, ws: Id<Workspace>, notice: Id<Notice>) -> Result<Option<Time>> {
    let Some(until) = find_quiet(app, ws, &Wish::default()).await? else { return Ok(None) };
    let found = store::notice::find(app, ws, notice).await?;
    let Some((staff, _)) = found.filter(|(_, row)| matches!(row.content, Content::Instant(_))) else { return Ok(None) };
    let (wish, _) = store::setting::find_wish(app, ws, staff).await?;
    Ok((!wish.any_hour).then_some(until))
}

/// What is held until work begins goes once work has begun, also when the hours of work were changed meanwhile.
pub(super) async fn let_go(app: &App, ws: Id<Workspace>) -> Result<()> {
    if store::posting::has_held(app, ws).await? && find_quiet(app, ws, &Wish::default()).await?.is_none() {
        store::posting::release(app, ws, None).await?;
    }
    Ok(())
}

/// Tells managers instead of somebody who has left before it reached them, and had not seen it.
pub(super) async fn pass_on(app: &App, ws: Id<Workspace>, notice: &NoticeRow) -> Result<()> {
    if notice.seen_at.is_some() || !matches!(notice.content, Content::Instant(_)) {
        return Ok(());
    }
    let key = format!("passed:{}", notice.id);
    for staff in store::notice::list_managers(app, ws).await? {
        let (card, customer, page) = (notice.card, notice.customer, notice.page.as_str());
        tell_once(app, ws, &NewNotice { staff, key: &key, card, customer, page, content: &notice.content }).await?;
    }
    Ok(())
}

/// Tells somebody at once, unless they know; whether they were told.
async fn tell_once(app: &App, ws: Id<Workspace>, new: &NewNotice<'_>) -> Result<bool> {
    if store::notice::is_told(app, ws, new.staff, new.key).await? {
        return Ok(false);
    }
    let (ways, due_at) = list_wanted(app, ws, new.staff).await?;
    let mut tx = app.db.write().await?;
    let id = tell(&mut tx, app, ws, new, (&ways, due_at)).await?;
    tx.commit().await?;
    Ok(id.is_some())
}

/// Tells of fresh signs of the rules on the short list, of some only when they are of a key account; how many notices. Each sign of a card is told once.
pub async fn tell_causes(app: &App, ws: Id<Workspace>) -> Result<usize> {
    let (sending, until) = store::setting::find(app, ws).await?;
    let now = app.now();
    let mut told = 0;
    if let Some(until) = until {
        let settings = crate::settings::open_settings(app, ws).await?;
        let yesterday = settings.day_of(now).plus(-1);
        let line = KeyAccounts::find(app, ws, &settings.pack.cards).await?.line;
        // What is about no customer, such as a source, is nobody's account.
        let is_key = |cause: &Cause| cause.customer.is_none() || is_key_account(cause.mrr_minor.unwrap_or(0), line);
        for rule in &sending.instant_rules {
            let only_key = sending.instant_key_rules.contains(rule);
            let span = (until.plus_us(-LOOK_BACK_US), now);
            for cause in store::notice::list_causes(app, ws, rule, span, yesterday, CAUSES_MAX).await? {
                if !only_key || is_key(&cause) {
                    told += tell_cause(app, ws, &cause).await?;
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

/// Tells the owner of the card; where there is none, or none any more, those who can give it to somebody. How many notices.
async fn tell_cause(app: &App, ws: Id<Workspace>, cause: &Cause) -> Result<usize> {
    let people = match cause.owner {
        Some(owner) => vec![owner],
        None => store::notice::list_managers(app, ws).await?,
    };
    let source = cause.subject.strip_prefix("source:").unwrap_or_default();
    let content = Content::Instant(Instant {
        title: Cause::text(&cause.because),
        text: Text::default(),
        subject: cause.name.clone().unwrap_or_else(|| source.to_owned()),
        what: Cause::text(&cause.what),
        due: Some(cause.due),
        owner: cause.owner_name.clone().unwrap_or_default(),
    });
    let key = format!("card:{}:{}:{}", cause.card, cause.rule, cause.day);
    let page = format!("/cards/{}", cause.card);
    let (card, customer) = (Some(cause.card), cause.customer);
    let mut told = 0;
    for staff in people {
        let new = NewNotice { staff, key: &key, card, customer, page: &page, content: &content };
        told += usize::from(tell_once(app, ws, &new).await?);
    }
    Ok(told)
}
