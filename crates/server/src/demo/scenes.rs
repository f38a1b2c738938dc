//! What people at the demo company are in the middle of: a colleague left last week, a team works on a customer in danger. Written
//! through the same use cases as the pages.

use std::sync::Arc;

use kizashi_app::access::{Grant, leave_staff, list_staff};
use kizashi_app::plays::{CardQuery, list_cards};
use kizashi_app::rooms::{
    self, NewAction, NewDecision, NewRoom, add_action, add_member, change_frame, decide, finish_action, start_room,
};
use kizashi_app::settings::open_settings;
use kizashi_app::{App, FixedClock, Result};
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::rooms::RoomState;
use kizashi_domain::signals::CardKind;
use kizashi_domain::time::Day;

use super::usage::MINUTE_US;

/// Who has left; nobody signs in as them.
pub const LEFT: &str = "nagumo@minamo.example";
/// Who leads the room.
const LEAD: &str = "kuroiwa@minamo.example";
/// Who knows the product's inside.
const ENGINEER: &str = "sakamaki@minamo.example";
/// The room was opened so many business days ago.
const BEGAN_DAYS: i32 = 8;
/// What the room is to reach.
const GOAL: &str = "次の通知期限までに、推進役を決めてもらい、利用者を3か月前の人数に戻す";
/// Open cards that are looked through for the gravest one.
const CARDS: i64 = 100;

/// Plays the scenes.
pub async fn play(app: &App, workspace: Id<Workspace>) -> Result<()> {
    let grant = Grant::of_console(workspace);
    red_room(app, &grant).await?;
    let staff = list_staff(app, workspace).await?;
    if let Some(gone) = staff.iter().find(|s| s.email == LEFT) {
        leave_staff(app, &grant, gone.id).await?;
    }
    Ok(())
}

/// A room for the gravest risk, in the second week of its work: what was decided and done on its days.
async fn red_room(app: &App, grant: &Grant) -> Result<()> {
    let workspace = grant.workspace();
    let query = CardQuery { kind: Some(CardKind::Risk), rows: CARDS, ..CardQuery::default() };
    let cards = list_cards(app, workspace, &query).await?.rows;
    let Some((card, customer)) = cards.iter().find_map(|c| Some((c, c.customer_id?))) else { return Ok(()) };
    let staff = list_staff(app, workspace).await?;
    let find = |mail: &str| staff.iter().find(|s| s.email == mail).map(|s| s.id);
    let (Some(lead), Some(engineer)) = (find(LEAD), find(ENGINEER)) else { return Ok(()) };
    let owner = card.owner_id.filter(|o| staff.iter().any(|s| s.id == *o && s.email != LEFT)).unwrap_or(lead);
    let settings = open_settings(app, workspace).await?;
    let (today, calendar, now) = (settings.day_of(app.now()), &settings.calendar, app.now());
    let ahead = |days: i32| calendar.add_business_days(today, days);
    // The room is younger than the card, and what was done in it is younger than the room.
    let began = ahead(-BEGAN_DAYS).max(calendar.next_business_day(settings.day_of(card.opened_at))).min(today);
    let clock = Arc::new(FixedClock::at(now));
    let app = &app.by_clock(Arc::clone(&clock) as Arc<_>);
    let go_to = |day: Day, minutes: i64| clock.set(settings.zone.start_of(day).plus_us(minutes * MINUTE_US).min(now));
    go_to(began, 15 * 60 + 30);
    let new = NewRoom { customer, card: Some(card.id), owner: Some(lead), goal: GOAL.to_owned() };
    let room = start_room(app, grant, &new).await?;
    add_member(app, grant, room, lead, "先方の部長と話す").await?;
    if owner != lead {
        add_member(app, grant, room, owner, "日々のやりとり").await?;
    }
    add_member(app, grant, room, engineer, "不具合と設定の窓口").await?;
    let plan = [
        ("先方の部長に、いま困っていることを聞く面談を申し込む", lead, -2),
        ("使われなくなった機能と、その日に何があったかを調べる", engineer, 1),
        ("新しい利用者のための30分の説明会を開く", owner, 4),
        ("更新の条件をどうするか、営業と決める", lead, 8),
    ];
    for (what, who, days) in plan {
        add_action(
            app,
            grant,
            room,
            &NewAction { what: what.to_owned(), owner: Some(who), due: ahead(days).max(began) },
        )
        .await?;
    }
    go_to(began, 16 * 60 + 10);
    rooms::move_room(app, grant, room, RoomState::Working).await?;
    let meets = |day: i32, agenda: &str| rooms::Frame {
        goal: GOAL.to_owned(),
        owner: lead,
        meets_on: Some(ahead(day).max(settings.day_of(app.now()))),
        agenda: agenda.to_owned(),
    };
    let decided = |what: &str, on: Day, review_on: Day| NewDecision {
        what: what.to_owned(),
        by: "黒岩 聡子、酒巻 遼".to_owned(),
        on: Some(on),
        review_on: Some(review_on),
    };
    let after = calendar.add_business_days(began, 1).min(today);
    let first = ahead(-5).max(after);
    go_to(first, 10 * 60 + 45);
    let what = "値引きの話はしない。先に、使われなくなった理由を聞く。理由が価格なら、次の会議で営業も交えて決める。";
    decide(app, grant, customer, &decided(what, first, ahead(5))).await?;
    change_frame(app, grant, room, &meets(-1, "面談の申し込みへの返事。使われなくなった機能。")).await?;
    go_to(ahead(-3).max(after), 17 * 60 + 20);
    if let Some(first) = rooms::open_room(app, workspace, room).await?.actions.first() {
        finish_action(app, grant, first.id, true).await?;
    }
    let second = ahead(-1).max(after);
    go_to(second, 11 * 60);
    let what = "説明会は全社に呼びかけず、経理の3名だけで開く。ほかの部署は、その様子を聞いてから決める。";
    decide(app, grant, customer, &decided(what, second, ahead(10))).await?;
    change_frame(app, grant, room, &meets(2, "面談で聞いたこと。説明会の日程。")).await
}
