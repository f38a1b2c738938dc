//! Customers as pages show them: the list, the quick search, one customer, its timeline.

mod as_of;
mod briefing;
mod fields;
mod head;
mod learned;
mod list;
mod listed;
mod notes;
mod page;
mod people;
pub(crate) mod read;
mod reckon;
mod store;
mod timeline;
mod written;

use kizashi_domain::id::{Customer, Id, View, Workspace};
use kizashi_domain::intake::{CustomerRow, Record};
use kizashi_domain::limits::{NAME_CHARS_MAX, TEXT_CHARS_MAX};
use kizashi_domain::time::Day;

use crate::access::{Grant, Viewer};
use crate::intake::{FELT, HUNCH, OWN_SOURCE, Origin, Received, keep_records, mark_dirty};
use crate::{App, Refused, Result};

pub use as_of::{AsOf, Learned, LearnedKind};
pub(crate) use briefing::list_briefings;
pub use briefing::{
    Briefing, Exchange, JudgedHunch, NextItem, NextWhy, OpenTicket, RunningPlay, SUPPORT_DAYS, SupportPast,
    open_briefing,
};
pub(crate) use fields::field_row;
pub use fields::{FieldVersion, FieldView, MADE_FIGURES, change_field, list_changeable, list_fields};
pub use head::{Head, Relations, open_head, open_relations};
pub use list::{list_choices, list_customers};
pub use listed::{Choices, ListPage, ListQuery, ListRow, SavedView, Sort};
pub use notes::{Meant, MentionRow, change_note, list_mentions, note_activity, note_seen, remove_note, restore_note};
pub(crate) use notes::{hand_mention, hand_mentions};
pub use page::{Moment, open_customer};
pub use read::{
    ContactView, ContractView, CustomerPage, HistoryPoint, HunchView, Relative, Timeline, TimelineKind, TimelineRow,
    UsageSeries,
};
pub(crate) use store::move_hunches;
pub use timeline::{list_moments, open_timeline};
pub use written::NoteRef;

/// A hunch to note.
#[derive(Clone, Debug)]
pub struct NewHunch {
    /// −2 … +2.
    pub feeling: i64,
    /// 1 … 3.
    pub confidence: i64,
    /// For how many days it is meant.
    pub days: i64,
    /// Words; may be empty.
    pub note: String,
}

/// Notes a hunch about a customer.
pub async fn note_hunch(app: &App, grant: &Grant, customer: Id<Customer>, new: NewHunch) -> Result<()> {
    if !(-2..=2).contains(&new.feeling) {
        return Err(Refused::Field { field: "feeling", reason: "out-of-range" }.into());
    }
    if !(1..=3).contains(&new.confidence) || !(1..=365).contains(&new.days) {
        return Err(Refused::Field { field: "confidence", reason: "out-of-range" }.into());
    }
    if new.note.chars().count() > TEXT_CHARS_MAX {
        return Err(Refused::Field { field: "note", reason: "too-long" }.into());
    }
    let Some(external_id) = store::find_external_id(app, grant.workspace(), customer).await? else {
        return Err(Refused::NotFound.into());
    };
    store::insert_hunch(app, grant, customer, &new).await?;
    // The same as a figure, so that metrics, scores and signals can look at it as long as it is meant.
    let today = crate::settings::open_settings(app, grant.workspace()).await?.day_of(app.now());
    let open = store::list_open_hunches(app, grant.workspace(), customer, today).await?;
    for (day, value) in hunch_figures(&open, today) {
        let figures = vec![(HUNCH.to_owned(), value)];
        keep_own(
            app,
            grant,
            CustomerRow { external_id: external_id.clone(), figures, as_of: Some(day), ..CustomerRow::default() },
        )
        .await?;
    }
    mark_dirty(app, grant.workspace(), vec![external_id]).await
}

/// What the newest open hunch says from `today` on, a step a line; infinity = nothing. `open` = (last day, feeling), the newest
/// first.
fn hunch_figures(open: &[(Day, i64)], today: Day) -> Vec<(Day, f64)> {
    let mut days: Vec<Day> = open.iter().map(|(until, _)| until.plus(1)).collect();
    days.push(today);
    days.sort_unstable();
    days.dedup();
    let says = |day: Day| open.iter().find(|(until, _)| *until >= day).map(|(_, feeling)| *feeling);
    #[allow(clippy::cast_precision_loss)]
    days.into_iter().map(|day| (day, says(day).map_or(f64::INFINITY, |feeling| feeling as f64))).collect()
}

/// Keeps what a person says of a customer.
async fn keep_own(app: &App, grant: &Grant, row: CustomerRow) -> Result<()> {
    let received = [Received { at: app.now(), assumed: false, record: Record::Customer(row) }];
    let origin = Origin { source: OWN_SOURCE, run: None, author: grant.staff() };
    keep_records(app, grant.workspace(), origin, &received, false).await.map(|_| ())
}

/// Keeps how a customer feels to the person who meets them, out of five: the smallest start of a score.
pub async fn note_felt(app: &App, grant: &Grant, customer: Id<Customer>, felt: i64) -> Result<()> {
    if !(1..=5).contains(&felt) {
        return Err(Refused::Field { field: "felt", reason: "out-of-range" }.into());
    }
    let Some(external_id) = store::find_external_id(app, grant.workspace(), customer).await? else {
        return Err(Refused::NotFound.into());
    };
    #[allow(clippy::cast_precision_loss)]
    let row = CustomerRow {
        external_id: external_id.clone(),
        figures: vec![(FELT.to_owned(), felt as f64)],
        ..CustomerRow::default()
    };
    keep_own(app, grant, row).await?;
    mark_dirty(app, grant.workspace(), vec![external_id]).await
}

/// Saved views of the list: one's own, and those that others share.
pub async fn list_views(app: &App, viewer: &Viewer) -> Result<Vec<SavedView>> {
    store::list_views(app, viewer).await
}

/// Saves the present address of the list under a name, for oneself or for everybody; the same name again replaces it.
pub async fn keep_view(app: &App, grant: &Grant, name: &str, query: &str, is_shared: bool) -> Result<()> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        return Err(Refused::Field { field: "name", reason: "required" }.into());
    }
    if query.len() > 2_000 {
        return Err(Refused::Field { field: "query", reason: "too-long" }.into());
    }
    store::keep_view(app, grant, name, query, is_shared).await
}

/// Forgets a saved view of one's own.
pub async fn drop_view(app: &App, grant: &Grant, view: Id<View>) -> Result<()> {
    store::drop_view(app, grant, view).await
}

/// The name of a customer.
pub async fn find_name(app: &App, workspace: Id<Workspace>, customer: Id<Customer>) -> Result<Option<String>> {
    store::find_name(app, workspace, customer).await
}

/// A customer's row of the list.
pub(crate) async fn find_customer_row(app: &App, workspace: Id<Workspace>, customer: Id<Customer>) -> Result<ListRow> {
    store::find_row(app, workspace, customer).await?.ok_or_else(|| Refused::NotFound.into())
}

/// How many customers there are.
pub async fn count_customers(app: &App, workspace: Id<Workspace>) -> Result<i64> {
    store::count_customers(app, workspace).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_open_hunch_counts_and_an_older_one_comes_back_after_it() {
        let figures = hunch_figures(&[(Day(110), -2), (Day(130), 1), (Day(105), 2)], Day(100));
        let (inf, at) = (f64::INFINITY, |day: i32, value: f64| (Day(day), value));
        assert_eq!(figures, [at(100, -2.0), at(106, -2.0), at(111, 1.0), at(131, inf)]);
    }
}
