//! Members of staff.

use kizashi_domain::id::{Id, Staff, Workspace};
use kizashi_domain::lang::Lang;

use super::{Action, Grant, Role, Viewer, may, password, store};
use crate::{App, Refused, Result};

/// Cards a day, unless someone says otherwise.
const DAILY_CARDS: i64 = 8;

/// Somebody to add.
#[derive(Clone, Debug)]
pub struct NewStaff {
    /// Mail address, the name to sign in with.
    pub email: String,
    /// Name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Language of the pages.
    pub language: Lang,
    /// Password; `None` = cannot sign in yet.
    pub password: Option<String>,
}

/// A member of staff in a list.
#[derive(Clone, Debug)]
pub struct StaffRow {
    /// Member.
    pub id: Id<Staff>,
    /// Mail address.
    pub email: String,
    /// Name.
    pub name: String,
    /// Role.
    pub role: String,
}

/// Adds a member of staff.
pub async fn add_staff(app: &App, grant: &Grant, new: NewStaff) -> Result<Id<Staff>> {
    let email = new.email.trim().to_lowercase();
    if !email.contains('@') || email.chars().count() > 254 || email.chars().any(char::is_whitespace) {
        return Err(Refused::Field { field: "email", reason: "not-an-email" }.into());
    }
    let hash = match &new.password {
        Some(password) => password::hash(password).await?,
        None => String::new(),
    };
    let language = if new.language == Lang::En { "en" } else { "ja" };
    store::keep_staff(app, grant, &email, new.name.trim(), new.role, language, &hash, DAILY_CARDS).await
}

/// All members, by name.
pub async fn list_staff(app: &App, workspace: Id<Workspace>) -> Result<Vec<StaffRow>> {
    store::list_staff(app, workspace).await
}

/// Those of them who may work with cards, by name.
pub async fn list_workers(app: &App, workspace: Id<Workspace>) -> Result<Vec<StaffRow>> {
    let mut staff = store::list_staff(app, workspace).await?;
    staff.retain(|s| Role::parse(&s.role).is_some_and(|role| may(role, Action::Work)));
    Ok(staff)
}

/// Sets a new password and ends the member's sessions.
pub async fn reset_password(app: &App, grant: &Grant, email: &str, password: &str) -> Result<()> {
    let Some(staff) = store::find_staff_by_email(app, grant.workspace(), &email.trim().to_lowercase()).await? else {
        return Err(Refused::NotFound.into());
    };
    let hash = password::hash(password).await?;
    store::keep_password(app, grant, staff.id, &hash).await
}

/// Somebody leaves: they are signed out and cannot sign in, and what is open with them waits for a handover.
///
/// # Errors
/// Refused for oneself, so that somebody who may do this is always left.
pub async fn leave_staff(app: &App, grant: &Grant, staff: Id<Staff>) -> Result<()> {
    if grant.staff() == Some(staff) {
        return Err(Refused::Field { field: "staff", reason: "leave-oneself" }.into());
    }
    store::keep_left(app, grant, staff, Some(app.now())).await
}

/// Somebody who left is back.
pub async fn return_staff(app: &App, grant: &Grant, staff: Id<Staff>) -> Result<()> {
    store::keep_left(app, grant, staff, None).await
}

/// Sets the language of one's own pages.
pub async fn set_language(app: &App, viewer: &Viewer, language: Lang) -> Result<()> {
    store::keep_language(app, viewer.workspace, viewer.staff, if language == Lang::En { "en" } else { "ja" }).await
}

/// Sets how many cards a day one takes.
pub async fn set_daily_cards(app: &App, viewer: &Viewer, count: i64) -> Result<()> {
    check_daily_cards(count)?;
    store::keep_daily_cards(app, viewer.workspace, viewer.staff, count).await
}

/// Sets how many cards a day a colleague takes, for those who lead.
pub async fn set_daily_cards_of(app: &App, grant: &Grant, staff: Id<Staff>, count: i64) -> Result<()> {
    check_daily_cards(count)?;
    store::find_colleague(app, grant.workspace(), staff).await?.ok_or(Refused::NotFound)?;
    store::keep_daily_cards(app, grant.workspace(), staff, count).await
}

fn check_daily_cards(count: i64) -> Result<()> {
    const DAILY_CARDS_MAX: i64 = 50;
    if !(1..=DAILY_CARDS_MAX).contains(&count) {
        return Err(Refused::Field { field: "cards", reason: "daily-cards" }.into());
    }
    Ok(())
}

/// Mail address of the person behind a grant; none for the person at the console.
pub(crate) async fn find_email(app: &App, grant: &Grant) -> Result<Option<String>> {
    match grant.staff() {
        Some(staff) => store::find_email(app, grant.workspace(), staff).await,
        None => Ok(None),
    }
}

/// A member of staff as they would look at pages, without a session, and their mail address; none when they have left.
pub(crate) async fn find_colleague(app: &App, ws: Id<Workspace>, staff: Id<Staff>) -> Result<Option<(Viewer, String)>> {
    let found = store::find_colleague(app, ws, staff).await?;
    Ok(found.map(|row| {
        let viewer = Viewer {
            workspace: ws,
            staff,
            name: row.name,
            role: Role::parse(&row.role).unwrap_or(Role::Other),
            language: if row.language == "en" { Lang::En } else { Lang::Ja },
            csrf: String::new(),
            daily_cards: row.daily_cards,
        };
        (viewer, row.email)
    }))
}
