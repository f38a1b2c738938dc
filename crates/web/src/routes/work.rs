//! Cards and plays under way.

use super::Routes;
use crate::{books, cards, plays};

/// Cards and what is kept quiet.
pub(super) fn of_cards(routes: Routes) -> Routes {
    routes
        .get("/cards", cards::open_cards)
        .post("/cards", cards::keep_new)
        .get("/cards/new", cards::open_new)
        .get("/cards/many", cards::open_many)
        .post("/cards/many", cards::keep_many)
        .post("/cards/batches/{id}/undo", cards::undo_many)
        .post("/cards/batches/{id}/tasks", cards::move_following)
        .get("/cards/quiet", cards::open_quiet)
        .get("/cards/precision", cards::open_precision)
        .post("/card-mentions/{id}/seen", cards::see_mention)
        .post("/preferences/cards", cards::keep_daily_cards)
        .get("/cards/{id}", cards::open_card)
        .post("/cards/{id}/move", cards::move_card)
        .post("/cards/{id}/owner", cards::change_owner)
        .post("/cards/{id}/due", cards::change_due)
        .post("/cards/{id}/associates", cards::join)
        .post("/cards/{id}/associates/removal", cards::part)
        .post("/cards/{id}/false-reason", cards::explain)
        .post("/cards/{id}/taking", cards::take)
        .post("/cards/{id}/waiting", cards::wait)
        .post("/cards/{id}/snooze", cards::snooze)
        .post("/cards/{id}/closure", cards::close)
        .post("/cards/{id}/undo", cards::undo)
        .post("/cards/{id}/notes", cards::note)
        .post("/cards/{id}/play", books::begin_of_card)
}

pub(super) fn of_plays(routes: Routes) -> Routes {
    routes
        .get("/plays", plays::open_runs)
        .get("/plays/onboarding", plays::open_onboarding)
        .get("/plays/runs/{id}", plays::open_run)
        .post("/plays/runs/{id}/pause", plays::pause)
        .post("/plays/runs/{id}/resumption", plays::resume)
        .post("/plays/runs/{id}/end", plays::stop)
        .post("/plays/runs/{id}/reopening", plays::reopen)
        .post("/plays/runs/{id}/version", plays::move_over)
        .post("/plays/versions", plays::move_all)
        .post("/plays/runs/{id}/shift", plays::shift)
        .post("/plays/runs/{id}/steps", plays::add_step)
        .post("/plays/shifts/{id}/undo", plays::undo_shift)
        .post("/plays/tasks/{id}/shift", plays::shift_step)
        .post("/plays/tasks/{id}/answer", plays::answer)
        .post("/customers/{id}/plays", plays::start)
}
