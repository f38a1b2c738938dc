//! What a visitor of a contact form wrote becomes the customer (a known one where mail domain or name tells), the person, and the inquiry.

use kizashi_db::{args, sql};
use kizashi_domain::id::{Hook as HookId, Id, Workspace};
use kizashi_domain::intake::mail::is_anybodys;
use kizashi_domain::intake::{
    ContactRow, CustomerNames, CustomerRow, HookItem, Hooks, Named, Reason, Record, Refusal, TicketRow,
};
use kizashi_domain::limits::NAME_CHARS_MAX;
use kizashi_domain::text::fold_company;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::store::{self, Stored};
use super::{Hook, find_form};
use crate::intake::{Accepted, NotAccepted, Received, keep_records};
use crate::{App, Error, Refused, Result};

/// The longest message of a visitor.
pub const FORM_TEXT_CHARS_MAX: usize = 5_000;
/// Messages of one form in ten minutes, and in a day; beyond it visitors are asked to come later.
const RATES: [(i64, i64); 2] = [(600 * 1_000_000, 60), (86_400 * 1_000_000, 2_000)];
/// Customers of one mail domain that are looked at.
const NAMESAKES_MAX: i64 = 20;

/// What a visitor wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Company; may be empty.
    pub company: String,
    /// Name of the person.
    pub name: String,
    /// Mail address.
    pub email: String,
    /// Telephone number; may be empty.
    pub phone: String,
    /// Subject; may be empty.
    pub subject: String,
    /// The message.
    pub message: String,
}

fn wrong(field: &'static str, reason: &'static str) -> Error {
    Refused::Field { field, reason }.into()
}

impl Submission {
    /// Trims, and looks whether everything is there.
    fn check(&mut self) -> Result<()> {
        for text in [&mut self.company, &mut self.name, &mut self.email, &mut self.phone, &mut self.subject] {
            *text = text.trim().replace(|c: char| c.is_control(), " ");
        }
        self.message = self.message.trim().replace('\0', "");
        for (field, text) in [("name", &self.name), ("email", &self.email), ("message", &self.message)] {
            if text.is_empty() {
                return Err(wrong(field, "required"));
            }
        }
        let short = [&self.company, &self.name, &self.email, &self.phone, &self.subject];
        let names = ["company", "name", "email", "phone", "subject"];
        for (field, text) in names.into_iter().zip(short) {
            if text.chars().count() > NAME_CHARS_MAX {
                return Err(wrong(field, "too-long"));
            }
        }
        if self.message.chars().count() > FORM_TEXT_CHARS_MAX {
            return Err(wrong("message", "too-long"));
        }
        let is_mail = self.domain().is_some_and(|d| d.contains('.')) && !self.email.contains(char::is_whitespace);
        if is_mail { Ok(()) } else { Err(wrong("email", "email")) }
    }

    fn domain(&self) -> Option<String> {
        let (user, domain) = self.email.rsplit_once('@')?;
        let is_plain = !domain.is_empty() && domain.chars().all(|c| c.is_alphanumeric() || ".-".contains(c));
        (!user.is_empty() && is_plain).then(|| domain.to_lowercase())
    }

    /// The same words to the same form on the same day are the same message, however often the button was pressed.
    fn id(&self, day: &str) -> Result<String> {
        let text = serde_json::to_string(self).map_err(|e| Error::failed("a form", e))?;
        let digest = Sha256::new().chain_update(day).chain_update("\n").chain_update(text).finalize();
        Ok(digest.iter().take(16).map(|b| format!("{b:02x}")).collect())
    }
}

/// Takes what a visitor wrote. When it returns, it is kept; nothing is said about who else is known.
///
/// # Errors
/// [`Refused::Field`] names the field; [`Refused::TooManyAttempts`] when the form is used too much.
pub async fn submit(app: &App, hooks: &dyn Hooks, id: Id<HookId>, mut submission: Submission) -> Result<()> {
    let hook = find_form(app, id).await?;
    submission.check()?;
    for (span_us, count_max) in RATES {
        if store::count_since(app, id, app.now().plus_us(-span_us)).await? >= count_max {
            return Err(Refused::TooManyAttempts { wait_s: span_us / 1_000_000 / 10 }.into());
        }
    }
    let day = crate::settings::open_settings(app, hook.workspace).await?.day_of(app.now());
    let body = serde_json::to_string(&submission).map_err(|e| Error::failed("a form", e))?;
    let item = HookItem { id: submission.id(&day.to_string())?, body };
    match super::receive::take_items(app, hooks, &hook, &[item]).await {
        // It is written down and will be read again: the visitor need not come back.
        Err(Error::Again(_)) => Ok(()),
        other => other.map(|_| ()),
    }
}

