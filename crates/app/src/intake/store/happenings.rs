//! Activities, tickets and answers: things that happened at an instant.

use kizashi_db::{Tx, args, sql};
use kizashi_domain::id::{Activity, Id, Response, Staff, Ticket};
use kizashi_domain::intake::{ActivityRow, ResponseRow, TicketRow};
use kizashi_domain::time::Time;

use super::End;
use super::customers::find_or_insert_customer;
use crate::intake::keep::Keeping;
use crate::{App, Result};

fn text(value: Option<&String>) -> &str {
    value.map_or("", String::as_str)
}

pub(in crate::intake) async fn keep_activity(tx: &mut Tx, k: &mut Keeping<'_>, row: &ActivityRow) -> Result<End> {
    let customer = find_or_insert_customer(tx, k, &row.customer).await?;
    let staff: Option<(Id<Staff>,)> = match &row.staff {
        Some(email) => {
            let find = sql!("SELECT id FROM staff WHERE workspace_id = $1 AND email = $2");
            tx.find(find, args![k.workspace, email.trim().to_lowercase()]).await?
        }
        None => None,
    };
    let direction = row.direction.as_deref().unwrap_or(if row.kind == "mail" { "out" } else { "both" });
    let statement = sql!(
        "INSERT INTO activity (id, workspace_id, customer_id, source, external_id, contact_external_id, kind, direction, staff_id, ",
        "subject, body, happened_at, recorded_at, assumed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ",
        "ON CONFLICT (workspace_id, source, external_id) DO NOTHING"
    );
    let values = args![
        App::new_id::<Activity>(),
        k.workspace,
        customer,
        k.source,
        row.external_id,
        text(row.contact.as_ref()),
        row.kind,
        direction,
        staff.map(|(id,)| id),
        text(row.subject.as_ref()),
        text(row.body.as_ref()),
        row.at,
        k.received_at,
        i64::from(k.assumed)
    ];
    if tx.run(statement, values).await? == 0 {
        return Ok(End::Same);
    }
    let person = text(row.contact.as_ref());
    k.echo(
        format!("activity:{}", row.external_id),
        &row.customer,
        person,
        format!("activity.{}", row.kind),
        row.at,
        None,
    );
    if row.kind != "note" && direction != "out" {
        k.echo(
            format!("two_way:{}", row.external_id),
            &row.customer,
            person,
            "activity.two_way".to_owned(),
            row.at,
            None,
        );
    }
    Ok(End::Added)
}

type StoredTicket = (String, String, Option<Time>, Option<Time>);

pub(in crate::intake) async fn keep_ticket(tx: &mut Tx, k: &mut Keeping<'_>, row: &TicketRow) -> Result<End> {
    let customer = find_or_insert_customer(tx, k, &row.customer).await?;
    let find = sql!(
        "SELECT category, subject, answered_at, closed_at FROM ticket WHERE workspace_id = $1 AND source = $2 AND external_id = $3"
    );
    let found: Option<StoredTicket> = tx.find(find, args![k.workspace, k.source, row.external_id]).await?;
    if let Some(before) = found {
        return update_ticket(tx, k, row, before).await;
    }
    let statement = sql!(
        "INSERT INTO ticket (id, workspace_id, customer_id, source, external_id, category, channel, subject, body, opened_at, ",
        "answered_at, closed_at, satisfaction, recorded_at, assumed) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
    );
    let values = args![
        App::new_id::<Ticket>(),
        k.workspace,
        customer,
        k.source,
        row.external_id,
        text(row.category.as_ref()),
        text(row.channel.as_ref()),
        text(row.subject.as_ref()),
        text(row.body.as_ref()),
        row.opened_at,
        row.answered_at,
        row.closed_at,
        row.satisfaction,
        k.received_at,
        i64::from(k.assumed)
    ];
    tx.run(statement, values).await?;
    #[allow(clippy::cast_precision_loss)]
    let satisfaction = row.satisfaction.map(|s| s as f64);
    k.echo(
        format!("ticket:{}", row.external_id),
        &row.customer,
        "",
        "ticket.opened".to_owned(),
        row.opened_at,
        satisfaction,
    );
    if let Some(at) = row.closed_at {
        k.echo(format!("ticket_closed:{}", row.external_id), &row.customer, "", "ticket.closed".to_owned(), at, None);
    }
    Ok(End::Added)
}

/// What is new about a known ticket: another category or subject, the first answer, the end.
async fn update_ticket(tx: &mut Tx, k: &mut Keeping<'_>, row: &TicketRow, before: StoredTicket) -> Result<End> {
    let (category, subject, answered_at, closed_at) = before;
    let news = row.category.as_ref().is_some_and(|c| *c != category)
        || row.subject.as_ref().is_some_and(|s| *s != subject)
        || (row.answered_at.is_some() && row.answered_at != answered_at)
        || (row.closed_at.is_some() && row.closed_at != closed_at);
    if !news {
        return Ok(End::Same);
    }
    let statement = sql!(
        "UPDATE ticket SET category = $4, subject = $5, answered_at = $6, closed_at = $7 ",
        "WHERE workspace_id = $1 AND source = $2 AND external_id = $3"
    );
    let values = args![
        k.workspace,
        k.source,
        row.external_id,
        row.category.clone().unwrap_or(category),
        row.subject.clone().unwrap_or(subject),
        row.answered_at.or(answered_at),
        row.closed_at.or(closed_at)
    ];
    tx.run(statement, values).await?;
    if closed_at.is_none()
        && let Some(at) = row.closed_at
    {
        k.echo(format!("ticket_closed:{}", row.external_id), &row.customer, "", "ticket.closed".to_owned(), at, None);
    }
    Ok(End::Changed)
}

pub(in crate::intake) async fn keep_response(tx: &mut Tx, k: &mut Keeping<'_>, row: &ResponseRow) -> Result<End> {
    let customer = find_or_insert_customer(tx, k, &row.customer).await?;
    let statement = sql!(
        "INSERT INTO response (id, workspace_id, customer_id, source, external_id, contact_external_id, survey, score, comment, ",
        "answered_at, recorded_at, assumed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ",
        "ON CONFLICT (workspace_id, source, external_id) DO NOTHING"
    );
    let person = text(row.contact.as_ref());
    let values = args![
        App::new_id::<Response>(),
        k.workspace,
        customer,
        k.source,
        row.external_id,
        person,
        row.survey,
        row.score,
        text(row.comment.as_ref()),
        row.at,
        k.received_at,
        i64::from(k.assumed)
    ];
    if tx.run(statement, values).await? == 0 {
        return Ok(End::Same);
    }
    k.echo(
        format!("response:{}", row.external_id),
        &row.customer,
        person,
        format!("response.{}", row.survey),
        row.at,
        row.score,
    );
    Ok(End::Added)
}
