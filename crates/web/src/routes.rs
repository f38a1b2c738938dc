//! Every address, in order of trust: anybody, holders of a write key, those who are signed in.
//!
//! A route is entered with its policy and cannot be reached around it: the signed-in routes stand behind one gate.
//! [`table`] lists them all, and a test walks them as nobody and as a stranger.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodFilter, on};
use kizashi_domain::limits::{FILE_BYTES_MAX, INTAKE_BODY_BYTES_MAX, UPLOAD_BYTES_MAX};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

use crate::serve::Web;
use crate::{
    access, api, assets, axes, cards, connections, customers, data, deals, dictionary, files, help, hooks, imports,
    intake, letters, merges, records, settings, shell, subscriptions, support, today,
};

/// Who may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Anybody.
    Public,
    /// Whoever knows a write key of a source.
    WriteKey,
    /// Whoever signs with the secret of the hook whose address it is.
    Signed,
    /// Programs with a token of the API; its scopes say what they may do.
    Token,
    /// Members of staff; what their role may do is asked inside, by the use case's grant.
    SignedIn,
}

/// A route as a test sees it.
#[derive(Clone, Debug)]
pub struct Route {
    /// Method.
    pub method: Method,
    /// Path with its parameters in braces.
    pub path: &'static str,
    /// Policy.
    pub policy: Policy,
}

/// The largest body of a form.
const FORM_BYTES_MAX: usize = 256 * 1024;
/// A file and the form around it.
const UPLOAD_BODY_BYTES_MAX: usize = UPLOAD_BYTES_MAX + 64 * 1024;
/// A few files of a customer and the form around them.
const FILE_BODY_BYTES_MAX: usize = 4 * FILE_BYTES_MAX;
/// Smaller answers are not worth packing.
const PACK_BYTES_MIN: u64 = 1024;

struct Routes {
    policy: Policy,
    router: Router<Web>,
    table: Vec<Route>,
}

impl Routes {
    fn new(policy: Policy) -> Self {
        Self { policy, router: Router::new(), table: vec![] }
    }

    fn on<H: Handler<T, Web>, T: 'static>(
        mut self,
        method: Method,
        filter: MethodFilter,
        path: &'static str,
        handler: H,
    ) -> Self {
        self.table.push(Route { method, path, policy: self.policy });
        self.router = self.router.route(path, on(filter, handler));
        self
    }

    fn get<H: Handler<T, Web>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.on(Method::GET, MethodFilter::GET, path, handler)
    }

    fn post<H: Handler<T, Web>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.on(Method::POST, MethodFilter::POST, path, handler)
    }
}

fn public() -> Routes {
    Routes::new(Policy::Public)
        .get("/healthz", intake::is_alive)
        .get("/readyz", intake::is_ready)
        .get("/metrics", intake::list_counters)
        .get("/assets/{file}", assets::send)
        .get("/sign-in", access::open_sign_in)
        .post("/sign-in", access::sign_in)
        .get("/forms/{id}", hooks::open_form)
}

/// Contact forms stand in pages of others, so that they are sent from there too; the form names which.
fn of_visitors() -> Routes {
    Routes::new(Policy::Public).post("/forms/{id}", hooks::take_form).on(
        Method::OPTIONS,
        MethodFilter::OPTIONS,
        "/forms/{id}",
        hooks::allow_visitor,
    )
}

fn signed() -> Routes {
    Routes::new(Policy::Signed).post("/hooks/{id}", hooks::receive)
}

fn description() -> Routes {
    Routes::new(Policy::Public).get("/api/v1/openapi.json", api::describe)
}

fn with_write_key() -> Routes {
    Routes::new(Policy::WriteKey).post("/v1/{kind}", intake::accept)
}

fn with_token() -> Routes {
    Routes::new(Policy::Token)
        .get("/api/v1/{kind}", api::list)
        .post("/api/v1/{kind}", api::create)
        .get("/api/v1/{kind}/{id}", api::find)
        .on(Method::PATCH, MethodFilter::PATCH, "/api/v1/{kind}/{id}", api::change)
        .get("/api/v1/customers/{id}/score", api::find_score)
}

