//! Records of all customers, or of one, as files that an import reads again: people, contracts, activities, inquiries, answers.

use axum::extract::{MatchedPath, Query, State};
use axum::response::Response;
use kizashi_app::access::Action;
use kizashi_app::records::{Object, export_records};
use kizashi_domain::intake::RecordKind;
use kizashi_domain::intake::shape::{Field, Shape, fields, read_time};
use kizashi_domain::money::{Currency, Money};
use serde_json::Value;

use crate::cards::id;
use crate::csv;
use crate::imports::field_title;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Shell, Visit};

/// Kinds whose files this sends; of customers and deals there are files of lists beside it.
pub(crate) const KINDS: [RecordKind; 7] = [
    RecordKind::Customers,
    RecordKind::Contacts,
    RecordKind::Contracts,
    RecordKind::Deals,
    RecordKind::Activities,
    RecordKind::Tickets,
    RecordKind::Responses,
];

/// `GET /contacts.csv` and its like: everything of the kind, or what one customer has (`?customer=`).
pub(crate) async fn download_records(
    State(web): State<Web>,
    visit: Visit,
    path: MatchedPath,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let grant = visit.permit(Action::Export)?;
    let word = path.as_str().rsplit('/').next().unwrap_or_default().trim_end_matches(".csv");
    let kind = KINDS.into_iter().find(|kind| kind.word() == word).ok_or(Problem::NotFound)?;
    let customer = pairs.iter().find(|(name, _)| name == "customer").map(|(_, v)| id(v)).transpose()?;
    let head = csv::head(titles(&visit.shell, kind).into_iter());
    let read = move |after| {
        let (web, grant) = (web.clone(), grant.clone());
        async move { export_records(&web.app, &grant, kind, customer, after).await }
    };
    Ok(csv::send_pages(kind.word(), head, read, move |record| csv::line(cells(&visit.shell, kind, record).into_iter())))
}

/// Titles are those of the import's fields, so that the file is understood when it comes back.
fn titles(s: &Shell, kind: RecordKind) -> Vec<String> {
    let mut titles = Vec::new();
    for field in columns(kind) {
        titles.push(field_title(s, Some(kind), field.name));
        match field.name {
            "customer" => titles.push(s.words.t("csv-customer-name")),
            "amount" => titles.push(s.words.t("deal-currency")),
            _ => {}
        }
    }
    titles.push(s.words.t("imports-source"));
    titles
}

/// The fields that have a column.
fn columns(kind: RecordKind) -> impl Iterator<Item = &'static Field> {
    fields(kind).iter().filter(|f| f.shape != Shape::Figures && f.name != "as_of")
}

fn cells(s: &Shell, kind: RecordKind, record: &Object) -> Vec<String> {
    let text = |name: &str| record.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut cells = Vec::new();
    for field in columns(kind) {
        let value = record.get(field.name).unwrap_or(&Value::Null);
        if field.shape == Shape::Money {
            let money = serde_json::from_value::<Money>(value.clone()).ok();
            cells.push(csv::amount(money));
            cells.push(money.map(|m: Money| currency(m.currency)).unwrap_or_default());
            continue;
        }
        cells.push(shown(s, kind, field, value));
        if field.name == "customer" {
            cells.push(text("customer_name"));
        }
    }
    cells.push(text("source"));
    cells
}

fn currency(currency: Currency) -> String {
    currency.code().to_owned()
}

/// A value as a person reads it; words that we know in the reader's language.
fn shown(s: &Shell, kind: RecordKind, field: &Field, value: &Value) -> String {
    let w = &s.words;
    match (field.shape, value) {
        (_, Value::Null) => String::new(),
        (Shape::Time, Value::String(at)) => csv::moment(s, read_time(at)),
        (Shape::Flag, _) => w.t(if value.as_bool() == Some(true) { "csv-yes" } else { "csv-no" }),
        // The stages of deals are those of the settings.
        (_, Value::String(text)) if kind == RecordKind::Deals => match field.name {
            "kind" => w.word("deal-kind", text),
            _ => text.clone(),
        },
        (_, Value::String(text)) => match field.name {
            "role" => w.word("role", text),
            "stage" => w.word("stage", text),
            "goal_state" => w.word("goal-state", text),
            "kind" => w.word("moment", text),
            "channel" => w.word("support-channel", text),
            "direction" => w.word("csv-direction", text),
            "priority" => w.word("csv-priority", text),
            "status" => w.word("csv-status", text),
            _ => text.clone(),
        },
        (_, other) => other.to_string(),
    }
}
