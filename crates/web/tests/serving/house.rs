//! A house to knock at: a workspace with two members of staff, and a history that may be full.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use kizashi_app::access::{Grant, NewStaff, Role, add_staff};
use kizashi_app::{App, FixedClock};
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::intake::{
    Connector, CustomerRow, EventBatch, EventRef, Fault, FieldLook, FileRows, Files, HookCall, HookGround, HookItem,
    HookKind, Hooks, Joined, Known, Look, Message, Reason, Record, RecordKind, Refusal, Rejects, Says, TableDamaged,
    TableRows, Unproven, Unreadable, Wish,
};
use kizashi_domain::lang::Lang;
use kizashi_domain::measure::{
    Appended, Arrivals, Bulk, CustomerEvents, HistoryEvent, Names, Selection, Source, SourceError, Withdrawal,
    Withdrawn,
};
use kizashi_domain::time::{Day, Time};
use kizashi_web::{Options, State, router_with};
use tower::ServiceExt as _;

pub const PASSWORD: &str = "correct horse battery";

/// A history that forgets, and can be full.
#[derive(Default)]
pub struct Forgetful {
    pub is_full: AtomicBool,
}

/// A folder without a reader of files.
pub struct NoFiles(pub std::path::PathBuf);

fn unread() -> Unreadable {
    Unreadable { fault: Fault::Unsupported, said: "no files are read here".into() }
}

impl Files for NoFiles {
    fn folder(&self) -> &Path {
        &self.0
    }
    fn fields(&self, _: RecordKind) -> Vec<FieldLook> {
        vec![]
    }
    fn look(&self, _: &Path, _: &Wish) -> Result<Look, Unreadable> {
        Err(unread())
    }
    fn open(&self, _: &Path, _: &Wish, _: &Known) -> Result<Box<dyn FileRows>, Unreadable> {
        Err(unread())
    }
    fn look_at_rows(&self, _: Vec<String>, _: &[Vec<String>], _: &Wish) -> Look {
        Look::default()
    }
    fn open_rows(
        &self,
        _: Vec<String>,
        _: Box<dyn Iterator<Item = Result<TableRows, TableDamaged>> + Send>,
        _: &Wish,
        _: &Known,
    ) -> Result<Box<dyn FileRows>, Unreadable> {
        Err(unread())
    }
    fn reject(&self, _: &Path, _: &[String]) -> std::io::Result<Box<dyn Rejects>> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
}

impl Source for Forgetful {
    fn begin_load(&self, _: &str, _: Time) -> Result<Box<dyn Bulk>, SourceError> {
        Err(SourceError::NoSpace)
    }
    fn withdraw(&self, _: &str, _: Withdrawal<'_>) -> Result<Withdrawn, SourceError> {
        Ok(Withdrawn::default())
    }
    fn append(&self, _: &str, batch: &EventBatch) -> Result<Appended, SourceError> {
        if self.is_full.load(Ordering::SeqCst) {
            return Err(SourceError::NoSpace);
        }
        Ok(Appended { durable: batch.iter().count() as u64 })
    }
    fn join(&self, _: Joined) {}
    fn names(&self) -> Result<Names, SourceError> {
        Ok(Names::default())
    }
    fn visit(&self, _: Selection<'_>, _: &(dyn Fn(CustomerEvents<'_>) + Sync)) -> Result<(), SourceError> {
        Ok(())
    }
    fn timeline(&self, _: &str, _: Option<Time>, _: usize) -> Result<Vec<HistoryEvent>, SourceError> {
        Ok(vec![])
    }
    fn customers(&self) -> Result<Vec<String>, SourceError> {
        Ok(vec![])
    }
    fn arrivals(&self) -> Result<Vec<Arrivals>, SourceError> {
        Ok(vec![])
    }
}

/// Takes any JSON object for one login.
pub struct OneLogin;

