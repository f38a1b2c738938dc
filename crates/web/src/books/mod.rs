//! Plays as people write them: the list, the editor, the rehearsal from which one is published, and what might become one.

mod arrange;
mod editor;
mod effect;
mod form;
mod http;
mod letter;
mod list;
mod proposals;
mod record;
mod rehearsal;
mod step;

pub(crate) use editor::say_too_soon;
pub(crate) use effect::open_effect;
pub(crate) use proposals::offer;
pub(crate) use rehearsal::figures;
pub(crate) use step::say_before;

pub(crate) use http::{
    begin, begin_of_card, begin_of_repeated, drop_draft, edit_play, keep_play, open_new, open_plays, open_proposals,
    open_rehearsal, publish,
};
