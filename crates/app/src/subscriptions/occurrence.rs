//! What can be told, and how it is written down.

use kizashi_db::Tx;
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::time::Time;
use serde_json::{Value, json};

use super::store;
use crate::{App, Result};

/// Something that happens here and of which others may want to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Occurrence {
    /// A card was opened.
    CardOpened,
    /// A card was closed with an outcome.
    CardClosed,
    /// The band of a customer's score changed.
    BandChanged,
    /// A customer is known that was not.
    CustomerCreated,
    /// Something about a customer changed.
    CustomerChanged,
    /// An inquiry came in.
    TicketCreated,
    /// A step of a play tells others.
    PlayStep,
}

impl Occurrence {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::CardOpened,
        Self::CardClosed,
        Self::BandChanged,
        Self::CustomerCreated,
        Self::CustomerChanged,
        Self::TicketCreated,
        Self::PlayStep,
    ];

    /// The `type` of what is sent.
    pub const fn word(self) -> &'static str {
        match self {
            Self::CardOpened => "card.opened",
            Self::CardClosed => "card.closed",
            Self::BandChanged => "band.changed",
            Self::CustomerCreated => "customer.created",
            Self::CustomerChanged => "customer.changed",
            Self::TicketCreated => "ticket.created",
            Self::PlayStep => "play.step",
        }
    }

    /// Reads [`Occurrence::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.word() == word)
    }
}

/// Something that happened.
#[derive(Clone, Debug)]
pub(crate) struct Happened {
    /// Its `type`.
    pub word: &'static str,
    /// What is sent.
    pub body: String,
}

impl Happened {
    /// An occurrence with what there is to say about it.
    pub fn new(occurrence: Occurrence, at: Time, data: &Value) -> Self {
        Self::of(occurrence.word(), at, data)
    }

    /// A word that only says that it works.
    pub fn test(at: Time) -> Self {
        Self::of("test.ping", at, &json!({}))
    }

    fn of(word: &'static str, at: Time, data: &Value) -> Self {
        Self { word, body: json!({ "type": word, "timestamp": at.rfc3339(), "data": data }).to_string() }
    }
}

/// Whether anybody is to be told of one of these; asked before a transaction, for what only such a one costs.
pub(crate) async fn is_told(app: &App, ws: Id<Workspace>, occurrences: &[Occurrence]) -> Result<bool> {
    let all = store::list_words(app, ws).await?;
    Ok(all.iter().any(|words| words.split(' ').any(|w| occurrences.iter().any(|o| o.word() == w))))
}

/// Writes down for everybody who wants to know what happened, in the transaction in which it happens.
pub(crate) async fn tell(tx: &mut Tx, app: &App, ws: Id<Workspace>, happened: &[Happened]) -> Result<()> {
    if happened.is_empty() {
        return Ok(());
    }
    for (subscription, words) in store::list_wishes(tx, ws).await? {
        for one in happened.iter().filter(|h| words.split(' ').any(|w| w == h.word)) {
            store::insert_delivery(tx, app, ws, subscription, one).await?;
        }
    }
    Ok(())
}
