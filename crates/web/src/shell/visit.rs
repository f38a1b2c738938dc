//! A signed-in request: who reads, in which workspace; and a form that such a reader sent.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use kizashi_app::access::{Action, Grant, Viewer, permit};
use kizashi_app::settings::{Settings, open_settings};
use kizashi_domain::lang::Lang;
use maud::Markup;

use super::{Ask, Shell, Who, csrf_token, is_csrf_token};
use crate::address::own;
use crate::parts::state::toast;
use crate::problem::Problem;
use crate::serve::Web;

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
        let notice = said(&ask, &words, &csrf_token(&viewer.csrf, &ask.nonce));
        let shell = Shell {
            theme: ask.theme,
            nonce: ask.nonce.clone(),
            address: ask.address.clone(),
            is_fragment: ask.is_fragment,
            csrf: csrf_token(&viewer.csrf, &ask.nonce),
            who: Some(Who { id: Some(viewer.staff), name: viewer.name.clone(), email: String::new() }),
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

/// A notice that the address carries after a form was sent without scripts: `?said=taken&of=CARD`.
fn said(ask: &Ask, w: &crate::words::Words, csrf: &str) -> Option<Markup> {
    let query = ask.address.split_once('?')?.1;
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).ok()?;
    let find = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    let key = Said::parse(find("said")?)?;
    let card = find("of").filter(|id| id.parse::<uuid::Uuid>().is_ok());
    let undo = card.zip(key.undo()).map(|(of, what)| {
        let back = ask.address.split('?').next().unwrap_or("/cards");
        let button = maud::html! { button.btn { (w.t("undo")) } };
        let address = match what {
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
            "run-end" => format!("/plays/runs/{of}/reopening"),
            _ => format!("/cards/{of}/undo"),
        };
        crate::parts::form::post_button(csrf, &address, &[("what", what), ("back", back)], button)
    });
    Some(toast(w, &w.t(key.key()), undo))
}

/// What was just done, as an address may say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Said {
    Taken,
    Waiting,
    Snoozed,
    Closed,
    Reopened,
    Woken,
    Released,
    Hunch,
    Note,
    Felt,
    Field,
    Override,
    OverrideEnded,
    View,
    ViewRemoved,
    Edit,
    EditUndone,
    FieldOwner,
    Conflict,
    Settings,
    PlayDraft,
    PlayDraftDropped,
    PlayPublished,
    Hook,
    HookOn,
    HookOff,
    HookKept,
    HookRefused,
    HookAside,
    Deal,
    Sent,
    NoteTold,
    NoteUnclear,
    NoteChanged,
    NoteRemoved,
    NoteRestored,
    File,
    FileRemoved,
    FileRestored,
    Merged,
    MergeUndone,
    Apart,
    CardsChanged,
    CardsBack,
    CardsBackPartly,
    CardAdded,
    CardJoined,
    CardParted,
    CardExplained,
    DailyCards,
    NoticesKept,
    NoticesMade,
    CalendarEnded,
    LetterWithdrawn,
    LetterRestored,
    RoomOpened,
    RoomChanged,
    RoomClosed,
    RoomReopened,
    ActionAdded,
    ActionDone,
    ActionOpen,
    ActionRemoved,
    Decided,
    DecisionRemoved,
    HandedOver,
    HandoverUndone,
    HandoverUndoneInPart,
    ReadAbout,
    StaffLeft,
    StaffBack,
    Undone,
    TaskDone,
    TaskConfirmed,
    TaskSkipped,
    TaskDeclined,
    TaskUndone,
    RunStarted,
    RunPaused,
    RunResumed,
    RunStopped,
    RunReopened,
    RunMoved,
    RunShifted,
}

impl Said {
    const ALL: &[Self] = &[
        Self::Taken,
        Self::Waiting,
        Self::Snoozed,
        Self::Closed,
        Self::Reopened,
        Self::Woken,
        Self::Released,
        Self::Hunch,
        Self::Note,
        Self::Felt,
        Self::Field,
        Self::Override,
        Self::OverrideEnded,
        Self::View,
        Self::ViewRemoved,
        Self::Edit,
        Self::EditUndone,
        Self::FieldOwner,
        Self::Conflict,
        Self::Settings,
        Self::PlayDraft,
        Self::PlayDraftDropped,
        Self::PlayPublished,
        Self::Hook,
        Self::HookOn,
        Self::HookOff,
        Self::HookKept,
        Self::HookRefused,
        Self::HookAside,
        Self::Deal,
        Self::Sent,
        Self::NoteTold,
        Self::NoteUnclear,
        Self::NoteChanged,
        Self::NoteRemoved,
        Self::NoteRestored,
        Self::File,
        Self::FileRemoved,
        Self::FileRestored,
        Self::Merged,
        Self::MergeUndone,
        Self::Apart,
        Self::CardsChanged,
        Self::CardsBack,
        Self::CardsBackPartly,
        Self::CardAdded,
        Self::CardJoined,
        Self::CardParted,
        Self::CardExplained,
        Self::DailyCards,
        Self::NoticesKept,
        Self::NoticesMade,
        Self::CalendarEnded,
        Self::LetterWithdrawn,
        Self::LetterRestored,
        Self::RoomOpened,
        Self::RoomChanged,
        Self::RoomClosed,
        Self::RoomReopened,
        Self::ActionAdded,
        Self::ActionDone,
        Self::ActionOpen,
        Self::ActionRemoved,
        Self::Decided,
        Self::DecisionRemoved,
        Self::HandedOver,
        Self::HandoverUndone,
        Self::HandoverUndoneInPart,
        Self::ReadAbout,
        Self::StaffLeft,
        Self::StaffBack,
        Self::Undone,
        Self::TaskDone,
        Self::TaskConfirmed,
        Self::TaskSkipped,
        Self::TaskDeclined,
        Self::TaskUndone,
        Self::RunStarted,
        Self::RunPaused,
        Self::RunResumed,
        Self::RunStopped,
        Self::RunReopened,
        Self::RunMoved,
        Self::RunShifted,
    ];

