//! Whose letters are: what is known of their addresses is looked up for many at once, the rule decides.

use std::collections::{BTreeSet, HashMap, HashSet};

use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::intake::mail::{
    Addressed, Direction, Directory, House, Letter, MailTally, Person, Verdict, is_anybodys, judge, list_domains,
};
use kizashi_domain::intake::{ActivityRow, Record};
use kizashi_domain::time::Time;

use super::store::{self, KEPT, NewLetter, WAITING};
use crate::intake::Received;
use crate::{App, Error, Result};

/// What letters are.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    /// Activities of customers.
    pub records: Vec<Received>,
    /// Letters to write down.
    pub letters: Vec<NewLetter>,
    /// How many are there already.
    pub same: u64,
    pub tally: MailTally,
}

/// Sorts the letters of one run, piece by piece.
pub(super) struct Sorter<'a> {
    app: &'a App,
    ws: Id<Workspace>,
    house: House,
    /// Customers of the letters of this run, by the letters' ids.
    met: HashMap<String, Vec<String>>,
    seen: HashSet<String>,
    /// When what they say was learned, and whether that is assumed.
    learned: (Time, bool),
}

impl<'a> Sorter<'a> {
    pub async fn begin(app: &'a App, ws: Id<Workspace>, learned: (Time, bool)) -> Result<Self> {
        let house = store::open_house(app, ws).await?;
        Ok(Self { app, ws, house, met: HashMap::new(), seen: HashSet::new(), learned })
    }

    /// Sorts some letters, which come in the order in which they were written: an answer behind what it answers.
    pub async fn sort(&mut self, letters: &[Letter]) -> Result<Sorted> {
        let all: Vec<&Letter> = letters.iter().collect();
        let mut known = look_up(self.app, self.ws, self.house.clone(), &all).await?;
        let there: HashSet<String> = {
            let ids = letters.iter().map(|l| l.id.as_str()).collect();
            store::list_letters(self.app, self.ws, &ids).await?.into_iter().map(|(id, _)| id).collect()
        };
        let mut sorted = Sorted::default();
        for letter in letters {
            if there.contains(&letter.id) || !self.seen.insert(letter.id.clone()) {
                sorted.same += 1;
                continue;
            }
            for id in &letter.answers {
                if let Some(codes) = self.met.get(id) {
                    known.letters.insert(id.clone(), codes.clone());
                }
            }
            self.place(letter, judge(letter, &known), &mut sorted)?;
        }
        Ok(sorted)
    }

    fn place(&mut self, letter: &Letter, verdict: Verdict, sorted: &mut Sorted) -> Result<()> {
        let (recorded_at, assumed) = self.learned;
        let happened_at = letter.at(recorded_at);
        let mut new = NewLetter {
            message_id: letter.id.clone(),
            state: KEPT,
            customers: Vec::new(),
            why: "",
            content: String::new(),
            happened_at,
            recorded_at,
            assumed,
        };
        match verdict {
            Verdict::Leave(why) => {
                sorted.tally.count(why);
                return Ok(());
            }
            Verdict::Wait(why) => {
                sorted.tally.waiting += 1;
                (new.state, new.why) = (WAITING, why.word());
                new.content = serde_json::to_string(letter).map_err(|e| Error::failed("a letter", e))?;
            }
            Verdict::Keep { direction, customers, staff } => {
                new.customers = customers.iter().map(|a| a.customer.clone()).collect();
                self.met.insert(letter.id.clone(), new.customers.clone());
                let rows = activities(letter, direction, customers, staff.as_ref(), happened_at);
                sorted.records.extend(rows.into_iter().map(|record| Received { at: recorded_at, assumed, record }));
            }
        }
        sorted.letters.push(new);
        Ok(())
    }
}

/// What is known of the people and letters in some letters.
pub(super) async fn look_up(app: &App, ws: Id<Workspace>, house: House, letters: &[&Letter]) -> Result<Directory> {
    let parties = || letters.iter().flat_map(|l| l.to.iter().chain([&l.from]));
    let addresses: BTreeSet<&str> = parties().map(|p| p.address.as_str()).collect();
    let domains: BTreeSet<&str> =
        parties().map(|p| p.domain()).filter(|d| !is_anybodys(d)).flat_map(list_domains).collect();
    let answered: BTreeSet<&str> = letters.iter().flat_map(|l| l.answers.iter().map(String::as_str)).collect();
    let mut known = Directory { house, ..Directory::default() };
    for (address, customer, contact) in store::list_people(app, ws, &addresses).await? {
        let people = known.people.entry(address).or_default();
        let person = Person { customer, contact };
        if !people.contains(&person) {
            people.push(person);
        }
    }
    for (domain, customer) in store::list_customers(app, ws, &domains).await? {
        let codes = known.domains.entry(domain).or_default();
        if !codes.contains(&customer) {
            codes.push(customer);
        }
    }
    let kept = store::list_letters(app, ws, &answered).await?;
    known.letters = kept.into_iter().filter(|(_, codes)| !codes.is_empty()).collect();
    Ok(known)
}

/// The activity of each customer whom a letter concerns.
pub(super) fn activities(
    letter: &Letter,
    direction: Direction,
    customers: Vec<Addressed>,
    staff: Option<&String>,
    at: Time,
) -> Vec<Record> {
    let is_one = customers.len() == 1;
    let row = |to: Addressed| {
        let is_stranger = direction == Direction::In && to.contact.is_none();
        Record::Activity(ActivityRow {
            external_id: if is_one { letter.id.clone() } else { format!("{} {}", letter.id, to.customer) },
            customer: to.customer,
            contact: to.contact,
            kind: "mail".to_owned(),
            direction: Some(direction.word().to_owned()),
            at,
            staff: staff.cloned(),
            subject: Some(letter.subject.clone()),
            body: Some(letter.body(is_stranger)),
        })
    };
    customers.into_iter().map(row).collect()
}
