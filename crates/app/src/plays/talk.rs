//! Words on a card, those who are meant in them, and those who help with it.

use kizashi_domain::id::{Card, Id, Staff, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::mention::{Person, find_meant};

use super::read::{CardMention, CardStep};
use super::store::{self, Step};
use super::{Said, change_one, checked_note};
use crate::access::{Grant, StaffRow, Viewer, list_staff};
use crate::reactions::{StaffNotice, announce_notice};
use crate::{App, Refused, Result};

/// Who is meant in words that were just kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CardMeant {
    /// How many people.
    pub people: usize,
    /// What stands behind an `@` and means nobody, or more than one.
    pub unclear: Vec<String>,
}

/// Adds words to a card. Those who are meant by `@` find them on their morning page.
pub async fn note_card(app: &App, grant: &Grant, card: Id<Card>, note: &str) -> Result<CardMeant> {
    let note = checked_note(note)?;
    if note.is_empty() {
        return Err(Refused::Field { field: "text", reason: "required" }.into());
    }
    let (ws, now) = (grant.workspace(), app.now());
    let staff = list_staff(app, ws).await?;
    let people: Vec<Person<'_>> = staff.iter().map(|s| Person { name: &s.name, email: &s.email }).collect();
    let found = find_meant(note, &people);
    // Nobody needs to be told of what they wrote themselves.
    let meant: Vec<&StaffRow> =
        found.people.iter().filter_map(|i| staff.get(*i)).filter(|s| Some(s.id) != grant.staff()).collect();
    let mut tx = app.db.write().await?;
    let Some(mut life) = store::find_life(&mut tx, ws, card).await? else { return Err(Refused::NotFound.into()) };
    life.touch(now);
    if !store::keep_life(&mut tx, ws, card, &life, now).await? {
        return Err(Refused::Changed.into());
    }
    let step = Step { step: "noted", note, staff: grant.staff(), at: now };
    let step = store::insert_step(&mut tx, ws, card, step).await?;
    let ids: Vec<Id<Staff>> = meant.iter().map(|s| s.id).collect();
    store::keep_mentions(&mut tx, ws, (card, step), &ids, now).await?;
    let subject = store::find_subject_name(&mut tx, ws, card).await?.unwrap_or_default();
    let who = staff.iter().find(|s| Some(s.id) == grant.staff()).map_or("", |s| s.name.as_str());
    for staff in ids {
        let notice = StaffNotice {
            key: format!("card-step:{step}:{staff}"),
            staff,
            card: Some(card),
            customer: None,
            title: Text {
                ja: format!("{subject}のカードで{who}さんがあなたを呼んでいます"),
                en: format!("{who} means you on the card of {subject}"),
            },
            text: Text { ja: note.to_owned(), en: note.to_owned() },
            page: format!("/cards/{card}"),
            work: None,
        };
        announce_notice(&mut tx, app, ws, &notice).await?;
    }
    tx.commit().await?;
    Ok(CardMeant { people: meant.len(), unclear: found.unclear })
}

/// Words on cards in which a person is meant and that they have not seen, the oldest first.
pub async fn list_card_mentions(app: &App, ws: Id<Workspace>, staff: Id<Staff>) -> Result<Vec<CardMention>> {
    store::list_mentions(app, ws, staff).await
}

/// The viewer has seen words in which they are meant.
pub async fn see_mention(app: &App, viewer: &Viewer, step: Id<CardStep>) -> Result<()> {
    store::keep_seen(app, viewer.workspace, step, viewer.staff).await
}

/// Somebody helps with a card, and is told so.
pub async fn join_card(app: &App, grant: &Grant, card: Id<Card>, helper: Id<Staff>) -> Result<()> {
    let (ws, now) = (grant.workspace(), app.now());
    let staff = list_staff(app, ws).await?;
    let found = staff.iter().find(|s| s.id == helper);
    let helper = found.ok_or(Refused::Field { field: "staff", reason: "not-one-of" })?;
    let mut tx = app.db.write().await?;
    let Some(mut life) = store::find_life(&mut tx, ws, card).await? else { return Err(Refused::NotFound.into()) };
    super::must_be_open(&life)?;
    if !store::keep_associate(&mut tx, ws, (card, helper.id), (now, grant.staff())).await? {
        return Ok(());
    }
    life.touch(now);
    if !store::keep_life(&mut tx, ws, card, &life, now).await? {
        return Err(Refused::Changed.into());
    }
    let step = Step { step: "joined", note: &helper.name, staff: grant.staff(), at: now };
    let step = store::insert_step(&mut tx, ws, card, step).await?;
    if Some(helper.id) != grant.staff() {
        let subject = store::find_subject_name(&mut tx, ws, card).await?.unwrap_or_default();
        let notice = StaffNotice {
            key: format!("card-step:{step}"),
            staff: helper.id,
            card: Some(card),
            customer: None,
            title: Text {
                ja: format!("{subject}のカードの協力者になりました"),
                en: format!("You help with the card of {subject}"),
            },
            text: Text::default(),
            page: format!("/cards/{card}"),
            work: None,
        };
        announce_notice(&mut tx, app, ws, &notice).await?;
    }
    Ok(tx.commit().await?)
}

/// Somebody no longer helps with a card.
pub async fn part_card(app: &App, grant: &Grant, card: Id<Card>, helper: Id<Staff>) -> Result<()> {
    let staff = list_staff(app, grant.workspace()).await?;
    let name = staff.iter().find(|s| s.id == helper).map_or("", |s| s.name.as_str());
    change_one(app, grant, card, Said { step: "parted", note: name }, |life| super::must_be_open(life)).await?;
    let mut tx = app.db.write().await?;
    store::drop_associate(&mut tx, grant.workspace(), (card, helper)).await?;
    Ok(tx.commit().await?)
}
