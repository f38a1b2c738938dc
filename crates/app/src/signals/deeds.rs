//! What the key person of a customer did, told by the users of its events. Writes nothing.
//!
//! Users of events and contacts are the same people only where a product names its users as the contacts are named: by the
//! contact's code or by its mail address. That it does is known when at least one contact of the customer occurs among the
//! users; otherwise nothing is said of anybody.

use std::collections::HashMap;

use kizashi_db::{ToValue, args, row, sql};
use kizashi_domain::id::{Customer, Id};
use kizashi_domain::measure::{CustomerEvents, Events, Metric, Names};
use kizashi_domain::signals::{Deed, Doer, Trigger};
use kizashi_domain::time::Day;

use crate::measure::Run;
use crate::{App, Result};

/// Contacts that a look at everybody takes in.
const ROWS_MAX: i64 = 2_000_000;

row! {
    struct ContactRow { customer: Id<Customer>, code: String, email: String, role: String, name: String, left_on: Option<Day> }
}

/// One contact as the users of events could name it.
#[derive(Clone, Debug)]
struct Person {
    keys: Vec<u64>,
    is_key: bool,
    name: String,
}

/// The contacts of one customer.
#[derive(Clone, Debug, Default)]
pub(crate) struct People {
    list: Vec<Person>,
}

/// The contacts of all customers, or of some; empty where no rule asks for them.
pub(super) async fn list_people(
    app: &App,
    run: &Run,
    of: Option<&[Id<Customer>]>,
) -> Result<HashMap<Id<Customer>, People>> {
    let asks = |when: &Trigger| matches!(when, Trigger::NoShow { who: Doer::KeyPerson, .. });
    let mut out: HashMap<Id<Customer>, People> = HashMap::new();
    if !run.settings.pack.signals.iter().any(|r| asks(&r.when)) {
        return Ok(out);
    }
    let ws = run.settings.workspace;
    let all = sql!(
        "SELECT customer_id, external_id, email, role, name, left_on FROM contact WHERE workspace_id = $1 ORDER BY customer_id LIMIT $2"
    );
    let some = sql!(
        "SELECT customer_id, external_id, email, role, name, left_on FROM contact WHERE workspace_id = $1 AND customer_id IN ($2)"
    );
    let rows: Vec<ContactRow> = match of {
        None => app.db.list(all, args![ws, ROWS_MAX]).await?,
        Some(ids) => app.db.list_in(some, args![ws], ids.iter().map(ToValue::to_value).collect()).await?,
    };
    let today = run.settings.day_of(app.now());
    app.blocking(move |history| {
        for r in rows {
            let texts = [r.code.as_str(), r.email.as_str()];
            let keys = texts.into_iter().filter(|t| !t.is_empty()).filter_map(|t| history.user_key(t)).collect();
            let is_key = r.role == "key_person" && r.left_on.is_none_or(|left| left > today);
            out.entry(r.customer).or_default().list.push(Person { keys, is_key, name: r.name });
        }
        Ok(out)
    })
    .await
}

/// Whether a key person ever did what a metric counts, by the end of a day.
pub(super) fn judge_key_person(
    people: &People,
    metric: &Metric,
    names: &Names,
    events: &CustomerEvents<'_>,
    day: Day,
) -> Deed {
    let codes_of = |p: &Person| p.keys.iter().filter_map(|k| events.user_code(*k)).collect::<Vec<u32>>();
    let Some(first) = people.list.iter().find(|p| p.is_key) else { return Deed::Unknown };
    if people.list.iter().all(|p| codes_of(p).is_empty()) {
        return Deed::Unknown;
    }
    let codes: Vec<u32> = people.list.iter().filter(|p| p.is_key).flat_map(codes_of).collect();
    let wanted: Vec<u32> = metric.event.names().iter().filter_map(|n| names.code(n)).collect();
    let counts = |name: u32| match &metric.event {
        Events::All => names.0.get(name as usize).is_none_or(|n| !metric.except.contains(n)),
        _ => wanted.contains(&name),
    };
    let upto = events.days.partition_point(|d| *d <= day.0);
    let did = (0..upto).any(|place| {
        let at = |column: &[u32]| column.get(place).copied().unwrap_or(u32::MAX);
        codes.contains(&at(events.users)) && counts(at(events.names)) && events.is_known(place, None)
    });
    if did { Deed::Done } else { Deed::Never(first.name.clone()) }
}
