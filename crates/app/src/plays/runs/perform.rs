//! What the product does in a step, and whom it involves.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use kizashi_db::{Statement, ToValue, Tx, Value, args, row, sql};
use kizashi_domain::id::{Contact, Customer, Id, Staff, Workspace};
use kizashi_domain::lang::Lang;
use kizashi_domain::plays::{Doing, Filling, Step, Who, fill, names_owner, say_day, say_late};
use kizashi_domain::time::Day;
use serde_json::json;

use super::advance::Scene;
use super::letters::keep_sent;
use super::load::Run;
use super::read::{Letter, Sent, Wording};
use crate::reactions::{
    CustomerLetter, FieldChange, StaffNotice, Work, announce_field, announce_letter, announce_notice,
};
use crate::subscriptions::{Happened, Occurrence, tell};
use crate::{App, Refused, Result};

/// Managers that are told.
const MANAGERS_MAX: i64 = 20;

row! {
    struct CustomerFields {
        id: Id<Customer>, code: String, name: String, stage: String, churned_on: Option<Day>, owner: Option<Id<Staff>>,
        owner_name: Option<String>, points: Option<i64>,
    }
}

row! {
    struct ContactFields { customer: Id<Customer>, id: Id<Contact>, name: String, role: String, email: String }
}

row! {
    #[derive(Clone)]
    struct StaffFields { id: Id<Staff>, role: String }
}

/// Whom a run involves: the customer, its people, and ours who may be asked.
pub(super) struct People {
    customer: CustomerFields,
    contacts: Vec<ContactFields>,
    staff: Arc<[StaffFields]>,
    /// Name of whoever sends by hand.
    sender: Option<String>,
}

const LIST_CUSTOMERS: &Statement = sql!(
    "SELECT c.id, c.external_id, c.name, c.stage, c.churned_on, o.id, o.name, s.points FROM customer c ",
    "LEFT JOIN staff o ON o.id = c.owner_id AND o.left_at IS NULL ",
    "LEFT JOIN standing s ON s.customer_id = c.id WHERE COALESCE(c.workspace_id, c.id) = $1 AND c.id IN ($2)"
);

const LIST_CONTACTS: &Statement = sql!(
    "SELECT customer_id, id, name, role, email FROM contact WHERE workspace_id = $1 AND customer_id IN ($2) AND left_on IS NULL ",
    "AND email <> '' ORDER BY recorded_at, id"
);

const LIST_MANAGERS: &Statement = sql!(
    "SELECT id, role FROM staff WHERE workspace_id = $1 AND left_at IS NULL AND role IN ('manager', 'admin') ",
    "ORDER BY created_at, id LIMIT $2"
);

const FIND_NAME: &Statement = sql!("SELECT name FROM staff WHERE workspace_id = $1 AND id = $2");

/// Each once: contacts would come twice.
fn keys_of(customers: impl Iterator<Item = Id<Customer>>) -> Vec<Value> {
    customers.collect::<BTreeSet<_>>().iter().map(ToValue::to_value).collect()
}

