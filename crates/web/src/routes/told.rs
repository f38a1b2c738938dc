//! Addresses of notices and of letters to customers, for those who are signed in.

use super::Routes;
use crate::notices;

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
        .post("/notices/letters/{id}/text", notices::keep_text)
        .post("/notices/letters/{id}/removal", notices::withdraw)
        .post("/notices/letters/{id}/restoration", notices::restore)
        .post("/notices/spared", notices::spare)
        .post("/notices/spared/end", notices::end_sparing)
        .post("/notices/postings/{id}/again", notices::send_again)
        .get("/notices/{id}", notices::open_notice)
}