fn signed_in() -> Routes {
    of_cards(of_downloads(of_connections(of_hooks(of_imports(of_settings(Routes::new(Policy::SignedIn)))))))
        .get("/", today::lead_to_today)
        .get("/today", today::open_today)
        .get("/customers", customers::open_list)
        .get("/activities/new", customers::open_new)
        .post("/activities", customers::keep_new)
        .get("/customers/edit", customers::open_edit)
        .post("/customers/edit", customers::keep_edit)
        .post("/customers/edits/{id}/undo", customers::undo_edit)
        .get("/customers/{id}", customers::open_customer)
        .post("/customers/{id}/hunches", customers::note_hunch)
        .post("/customers/{id}/notes", customers::keep_note)
        .on(
            Method::POST,
            MethodFilter::POST,
            "/customers/{id}/files",
            files::take_file.layer(DefaultBodyLimit::max(FILE_BODY_BYTES_MAX)),
        )
        .get("/files/{id}", files::download_file)
        .post("/files/{id}/removal", files::remove_file)
        .post("/files/{id}/restoration", files::restore_file)
        .post("/notes/{id}", customers::change_note)
        .post("/notes/{id}/removal", customers::remove_note)
        .post("/notes/{id}/restoration", customers::restore_note)
        .post("/notes/{id}/seen", customers::see_note)
        .post("/customers/{id}/felt", customers::keep_felt)
        .get("/customers/{id}/history", customers::open_history)
        .get("/customers/{id}/relations", customers::open_relations)
        .get("/customers/{id}/fields", customers::open_fields)
        .post("/customers/{id}/fields", customers::keep_field)
        .post("/customers/{id}/overrides", customers::keep_override)
        .post("/overrides/{id}/end", customers::end_override)
        .get("/customers/{id}/deals/new", deals::open_new)
        .post("/customers/{id}/deals", deals::add_deal)
        .get("/deals", deals::open_deals)
        .get("/deals/{id}", deals::open_deal)
        .post("/deals/{id}", deals::change_deal)
        .get("/axes", axes::open_axes)
        .get("/search", customers::open_search)
        .post("/views", customers::keep_view)
        .post("/views/{id}/removal", customers::drop_view)
        .get("/support", support::open_support)
        .get("/data", data::open_data)
        .get("/data/fields", data::open_fields)
        .post("/data/fields/owner", data::keep_owner)
        .get("/data/merges", merges::open_merges)
        .post("/data/merges/apart", merges::keep_apart)
        .get("/customers/{id}/merge", merges::open_merge)
        .post("/customers/{id}/merge", merges::keep_merge)
        .post("/merges/{id}/undo", merges::undo_merge)
        .post("/data/conflicts/{id}", data::settle_conflict)
        .get("/dictionary", dictionary::open_dictionary)
        .get("/help", help::open_help)
        .get("/colleagues", access::open_colleagues)
        .post("/preferences", access::keep_preferences)
        .post("/sign-out", access::sign_out)
}

/// Cards and what is kept quiet.
fn of_cards(routes: Routes) -> Routes {
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
}

/// What pages show, as files.
fn of_downloads(routes: Routes) -> Routes {
    routes
        .get("/customers.csv", customers::download_list)
        .get("/customers/{id}/history.csv", customers::download_history)
        .get("/customers/{id}/contacts.csv", customers::download_contacts)
        .get("/customers/{id}/contracts.csv", customers::download_contracts)
        .get("/customers/{id}/fields.csv", customers::download_fields)
        .get("/customers/{id}/score.csv", customers::download_score)
        .get("/customers/{id}/days.csv", customers::download_days)
        .get("/contacts.csv", records::download_records)
        .get("/contracts.csv", records::download_records)
        .get("/activities.csv", records::download_records)
        .get("/tickets.csv", records::download_records)
        .get("/responses.csv", records::download_records)
        .get("/deals.csv", deals::download_deals)
        .get("/cards.csv", cards::download_cards)
        .get("/axes.csv", axes::download_axes)
        .get("/support.csv", support::download_support)
        .get("/dictionary.csv", dictionary::download_dictionary)
        .get("/data/customers.csv", records::download_records)
        .get("/data/deals.csv", records::download_records)
        .get("/data/sources.csv", data::download_sources)
        .get("/data/fields.csv", data::download_coverage)
        .get("/data/conflicts.csv", data::download_conflicts)
        .get("/data/merges.csv", merges::download_suspects)
        .get("/data/letters.csv", letters::download_letters)
        .get("/data/imports.csv", imports::download_imports)
        .get("/data/hooks.csv", hooks::download_hooks)
        .get("/data/hooks/{id}/refused.csv", hooks::download_refused)
        .get("/data/subscriptions.csv", subscriptions::download_subscriptions)
        .get("/data/connections.csv", connections::download_pulls)
        .get("/settings/versions.csv", settings::download_versions)
}

