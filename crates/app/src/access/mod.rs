//! Who may do what: sign-in, sessions, roles, grants.

mod password;
mod presence;
mod session;
mod staff;
mod store;
mod tokens;

use kizashi_domain::id::{Id, Staff, Workspace};
use kizashi_domain::lang::Lang;

use crate::{Refused, Result};

pub use presence::{Rest, drop_rest, keep_presence, keep_rest};
pub use session::{SESSION_IDLE_S_MAX, SESSION_S_MAX, SignedIn, close_session, open_session, sign_in};
pub use staff::{
    NewStaff, StaffRow, add_staff, leave_staff, list_staff, list_workers, reset_password, return_staff,
    set_daily_cards, set_daily_cards_of, set_language,
};
pub use tokens::{Answer, Client, Scope, add_token, find_answer, find_client, keep_answer, revoke_token};

pub(crate) use presence::{find_first_presence, list_presence, list_rests};
pub(crate) use session::{hash_token as hash_key, token};
pub(crate) use staff::{find_colleague, find_email};
pub(crate) use store::record_audit;

/// What a member of staff is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// 管理者.
    Admin,
    /// マネージャー.
    Manager,
    /// CSM.
    Csm,
    /// 他部門: reads and comments.
    Other,
    /// 監査: reads.
    Audit,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 5] = [Self::Admin, Self::Manager, Self::Csm, Self::Other, Self::Audit];

    /// The word in the database and on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Manager => "manager",
            Self::Csm => "csm",
            Self::Other => "other",
            Self::Audit => "audit",
        }
    }

    /// Reads [`Role::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.word() == word)
    }
}

/// Who is looking.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// Workspace.
    pub workspace: Id<Workspace>,
    /// Member of staff.
    pub staff: Id<Staff>,
    /// Name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Language of the pages.
    pub language: Lang,
    /// Token that forms must carry.
    pub csrf: String,
    /// Cards a day.
    pub daily_cards: i64,
}

/// What can be permitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// See customers and cards.
    Read,
    /// Say a word on what one may read.
    Comment,
    /// Work with cards, note hunches, save views.
    Work,
    /// Take rows out of the product.
    Export,
    /// Change models, metrics, signals and the calendar.
    Configure,
    /// Change sources and staff.
    Administer,
}

const fn may(role: Role, action: Action) -> bool {
    match action {
        Action::Read => true,
        Action::Comment => !matches!(role, Role::Audit),
        Action::Work => matches!(role, Role::Admin | Role::Manager | Role::Csm),
        Action::Export => matches!(role, Role::Admin | Role::Manager | Role::Csm | Role::Audit),
        Action::Configure => matches!(role, Role::Admin | Role::Manager),
        Action::Administer => matches!(role, Role::Admin),
    }
}

/// Proof that somebody may do something; only this module makes one.
#[derive(Clone, Debug)]
pub struct Grant {
    workspace: Id<Workspace>,
    staff: Option<Id<Staff>>,
}

impl Grant {
    /// In which workspace.
    pub const fn workspace(&self) -> Id<Workspace> {
        self.workspace
    }

    /// Who; `None` for the person at the machine's own command line.
    pub const fn staff(&self) -> Option<Id<Staff>> {
        self.staff
    }

    /// For the person at the machine, who can read the files anyway.
    pub const fn of_console(workspace: Id<Workspace>) -> Self {
        Self { workspace, staff: None }
    }
}

/// Asks for permission.
pub fn permit(viewer: &Viewer, action: Action) -> Result<Grant> {
    if may(viewer.role, action) {
        Ok(Grant { workspace: viewer.workspace, staff: Some(viewer.staff) })
    } else {
        Err(Refused::NotAllowed.into())
    }
}
