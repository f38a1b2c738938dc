//! What a merge would do, before it is done.

use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::time::Day;

use super::{refuse, store};
use crate::customers::{FieldView, list_changeable, list_fields};
use crate::{App, Refused, Result};

/// Figures that follow from records: once the records are those of both, so are they.
const FOLLOWING: [&str; 5] = ["mrr", "seats", "notice_deadline", "contract_end", "open_deals"];

/// One of two customers.
#[derive(Clone, Debug)]
pub struct Side {
    /// Customer.
    pub id: Id<Customer>,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its fields and figures.
    pub fields: Vec<FieldView>,
    /// How many records of each kind it has.
    pub records: Vec<(&'static str, i64)>,
}

/// A field that the one that stays takes over.
#[derive(Clone, Debug, PartialEq)]
pub struct Filled {
    /// Field or figure.
    pub name: String,
    /// What it says, as forms send it.
    pub raw: String,
    /// A figure of one's own, and from which day it holds.
    pub figure: Option<(f64, Day)>,
}

/// What a merge would do.
#[derive(Clone, Debug)]
pub struct MergePlan {
    /// Who stays.
    pub stays: Side,
    /// Who goes.
    pub goes: Side,
    /// What the one that stays takes over, because it says nothing of its own.
    pub filled: Vec<Filled>,
}

/// What would become of two customers. Nothing is kept.
///
/// # Errors
/// Refused when it is the same customer, or one of them is not there.
pub async fn plan_merge(
    app: &App,
    workspace: Id<Workspace>,
    stays: Id<Customer>,
    goes: Id<Customer>,
) -> Result<MergePlan> {
    if stays == goes {
        return Err(refuse("same-customer"));
    }
    let (stays, _) = open_side(app, workspace, stays).await?;
    let (goes, owner) = open_side(app, workspace, goes).await?;
    let says = |name: &str| stays.fields.iter().find(|f| f.name == name).is_some_and(|f| !f.value.is_empty());
    let mut filled = Vec::new();
    for field in goes.fields.iter().filter(|f| !f.value.is_empty() && !says(&f.name)) {
        let is_own = list_changeable().any(|own| own == field.name);
        if field.name == "churned_on" || (!is_own && FOLLOWING.contains(&field.name.as_str())) {
            continue;
        }
        let now = field.now.and_then(|at| field.versions.get(at));
        let figure = match (is_own, field.value.parse::<f64>(), now) {
            (true, ..) => None,
            (false, Ok(value), Some(version)) => Some((value, version.from)),
            (false, ..) => continue,
        };
        let raw = match field.name.as_str() {
            "owner" => owner.map(|id| id.to_string()).unwrap_or_default(),
            _ => field.value.clone(),
        };
        filled.push(Filled { name: field.name.clone(), raw, figure });
    }
    Ok(MergePlan { stays, goes, filled })
}

async fn open_side(
    app: &App,
    ws: Id<Workspace>,
    id: Id<Customer>,
) -> Result<(Side, Option<Id<kizashi_domain::id::Staff>>)> {
    let Some((code, name, owner)) = store::find_side(app, ws, id).await? else { return Err(Refused::NotFound.into()) };
    let fields = list_fields(app, ws, id, None).await?;
    let records = store::count_records(app, ws, id).await?;
    Ok((Side { id, code, name, fields, records }, owner))
}
