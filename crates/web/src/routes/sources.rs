//! How data come in, and whom we tell of what happens.

use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::MethodFilter;

use super::{Routes, UPLOAD_BODY_BYTES_MAX};
use crate::{connections, hooks, imports, letters, subscriptions};

pub(super) fn of_imports(routes: Routes) -> Routes {
    routes
        .get("/data/imports", imports::open_imports)
        .on(
            Method::POST,
            MethodFilter::POST,
            "/data/imports",
            imports::take_upload.layer(DefaultBodyLimit::max(UPLOAD_BODY_BYTES_MAX)),
        )
        .get("/data/imports/{id}", imports::open_import)
        .get("/data/imports/{id}/rejected.csv", imports::download_rejected)
        .get("/data/imports/{id}/map.toml", imports::download_map)
        .post("/data/imports/{id}/map", imports::take_map)
        .post("/data/imports/{id}/wish", imports::keep_wish)
        .post("/data/imports/{id}/trial", imports::try_import)
        .post("/data/imports/{id}/keeping", imports::keep_import)
        .post("/data/imports/{id}/undo", imports::undo_import)
        .post("/data/imports/{id}/removal", imports::drop_import)
}

pub(super) fn of_hooks(routes: Routes) -> Routes {
    routes
        .get("/data/hooks", hooks::open_hooks)
        .post("/data/hooks", hooks::add_hook)
        .get("/data/hooks/new/{kind}", hooks::open_new)
        .get("/data/hooks/{id}", hooks::open_hook)
        .post("/data/hooks/{id}/change", hooks::change_hook)
        .post("/data/hooks/{id}/secret", hooks::change_secret)
        .post("/data/hooks/{id}/turning-end", hooks::end_turning)
        .post("/data/hooks/{id}/switch", hooks::switch_hook)
        .post("/data/hooks/{id}/again", hooks::give_all_again)
        .post("/data/hook-messages/{id}/again", hooks::give_again)
        .post("/data/hook-messages/{id}/removal", hooks::set_aside)
        .get("/data/subscriptions", subscriptions::open_subscriptions)
        .post("/data/subscriptions", subscriptions::add_subscription)
        .get("/data/subscriptions/{id}", subscriptions::open_subscription)
        .post("/data/subscriptions/{id}/change", subscriptions::change_subscription)
        .post("/data/subscriptions/{id}/secret", subscriptions::change_secret)
        .post("/data/subscriptions/{id}/switch", subscriptions::switch_subscription)
        .post("/data/subscriptions/{id}/test", subscriptions::send_test)
        .get("/data/deliveries/{id}", subscriptions::open_delivery)
        .post("/data/deliveries/{id}/again", subscriptions::send_again)
}

pub(super) fn of_connections(routes: Routes) -> Routes {
    routes
        .get("/data/connections", connections::open_connections)
        .get("/data/connections/new", connections::new_connection)
        .post("/data/connections/new", connections::keep_connection)
        .get("/data/connections/{id}", connections::edit_connection)
        .post("/data/connections/{id}", connections::change_connection)
        .post("/data/connections/{id}/removal", connections::drop_connection)
        .get("/data/connections/{id}/queries/new", connections::new_query)
        .post("/data/connections/{id}/queries/new", connections::keep_query)
        .get("/data/mailboxes/new", connections::new_mailbox)
        .post("/data/mailboxes/new", connections::keep_mailbox)
        .get("/data/mailboxes/{id}", connections::edit_mailbox)
        .post("/data/mailboxes/{id}", connections::change_mailbox)
        .get("/data/mailboxes/{id}/folders", connections::open_folders)
        .post("/data/mailboxes/{id}/folders", connections::keep_folders)
        .get("/data/letters", letters::open_letters)
        .post("/data/letters/domains", letters::keep_domains)
        .post("/data/letters/{id}/customer", letters::give_letter)
        .post("/data/letters/{id}/removal", letters::leave_letter)
        .get("/data/pulls/{id}", connections::open_pull)
        .get("/data/pulls/{id}/change", connections::edit_query)
        .post("/data/pulls/{id}/change", connections::change_query)
        .post("/data/pulls/{id}/run", connections::start_pull)
        .post("/data/pulls/{id}/restart", connections::restart_pull)
        .post("/data/pulls/{id}/removal", connections::drop_pull)
}
