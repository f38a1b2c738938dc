//! Red account rooms: the list, one room, opening one; what stands beside the score of a customer.

mod beside;
mod http;
mod list;
mod page;
mod parts;

pub(crate) use beside::similar;
pub use beside::{beside, mine};
pub(crate) use http::{
    act, add_action, add_member, change_frame, close, decide, open_new, open_room, open_rooms, remove_action,
    remove_member, reopen, restore_action, restore_decision, set_state, start, take_back_decision,
};
pub(crate) use parts::{go_link, open_link};
