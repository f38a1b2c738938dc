//! What people at the demo company are in the middle of: a colleague left last week, a team works on a customer in danger. Written
//! through the same use cases as the pages.

use kizashi_app::access::{Grant, leave_staff, list_staff};
use kizashi_app::plays::{CardQuery, list_cards};
use kizashi_app::rooms::{
    self, NewAction, NewDecision, NewRoom, add_action, add_member, change_frame, decide, finish_action, start_room,
};
use kizashi_app::settings::open_settings;
use kizashi_app::{App, Result};
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::rooms::RoomState;
use kizashi_domain::signals::CardKind;

/// Who has left; nobody signs in as them.
pub const LEFT: &str = "nagumo@minamo.example";
/// Who leads the room.
const LEAD: &str = "kuroiwa@minamo.example";
/// Who knows the product's inside.
const ENGINEER: &str = "sakamaki@minamo.example";
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

/// A room for the gravest risk, in the second week of its work.
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
    let (today, calendar) = (settings.day_of(app.now()), &settings.calendar);
    let ahead = |days: i32| calendar.add_business_days(today, days);
    let goal = "次の通知期限までに、推進役を決めてもらい、利用者を3か月前の人数に戻す".to_owned();
    let new = NewRoom { customer, card: Some(card.id), owner: Some(lead), goal: goal.clone() };
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
        let due = if days < 0 { calendar.add_business_days(today, days) } else { ahead(days) };
        add_action(app, grant, room, &NewAction { what: what.to_owned(), owner: Some(who), due }).await?;
    }
    rooms::move_room(app, grant, room, RoomState::Working).await?;
    if let Some(first) = rooms::open_room(app, workspace, room).await?.actions.first() {
        finish_action(app, grant, first.id, true).await?;
    }
    let what = "値引きの話はしない。先に、使われなくなった理由を聞く。理由が価格なら、次の会議で営業も交えて決める。";
    let decided = NewDecision {
        what: what.to_owned(),
        by: "黒岩 聡子、酒巻 遼".to_owned(),
        on: Some(today),
        review_on: Some(ahead(5)),
    };
    decide(app, grant, customer, &decided).await?;
    let agenda = "面談で聞いたこと。説明会の日程。".to_owned();
    change_frame(app, grant, room, &rooms::Frame { goal, owner: lead, meets_on: Some(ahead(2)), agenda }).await
}