impl People {
    /// To go on with a run.
    pub async fn load(tx: &mut Tx, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Self> {
        let found: HashMap<_, Self> = Self::load_all(tx, ws, std::iter::once(customer)).await?;
        found.into_values().next().ok_or_else(|| Refused::NotFound.into())
    }

    /// To begin or go on with runs of some customers.
    pub async fn load_all(
        tx: &mut Tx,
        ws: Id<Workspace>,
        customers: impl Iterator<Item = Id<Customer>>,
    ) -> Result<HashMap<Id<Customer>, Self>> {
        let keys = keys_of(customers);
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let customers = tx.list_in(LIST_CUSTOMERS, args![ws], keys.clone()).await?;
        let contacts = tx.list_in(LIST_CONTACTS, args![ws], keys).await?;
        Ok(Self::gather(customers, contacts, tx.list(LIST_MANAGERS, args![ws, MANAGERS_MAX]).await?))
    }

    /// To look at a run. `viewer` = who may send what is written there.
    pub async fn open(app: &App, ws: Id<Workspace>, customer: Id<Customer>, viewer: Option<Id<Staff>>) -> Result<Self> {
        let keys = keys_of(std::iter::once(customer));
        let customers = app.db.list_in(LIST_CUSTOMERS, args![ws], keys.clone()).await?;
        let contacts = app.db.list_in(LIST_CONTACTS, args![ws], keys).await?;
        let found = Self::gather(customers, contacts, app.db.list(LIST_MANAGERS, args![ws, MANAGERS_MAX]).await?);
        let people = found.into_values().next().ok_or(Refused::NotFound)?;
        let sender: Option<(String,)> = match viewer {
            Some(viewer) => app.db.find(FIND_NAME, args![ws, viewer]).await?,
            None => None,
        };
        Ok(Self { sender: sender.map(|(name,)| name), ..people })
    }

    fn gather(
        customers: Vec<CustomerFields>,
        contacts: Vec<ContactFields>,
        staff: Vec<StaffFields>,
    ) -> HashMap<Id<Customer>, Self> {
        let staff: Arc<[StaffFields]> = staff.into();
        let mut of_customer: HashMap<Id<Customer>, Vec<ContactFields>> = HashMap::new();
        for contact in contacts {
            of_customer.entry(contact.customer).or_default().push(contact);
        }
        let people = customers.into_iter().map(|customer| {
            let contacts = of_customer.remove(&customer.id).unwrap_or_default();
            (customer.id, Self { customer, contacts, staff: Arc::clone(&staff), sender: None })
        });
        people.collect()
    }

    /// Whether the customer has left, and whether it rests.
    pub fn standing(&self, today: Day) -> (bool, bool) {
        let stage = Some(self.customer.stage.clone()).filter(|s| !s.is_empty());
        let churned_on = self.customer.churned_on;
        let profile = kizashi_domain::customers::Profile { stage, churned_on, ..Default::default() };
        (profile.has_left(today), profile.is_paused())
    }

    fn of_role(&self, role: &str) -> Option<&ContactFields> {
        self.contacts.iter().find(|c| c.role == role)
    }

    /// Says who sends by hand: a letter in the name of nobody who is here goes in theirs.
    pub async fn sent_by(&mut self, tx: &mut Tx, ws: Id<Workspace>, by: Option<Id<Staff>>) -> Result<()> {
        if let Some(by) = by {
            self.sender = tx.find::<(String,)>(FIND_NAME, args![ws, by]).await?.map(|(name,)| name);
        }
        Ok(())
    }

    /// Whether the product can do a step by itself. What is signed by the owner needs one who is here.
    pub fn can_do(&self, step: &Step, lang: Lang) -> bool {
        match &step.doing {
            Doing::Mail { to, subject, body, .. } => {
                let is_signed = || [subject, body].iter().any(|text| names_owner(text.get(lang)));
                self.of_role(to).is_some() && (self.customer.owner_name.is_some() || !is_signed())
            }
            _ => true,
        }
    }

    fn first(&self, role: &str) -> Option<Id<Staff>> {
        self.staff.iter().find(|s| s.role == role).map(|s| s.id)
    }

    /// Who does a step: nothing is nobody's while there is anybody.
    pub fn owner_for(&self, who: Who, owner: Option<Id<Staff>>) -> Option<Id<Staff>> {
        let (manager, admin) = (self.first("manager"), self.first("admin"));
        match who {
            Who::Owner => owner.or(manager).or(admin),
            Who::Manager => manager.or(admin).or(owner),
            Who::Admin => admin.or(manager).or(owner),
        }
    }

    /// The letter of a step as it would go today.
    pub fn letter(&self, step: &Step, today: Day, lang: Lang) -> Option<Letter> {
        let Doing::Mail { to, subject, body, .. } = &step.doing else { return None };
        let person = self.of_role(to);
        let with = Filling {
            customer: self.customer.name.clone(),
            person: person.map(|p| p.name.clone()).unwrap_or_default(),
            owner: self.customer.owner_name.clone().or_else(|| self.sender.clone()).unwrap_or_default(),
            score: self.customer.points.map(|p| p.to_string()).unwrap_or_default(),
            date: say_day(today, lang),
        };
        Some(Letter {
            to: person.map(|p| p.name.clone()),
            contact: person.map(|p| p.id),
            subject: fill(subject.get(lang), &with),
            body: fill(body.get(lang), &with),
        })
    }
}

/// Does what a step says, in the transaction in which the step is done. `by` = who confirmed it, and in which words, where they are
/// other ones.
pub(super) async fn perform(
    tx: &mut Tx,
    scene: &Scene<'_>,
    run: &Run,
    (at, step): (usize, &Step),
    people: &People,
    (by, wording): (Option<Id<Staff>>, Option<&Wording>),
) -> Result<()> {
    let (app, ws) = (scene.app, scene.settings.workspace);
    let Some(task) = run.tasks.get(at) else { return Ok(()) };
    match &step.doing {
        Doing::Mail { to, purpose, .. } => {
            let letter = people.letter(step, scene.today, scene.settings.pack.letters_in);
            let (Some(person), Some(letter)) = (people.of_role(to), letter) else {
                return Err(Refused::Field { field: "to", reason: "play-nobody-to-write-to" }.into());
            };
            if wording.is_some_and(|w| w.to.is_some_and(|to| to != person.id)) {
                return Err(Refused::Field { field: "to", reason: "letter-to-another" }.into());
            }
            let is_reworded = wording.is_some_and(|w| w.differs_from(&letter));
            let (subject, body) = match wording.filter(|_| is_reworded) {
                Some(own) => (own.subject.clone(), own.body.clone()),
                None => (letter.subject, letter.body),
            };
            let sent = Sent { to: person.name.clone(), subject, body, is_reworded };
            keep_sent(tx, ws, (run.id, task.id), &sent).await?;
            let letter = CustomerLetter {
                key: super::of_card::key_of_letter(task.id),
                customer: run.customer,
                contact: person.id,
                purpose: *purpose,
                subject: sent.subject,
                body: sent.body,
                // What is signed by the owner comes from the owner, whoever presses; words of one's own come from oneself.
                by: if is_reworded { by } else { by.map(|by| people.customer.owner.unwrap_or(by)) },
            };
            announce_letter(tx, app, ws, &letter).await
        }
        Doing::Field { field, value } => {
            let code = people.customer.code.clone();
            announce_field(tx, app, ws, &FieldChange { code, field: field.clone(), value: value.clone(), by }).await
        }
        Doing::Webhook { text } => {
            let data = json!({
                "run_id": run.id, "play": run.play.id, "step": step.id, "title": step.title, "text": text,
                "customer_id": run.customer, "customer": people.customer.code,
            });
            tell(tx, app, ws, &[Happened::new(Occurrence::PlayStep, app.now(), &data)]).await
        }
        _ => Ok(()),
    }
}

/// Tells managers that a step is late.
pub(super) async fn escalate(
    tx: &mut Tx,
    scene: &Scene<'_>,
    run: &Run,
    (at, step): (usize, &Step),
    people: &People,
) -> Result<()> {
    let Some((task, state)) = run.tasks.get(at).zip(run.state.steps.get(at)) else { return Ok(()) };
    let has_manager = people.staff.iter().any(|s| s.role == "manager");
    let due = state.due_on.unwrap_or(scene.today);
    let (title, text) = say_late(&step.title, &people.customer.name, due);
    for one in people.staff.iter().filter(|s| !has_manager || s.role == "manager") {
        let notice = StaffNotice {
            key: format!("task:{}:late:{}", task.id, one.id),
            staff: one.id,
            card: run.card,
            customer: Some(run.customer),
            title: title.clone(),
            text: text.clone(),
            page: format!("/plays/runs/{}", run.id),
            work: Some(Work { what: step.title.clone(), due, owner: task.owner }),
        };
        announce_notice(tx, scene.app, scene.settings.workspace, &notice).await?;
    }
    Ok(())
}
