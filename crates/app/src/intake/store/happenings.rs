//! Activities and answers: things that happened at an instant.

use kizashi_db::{Statement, Tx, args, sql};
use kizashi_domain::id::{Activity, Id, Import, Response};
use kizashi_domain::intake::{ActivityRow, ResponseRow};
use kizashi_domain::text::Searchable;
use uuid::Uuid;

use super::End;
use super::customers::find_or_insert_customer;
use super::names::find_owner;
use super::taken_back::{ROWS_MAX, TakenBack};
use super::texts::{fold_parts, index_text};
use crate::intake::keep::Keeping;
use crate::{App, Result};

fn text(value: Option<&String>) -> &str {
    value.map_or("", String::as_str)
}

pub(in crate::intake) async fn keep_activity(tx: &mut Tx, k: &mut Keeping<'_>, row: &ActivityRow) -> Result<End> {
    let customer = find_or_insert_customer(tx, k, &row.customer).await?;
    let staff = match &row.staff {
        Some(email) => find_owner(tx, k.workspace, email).await?,
        None => None,
    };
    let id = App::new_id::<Activity>();
    let direction = row.direction.as_deref().unwrap_or(if row.kind == "mail" { "out" } else { "both" });
    let statement = sql!(
        "INSERT INTO activity (id, workspace_id, customer_id, source, external_id, contact_external_id, kind, direction, staff_id, ",
        "subject, body, happened_at, recorded_at, assumed, run_id, author_id) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ",
        "ON CONFLICT (workspace_id, source, external_id) DO NOTHING"
    );
    let values = args![
        id,
        k.workspace,
        customer,
        k.source,
        row.external_id,
        text(row.contact.as_ref()),
        row.kind,
        direction,
        staff,
        text(row.subject.as_ref()),
        text(row.body.as_ref()),
        row.at,
        k.received_at,
        i64::from(k.assumed),
        k.run,
        k.author
    ];
    if tx.run(statement, values).await? == 0 {
        return Ok(End::Same);
    }
    let folded = fold_parts(&[text(row.subject.as_ref()), text(row.body.as_ref())]);
    index_text(tx, k.workspace, Searchable::Activity, (id, true), row.at, &folded).await?;
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

pub(in crate::intake) async fn keep_response(tx: &mut Tx, k: &mut Keeping<'_>, row: &ResponseRow) -> Result<End> {
    let customer = find_or_insert_customer(tx, k, &row.customer).await?;
    let statement = sql!(
        "INSERT INTO response (id, workspace_id, customer_id, source, external_id, contact_external_id, survey, score, comment, ",
        "answered_at, recorded_at, assumed, run_id, author_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ",
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
        i64::from(k.assumed),
        k.run,
        k.author
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

type Happened = (Uuid, String, String);

/// Takes back some of what an import wrote: what it added goes.
pub(super) async fn take_back_happenings(tx: &mut Tx, k: &Keeping<'_>, run: Id<Import>) -> Result<Vec<TakenBack>> {
    let mut taken = Vec::new();
    let kinds: [(&Statement, &Statement, &[&str]); 2] = [
        (
            sql!(
                "SELECT a.id, c.external_id, a.external_id FROM activity a JOIN customer c ON c.id = a.customer_id ",
                "WHERE a.workspace_id = $1 AND a.run_id = $2 ORDER BY a.id LIMIT $3"
            ),
            sql!("DELETE FROM activity WHERE workspace_id = $1 AND id = $2"),
            &["activity", "two_way"],
        ),
        (
            sql!(
                "SELECT a.id, c.external_id, a.external_id FROM response a JOIN customer c ON c.id = a.customer_id ",
                "WHERE a.workspace_id = $1 AND a.run_id = $2 ORDER BY a.id LIMIT $3"
            ),
            sql!("DELETE FROM response WHERE workspace_id = $1 AND id = $2"),
            &["response"],
        ),
    ];
    for (find, drop, events) in kinds {
        let rows: Vec<Happened> = tx.list(find, args![k.workspace, run, ROWS_MAX]).await?;
        for (id, customer, external_id) in rows {
            tx.run(drop, args![k.workspace, id]).await?;
            let events = events.iter().map(|event| format!("{event}:{external_id}")).collect();
            taken.push(TakenBack { customer, is_restored: false, events });
        }
    }
    Ok(taken)
}
