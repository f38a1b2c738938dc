//! Reads what happened to customers lately. Writes nothing.

use std::collections::HashMap;

use kizashi_db::{FromRow, Statement, ToValue, Value, args, row, sql};
use kizashi_domain::id::{Customer, Id};
use kizashi_domain::signals::{Happening, Occurrence, Trigger};
use kizashi_domain::text::find_leaving_word;
use kizashi_domain::time::{DAY_US, Day, Time};

use crate::settings::Settings;
use crate::{App, Result};

const DETRACTOR_NPS_MAX: f64 = 6.0;
const DETRACTOR_CSAT_MAX: f64 = 2.0;
/// How long a kind of inquiry must not have come up to be new, and how many others there must have been meanwhile.
const TOPIC_DAYS: i64 = 180;
const TOPIC_TICKETS_MIN: i64 = 3;
/// Rows of one kind that a look at everybody takes in.
const ROWS_MAX: i64 = 1_000_000;

row! {
    struct LeftRow { customer: Id<Customer>, key: String, name: String, day: Day }
}
row! {
    struct AnswerRow { customer: Id<Customer>, key: String, survey: String, score: f64, at: Time }
}
row! {
    struct TicketRow { customer: Id<Customer>, key: String, text: String, at: Time }
}

/// The same question about everybody, or about some customers.
struct Question {
    all: &'static Statement,
    some: &'static Statement,
}

impl Question {
    async fn ask<T: FromRow>(&self, app: &App, args: Vec<Value>, of: Option<&[Id<Customer>]>) -> Result<Vec<T>> {
        Ok(match of {
            None => app.db.list(self.all, [args, args![ROWS_MAX]].concat()).await?,
            Some(ids) => app.db.list_in(self.some, args, ids.iter().map(ToValue::to_value).collect()).await?,
        })
    }
}

fn left() -> Question {
    Question {
        all: sql!(
            "SELECT customer_id, external_id, name, left_on FROM contact WHERE workspace_id = $1 AND left_on >= $2 AND left_on <= $3 ",
            "AND role IN ('champion', 'key_person') LIMIT $4"
        ),
        some: sql!(
            "SELECT customer_id, external_id, name, left_on FROM contact WHERE workspace_id = $1 AND left_on >= $2 AND left_on <= $3 ",
            "AND role IN ('champion', 'key_person') AND customer_id IN ($4)"
        ),
    }
}

fn answers() -> Question {
    Question {
        all: sql!(
            "SELECT customer_id, external_id, survey, score, answered_at FROM response WHERE workspace_id = $1 AND answered_at >= $2 ",
            "AND answered_at < $3 AND score IS NOT NULL LIMIT $4"
        ),
        some: sql!(
            "SELECT customer_id, external_id, survey, score, answered_at FROM response WHERE workspace_id = $1 AND answered_at >= $2 ",
            "AND answered_at < $3 AND score IS NOT NULL AND customer_id IN ($4)"
        ),
    }
}

fn tickets() -> Question {
    Question {
        all: sql!(
            "SELECT customer_id, external_id, subject || ' ' || body, opened_at FROM ticket WHERE workspace_id = $1 AND opened_at >= $2 ",
            "AND opened_at < $3 AND customer_id IS NOT NULL LIMIT $4"
        ),
        some: sql!(
            "SELECT customer_id, external_id, subject || ' ' || body, opened_at FROM ticket WHERE workspace_id = $1 AND opened_at >= $2 ",
            "AND opened_at < $3 AND customer_id IN ($4)"
        ),
    }
}

/// What was written down of calls, meetings, letters and visits.
fn notes() -> Question {
    Question {
        all: sql!(
            "SELECT customer_id, external_id, subject || ' ' || body, happened_at FROM activity WHERE workspace_id = $1 AND happened_at >= $2 ",
            "AND happened_at < $3 LIMIT $4"
        ),
        some: sql!(
            "SELECT customer_id, external_id, subject || ' ' || body, happened_at FROM activity WHERE workspace_id = $1 AND happened_at >= $2 ",
            "AND happened_at < $3 AND customer_id IN ($4)"
        ),
    }
}

/// A term that follows another of the same contract under another plan.
fn plans() -> Question {
    Question {
        all: sql!(
            "SELECT t.customer_id, t.external_id, b.plan || ' → ' || t.plan, t.start_day FROM contract t JOIN contract b ",
            "ON b.workspace_id = t.workspace_id AND b.customer_id = t.customer_id AND b.external_id = t.external_id ",
            "AND b.end_day = t.start_day - 1 AND b.plan <> t.plan ",
            "WHERE t.workspace_id = $1 AND t.start_day >= $2 AND t.start_day <= $3 AND t.plan <> '' AND b.plan <> '' LIMIT $4"
        ),
        some: sql!(
            "SELECT t.customer_id, t.external_id, b.plan || ' → ' || t.plan, t.start_day FROM contract t JOIN contract b ",
            "ON b.workspace_id = t.workspace_id AND b.customer_id = t.customer_id AND b.external_id = t.external_id ",
            "AND b.end_day = t.start_day - 1 AND b.plan <> t.plan ",
            "WHERE t.workspace_id = $1 AND t.start_day >= $2 AND t.start_day <= $3 AND t.plan <> '' AND b.plan <> '' ",
            "AND t.customer_id IN ($4)"
        ),
    }
}

