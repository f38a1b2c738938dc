//! Addresses of work under way.

use super::Routes;
use crate::plays;

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
