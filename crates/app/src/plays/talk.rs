//! Words on a card, those who are meant in them, and those who help with it.

use kizashi_db::Tx;
use kizashi_domain::id::{Card, Id, Staff, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::mention::{Person, find_meant};

use super::many::Batch;
use super::read::{CardMention, CardStep};
use super::store::{self, Step};
use super::{Said, change_in, checked_note};
use crate::access::{Grant, StaffRow, Viewer, list_staff, list_workers};
use crate::reactions::{StaffNotice, announce_notice};
use crate::{App, Refused, Result};

/// Who is meant in words that were just kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CardMeant {
    /// How many people.
    pub people: usize,
    /// What stands behind an `@` and means nobody, or more than one.
    pub unclear: Vec<String>,
    /// Who is meant and has left.
    pub left: Vec<String>,
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
    let (unclear, left) = part_left(app, ws, found.unclear).await?;
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
    Ok(CardMeant { people: meant.len(), unclear, left })
}

/// Parts what means nobody from who has left.
async fn part_left(app: &App, ws: Id<Workspace>, unclear: Vec<String>) -> Result<(Vec<String>, Vec<String>)> {
    if unclear.is_empty() {
        return Ok((unclear, Vec::new()));
    }
    let gone = store::list_left(app, ws).await?;
    let people: Vec<Person<'_>> = gone.iter().map(|(name, email)| Person { name, email }).collect();
    let name_of = |said: &String| {
        let found = find_meant(&format!("@{said}"), &people).people;
        found.first().and_then(|at| gone.get(*at)).map(|(name, _)| name.clone())
    };
    let (left, unclear): (Vec<_>, Vec<_>) =
        unclear.into_iter().map(|said| (name_of(&said), said)).partition(|(name, _)| name.is_some());
    Ok((unclear.into_iter().map(|(_, said)| said).collect(), left.into_iter().filter_map(|(name, _)| name).collect()))
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
    let staff = list_workers(app, ws).await?;
    let found = staff.iter().find(|s| s.id == helper);
    let helper = found.ok_or(Refused::Field { field: "staff", reason: "may-not-work" })?;
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
    let told = Told { key: format!("card-step:{step}"), whom: helper.id, say: say_helper };
    tell(&mut tx, app, grant, &told, &[card]).await?;
    Ok(tx.commit().await?)
}

/// Somebody no longer helps with a card. Who does not help with it is left as they are.
pub async fn part_card(app: &App, grant: &Grant, card: Id<Card>, helper: Id<Staff>) -> Result<()> {
    let ws = grant.workspace();
    let mut tx = app.db.write().await?;
    if !store::drop_associate(&mut tx, ws, (card, helper)).await? {
        return Ok(());
    }
    let name = store::find_staff_name(&mut tx, ws, helper).await?.unwrap_or_default();
    change_in(&mut tx, app, grant, card, Said { step: "parted", note: &name }, |life| super::must_be_open(life))
        .await?;
    Ok(tx.commit().await?)
}

/// Somebody who is told that a card is theirs to do something with: the names of the card's subject and of whoever did it, and how many
/// cards there are.
struct Told {
    key: String,
    whom: Id<Staff>,
    say: fn(&str, &str, usize) -> Text,
}

fn say_helper(subject: &str, _: &str, _: usize) -> Text {
    Text {
        ja: format!("{subject}のカードの協力者になりました"), en: format!("You help with the card of {subject}")
    }
}

fn say_owner(subject: &str, who: &str, cards: usize) -> Text {
    if cards > 1 {
        return Text {
            ja: format!("{who}さんから{cards}枚のカードを引き受けました"),
            en: format!("{who} gave you {cards} cards"),
        };
    }
    Text {
        ja: format!("{subject}のカードの担当になりました（{who}さんから）"),
        en: format!("{who} gave you the card of {subject}"),
    }
}

/// Tells somebody of cards, in one notice. Nobody is told of what they did themselves.
async fn tell(tx: &mut Tx, app: &App, grant: &Grant, told: &Told, cards: &[Id<Card>]) -> Result<()> {
    let ws = grant.workspace();
    let Some(first) = cards.first().filter(|_| Some(told.whom) != grant.staff()) else { return Ok(()) };
    let subject = store::find_subject_name(tx, ws, *first).await?.unwrap_or_default();
    let who = match grant.staff() {
        Some(staff) => store::find_staff_name(tx, ws, staff).await?.unwrap_or_default(),
        None => String::new(),
    };
    let is_one = cards.len() == 1;
    let notice = StaffNotice {
        key: told.key.clone(),
        staff: told.whom,
        card: is_one.then_some(*first),
        customer: None,
        title: (told.say)(&subject, &who, cards.len()),
        text: Text::default(),
        page: if is_one { format!("/cards/{first}") } else { "/cards?tab=mine".to_owned() },
        work: None,
    };
    announce_notice(tx, app, ws, &notice).await
}

/// Tells a new owner of cards that somebody else gave them.
pub(super) async fn tell_given(
    tx: &mut Tx,
    app: &App,
    grant: &Grant,
    (batch, to): (Id<Batch>, Id<Staff>),
    cards: &[Id<Card>],
) -> Result<()> {
    tell(tx, app, grant, &Told { key: format!("card-batch:{batch}"), whom: to, say: say_owner }, cards).await
}

/// Tells the owner of a card that somebody else made it for them.
pub(super) async fn tell_made(tx: &mut Tx, app: &App, grant: &Grant, card: Id<Card>, owner: Id<Staff>) -> Result<()> {
    tell(tx, app, grant, &Told { key: format!("card-made:{card}"), whom: owner, say: say_owner }, &[card]).await
}
