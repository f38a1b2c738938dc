//! Limits that have passed: managers are told once of each, and the card remembers it.

use std::collections::HashMap;

use kizashi_db::Tx;
use kizashi_domain::id::{Id, Staff, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::time::Time;

use super::store::{self, LateCard, Step};
use crate::reactions::{StaffNotice, announce_notice};
use crate::signals::KeyAccounts;
use crate::{App, Result};

/// Cards of one turn; the next turn takes the rest.
const CARDS_MAX: i64 = 100;
/// Cards of one transaction: few enough that whoever else writes waits for a moment only.
const TOGETHER_MAX: usize = 25;

/// Managers are told of so many cards of one turn one by one; of more in one notice.
const ONE_BY_ONE_MAX: usize = 5;

const HOUR_US: i64 = 3_600_000_000;

/// A limit of a card that has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Limit {
    Answer,
    Closing,
}

impl Limit {
    const fn of(late: &LateCard) -> Self {
        if late.is_closing == 1 { Self::Closing } else { Self::Answer }
    }

    /// The bit by which a card remembers that it was told.
    const fn bit(self) -> i64 {
        match self {
            Self::Answer => 1,
            Self::Closing => 2,
        }
    }

    const fn step(self) -> &'static str {
        match self {
            Self::Answer => "late_answer",
            Self::Closing => "late_closing",
        }
    }
}

/// Who is told of a late card: every manager but its owner, for nobody here is anybody's own; where there is none, the administrators.
fn choose(leaders: &[(Id<Staff>, bool)], owner: Option<Id<Staff>>) -> Vec<Id<Staff>> {
    let of = |managers: bool| {
        let them = leaders.iter().filter(|(id, is_manager)| *is_manager == managers && Some(*id) != owner);
        them.map(|(id, _)| *id).collect::<Vec<_>>()
    };
    let managers = of(true);
    let told = if managers.is_empty() { of(false) } else { managers };
    // One who leads alone is told of their own.
    if told.is_empty() { owner.filter(|o| leaders.iter().any(|(id, _)| id == o)).into_iter().collect() } else { told }
}

/// Tells managers of cards that nobody answered or closed in time; of how many.
pub(crate) async fn escalate_late(app: &App, ws: Id<Workspace>) -> Result<usize> {
    let settings = crate::settings::open_settings(app, ws).await?;
    let now = app.now();
    let today = settings.day_of(now);
    let accounts = KeyAccounts::find(app, ws, &settings.pack.cards).await?;
    let key = accounts.line.map(|line| (line, today.plus(accounts.lead_days)));
    let late = store::list_late(app, ws, (now, today), key, CARDS_MAX).await?;
    let count = |limit: Limit| late.iter().filter(|card| Limit::of(card) == limit).count();
    let counts = (count(Limit::Answer), count(Limit::Closing));
    let mut told = 0;
    for lot in late.chunks(TOGETHER_MAX) {
        let mut tx = app.db.write().await?;
        let leaders = store::list_leaders(&mut tx, ws).await?;
        let mut by_leader: HashMap<(Id<Staff>, Limit), Vec<&LateCard>> = HashMap::new();
        let before = told;
        for card in lot {
            let limit = Limit::of(card);
            if !mark(&mut tx, app, ws, card, limit).await? {
                continue;
            }
            told += 1;
            for leader in choose(&leaders, card.owner_id) {
                by_leader.entry((leader, limit)).or_default().push(card);
            }
        }
        for ((leader, limit), cards) in by_leader {
            let of_turn = if limit == Limit::Answer { counts.0 } else { counts.1 };
            if of_turn > ONE_BY_ONE_MAX {
                announce_notice(&mut tx, app, ws, &tell_many(leader, limit, of_turn, now)).await?;
            } else {
                for card in cards {
                    announce_notice(&mut tx, app, ws, &tell_one(leader, limit, card)).await?;
                }
            }
        }
        if told > before {
            tx.commit().await?;
        }
    }
    Ok(told)
}

/// Remembers on a card that it was told, unless somebody did meanwhile; whether it did.
async fn mark(tx: &mut Tx, app: &App, ws: Id<Workspace>, late: &LateCard, limit: Limit) -> Result<bool> {
    let now = app.now();
    let Some(mut life) = store::find_life(tx, ws, late.id).await? else { return Ok(false) };
    if life.closed_at.is_some() || life.escalated & limit.bit() != 0 {
        return Ok(false);
    }
    life.escalated |= limit.bit();
    if !store::keep_life(tx, ws, late.id, &life, now).await? {
        return Ok(false);
    }
    store::insert_step(tx, ws, late.id, Step::of(limit.step(), now)).await?;
    Ok(true)
}

fn tell_one(leader: Id<Staff>, limit: Limit, late: &LateCard) -> StaffNotice {
    let subject = late.customer.as_deref().unwrap_or(&late.subject);
    let said = match limit {
        Limit::Closing => Text {
            ja: format!("{subject}のカードが完了の期限を過ぎました"),
            en: format!("The card of {subject} is past its limit of closing"),
        },
        Limit::Answer => Text {
            ja: format!("{subject}のカードにまだ返答がありません"),
            en: format!("Nobody has answered the card of {subject}"),
        },
    };
    StaffNotice {
        key: format!("card:{}:{}:{leader}", late.id, limit.step()),
        staff: leader,
        card: Some(late.id),
        customer: late.customer_id,
        title: said,
        text: store::read_text(&late.title),
        page: format!("/cards/{}", late.id),
        work: None,
    }
}

/// One notice an hour for what came at once: each card remembers its own limit, and the list has them all.
fn tell_many(leader: Id<Staff>, limit: Limit, of_turn: usize, now: Time) -> StaffNotice {
    let is_all = i64::try_from(of_turn).is_ok_and(|n| n < CARDS_MAX);
    let (ja, en) = if is_all {
        (format!("{of_turn}枚"), of_turn.to_string())
    } else {
        (format!("{of_turn}枚以上"), format!("{of_turn} or more"))
    };
    let said = match limit {
        Limit::Closing => Text {
            ja: format!("完了の期限を過ぎたカードが{ja}あります"),
            en: format!("{en} cards are past their limit of closing"),
        },
        Limit::Answer => Text {
            ja: format!("まだ返答のないカードが{ja}あります"),
            en: format!("Nobody has answered {en} cards in time"),
        },
    };
    StaffNotice {
        key: format!("cards:{}:{}:{leader}", limit.step(), now.micros() / HOUR_US),
        staff: leader,
        card: None,
        customer: None,
        title: said,
        text: Text {
            ja: "一度に期限が来たため、まとめてお知らせします。".to_owned(),
            en: "Their limits came at once, so this is one notice for all of them.".to_owned(),
        },
        page: "/cards?tab=open".to_owned(),
        work: None,
    }
}
