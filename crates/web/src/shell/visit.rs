//! A signed-in request: who reads, in which workspace; and a form that such a reader sent.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use kizashi_app::access::{Action, Grant, Viewer, permit};
use kizashi_app::plays::{count_changed, count_following};
use kizashi_app::settings::{Settings, open_settings};
use kizashi_domain::id::Id;
use kizashi_domain::lang::Lang;
use maud::{Markup, html};
use uuid::Uuid;

use super::said::Said;
use super::{Ask, Shell, Who, csrf_token, is_csrf_token};
use crate::address::own;
use crate::parts::form::post_button;
use crate::parts::state::toast;
use crate::problem::Problem;
use crate::serve::Web;
use crate::words::Words;

/// A signed-in request.
pub struct Visit {
    /// What pages are drawn with.
    pub shell: Shell,
    /// Who reads.
    pub viewer: Viewer,
    /// Settings in force.
    pub settings: Arc<Settings>,
}

impl Visit {
    /// Asks for permission to do something.
    pub fn permit(&self, action: Action) -> Result<Grant, Problem> {
        Ok(permit(&self.viewer, action)?)
    }
}

impl FromRequestParts<Web> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let viewer = parts.extensions.get::<Viewer>().cloned().ok_or(Problem::SignedOut)?;
        let ask = parts.extensions.get::<Ask>().cloned().ok_or(Problem::SignedOut)?;
        let settings = open_settings(&web.app, viewer.workspace).await?;
        let lang = ask.chosen_lang.unwrap_or(viewer.language);
        let words = web.words(&settings, lang);
        let notice = match Told::of(&ask) {
            Some(told) => {
                let following = told.count_following(web, &viewer).await?;
                let text = told.say(web, &viewer, &words).await?;
                Some(told.draw((&ask, &words, &text), &csrf_token(&viewer.csrf, &ask.nonce), following))
            }
            None => None,
        };
        let may_work = permit(&viewer, Action::Work).is_ok();
        let shell = Shell {
            theme: ask.theme,
            nonce: ask.nonce.clone(),
            address: ask.address.clone(),
            is_fragment: ask.is_fragment,
            csrf: csrf_token(&viewer.csrf, &ask.nonce),
            who: Some(Who { id: Some(viewer.staff), name: viewer.name.clone(), email: String::new(), may_work }),
            workspace: settings.name.clone(),
            today: settings.day_of(web.app.now()),
            zone: settings.zone.clone(),
            notice,
            unseen: kizashi_app::notices::count_unseen(&web.app, &viewer).await?,
            words,
        };
        Ok(Self { shell, viewer, settings })
    }
}

/// What the address carries after a form was sent: `?said=taken&of=CARD`.
struct Told {
    said: Said,
    of: Option<Uuid>,
}

impl Told {
    fn of(ask: &Ask) -> Option<Self> {
        let query = ask.address.split_once('?')?.1;
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).ok()?;
        let find = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        Some(Self { said: Said::parse(find("said")?)?, of: find("of").and_then(|id| id.parse().ok()) })
    }

    /// How many open steps of plays could move with the cards that were changed.
    async fn count_following(&self, web: &Web, viewer: &Viewer) -> Result<usize, Problem> {
        match (self.said, self.of) {
            (Said::CardsChanged, Some(batch)) => {
                Ok(count_following(&web.app, viewer.workspace, Id::from_uuid(batch)).await?)
            }
            _ => Ok(0),
        }
    }

    /// What was done, in words; of cards that were changed at once how many.
    async fn say(&self, web: &Web, viewer: &Viewer, w: &Words) -> Result<String, Problem> {
        let batch = self.of.filter(|_| self.said == Said::CardsChanged);
        let found = match batch {
            Some(batch) => count_changed(&web.app, viewer.workspace, Id::from_uuid(batch)).await?,
            None => None,
        };
        Ok(match found {
            Some((act, n)) => w.with(&format!("said-many-{act}"), &[("n", n.into())]),
            None => w.t(self.said.key()),
        })
    }

    /// The notice, with the ways that it offers.
    fn draw(&self, (ask, w, text): (&Ask, &Words, &str), csrf: &str, following: usize) -> Markup {
        let back = ask.address.split('?').next().unwrap_or("/cards");
        let undo = self.of.zip(self.said.undo()).map(|(of, what)| {
            let button = html! { button.btn { (w.t("undo")) } };
            post_button(csrf, &undo_address(what, of), &[("what", what), ("back", back)], button)
        });
        let offer = self.of.filter(|_| following > 0).map(|of| {
            let label = w.with("said-tasks-follow", &[("n", following.into())]);
            let address = format!("/cards/batches/{of}/tasks");
            post_button(csrf, &address, &[("back", back)], html! { button.btn data-offer { (label) } })
        });
        let ways = html! { @if let Some(offer) = offer { (offer) } @if let Some(undo) = undo { (undo) } };
        toast(w, text, Some(ways))
    }
}

