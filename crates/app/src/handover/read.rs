//! What pages about handovers show.

use kizashi_domain::handover::{Rule, reading_key};
use kizashi_domain::health::Band;
use kizashi_domain::id::{Customer, Handover, Id, Staff};
use kizashi_domain::lang::Text;
use kizashi_domain::money::Money;
use kizashi_domain::time::{Day, Time};

use crate::customers::Briefing;

/// What is to be handed over, and to whom.
#[derive(Clone, Debug)]
pub struct Ask {
    /// From whom.
    pub from: Id<Staff>,
    /// Only this customer; `None` = everything that is open with them.
    pub customer: Option<Id<Customer>>,
    /// To whom.
    pub to: Vec<Id<Staff>>,
    /// How customers are shared out among several.
    pub rule: Rule,
    /// Customers that somebody gave to one of them by hand.
    pub by_hand: Vec<(Id<Customer>, Id<Staff>)>,
    /// Who gets what belongs to none of these customers; `None` = the first of them.
    pub rest: Option<Id<Staff>>,
    /// What the new owners should know.
    pub note: String,
}

/// A customer that is to be handed over.
#[derive(Clone, Debug)]
pub struct PlanRow {
    /// Customer.
    pub customer: Id<Customer>,
    /// Name.
    pub name: String,
    /// Segment.
    pub segment: String,
    /// Region.
    pub region: String,
    /// MRR.
    pub mrr: Option<Money>,
    /// Points.
    pub points: Option<i64>,
    /// Band.
    pub band: Option<Band>,
    /// Notice deadline.
    pub notice_on: Option<Day>,
    /// Open cards of it with the one who goes.
    pub cards: i64,
    /// Open deals of it with the one who goes.
    pub deals: i64,
    /// Who gets it; `None` while nobody is named.
    pub to: Option<Id<Staff>>,
    /// The source that says who owns it, when that is not this product.
    pub source: Option<String>,
}

/// What a handover would do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// From whom.
    pub from: Id<Staff>,
    /// Their name.
    pub from_name: String,
    /// When they left.
    pub left_at: Option<Time>,
    /// Customers that move.
    pub rows: Vec<PlanRow>,
    /// Other open items that move: kind, how many.
    pub items: Vec<(&'static str, i64)>,
    /// What stays, because it is what the person said or did: kind, how many.
    pub stays: Vec<(&'static str, i64)>,
    /// The source that alone may say who owns a customer: then customers do not move, all else does.
    pub owned_by: Option<String>,
    /// Who can take over.
    pub takers: Vec<Load>,
}

/// How much somebody has.
#[derive(Clone, Debug)]
pub struct Load {
    /// Who.
    pub staff: Id<Staff>,
    /// Name.
    pub name: String,
    /// Role, a word of [`crate::access::Role::word`].
    pub role: String,
    /// Customers.
    pub customers: i64,
    /// Open cards.
    pub cards: i64,
    /// MRR of the customers together.
    pub mrr: Option<Money>,
}

/// Somebody who has left and with whom something is open.
#[derive(Clone, Debug)]
pub struct Due {
    /// Who.
    pub staff: Id<Staff>,
    /// Name.
    pub name: String,
    /// When they left.
    pub left_at: Time,
    /// Customers.
    pub customers: i64,
    /// Open cards.
    pub cards: i64,
    /// Everything else that is open with them.
    pub others: i64,
}

/// A handover in a list.
#[derive(Clone, Debug)]
pub struct HandoverRow {
    /// Which.
    pub id: Id<Handover>,
    /// From whom.
    pub from: Id<Staff>,
    /// Their name.
    pub from_name: String,
    /// What the new owners should know.
    pub note: String,
    /// Who did it.
    pub by: Option<String>,
    /// When.
    pub at: Time,
    /// When it was undone.
    pub undone_at: Option<Time>,
    /// Customers that moved.
    pub customers: i64,
    /// Other items that moved.
    pub items: i64,
}

/// A customer that somebody has taken over.
#[derive(Clone, Debug)]
pub struct Received {
    /// In which handover.
    pub handover: Id<Handover>,
    /// Customer.
    pub customer: Id<Customer>,
    /// Name.
    pub name: String,
    /// Who has it now.
    pub to: Id<Staff>,
    /// Their name.
    pub to_name: String,
    /// Who had it.
    pub from_name: String,
    /// When.
    pub at: Time,
    /// When the new owner had read about it.
    pub seen_at: Option<Time>,
    /// Points.
    pub points: Option<i64>,
    /// Band.
    pub band: Option<Band>,
    /// MRR.
    pub mrr: Option<Money>,
    /// Notice deadline.
    pub notice_on: Option<Day>,
    /// Why the score is so.
    pub sentence: Text,
}

impl Received {
    /// Its place in the order of reading.
    pub(super) fn key(&self, today: Day) -> (u8, i64) {
        reading_key(self.band, self.notice_on, self.mrr.map_or(0, |m| m.minor), today)
    }
}

/// The briefings of what was handed over, to be read and printed together.
#[derive(Clone, Debug)]
pub struct Pack {
    /// The handover; where one person's part was asked for, with their customers alone.
    pub cover: HandoverPage,
    /// The briefings of this page, in the order of reading.
    pub briefings: Vec<(Received, Briefing)>,
    /// Which page, from 1.
    pub page: usize,
    /// How many pages there are, at least 1.
    pub pages: usize,
    /// How many customers there are on all of them.
    pub customers: usize,
}

/// The page of a handover.
#[derive(Clone, Debug)]
pub struct HandoverPage {
    /// The handover.
    pub row: HandoverRow,
    /// Customers by new owner, each in the order of reading.
    pub customers: Vec<(Id<Staff>, String, Vec<Received>)>,
    /// Other items: new owner's name, kind, how many.
    pub items: Vec<(String, String, i64)>,
    /// Letters to these customers that the one who went had written and that wait: how many, and how many of them until somebody has
    /// looked at their text.
    pub letters: (i64, i64),
}
