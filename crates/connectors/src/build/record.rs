//! Records from rows.

use kizashi_domain::intake::{
    ActivityRow, ContactRow, ContractRow, CustomerRow, DealRow, Reason, Record, RecordKind, ResponseRow, TicketRow,
};
use kizashi_domain::limits::FIGURES_MAX;
use kizashi_domain::money::Money;
use kizashi_domain::time::Day;

use super::cells::Cells;
use crate::error::Error;
use crate::map::Bound;
use crate::parsed::Fault;

/// Why no record was built.
#[derive(Debug)]
pub enum Stop {
    /// The row is refused.
    Fault(Fault),
    /// Reading ends.
    Error(Error),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}
impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// Builds the record of a row. `id` is asked for when the row brings no id of its own.
pub fn build_record(c: &Cells<'_>, id: &mut dyn FnMut() -> Result<String, Error>) -> Result<Record, Stop> {
    c.check_total(if c.layout.kind == RecordKind::Customers { "external_id" } else { "customer" })?;
    Ok(match c.layout.kind {
        RecordKind::Customers | RecordKind::Events => Record::Customer(build_customer(c)?),
        RecordKind::Contacts => Record::Contact(build_contact(c)?),
        RecordKind::Contracts => Record::Contract(build_contract(c)?),
        RecordKind::Deals => Record::Deal(build_deal(c)?),
        RecordKind::Activities => Record::Activity(ActivityRow {
            external_id: or_id(c.text("external_id")?, id)?,
            customer: c.customer()?,
            contact: c.text("contact")?,
            kind: c.text("kind")?.unwrap_or_else(|| "note".to_owned()),
            direction: c.text("direction")?,
            at: c.time("at")?.ok_or_else(|| c.missing("at"))?,
            staff: c.text("staff")?,
            subject: c.text("subject")?,
            body: c.text("body")?,
        }),
        RecordKind::Tickets => Record::Ticket(build_ticket(c, id)?),
        RecordKind::Responses => Record::Response(build_response(c, id)?),
    })
}

fn or_id(given: Option<String>, id: &mut dyn FnMut() -> Result<String, Error>) -> Result<String, Stop> {
    match given {
        Some(given) => Ok(given),
        None => Ok(id()?),
    }
}

fn build_customer(c: &Cells<'_>) -> Result<CustomerRow, Fault> {
    let mut figures = Vec::new();
    for (name, bound) in c.layout.figures.iter().take(FIGURES_MAX) {
        if let Some(value) = c.figure(bound)? {
            figures.push((name.clone(), value));
        }
    }
    Ok(CustomerRow {
        external_id: c.own_code()?,
        name: c.text("name")?,
        reading: c.text("reading")?,
        parent: c.text("parent")?.map(|text| c.code_of(text)),
        segment: c.text("segment")?,
        stage: c.text("stage")?,
        region: c.text("region")?,
        industry: c.text("industry")?,
        employees: c.integer("employees")?,
        owner: c.text("owner")?,
        goal: c.text("goal")?,
        goal_target: c.text("goal_target")?,
        goal_on: c.day("goal_on")?,
        goal_state: c.text("goal_state")?,
        purpose: c.text("purpose")?,
        challenges: c.text("challenges")?,
        environment: c.text("environment")?,
        domain: c.text("domain")?.map(|d| bare_domain(&d)),
        since: c.day("since")?,
        churned_on: c.day("churned_on")?,
        figures,
        as_of: c.day("as_of")?,
        cleared: Vec::new(),
    })
}

/// `https://www.example.co.jp/ja` as `example.co.jp`.
pub fn bare_domain(text: &str) -> String {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or(rest).trim_start_matches('@');
    host.strip_prefix("www.").unwrap_or(host).to_lowercase()
}

fn build_contact(c: &Cells<'_>) -> Result<ContactRow, Fault> {
    let (email, name) = (c.text("email")?, c.text("name")?);
    let customer = c.customer()?;
    // A person without an id is known by the mail address, else by name within the customer.
    let external_id = match (c.text("external_id")?, &email, &name) {
        (Some(id), _, _) => id,
        (None, Some(email), _) => email.to_lowercase(),
        (None, None, Some(name)) => format!("{customer}/{name}"),
        (None, None, None) => return Err(c.missing("external_id")),
    };
    Ok(ContactRow {
        external_id,
        customer,
        name,
        reading: c.text("reading")?,
        title: c.text("title")?,
        role: c.text("role")?,
        email,
        phone: c.text("phone")?,
        left_on: c.day("left_on")?,
    })
}