/// Where a change is taken back.
fn undo_address(what: &str, of: Uuid) -> String {
    match what {
        "edit" => format!("/customers/edits/{of}/undo"),
        "note" => format!("/notes/{of}/restoration"),
        "file" => format!("/files/{of}/restoration"),
        "merge" => format!("/merges/{of}/undo"),
        "cards" => format!("/cards/batches/{of}/undo"),
        "letter" => format!("/notices/letters/{of}/restoration"),
        "room" => format!("/rooms/{of}/reopening"),
        "room-action" => format!("/room-actions/{of}/restoration"),
        "decided" => format!("/decisions/{of}/removal"),
        "decision" => format!("/decisions/{of}/restoration"),
        "handover" => format!("/handovers/{of}/undo"),
        "staff" => format!("/staff/{of}/return"),
        "task" => format!("/plays/tasks/{of}/answer"),
        "run-pause" => format!("/plays/runs/{of}/resumption"),
        "shift" => format!("/plays/shifts/{of}/undo"),
        "use-rest" => format!("/settings/use/{of}/rest/undo"),
        "run-end" => format!("/plays/runs/{of}/reopening"),
        _ => format!("/cards/{of}/undo"),
    }
}

/// A form of a signed-in reader, its token checked.
pub struct Posted {
    /// Who sent it.
    pub visit: Visit,
    pairs: Vec<(String, String)>,
}

impl Posted {
    /// Every field as it was sent.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// The value of a field; empty counts as none.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.trim()).filter(|v| !v.is_empty())
    }

    /// The value of a field that must be there.
    pub fn text(&self, name: &str) -> Result<&str, Problem> {
        self.find(name).ok_or_else(|| Problem::Refused("reason-required".into()))
    }

    /// Where to go back to: an address of our own.
    pub fn back<'a>(&'a self, otherwise: &'a str) -> &'a str {
        self.find("back").and_then(own).unwrap_or(otherwise)
    }

    /// [`Posted::back`] with what was done.
    pub fn back_saying(&self, otherwise: &str, said: Said, of: &str) -> String {
        let back = self.back(otherwise);
        let (path, query) = back.split_once('?').unwrap_or((back, ""));
        let kept =
            query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("said=") && !pair.starts_with("of="));
        let mut query: Vec<String> = kept.map(str::to_owned).collect();
        query.push(format!("said={}", said.word()));
        if !of.is_empty() {
            query.push(format!("of={of}"));
        }
        format!("{path}?{}", query.join("&"))
    }
}

impl FromRequest<Web> for Posted {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, web).await?;
        let bytes = Bytes::from_request(Request::from_parts(parts, body), web)
            .await
            .map_err(|_| Problem::Refused("reason-too-large".into()))?;
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_bytes(&bytes).map_err(|_| Problem::Refused(String::new()))?;
        let token = pairs.iter().find(|(name, _)| name == "csrf").map_or("", |(_, value)| value);
        if !is_csrf_token(&visit.viewer.csrf, token) {
            return Err(Problem::Forbidden);
        }
        Ok(Self { visit, pairs })
    }
}

impl Shell {
    /// The words of the language that a text is wanted in.
    pub const fn lang(&self) -> Lang {
        self.words.lang()
    }
}
