//! The ledger of letters as pages show it.

use kizashi_db::{ToValue, args, row, sql};
use kizashi_domain::id::{Customer, Id, Outgoing, Posting, Workspace};
use kizashi_domain::notices::Purpose;
use kizashi_domain::time::Time;

use crate::notices::LetterRow;
use crate::{App, Result};

row! {
    struct Fields {
        id: Id<Outgoing>, customer: Id<Customer>, customer_name: Option<String>, contact_name: Option<String>, email: Option<String>,
        purpose: String, subject: String, body: String, staff: Option<String>, state: String, why: String, look_at: Time, created_at: Time,
        ended_at: Option<Time>, posting: Option<Id<Posting>>, fault: Option<String>, owner: Option<String>,
    }
}

fn read(f: Fields) -> LetterRow {
    LetterRow {
        id: f.id,
        customer: f.customer,
        customer_name: f.customer_name.unwrap_or_default(),
        contact_name: f.contact_name.unwrap_or_default(),
        email: f.email.unwrap_or_default(),
        purpose: Purpose::parse(&f.purpose).unwrap_or(Purpose::Tips),
        subject: f.subject,
        body: f.body,
        staff: f.staff,
        state: f.state,
        why: f.why,
        look_at: f.look_at,
        created_at: f.created_at,
        ended_at: f.ended_at,
        posting: f.posting,
        fault: f.fault.unwrap_or_default(),
        holds: Vec::new(),
        owner: f.owner,
    }
}

/// Letters, the newest first: those in one of the states (`waiting going`, …), before an instant and id.
pub async fn list(
    app: &App,
    ws: Id<Workspace>,
    states: [&str; 2],
    before: Option<(Time, Id<Outgoing>)>,
    rows: i64,
) -> Result<Vec<LetterRow>> {
    let (at, id) = before.unwrap_or((Time(i64::MAX), Id::from_uuid(uuid::Uuid::nil())));
    let [one, two] = states;
    let statement = sql!(
        "SELECT o.id, COALESCE(p.customer_id, o.customer_id), c.name, p.name, p.email, o.purpose, o.subject, o.body, s.name, o.state, o.why, ",
        "o.look_at, o.created_at, o.ended_at, g.id, g.fault, n.name FROM outgoing o LEFT JOIN contact p ON p.id = o.contact_id ",
        "LEFT JOIN customer c ON c.id = COALESCE(p.customer_id, o.customer_id) LEFT JOIN staff s ON s.id = o.staff_id ",
        "LEFT JOIN staff n ON n.id = c.owner_id AND n.left_at IS NULL LEFT JOIN posting g ON g.outgoing_id = o.id WHERE o.workspace_id = $1 AND o.state IN ($2, $3) ",
        "AND (o.created_at < $4 OR (o.created_at = $4 AND o.id < $5)) ORDER BY o.created_at DESC, o.id DESC LIMIT $6"
    );
    let found: Vec<Fields> = app.db.list(statement, args![ws, one, two, at, id, rows]).await?;
    let mut letters: Vec<LetterRow> = found.into_iter().map(read).collect();
    let held = sql!(
        "SELECT outgoing_id, at, why, until_at FROM outgoing_hold WHERE workspace_id = $1 AND outgoing_id IN ($2) ORDER BY at"
    );
    let keys = letters.iter().map(|l| ToValue::to_value(&l.id)).collect();
    let holds: Vec<(Id<Outgoing>, Time, String, Option<Time>)> = app.db.list_in(held, args![ws], keys).await?;
    for letter in &mut letters {
        let own = holds.iter().filter(|(of, ..)| *of == letter.id);
        letter.holds = own.map(|(_, at, why, until)| (*at, why.clone(), *until)).collect();
    }
    Ok(letters)
}

/// How many letters are in each state.
pub async fn count(app: &App, ws: Id<Workspace>) -> Result<Vec<(String, i64)>> {
    let statement =
        sql!("SELECT state, count(*) FROM outgoing WHERE workspace_id = $1 GROUP BY state ORDER BY state LIMIT 10");
    Ok(app.db.list(statement, args![ws]).await?)
}
