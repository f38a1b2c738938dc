//! Zendesk: tickets, organizations as customers, end users as people.

use kizashi_domain::intake::{ContactRow, CustomerRow, HookGround, Message, Reason, Record, Refusal, TicketRow};
use kizashi_domain::time::{Time, Zone};
use serde_json::Value;

use super::json::{at, customer, id, text};
use super::refuse;

const EVENT: &str = "zen:event-type:";

fn kind_of(value: &Value) -> Option<(&str, &str)> {
    text(value, "type")?.strip_prefix(EVENT)?.split_once('.')
}

pub fn name_in(value: &Value) -> Option<&str> {
    kind_of(value).filter(|(what, _)| *what == "organization")?;
    text(value, "detail.name")
}

pub fn read(value: &Value, ground: &HookGround<'_>) -> Result<Message, Refusal> {
    let detail = at(value, "detail").ok_or_else(|| refuse("detail", "", Reason::Required))?;
    match kind_of(value) {
        Some(("ticket", what)) if !what.contains("deleted") => read_ticket(value, detail, ground),
        Some(("organization", what)) if what != "deleted" => read_organization(detail, ground),
        Some(("user", what)) if what != "deleted" => read_user(detail, ground),
        _ => Err(refuse("type", text(value, "type").unwrap_or_default(), Reason::UnknownType)),
    }
}

fn instant(value: &Value, path: &str) -> Option<Time> {
    kizashi_domain::intake::parse::read_time(text(value, path)?, &Zone::UTC).ok()
}

/// What an organization is remembered by; ids of users are other numbers.
fn key(organization: &str) -> String {
    format!("organization:{organization}")
}

/// The customer of an organization that was told of before; nobody is made up.
fn customer_of(detail: &Value, ground: &HookGround<'_>) -> Result<String, Refusal> {
    let organization =
        id(detail, "organization_id").ok_or_else(|| refuse("organization_id", "", Reason::NoCustomer))?;
    (ground.customer_of)(&key(&organization))
        .ok_or_else(|| refuse("organization_id", &organization, Reason::UnknownCustomer))
}

fn read_ticket(value: &Value, detail: &Value, ground: &HookGround<'_>) -> Result<Message, Refusal> {
    let said = |field: &str| text(detail, field).map(str::to_lowercase);
    let status = said("status").map(|s| match s.as_str() {
        "new" | "open" => "open".to_owned(),
        "pending" | "hold" => "waiting".to_owned(),
        "solved" | "closed" => "closed".to_owned(),
        _ => s,
    });
    let changed = instant(detail, "updated_at").or_else(|| instant(value, "time"));
    let opened_at = instant(detail, "created_at").ok_or_else(|| refuse("created_at", "", Reason::Required))?;
    let row = TicketRow {
        external_id: id(detail, "id").ok_or_else(|| refuse("id", "", Reason::Required))?,
        customer: customer_of(detail, ground)?,
        category: said("type"),
        channel: text(detail, "via.channel").map(|c| {
            match c {
                "email" | "mail" => "mail",
                "web" | "web_service" | "web_form" | "api" => "form",
                "voice" | "phone_call_inbound" => "phone",
                "chat" | "messaging" | "native_messaging" => "chat",
                other => other,
            }
            .to_owned()
        }),
        priority: said("priority").map(|p| if p == "urgent" { "high".to_owned() } else { p }),
        operator: id(detail, "assignee_id"),
        subject: text(detail, "subject").map(str::to_owned),
        body: text(detail, "description").map(str::to_owned),
        opened_at,
        closed_at: changed.filter(|at| status.as_deref() == Some("closed") && *at >= opened_at),
        status,
        ..TicketRow::default()
    };
    Ok(Message { records: vec![Record::Ticket(row)], ..Message::default() })
}

fn read_organization(detail: &Value, ground: &HookGround<'_>) -> Result<Message, Refusal> {
    let theirs = id(detail, "id").ok_or_else(|| refuse("id", "", Reason::Required))?;
    let name = text(detail, "name");
    let made = format!("zendesk-{theirs}");
    let (code, is_known) = match text(detail, "external_id") {
        Some(ours) => (ours.to_owned(), true),
        None => customer(ground, &key(&theirs), name, made.clone()),
    };
    let mut message = Message { groups: vec![(key(&theirs), code.clone())], ..Message::default() };
    if !is_known || code == made {
        let row = CustomerRow { external_id: code, name: name.map(str::to_owned), ..CustomerRow::default() };
        message.records.push(Record::Customer(row));
    }
    Ok(message)
}

fn read_user(detail: &Value, ground: &HookGround<'_>) -> Result<Message, Refusal> {
    if text(detail, "role").is_some_and(|role| !role.eq_ignore_ascii_case("end-user")) {
        // Our own people are no contacts of customers.
        return Ok(Message::default());
    }
    let row = ContactRow {
        external_id: id(detail, "id").ok_or_else(|| refuse("id", "", Reason::Required))?,
        customer: customer_of(detail, ground)?,
        name: text(detail, "name").map(str::to_owned),
        email: text(detail, "email").map(str::to_owned),
        phone: text(detail, "phone").map(str::to_owned),
        ..ContactRow::default()
    };
    Ok(Message { records: vec![Record::Contact(row)], ..Message::default() })
}
