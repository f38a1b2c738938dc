//! Limits that have passed: a manager is told once for each, and the card remembers it.

use kizashi_db::Tx;
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::lang::Text;

use super::store::{self, LateCard, Step};
use crate::reactions::{StaffNotice, announce_notice};
use crate::{App, Result};

/// Cards of one turn; the next turn takes the rest.
const CARDS_MAX: i64 = 100;
/// Cards of one transaction: few enough that whoever else writes waits for a moment only.
const TOGETHER_MAX: usize = 25;
const ANSWER: i64 = 1;
const CLOSING: i64 = 2;

/// Tells a manager of cards that nobody answered or closed in time; how many.
pub(crate) async fn escalate_late(app: &App, ws: Id<Workspace>) -> Result<usize> {
    let settings = crate::settings::open_settings(app, ws).await?;
    let now = app.now();
    let mut told = 0;
    for lot in store::list_late(app, ws, now, settings.day_of(now), CARDS_MAX).await?.chunks(TOGETHER_MAX) {
        let mut tx = app.db.write().await?;
        let before = told;
        for late in lot {
            told += usize::from(escalate(&mut tx, app, ws, late).await?);
        }
        if told > before {
            tx.commit().await?;
        }
    }
    Ok(told)
}

/// Tells of one card, unless somebody did meanwhile; whether it did.
async fn escalate(tx: &mut Tx, app: &App, ws: Id<Workspace>, late: &LateCard) -> Result<bool> {
    let now = app.now();
    let level = if late.is_closing == 1 { CLOSING } else { ANSWER };
    let Some(mut life) = store::find_life(tx, ws, late.id).await? else { return Ok(false) };
    if life.closed_at.is_some() || life.escalated & level != 0 {
        return Ok(false);
    }
    life.escalated |= level;
    if !store::keep_life(tx, ws, late.id, &life, now).await? {
        return Ok(false);
    }
    let step = if level == CLOSING { "late_closing" } else { "late_answer" };
    store::insert_step(tx, ws, late.id, Step::of(step, now)).await?;
    let Some(manager) = store::find_manager(tx, ws, late.owner_id).await? else { return Ok(true) };
    let subject = late.customer.as_deref().unwrap_or(&late.subject);
    let owner = late.owner.as_deref().unwrap_or("–");
    let title = store::read_text(&late.title);
    let said = if level == CLOSING {
        Text {
            ja: format!("{subject}のカードが完了の期限を過ぎました"),
            en: format!("The card of {subject} is past its limit of closing"),
        }
    } else {
        Text {
            ja: format!("{subject}のカードにまだ返答がありません"),
            en: format!("Nobody has answered the card of {subject}"),
        }
    };
    let notice = StaffNotice {
        key: format!("card:{}:{step}", late.id),
        staff: manager,
        card: Some(late.id),
        customer: late.customer_id,
        title: said,
        text: Text { ja: format!("{}（担当 {owner}）", title.ja), en: format!("{} (owner {owner})", title.en) },
        page: format!("/cards/{}", late.id),
    };
    announce_notice(tx, app, ws, &notice).await?;
    Ok(true)
}