    /// The key of its words.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Taken => "said-taken",
            Self::Waiting => "said-waiting",
            Self::Snoozed => "said-snoozed",
            Self::Closed => "said-closed",
            Self::Reopened => "said-reopened",
            Self::Woken => "said-woken",
            Self::Released => "said-released",
            Self::Hunch => "said-hunch",
            Self::Note => "said-note",
            Self::Felt => "said-felt",
            Self::Field => "said-field",
            Self::Override => "said-override",
            Self::OverrideEnded => "said-override-ended",
            Self::View => "said-view",
            Self::ViewRemoved => "said-view-removed",
            Self::Edit => "said-edit",
            Self::EditUndone => "said-edit-undone",
            Self::FieldOwner => "said-field-owner",
            Self::Conflict => "said-conflict",
            Self::Settings => "said-settings",
            Self::PlayDraft => "said-play-draft",
            Self::PlayDraftDropped => "said-play-draft-dropped",
            Self::PlayPublished => "said-play-published",
            Self::Hook => "said-hook",
            Self::HookOn => "said-hook-on",
            Self::HookOff => "said-hook-off",
            Self::HookKept => "said-hook-kept",
            Self::HookRefused => "said-hook-refused",
            Self::HookAside => "said-hook-aside",
            Self::Deal => "said-deal",
            Self::Sent => "said-sent",
            Self::NoteTold => "said-note-told",
            Self::NoteUnclear => "said-note-unclear",
            Self::NoteChanged => "said-note-changed",
            Self::NoteRemoved => "said-note-removed",
            Self::NoteRestored => "said-note-restored",
            Self::File => "said-file",
            Self::FileRemoved => "said-file-removed",
            Self::FileRestored => "said-file-restored",
            Self::Merged => "said-merged",
            Self::MergeUndone => "said-merge-undone",
            Self::Apart => "said-apart",
            Self::CardsChanged => "said-cards-changed",
            Self::CardsBack => "said-cards-back",
            Self::CardsBackPartly => "said-cards-back-partly",
            Self::CardAdded => "said-card-added",
            Self::CardJoined => "said-card-joined",
            Self::CardParted => "said-card-parted",
            Self::CardExplained => "said-card-explained",
            Self::DailyCards => "said-daily-cards",
            Self::NoticesKept => "said-notices-kept",
            Self::NoticesMade => "said-notices-made",
            Self::CalendarEnded => "said-calendar-ended",
            Self::LetterWithdrawn => "said-letter-withdrawn",
            Self::LetterRestored => "said-letter-restored",
            Self::RoomOpened => "said-room-opened",
            Self::RoomChanged => "said-room-changed",
            Self::RoomClosed => "said-room-closed",
            Self::RoomReopened => "said-room-reopened",
            Self::ActionAdded => "said-action-added",
            Self::ActionDone => "said-action-done",
            Self::ActionOpen => "said-action-open",
            Self::ActionRemoved => "said-action-removed",
            Self::Decided => "said-decided",
            Self::DecisionRemoved => "said-decision-removed",
            Self::HandedOver => "said-handed-over",
            Self::HandoverUndone => "said-handover-undone",
            Self::HandoverUndoneInPart => "said-handover-undone-in-part",
            Self::ReadAbout => "said-read-about",
            Self::StaffLeft => "said-staff-left",
            Self::StaffBack => "said-staff-back",
            Self::Undone => "said-undone",
            Self::TaskDone => "said-task-done",
            Self::TaskConfirmed => "said-task-confirmed",
            Self::TaskSkipped => "said-task-skipped",
            Self::TaskDeclined => "said-task-declined",
            Self::TaskUndone => "said-task-undone",
            Self::RunStarted => "said-run-started",
            Self::RunPaused => "said-run-paused",
            Self::RunResumed => "said-run-resumed",
            Self::RunStopped => "said-run-stopped",
            Self::RunReopened => "said-run-reopened",
            Self::RunMoved => "said-run-moved",
            Self::RunShifted => "said-run-shifted",
        }
    }

    /// The word in addresses.
    pub fn word(self) -> &'static str {
        self.key().trim_start_matches("said-")
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|said| said.word() == word)
    }

    /// Which undoing takes it back.
    pub const fn undo(self) -> Option<&'static str> {
        match self {
            Self::Taken | Self::Waiting => Some("taking"),
            Self::Snoozed => Some("snooze"),
            Self::Closed => Some("closure"),
            Self::NoteRemoved => Some("note"),
            Self::FileRemoved => Some("file"),
            Self::Edit => Some("edit"),
            Self::Merged => Some("merge"),
            Self::CardsChanged => Some("cards"),
            Self::LetterWithdrawn => Some("letter"),
            Self::RoomClosed => Some("room"),
            Self::ActionRemoved => Some("room-action"),
            Self::Decided => Some("decided"),
            Self::DecisionRemoved => Some("decision"),
            Self::HandedOver => Some("handover"),
            Self::StaffLeft => Some("staff"),
            Self::TaskDone | Self::TaskSkipped | Self::TaskDeclined => Some("task"),
            Self::RunPaused => Some("run-pause"),
            Self::RunStopped => Some("run-end"),
            _ => None,
        }
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
