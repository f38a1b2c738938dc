//! Cards, plays, notices.

use super::Routes;
use crate::{books, cards, notices, plays};

/// Cards and what is kept quiet.
pub(super) fn of_cards(routes: Routes) -> Routes {
    routes
        .get("/cards", cards::open_cards)
        .post("/cards", cards::keep_new)
        .get("/cards/new", cards::open_new)
        .get("/cards/many", cards::open_many)
        .post("/cards/many", cards::keep_many)
        .post("/cards/batches/{id}/undo", cards::undo_many)
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
        .post("/plays/runs/{id}/shift", plays::shift)
        .post("/plays/tasks/{id}/answer", plays::answer)
        .post("/customers/{id}/plays", plays::start)
}

pub(super) fn of_notices(routes: Routes) -> Routes {
    routes
        .get("/notices", notices::open_notices)
        .post("/notices/seen", notices::see_all)
        .post("/notices/digest", notices::ask_digest)
        .get("/notices/settings", notices::open_wish)
        .post("/notices/settings", notices::keep_wish)
        .post("/notices/calendar", notices::make_calendar)
        .post("/notices/calendar/end", notices::end_calendar)
        .get("/notices/ways", notices::open_ways)
        .post("/notices/ways/server", notices::keep_server)
        .post("/notices/ways/server/removal", notices::drop_server)
        .post("/notices/ways/test", notices::test_way)
        .post("/notices/ways/places", notices::add_place)
        .post("/notices/ways/places/{id}/removal", notices::drop_place)
        .post("/notices/ways/rules", notices::keep_rules)
        .get("/notices/letters", notices::open_letters)
        .post("/notices/letters/{id}/removal", notices::withdraw)
        .post("/notices/letters/{id}/restoration", notices::restore)
        .post("/notices/spared", notices::spare)
        .post("/notices/spared/end", notices::end_sparing)
        .post("/notices/postings/{id}/again", notices::send_again)
        .get("/notices/{id}", notices::open_notice)
}
