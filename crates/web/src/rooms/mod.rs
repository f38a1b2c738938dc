//! Red account rooms: the list, one room, opening one; what stands beside the score of a customer.

mod beside;
mod http;
mod list;
mod page;
mod parts;
mod plan;
mod work;

pub(crate) use beside::similar;
pub use beside::{beside, mine};
pub(crate) use http::{
    add_member, change_frame, close, open_new, open_room, open_rooms, remove_member, reopen, set_state, start,
};
pub(crate) use parts::{go_link, open_link};
pub(crate) use work::{
    act, add_action, change_action, decide, remove_action, restore_action, restore_decision, take_back_decision,
};