/// The one customer that the visitor seems to belong to.
async fn find_customer(app: &App, ws: Id<Workspace>, s: &Submission) -> Result<Option<String>> {
    let mut names = CustomerNames::default();
    let mut found = Vec::new();
    if let Some(domain) = s.domain().filter(|d| !is_anybodys(d)) {
        let statement = sql!(
            "SELECT external_id, name FROM customer WHERE workspace_id = $1 AND domain = $2 ORDER BY created_at, id LIMIT $3"
        );
        let rows: Vec<(String, String)> = app.db.list(statement, args![ws, domain, NAMESAKES_MAX]).await?;
        let called = fold_company(&s.company);
        let same = rows.iter().find(|(_, name)| !called.is_empty() && fold_company(name) == called);
        found.extend(same.or_else(|| rows.first()).map(|(code, _)| code.clone()));
    }
    if let Some(code) = found.pop() {
        return Ok(Some(code));
    }
    for (code, name) in crate::search::list_namesakes(app, ws, &s.company).await? {
        names.add(&code, &name);
    }
    // Of several with one name nobody knows which: a new one stands among the doubles, to be merged.
    Ok(match names.find(&s.company) {
        Named::One(code) => Some(code.to_owned()),
        _ => None,
    })
}

async fn is_person_known(app: &App, ws: Id<Workspace>, customer: &str, email: &str) -> Result<bool> {
    let statement = sql!(
        "SELECT count(*) FROM contact p JOIN customer c ON c.id = p.customer_id ",
        "WHERE p.workspace_id = $1 AND c.external_id = $2 AND lower(p.email) = $3"
    );
    let found: Option<(i64,)> = app.db.find(statement, args![ws, customer, email]).await?;
    Ok(found.is_some_and(|(n,)| n > 0))
}

/// Keeps what a submission says. Idempotent: the codes follow from the message.
pub(super) async fn keep_submission(
    app: &App,
    hook: &Hook,
    message: &Stored,
) -> std::result::Result<Accepted, NotAccepted> {
    let s: Submission = serde_json::from_str(&message.body).map_err(|e| {
        let reason = Reason::NotJson { detail: e.to_string() };
        NotAccepted::Body(Refusal { line: 0, field: String::new(), value: String::new(), reason })
    })?;
    let ws = hook.workspace;
    let made = format!("form-{}", message.message_id);
    let (customer, is_new) = match find_customer(app, ws, &s).await? {
        // What was begun and not ended has made its customer already.
        Some(code) => (code.clone(), code == made),
        None => (made, true),
    };
    let email = s.email.to_lowercase();
    let mut records = Vec::new();
    if is_new {
        let name = if s.company.is_empty() { &s.name } else { &s.company };
        let domain = s.domain().filter(|d| !is_anybodys(d));
        let row =
            CustomerRow { external_id: customer.clone(), name: Some(name.clone()), domain, ..CustomerRow::default() };
        records.push(Record::Customer(row));
    }
    // A stranger's word changes nothing about a person who is known.
    if !is_person_known(app, ws, &customer, &email).await? {
        records.push(Record::Contact(ContactRow {
            external_id: format!("{customer}/{email}"),
            customer: customer.clone(),
            name: Some(s.name.clone()),
            email: Some(email.clone()),
            phone: Some(s.phone.clone()).filter(|p| !p.is_empty()),
            ..ContactRow::default()
        }));
    }
    let from = [s.company.as_str(), s.name.as_str(), s.email.as_str(), s.phone.as_str()];
    let from: Vec<&str> = from.into_iter().filter(|t| !t.is_empty()).collect();
    records.push(Record::Ticket(TicketRow {
        external_id: message.message_id.clone(),
        customer,
        category: Some(hook.category.clone()).filter(|c| !c.is_empty()),
        channel: Some("form".to_owned()),
        status: Some("open".to_owned()),
        subject: Some(s.subject.clone()).filter(|t| !t.is_empty()),
        body: Some(format!("{}\n\n{}", from.join(" / "), s.message)),
        opened_at: message.received_at,
        ..TicketRow::default()
    }));
    let received: Vec<Received> =
        records.into_iter().map(|record| Received { at: message.received_at, assumed: false, record }).collect();
    keep_records(app, ws, &hook.name, &received, false).await?;
    Ok(Accepted { events: 0, records: received.len() as u64, refused: Vec::new() })
}
