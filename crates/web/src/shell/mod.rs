//! What surrounds every page: who reads, in which language, and whether a whole page or a part of it is wanted.

mod extract;
mod layout;
mod said;
mod security;
mod visit;

use axum::response::{Html, IntoResponse, Response};
use kizashi_domain::id::{Id, Staff};
use kizashi_domain::time::{Day, Zone};
use maud::{Markup, html};

pub use extract::{Ask, cookie};
pub(crate) use layout::key_list;
pub use said::Said;
pub use security::{csrf_token, is_csrf_token, new_nonce};
pub(crate) use security::{guard, not_found, seal};
pub use visit::{Posted, Visit};

use crate::words::Words;

/// Light, dark, or as the device says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the device says.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The word in cookies and attributes.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads [`Theme::tag`].
    pub fn parse(tag: &str) -> Self {
        match tag {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::Auto,
        }
    }
}

/// The person who reads.
#[derive(Clone, Debug)]
pub struct Who {
    /// Who it is; nobody in a gallery of pages.
    pub id: Option<Id<Staff>>,
    /// Name as shown.
    pub name: String,
    /// Mail address.
    pub email: String,
    /// Whether they may answer cards; whoever may not is shown no buttons for it.
    pub may_work: bool,
}

/// A place of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// 今日.
    Today,
    /// 顧客.
    Customers,
    /// カード.
    Cards,
    /// プレイブック.
    Plays,
    /// 商談.
    Deals,
    /// データ.
    Data,
    /// サポート.
    Support,
    /// 辞書.
    Dictionary,
    /// 設定.
    Settings,
    /// None of them.
    Elsewhere,
}

/// What every page is drawn with.
#[derive(Clone)]
pub struct Shell {
    /// Words in the reader's language.
    pub words: Words,
    /// Theme.
    pub theme: Theme,
    /// Nonce of this answer's scripts.
    pub nonce: String,
    /// Path and query of this request, to come back to.
    pub address: String,
    /// Only the content is wanted, not the surroundings.
    pub is_fragment: bool,
    /// Token of this page's forms.
    pub csrf: String,
    /// Who is signed in.
    pub who: Option<Who>,
    /// The workspace's name.
    pub workspace: String,
    /// Today in the workspace's zone.
    pub today: Day,
    /// The workspace's zone.
    pub zone: Zone,
    /// A notice to show, already drawn.
    pub notice: Option<Markup>,
    /// How many notices the reader has not seen.
    pub unseen: i64,
}

/// A page: its title, its place and its content.
pub struct Page {
    /// Title, without the product's name.
    pub title: String,
    /// Which place of the navigation it belongs to.
    pub place: Place,
    /// Its content.
    pub body: Markup,
}

impl Shell {
    /// Whether the reader may answer cards.
    pub fn may_work(&self) -> bool {
        self.who.as_ref().is_some_and(|who| who.may_work)
    }

    /// The page as a document, or its content alone when htmx asks.
    pub fn draw(&self, page: &Page) -> Markup {
        let title = html! { title { (page.title) " · " (self.words.t("brand")) } };
        if self.is_fragment {
            html! { (title) (page.body) @if let Some(notice) = &self.notice { (self.notice_beside(notice)) } }
        } else {
            layout::document(self, page, &title)
        }
    }

    /// [`Shell::draw`] as an answer.
    pub fn page(&self, page: &Page) -> Response {
        Html(self.draw(page).into_string()).into_response()
    }

    /// A notice sent beside a fragment.
    pub fn notice_beside(&self, notice: &Markup) -> Markup {
        html! { hx-partial hx-target="#toasts" hx-swap="innerHTML" { (notice) } }
    }
}