fn of_imports(routes: Routes) -> Routes {
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

fn of_hooks(routes: Routes) -> Routes {
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

fn of_connections(routes: Routes) -> Routes {
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

fn of_settings(routes: Routes) -> Routes {
    routes
        .get("/settings", settings::open_settings)
        .get("/settings.toml", settings::download)
        .get("/settings/upload", settings::open_upload)
        .post("/settings/upload", settings::keep_upload)
        .get("/settings/versions", settings::open_versions)
        .get("/settings/versions/{id}", settings::open_version)
        .post("/settings/versions/{id}/restoration", settings::restore)
        .get("/settings/comparison", settings::compare_versions)
        .get("/settings/calendar", settings::edit_calendar)
        .post("/settings/calendar", settings::keep_calendar)
        .get("/settings/cards", settings::edit_cards)
        .post("/settings/cards", settings::keep_cards)
        .get("/settings/order", settings::edit_order)
        .post("/settings/order", settings::keep_order)
        .get("/settings/new/{kind}", settings::open_new)
        .post("/settings/new/{kind}", settings::keep_new)
        .get("/settings/models/{id}", settings::edit_model)
        .post("/settings/models/{id}", settings::keep_model)
        .get("/settings/models/{id}/removal", settings::show_removal_of_model)
        .post("/settings/models/{id}/removal", settings::remove_model)
        .get("/settings/models/{id}/measures/{metric}", settings::edit_measure)
        .post("/settings/models/{id}/measures/{metric}", settings::keep_measure)
        .get("/settings/metrics/{id}", settings::edit_metric)
        .post("/settings/metrics/{id}", settings::keep_metric)
        .get("/settings/metrics/{id}/removal", settings::show_removal_of_metric)
        .post("/settings/metrics/{id}/removal", settings::remove_metric)
        .get("/settings/signals/{id}", settings::edit_signal)
        .post("/settings/signals/{id}", settings::keep_signal)
        .get("/settings/signals/{id}/removal", settings::show_removal_of_signal)
        .post("/settings/signals/{id}/removal", settings::remove_signal)
}

/// Every route with its policy.
pub fn table() -> Vec<Route> {
    [public(), of_visitors(), signed(), description(), with_write_key(), with_token(), signed_in()]
        .into_iter()
        .flat_map(|routes| routes.table)
        .collect()
}

pub(crate) fn all(web: Web) -> Router {
    // Only text is packed; assets come packed already.
    let packed = CompressionLayer::new().gzip(true).compress_when(
        SizeAbove::new(PACK_BYTES_MIN)
            .and(NotForContentType::const_new("image/"))
            .and(NotForContentType::const_new("text/css")),
    );
    let pages = public()
        .router
        .merge(signed_in().router.route_layer(from_fn_with_state(web.clone(), access::admit)))
        .fallback(shell::not_found)
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(from_fn_with_state(web.clone(), shell::guard))
        .layer(packed);
    let api = description()
        .router
        .merge(with_token().router)
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(from_fn(api::dress));
    let pushed = signed().router.merge(of_visitors().router);
    let pushed = pushed.layer(DefaultBodyLimit::max(INTAKE_BODY_BYTES_MAX)).layer(from_fn(hooks::dress));
    with_write_key()
        .router
        .layer(DefaultBodyLimit::max(INTAKE_BODY_BYTES_MAX))
        .layer(from_fn(intake::dress))
        .merge(api)
        .merge(pushed)
        .merge(pages)
        .with_state(web)
}