impl Connector for OneLogin {
    fn read_message(
        &self,
        _: &str,
        body: &[u8],
        at: Time,
        _: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Message, Refusal> {
        if !body.starts_with(b"{") {
            let reason = Reason::NotJson { detail: "no object".into() };
            return Err(Refusal { line: 0, field: String::new(), value: String::new(), reason });
        }
        let mut message = Message::default();
        message.events.push(EventRef {
            id: "e1",
            customer: "C1",
            user: "u1",
            name: "login",
            occurred_at: at,
            received_at: at,
            value: None,
            properties: "",
            assumed: false,
            says: Says::Once,
        });
        Ok(message)
    }
}

/// Proves by a header, and takes any JSON object for the customer that it names.
pub struct PlainHooks;

impl Hooks for PlainHooks {
    fn prove(&self, _: HookKind, secrets: &[&str], call: &HookCall<'_>, _: Time) -> Result<(), Unproven> {
        let given = call.header("x-secret").ok_or(Unproven::Missing)?;
        if secrets.contains(&given) { Ok(()) } else { Err(Unproven::Wrong) }
    }
    fn split(&self, _: HookKind, call: &HookCall<'_>) -> Vec<HookItem> {
        let body = String::from_utf8_lossy(call.body).into_owned();
        vec![HookItem { id: call.header("x-id").unwrap_or("1").to_owned(), body }]
    }
    fn names_in(&self, _: HookKind, _: &str) -> Vec<String> {
        vec![]
    }
    fn read_item(
        &self,
        _: HookKind,
        _: Option<&str>,
        item: &HookItem,
        ground: &HookGround<'_>,
    ) -> Result<Message, Refusal> {
        let refuse = |reason| Refusal { line: 0, field: "of".into(), value: item.body.clone(), reason };
        let value: serde_json::Value =
            serde_json::from_str(&item.body).map_err(|e| refuse(Reason::NotJson { detail: e.to_string() }))?;
        let mut message = Message::default();
        if let Some(name) = value["is"].as_str() {
            message.groups.push((name.to_owned(), value["code"].as_str().unwrap().to_owned()));
            return Ok(message);
        }
        let code = value["of"].as_str().and_then(|of| (ground.customer_of)(of));
        let code = code.ok_or_else(|| refuse(Reason::UnknownCustomer))?;
        let row = CustomerRow { external_id: code, name: Some("届いた会社".into()), ..CustomerRow::default() };
        message.records.push(Record::Customer(row));
        Ok(message)
    }
    fn check_map(&self, text: &str) -> Result<(), String> {
        if text.contains('=') { Ok(()) } else { Err("line 1, column 1: no map".into()) }
    }
    fn is_secret(&self, _: HookKind, secret: &str) -> bool {
        secret.len() >= 8
    }
}

pub struct House {
    pub router: Router,
    pub app: App,
    pub workspace: Id<Workspace>,
    pub history: Arc<Forgetful>,
    _folder: tempfile::TempDir,
}

/// An answer, read whole.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
}

impl House {
    pub async fn build(options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let history = Arc::new(Forgetful::default());
        let noon = Time(i64::from(Day::from_ymd(2026, 11, 24).unwrap().0) * 86_400_000_000 + 3 * 3_600_000_000);
        let app = App::open(folder.path(), None, None, history.clone(), Arc::new(FixedClock::at(noon))).await.unwrap();
        let pack =
            std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/saas.toml")).unwrap();
        let workspace = kizashi_app::settings::init_workspace(&app, "ひだまり", &pack).await.unwrap();
        let grant = Grant::of_console(workspace);
        for (email, role) in [
            ("csm@example.jp", Role::Csm),
            ("reader@example.jp", Role::Other),
            ("manager@example.jp", Role::Manager),
            ("admin@example.jp", Role::Admin),
        ] {
            let new = NewStaff {
                email: email.into(),
                name: "佐藤".into(),
                role,
                language: Lang::Ja,
                password: Some(PASSWORD.into()),
            };
            add_staff(&app, &grant, new).await.unwrap();
        }
        let router = router_with(
            State {
                app: app.clone(),
                connector: Arc::new(OneLogin),
                files: Arc::new(NoFiles(folder.path().join("imports"))),
                hooks: Arc::new(PlainHooks),
            },
            options,
        );
        Self { router, app, workspace, history, _folder: folder }
    }

    pub async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 16 << 20).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    pub async fn get(&self, address: &str, cookie: &str) -> Answer {
        self.ask(Request::get(address).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, address: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded::to_string(fields).unwrap();
        let request = Request::post(address)
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        self.ask(request).await
    }

    /// Signs in and returns the cookie.
    pub async fn sign_in(&self, email: &str) -> String {
        let answer = self.post("/sign-in", "", &[("email", email), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        answer.header("set-cookie").split(';').next().unwrap().to_owned()
    }

    /// The form token of a page.
    pub async fn token(&self, cookie: &str) -> String {
        let page = self.get("/help", cookie).await;
        page.text.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }
}
