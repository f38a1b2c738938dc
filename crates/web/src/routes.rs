//! Every address, in order of trust: anybody, holders of a write key, those who are signed in.
//!
//! A route is entered with its policy and cannot be reached around it: the signed-in routes stand behind one gate.
//! [`table`] lists them all, and a test walks them as nobody and as a stranger.

mod desk;
mod downloads;
mod sources;
mod teams;
mod told;
mod work;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodFilter, on};
use kizashi_domain::limits::{FILE_BYTES_MAX, INTAKE_BODY_BYTES_MAX, UPLOAD_BYTES_MAX};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

use crate::serve::Web;
use crate::{
    access, api, assets, axes, customers, data, deals, dictionary, files, help, hooks, intake, merges, notices, shell,
    support, today,
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
        .get("/answer/{id}", notices::open_answer)
        .post("/answer/{id}", notices::answer)
        .post("/answer/{id}/undo", notices::undo_answer)
        .get("/spare/{id}", notices::open_spare)
        .post("/spare/{id}", notices::ask_to_be_spared)
        .get("/calendars/{file}", notices::send_calendar)
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
    let settings = sources::of_imports(desk::of_settings(Routes::new(Policy::SignedIn)));
    let settings = downloads::of_downloads(sources::of_connections(sources::of_hooks(settings)));
    work::of_cards(work::of_plays(teams::of_teams(told::of_notices(settings))))
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

/// Every route with its policy.
pub fn table() -> Vec<Route> {
    [public(), of_visitors(), signed(), description(), with_write_key(), with_token(), signed_in()]
        .into_iter()
        .flat_map(|routes| routes.table)
        .collect()
}

/// The page nearest to an address that only takes forms: of the customer, the card, the list that the form belongs to.
fn nearest_page(path: &str) -> String {
    let pages: Vec<Route> = table().into_iter().filter(|r| r.method == Method::GET).collect();
    let is_page = |path: &str| {
        let fits = |pattern: &str| {
            pattern.split('/').count() == path.split('/').count()
                && pattern
                    .split('/')
                    .zip(path.split('/'))
                    .all(|(p, own)| p == own || (p.starts_with('{') && !own.is_empty()))
        };
        pages.iter().any(|route| fits(route.path))
    };
    let parents = std::iter::successors(path.rsplit_once('/'), |(parent, _)| parent.rsplit_once('/'));
    let mut parents = parents.map(|(parent, _)| parent).filter(|parent| !parent.is_empty());
    parents.find(|parent| is_page(parent)).unwrap_or("/today").to_owned()
}

/// Where a form was refused, its address stays in the browser: asked for later it leads to the page of the form, not nowhere.
async fn lead_back(method: Method, uri: Uri) -> Response {
    if method == Method::GET {
        return Redirect::to(&nearest_page(uri.path())).into_response();
    }
    StatusCode::METHOD_NOT_ALLOWED.into_response()
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
        .method_not_allowed_fallback(lead_back)
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
