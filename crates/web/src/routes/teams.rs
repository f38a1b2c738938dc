//! Addresses of work that goes beyond one person.

use super::Routes;
use crate::{access, handover, rooms};

/// Red account rooms, decisions, handovers, use of the product.
pub(super) fn of_teams(routes: Routes) -> Routes {
    routes
        .get("/rooms", rooms::open_rooms)
        .get("/rooms/new", rooms::open_new)
        .post("/rooms", rooms::start)
        .get("/rooms/{id}", rooms::open_room)
        .post("/rooms/{id}/frame", rooms::change_frame)
        .post("/rooms/{id}/state", rooms::set_state)
        .post("/rooms/{id}/members", rooms::add_member)
        .post("/rooms/{id}/members/removal", rooms::remove_member)
        .post("/rooms/{id}/actions", rooms::add_action)
        .post("/rooms/{id}/closure", rooms::close)
        .post("/rooms/{id}/reopening", rooms::reopen)
        .post("/room-actions/{id}", rooms::change_action)
        .post("/room-actions/{id}/done", rooms::act)
        .post("/room-actions/{id}/removal", rooms::remove_action)
        .post("/room-actions/{id}/restoration", rooms::restore_action)
        .post("/customers/{id}/decisions", rooms::decide)
        .post("/decisions/{id}/removal", rooms::take_back_decision)
        .post("/decisions/{id}/restoration", rooms::restore_decision)
        .get("/handovers", handover::open_handovers)
        .get("/handovers/new", handover::open_new)
        .post("/handovers", handover::hand_over)
        .get("/handovers/{id}", handover::open_handover)
        .get("/handovers/{id}/pack", handover::open_pack)
        .post("/handovers/{id}/undo", handover::undo)
        .post("/handovers/{id}/reading", handover::read_about)
        .get("/customers/{id}/handover", handover::open_briefing_page)
        .get("/settings/use", access::open_presence)
        .post("/settings/use/{id}/rest", access::rest)
        .post("/settings/use/{id}/rest/undo", access::end_rest)
        .post("/settings/use/{id}/cards", access::keep_cards_of)
        .post("/staff/{id}/leaving", handover::leave)
        .post("/staff/{id}/return", handover::return_back)
}