/// Inquiries of a category that the customer had none of for half a year, although it had several others.
fn topics() -> Question {
    Question {
        all: sql!(
            "SELECT t.customer_id, t.external_id, t.category, t.opened_at FROM ticket t WHERE t.workspace_id = $1 AND t.opened_at >= $2 ",
            "AND t.opened_at < $3 AND t.category <> '' AND NOT EXISTS (SELECT 1 FROM ticket o WHERE o.workspace_id = $1 ",
            "AND o.customer_id = t.customer_id AND o.category = t.category AND o.opened_at < t.opened_at AND o.opened_at >= t.opened_at - $4) ",
            "AND (SELECT COUNT(*) FROM ticket o WHERE o.workspace_id = $1 AND o.customer_id = t.customer_id AND o.category <> '' ",
            "AND o.opened_at < t.opened_at AND o.opened_at >= t.opened_at - $4) >= $5 LIMIT $6"
        ),
        some: sql!(
            "SELECT t.customer_id, t.external_id, t.category, t.opened_at FROM ticket t WHERE t.workspace_id = $1 AND t.opened_at >= $2 ",
            "AND t.opened_at < $3 AND t.category <> '' AND NOT EXISTS (SELECT 1 FROM ticket o WHERE o.workspace_id = $1 ",
            "AND o.customer_id = t.customer_id AND o.category = t.category AND o.opened_at < t.opened_at AND o.opened_at >= t.opened_at - $4) ",
            "AND (SELECT COUNT(*) FROM ticket o WHERE o.workspace_id = $1 AND o.customer_id = t.customer_id AND o.category <> '' ",
            "AND o.opened_at < t.opened_at AND o.opened_at >= t.opened_at - $4) >= $5 AND t.customer_id IN ($6)"
        ),
    }
}

/// A red child counts from the first red day of its present red spell.
fn red_children() -> Question {
    Question {
        all: sql!(
            "SELECT c.parent_id, c.external_id, c.name, ",
            "COALESCE((SELECT max(x.day) FROM score x WHERE x.workspace_id = $1 AND x.customer_id = c.id AND x.band <> 'red'), s.day - 1) + 1 ",
            "FROM standing s JOIN customer c ON c.id = s.customer_id ",
            "WHERE s.workspace_id = $1 AND s.band = 'red' AND c.parent_id IS NOT NULL AND c.churned_on IS NULL LIMIT $2"
        ),
        some: sql!(
            "SELECT c.parent_id, c.external_id, c.name, ",
            "COALESCE((SELECT max(x.day) FROM score x WHERE x.workspace_id = $1 AND x.customer_id = c.id AND x.band <> 'red'), s.day - 1) + 1 ",
            "FROM customer c JOIN standing s ON s.customer_id = c.id ",
            "WHERE c.workspace_id = $1 AND s.band = 'red' AND c.churned_on IS NULL AND c.parent_id IN ($2)"
        ),
    }
}

/// What happened between two days, by customer: to everybody, or to some.
pub(super) async fn list_happenings(
    app: &App,
    settings: &Settings,
    of: Option<&[Id<Customer>]>,
    from: Day,
    to: Day,
) -> Result<HashMap<Id<Customer>, Vec<Happening>>> {
    let ws = settings.workspace;
    let (start, end) = (settings.zone.start_of(from), settings.zone.end_of(to));
    let mut out: HashMap<Id<Customer>, Vec<Happening>> = HashMap::new();
    let mut add = |customer: Id<Customer>, what, day, key: String, detail: String| {
        out.entry(customer).or_default().push(Happening { what, day, key, detail });
    };
    for r in left().ask::<LeftRow>(app, args![ws, from, to], of).await? {
        add(r.customer, Occurrence::ChampionLeft, r.day, format!("left:{}", r.key), r.name);
    }
    for r in answers().ask::<AnswerRow>(app, args![ws, start, end], of).await? {
        let low = (r.survey == "nps" && r.score <= DETRACTOR_NPS_MAX)
            || (r.survey == "csat" && r.score <= DETRACTOR_CSAT_MAX);
        if low {
            let (day, key) = (settings.day_of(r.at), format!("response:{}", r.key));
            add(r.customer, Occurrence::Detractor, day, key, format!("{}", r.score));
        }
    }
    for r in tickets().ask::<TicketRow>(app, args![ws, start, end], of).await? {
        if let Some(word) = find_leaving_word(&r.text) {
            let (day, key) = (settings.day_of(r.at), format!("ticket:{}", r.key));
            add(r.customer, Occurrence::CancelWords, day, key, word.to_owned());
        }
    }
    let asked = |what| settings.pack.signals.iter().any(|r| r.when == Trigger::Arrival { what });
    if asked(Occurrence::NoteWords) {
        for r in notes().ask::<TicketRow>(app, args![ws, start, end], of).await? {
            if let Some(word) = find_leaving_word(&r.text) {
                let (day, key) = (settings.day_of(r.at), format!("activity:{}", r.key));
                add(r.customer, Occurrence::NoteWords, day, key, word.to_owned());
            }
        }
    }
    if asked(Occurrence::PlanChanged) {
        for r in plans().ask::<LeftRow>(app, args![ws, from, to], of).await? {
            add(r.customer, Occurrence::PlanChanged, r.day, format!("plan:{}:{}", r.key, r.day.0), r.name);
        }
    }
    if asked(Occurrence::NewTopic) {
        let args = args![ws, start, end, TOPIC_DAYS * DAY_US, TOPIC_TICKETS_MIN];
        for r in topics().ask::<TicketRow>(app, args, of).await? {
            let (day, key) = (settings.day_of(r.at), format!("topic:{}", r.key));
            add(r.customer, Occurrence::NewTopic, day, key, r.text);
        }
    }
    for r in red_children().ask::<LeftRow>(app, args![ws], of).await? {
        add(r.customer, Occurrence::ChildRed, r.day, format!("child:{}:{}", r.key, r.day.0), r.name);
    }
    Ok(out)
}
