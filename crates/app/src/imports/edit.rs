//! Many customers changed at once. It goes in like an import, and is taken back like one.

use std::sync::Arc;

use kizashi_domain::id::{Customer, Id, Import, Workspace};
use kizashi_domain::intake::{CustomerRow, Files, Record, RecordKind, Wish};
use kizashi_domain::limits::EDIT_CUSTOMERS_MAX;

use super::store::{self, NewRun};
use super::{Report, State, end_run, fail_run, job, open_import};
use crate::access::{Action, Grant, Viewer, list_staff, permit};
use crate::customers::{ListQuery, ListRow, field_row, find_customer_row, list_customers};
use crate::intake::{Kept, OWN_SOURCE, Origin, Received, keep_records, mark_dirty};
use crate::{App, Refused, Result};

/// Fields that can be changed for many at once.
pub const EDIT_FIELDS: [&str; 4] = ["stage", "segment", "region", "owner"];

/// Which customers.
#[derive(Clone, Debug)]
pub enum Chosen {
    /// These.
    Ids(Vec<Id<Customer>>),
    /// All that a list shows.
    All(Box<ListQuery>),
}

/// A field and what it is to say; an owner by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// One of [`EDIT_FIELDS`].
    pub field: String,
    /// Empty = nothing.
    pub value: String,
}

/// What an edit would change.
#[derive(Clone, Debug, Default)]
pub struct EditPlan {
    /// Customers looked at.
    pub chosen: usize,
    /// Those that would say something else.
    pub changes: Vec<EditChange>,
    /// What they would say, as people read it.
    pub after: String,
}

/// A customer that would say something else.
#[derive(Clone, Debug)]
pub struct EditChange {
    /// The customer.
    pub id: Id<Customer>,
    /// Its code.
    pub external_id: String,
    /// Its name.
    pub name: String,
    /// What the field says now, as people read it.
    pub before: String,
}

/// The customers meant.
///
/// # Errors
/// Refused when they are more than [`EDIT_CUSTOMERS_MAX`].
pub async fn list_chosen(app: &App, workspace: Id<Workspace>, chosen: &Chosen) -> Result<Vec<ListRow>> {
    let too_many = || Refused::Field { field: "customers", reason: "too-many-customers" };
    let mut rows = Vec::new();
    match chosen {
        Chosen::Ids(ids) => {
            if ids.len() > EDIT_CUSTOMERS_MAX {
                return Err(too_many().into());
            }
            for id in ids {
                rows.push(find_customer_row(app, workspace, *id).await?);
            }
        }
        Chosen::All(query) => {
            let most = i64::try_from(EDIT_CUSTOMERS_MAX).unwrap_or(i64::MAX);
            let page = list_customers(app, workspace, &ListQuery { rows: most, after: None, ..query.as_ref().clone() })
                .await?;
            if page.next.is_some() {
                return Err(too_many().into());
            }
            rows = page.rows;
        }
    }
    Ok(rows)
}

/// What an edit would change. Nothing is kept.
pub async fn plan_edit(app: &App, grant: &Grant, chosen: &Chosen, edit: &Edit) -> Result<EditPlan> {
    if !EDIT_FIELDS.contains(&edit.field.as_str()) {
        return Err(Refused::NotFound.into());
    }
    // Whatever one customer refuses, all do.
    field_row(app, grant, &edit.field, &edit.value).await?;
    let after = match edit.field.as_str() {
        "owner" => {
            let staff = list_staff(app, grant.workspace()).await?;
            staff.into_iter().find(|s| s.id.to_string() == edit.value).map(|s| s.name).unwrap_or_default()
        }
        _ => edit.value.trim().to_owned(),
    };
    let rows = list_chosen(app, grant.workspace(), chosen).await?;
    let chosen = rows.len();
    let says = |row: &ListRow| match edit.field.as_str() {
        "stage" => row.stage.clone(),
        "segment" => row.segment.clone(),
        "region" => row.region.clone(),
        _ => row.owner.clone().unwrap_or_default(),
    };
    let changes = rows
        .into_iter()
        .map(|row| EditChange { before: says(&row), id: row.id, external_id: row.external_id, name: row.name })
        .filter(|change| change.before != after)
        .collect();
    Ok(EditPlan { chosen, changes, after })
}

/// Changes the customers of a plan under one import, so that all of it can be taken back. `seen` = how many changes the person saw:
/// when it is another number by now, nothing is changed.
pub async fn keep_edit(
    app: &App,
    grant: &Grant,
    chosen: &Chosen,
    edit: &Edit,
    seen: usize,
) -> Result<(Id<Import>, usize)> {
    let plan = plan_edit(app, grant, chosen, edit).await?;
    if plan.changes.len() != seen {
        return Err(Refused::Changed.into());
    }
    let workspace = grant.workspace();
    let wish = Wish { kind: Some(RecordKind::Customers), source: OWN_SOURCE.to_owned(), ..Wish::default() };
    let run = App::new_id();
    let at = app.now();
    let file_name = format!("{} = {}", edit.field, plan.after);
    let (state, kind, staff) = (State::Keeping, "customers", grant.staff());
    let new = NewRun { id: run, state, kind, wish: &wish, file_name: &file_name, file_bytes: 0, staff, at };
    store::insert_run(app, workspace, &new).await?;
    let change = field_row(app, grant, &edit.field, &edit.value).await?;
    let record = |code: &String| Record::Customer(CustomerRow { external_id: code.clone(), ..change.clone() });
    let codes: Vec<String> = plan.changes.into_iter().map(|c| c.external_id).collect();
    let records: Vec<Received> =
        codes.iter().map(|code| Received { at, assumed: false, record: record(code) }).collect();
    let origin = Origin { source: OWN_SOURCE, run: Some(run), author: grant.staff() };
    let report = |kept: Kept| Report::of(Some(RecordKind::Customers), (records.len() as u64, 0), kept, 0);
    match keep_records(app, workspace, origin, &records, false).await {
        Ok(kept) => end_run(app, workspace, run, &report(kept)).await?,
        Err(error) => {
            fail_run(app, workspace, run, &report(Kept::default())).await?;
            return Err(error);
        }
    }
    mark_dirty(app, workspace, codes).await?;
    Ok((run, seen))
}

/// Takes an edit back, beside the pages. Who made it may, and who may take back imports.
pub async fn start_undo_of_edit(app: &App, viewer: &Viewer, files: Arc<dyn Files>, id: Id<Import>) -> Result<()> {
    let grant = permit(viewer, Action::Work)?;
    let row = open_import(app, viewer.workspace, id).await?;
    if row.source != OWN_SOURCE || !row.can_be_undone() {
        return Err(Refused::NotFound.into());
    }
    let is_own = store::is_by(app, viewer.workspace, id, viewer.staff).await?;
    if !is_own && permit(viewer, Action::Configure).is_err() {
        return Err(Refused::NotFound.into());
    }
    job::start_undo(app, grant, files, id).await
}