fn build_contract(c: &Cells<'_>) -> Result<ContractRow, Fault> {
    let customer = c.customer()?;
    let start = c.day("start")?;
    // 更新日 is the day after the term.
    let end = match c.day("end")? {
        Some(end) => Some(end),
        None => c.day("renews_on")?.map(|day| day.plus(-1)),
    };
    if let (Some(start), Some(end)) = (start, end)
        && end < start
    {
        let bound = c.layout.find("end").or_else(|| c.layout.find("renews_on"));
        let (title, text) = bound.map_or(("end", ""), |b| (b.title(), c.raw(b).unwrap_or_default()));
        return Err(Fault::new(title, text, Reason::EndBeforeStart));
    }
    let months = c.months("months")?.or_else(|| months_between(start?, end?));
    let monthly = c.money("monthly")?;
    let amount = match (c.money("amount")?, monthly) {
        (Some(amount), _) => Some(amount),
        (None, Some(monthly)) => Some(times(monthly, months.unwrap_or(1)).ok_or_else(|| {
            let bound = c.layout.find("monthly");
            Fault::new(bound.map_or("monthly", |b| b.title()), "", Reason::NotANumber)
        })?),
        (None, None) => None,
    };
    let notice_days = match (c.lead("notice_days", end)?, c.day("notice_by")?, end) {
        (Some(days), _, _) => Some(days),
        (None, Some(by), Some(end)) => Some(i64::from(end.0) - i64::from(by.0)).filter(|days| *days >= 0),
        _ => None,
    };
    Ok(ContractRow {
        external_id: c.text("external_id")?.unwrap_or_else(|| customer.clone()),
        customer,
        plan: c.text("plan")?,
        seats: c.integer("seats")?,
        amount,
        months: if amount.is_some() && monthly.is_some() { months.or(Some(1)) } else { months },
        start,
        end,
        auto_renew: c.yes("auto_renew")?,
        notice_days,
    })
}

fn build_deal(c: &Cells<'_>) -> Result<DealRow, Fault> {
    let customer = c.customer()?;
    let title = c.text("title")?;
    // A deal without an id is known by its title within the customer: its stage and amount are what changes.
    let external_id = match (c.text("external_id")?, &title) {
        (Some(id), _) => id,
        (None, Some(title)) => format!("{customer}/{title}"),
        (None, None) => return Err(c.missing("title")),
    };
    Ok(DealRow {
        external_id,
        customer,
        title,
        kind: c.text("kind")?,
        stage: c.text("stage")?,
        amount: c.money("amount")?,
        probability: c.percent("probability")?,
        opened_on: c.day("opened_on")?,
        closes_on: c.day("closes_on")?,
        closed_on: c.day("closed_on")?,
        owner: c.text("owner")?,
        next_step: c.text("next_step")?,
        next_on: c.day("next_on")?,
        origin: c.text("origin")?,
        promise: c.text("promise")?,
        lost_reason: c.text("lost_reason")?,
        cleared: Vec::new(),
    })
}

fn times(monthly: Money, months: i64) -> Option<Money> {
    monthly.minor.checked_mul(months).map(|minor| Money { minor, ..monthly })
}

/// Whole months of a term, its last day included; at least one.
fn months_between(start: Day, end: Day) -> Option<i64> {
    let (y1, m1, d1) = start.ymd();
    let (y2, m2, d2) = end.plus(1).ymd();
    let months = (i64::from(y2) - i64::from(y1)) * 12 + i64::from(m2) - i64::from(m1) - i64::from(d2 < d1);
    Some(months.max(1))
}

fn build_ticket(c: &Cells<'_>, id: &mut dyn FnMut() -> Result<String, Error>) -> Result<TicketRow, Stop> {
    let (talk_s, wrap_up_s) = (c.seconds("talk_s")?, c.seconds("wrap_up_s")?);
    let answered_at = c.time("answered_at")?;
    let talked = talk_s.is_some_and(|s| s > 0) || answered_at.is_some();
    let abandoned = match c.text("abandoned")?.as_deref() {
        Some("yes") => Some(true),
        Some(_) => Some(false),
        // A column that marks the lost calls is empty beside the others.
        None => (c.layout.find("abandoned").is_some() && talked).then_some(false),
    };
    let is_call = talk_s.is_some() || abandoned.is_some();
    let channel = c.text("channel")?.or_else(|| is_call.then(|| "phone".to_owned()));
    // A call may be of somebody whom nobody knows; one that names a customer must name one that there is.
    let names_none = c.text("customer")?.is_none() && c.text("customer_name")?.is_none();
    let may_be_unknown = channel.as_deref() == Some("phone") || abandoned == Some(true);
    let customer = if names_none && may_be_unknown { String::new() } else { c.customer()? };
    Ok(TicketRow {
        external_id: or_id(c.text("external_id")?, id)?,
        customer,
        category: c.text("category")?,
        channel,
        direction: c.text("direction")?,
        priority: c.text("priority")?,
        status: c.text("status")?,
        operator: c.text("operator")?,
        subject: c.text("subject")?,
        body: c.text("body")?,
        opened_at: c.time("opened_at")?.ok_or_else(|| c.missing("opened_at"))?,
        answered_at,
        closed_at: c.time("closed_at")?,
        talk_s,
        wrap_up_s,
        handling_s: c.seconds("handling_s")?,
        abandoned,
        satisfaction: c.integer("satisfaction")?,
    })
}

fn build_response(c: &Cells<'_>, id: &mut dyn FnMut() -> Result<String, Error>) -> Result<ResponseRow, Stop> {
    let (score, comment) = (c.number("score")?, c.text("comment")?);
    if score.is_none() && comment.is_none() {
        return Err(c.missing("score").into());
    }
    Ok(ResponseRow {
        external_id: or_id(c.text("external_id")?, id)?,
        customer: c.customer()?,
        contact: c.text("contact")?,
        survey: c.text("survey")?.unwrap_or_else(|| guess_survey(c).to_owned()),
        score,
        comment,
        at: c.time("at")?.ok_or_else(|| c.missing("at"))?,
    })
}

/// What a survey without a name asks, by the title of its score.
fn guess_survey(c: &Cells<'_>) -> &'static str {
    let title = c.layout.find("score").map_or("", Bound::title).to_lowercase();
    if title.contains("csat") || title.contains("満足") { "csat" } else { "nps" }
}
