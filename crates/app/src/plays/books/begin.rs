//! How a new play begins: blank, as a copy, from repeated work, or from one card that went well.

use kizashi_domain::id::{Card, Id, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::limits::TEXT_CHARS_MAX;
use kizashi_domain::pack::labels::plain_title;
use kizashi_domain::pack::titles::rule_title;
use kizashi_domain::plays::{Play, play_of};

use super::{Book, keep_book, proposals, store};
use crate::access::Grant;
use crate::plays::CardPage;
use crate::settings::{Settings, open_settings};
use crate::{App, Refused, Result};

/// What a new play is made of.
#[derive(Clone, Debug)]
pub enum Origin {
    /// A title.
    Blank(Text),
    /// Another play, by id, and a title of its own.
    Copy(String, Text),
    /// Repeated work, by the rule that opens its cards.
    Repeated(String),
    /// A closed card that went well.
    Card(Id<Card>),
}

/// By when a blank play is done.
const DUE_BUSINESS_DAYS: u32 = 10;

/// Makes a draft of a new play; its id.
pub async fn begin_book(app: &App, grant: &Grant, origin: &Origin) -> Result<String> {
    let settings = open_settings(app, grant.workspace()).await?;
    let id = find_free_id(app, &settings).await?;
    let book = match origin {
        Origin::Blank(title) => {
            let play = Play::plain(&id, checked(title)?, Text::default(), DUE_BUSINESS_DAYS);
            Book { play, signals: Vec::new(), looked_at: Vec::new() }
        }
        Origin::Copy(from, title) => {
            let like = settings.pack.play(from).ok_or(Refused::NotFound)?;
            // Two plays that begin by themselves at the same stage would do everything twice.
            let play = Play { id: id.clone(), title: checked(title)?, start: None, ..like.clone() };
            Book { play, signals: Vec::new(), looked_at: Vec::new() }
        }
        Origin::Repeated(rule) => of_repeated(app, &settings, &id, rule).await?,
        Origin::Card(card) => of_card(app, &settings, &id, *card).await?,
    };
    keep_book(app, grant, &id, 0, &book).await?;
    Ok(id)
}

fn checked(title: &Text) -> Result<Text> {
    let of = |text: &str| text.trim().to_owned();
    let (ja, en) = (of(&title.ja), of(&title.en));
    if ja.is_empty() && en.is_empty() {
        return Err(Refused::Field { field: "title", reason: "required" }.into());
    }
    if ja.chars().count() > TEXT_CHARS_MAX || en.chars().count() > TEXT_CHARS_MAX {
        return Err(Refused::Field { field: "title", reason: "too-long" }.into());
    }
    // A title in one language serves for both until somebody translates it.
    let or = |a: &str, b: &str| if a.is_empty() { b.to_owned() } else { a.to_owned() };
    Ok(Text { ja: or(&ja, &en), en: or(&en, &ja) })
}

async fn find_free_id(app: &App, settings: &Settings) -> Result<String> {
    let drafts = store::list_drafts(app, settings.workspace).await?;
    let is_free = |id: &str| settings.pack.play(id).is_none() && drafts.iter().all(|d| d.play != id);
    let found = (1..=u32::MAX).map(|n| format!("play_{n}")).find(|id| is_free(id));
    Ok(found.ok_or(Refused::Taken)?)
}

async fn of_repeated(app: &App, settings: &Settings, id: &str, rule: &str) -> Result<Book> {
    let list = proposals::list_proposals(app, settings).await?;
    let found = list.into_iter().find(|p| p.repeated.rule == rule).ok_or(Refused::NotFound)?;
    let rule = settings.pack.rule(rule).ok_or(Refused::NotFound)?;
    let title = rule_title(rule, &settings.pack.metrics);
    let title = Text { ja: format!("「{}」への対応", title.ja), en: format!("Answer to “{}”", title.en) };
    let did: Vec<(String, Text)> = found.repeated.did.iter().map(|kind| (kind.clone(), Text::default())).collect();
    let play = play_of(id, (title, plain_title(&rule.what)), &did, found.repeated.business_days);
    // A signal that has a play keeps it until somebody ticks the new one.
    let signals = if rule.play.is_none() { vec![rule.id.clone()] } else { Vec::new() };
    Ok(Book { play, signals, looked_at: Vec::new() })
}

/// What is known of a closed card that a play is made of. It is about one customer and may name people of it, so none of it becomes text
/// of the play: whoever writes the play has it beside the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reminder {
    /// The card.
    pub card: Id<Card>,
    /// The customer that it was about.
    pub subject: String,
    /// What came of it.
    pub note: String,
    /// What was done meanwhile, the oldest first: kind and subject.
    pub did: Vec<(String, String)>,
}

/// Opens what is known of a card that a play is made of; `None` when a card is none.
pub async fn find_reminder(app: &App, ws: Id<Workspace>, card: Id<Card>) -> Result<Option<Reminder>> {
    let Some((page, did)) = find_done(app, ws, card).await? else { return Ok(None) };
    let note = page.row.outcome_note.trim().to_owned();
    Ok(Some(Reminder { card, subject: page.row.subject, note, did }))
}

/// A closed card about a customer, and what was done for it while it was open.
async fn find_done(app: &App, ws: Id<Workspace>, card: Id<Card>) -> Result<Option<(CardPage, Vec<(String, String)>)>> {
    let page = crate::plays::open_card(app, ws, card).await?;
    let Some((customer, closed_at)) = page.row.customer_id.zip(page.row.closed_at) else { return Ok(None) };
    let did = store::list_done(app, ws, customer, (page.row.opened_at, closed_at)).await?;
    Ok(Some((page, did)))
}

async fn of_card(app: &App, settings: &Settings, id: &str, card: Id<Card>) -> Result<Book> {
    let (page, done) = find_done(app, settings.workspace, card).await?.ok_or(Refused::NotFound)?;
    let closed_at = page.row.closed_at.ok_or(Refused::NotFound)?;
    // Kinds alone: what subjects and notes say is about one customer.
    let did: Vec<(String, Text)> = done.into_iter().map(|(kind, _)| (kind, Text::default())).collect();
    let days = settings.calendar.business_days_between(settings.day_of(page.row.opened_at), settings.day_of(closed_at));
    let days = u32::try_from(days).unwrap_or(1);
    let mut play = play_of(id, (page.row.title.clone(), page.row.what.clone()), &did, days);
    if play.steps.is_empty() {
        // Nothing was recorded but what the card asked for.
        let mut only = kizashi_domain::plays::Step::task("step_1", page.row.what.clone(), Text::default());
        only.due_business_days = Some(days.max(1));
        play.steps.push(only);
    }
    Ok(Book { play, signals: Vec::new(), looked_at: Vec::new() })
}

/// Whether a card may become a play: it is closed, about a customer, and was no false alarm.
pub fn is_worth_a_play(card: &crate::plays::CardRow) -> bool {
    let went_well = matches!(card.outcome, Some(crate::plays::Outcome::Solved));
    card.closed_at.is_some() && card.customer_id.is_some() && went_well
}
