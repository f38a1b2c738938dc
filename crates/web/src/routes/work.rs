//! Addresses of work under way.

use super::Routes;
use crate::{books, plays, settings};

/// Plays under way.
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
        .post("/plays/runs/{id}/shift", plays::shift)
        .post("/plays/tasks/{id}/answer", plays::answer)
        .post("/customers/{id}/plays", plays::start)
}

/// Plays as they are written.
pub(super) fn of_books(routes: Routes) -> Routes {
    routes
        .post("/cards/{id}/play", books::begin_of_card)
        .get("/settings/plays", books::open_plays)
        .post("/settings/plays", books::begin)
        .get("/settings/new/play", books::open_new)
        .get("/settings/proposals", books::open_proposals)
        .post("/settings/proposals", books::begin_of_repeated)
        .get("/settings/plays/{id}", books::edit_play)
        .post("/settings/plays/{id}", books::keep_play)
        .post("/settings/plays/{id}/draft/removal", books::drop_draft)
        .get("/settings/plays/{id}/rehearsal", books::open_rehearsal)
        .post("/settings/plays/{id}/rehearsal", books::publish)
        .get("/settings/plays/{id}/removal", settings::show_removal_of_play)
        .post("/settings/plays/{id}/removal", settings::remove_play)
}
