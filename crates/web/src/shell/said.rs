//! What was just done, as an address may say it.

/// A line each: what was done, the key of its words, and which undoing takes it back.
macro_rules! said {
    (@) => { None };
    (@ $undo:literal) => { Some($undo) };
    ($($name:ident $key:literal $(undo $undo:literal)?),+ $(,)?) => {
        /// What was just done, as an address may say it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs)]
        pub enum Said { $($name),+ }

        impl Said {
            const ALL: &[Self] = &[$(Self::$name),+];

            /// The key of its words.
            pub const fn key(self) -> &'static str {
                match self { $(Self::$name => $key),+ }
            }

            /// Which undoing takes it back.
            pub const fn undo(self) -> Option<&'static str> {
                match self { $(Self::$name => said!(@ $($undo)?)),+ }
            }
        }
    };
}

said! {
    Taken "said-taken" undo "cards",
    Waiting "said-waiting" undo "cards",
    Snoozed "said-snoozed" undo "cards",
    Closed "said-closed" undo "cards",
    ClosedFalse "said-closed-false" undo "cards",
    Overtaken "said-overtaken",
    Reopened "said-reopened",
    Woken "said-woken",
    Hunch "said-hunch",
    Note "said-note",
    Felt "said-felt",
    Field "said-field",
    OwnerChanged "said-owner-changed",
    Override "said-override",
    OverrideEnded "said-override-ended",
    View "said-view",
    ViewRemoved "said-view-removed",
    Edit "said-edit" undo "edit",
    EditUndone "said-edit-undone",
    FieldOwner "said-field-owner",
    Conflict "said-conflict",
    Settings "said-settings",
    PlayDraft "said-play-draft",
    PlayDraftDropped "said-play-draft-dropped",
    PlayPublished "said-play-published",
    Hook "said-hook",
    HookOn "said-hook-on",
    HookOff "said-hook-off",
    HookKept "said-hook-kept",
    HookRefused "said-hook-refused",
    HookAside "said-hook-aside",
    Deal "said-deal",
    Sent "said-sent",
    NoteTold "said-note-told",
    NoteUnclear "said-note-unclear",
    NoteChanged "said-note-changed",
    NoteRemoved "said-note-removed" undo "note",
    NoteRestored "said-note-restored",
    File "said-file",
    FileRemoved "said-file-removed" undo "file",
    FileRestored "said-file-restored",
    Merged "said-merged" undo "merge",
    MergeUndone "said-merge-undone",
    Apart "said-apart",
    CardsChanged "said-cards-changed" undo "cards",
    CardsBack "said-cards-back",
    CardsBackPartly "said-cards-back-partly",
    CardsNotBack "said-cards-not-back",
    CardsBackBefore "said-cards-back-before",
    CardNoteUnclear "said-card-note-unclear",
    CardNoteLeft "said-card-note-left",
    CardAdded "said-card-added",
    CardMerged "said-card-merged",
    CardJoined "said-card-joined",
    CardParted "said-card-parted",
    CardExplained "said-card-explained",
    DailyCards "said-daily-cards",
    UseRested "said-use-rested" undo "use-rest",
    UseUnrested "said-use-unrested",
    NoticesKept "said-notices-kept",
    NoticesMade "said-notices-made",
    CalendarEnded "said-calendar-ended",
    LetterWithdrawn "said-letter-withdrawn" undo "letter",
    LetterRestored "said-letter-restored",
    LetterKept "said-letter-kept",
    RoomOpened "said-room-opened",
    RoomChanged "said-room-changed",
    RoomClosed "said-room-closed" undo "room",
    RoomReopened "said-room-reopened",
    ActionAdded "said-action-added",
    ActionChanged "said-action-changed",
    ActionDone "said-action-done",
    ActionOpen "said-action-open",
    ActionRemoved "said-action-removed" undo "room-action",
    Decided "said-decided" undo "decided",
    DecisionRemoved "said-decision-removed" undo "decision",
    HandedOver "said-handed-over" undo "handover",
    HandoverUndone "said-handover-undone",
    HandoverUndoneInPart "said-handover-undone-in-part",
    ReadAbout "said-read-about",
    StaffLeft "said-staff-left" undo "staff",
    StaffBack "said-staff-back",
    Undone "said-undone",
    TaskDone "said-task-done" undo "task",
    TaskConfirmed "said-task-confirmed",
    TaskSkipped "said-task-skipped" undo "task",
    TaskDeclined "said-task-declined" undo "task",
    TaskUndone "said-task-undone",
    RunStarted "said-run-started",
    RunPaused "said-run-paused" undo "run-pause",
    RunResumed "said-run-resumed",
    RunStopped "said-run-stopped" undo "run-end",
    RunReopened "said-run-reopened",
    RunMoved "said-run-moved",
    RunsMoved "said-runs-moved",
    StepAdded "said-step-added",
    RunShifted "said-run-shifted" undo "shift",
    StepShifted "said-step-shifted" undo "shift",
    TasksMoved "said-tasks-moved" undo "shift",
    MoveUndone "said-move-undone",
    MoveUndonePartly "said-move-undone-partly",
    ShiftUndone "said-shift-undone",
    ShiftUndonePartly "said-shift-undone-partly",
}

impl Said {
    /// The word in addresses.
    pub fn word(self) -> &'static str {
        self.key().trim_start_matches("said-")
    }

    /// Reads [`Said::word`].
    pub(super) fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|said| said.word() == word)
    }
}
