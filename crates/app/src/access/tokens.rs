//! Tokens of the API: what a program may read and write. Tables api_token, api_answer.

use kizashi_db::{DbError, args, row, sql};
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::limits::NAME_CHARS_MAX;

use super::{Grant, hash_key, record_audit, token};
use crate::{App, Refused, Result};

/// Answers are remembered for a day.
const ANSWER_AGE_US_MAX: i64 = 24 * 3_600 * 1_000_000;

/// What a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Read records and scores.
    Read,
    /// Write records.
    Write,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 2] = [Self::Read, Self::Write];

    /// The word on the command line and in the description of the API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }

    /// Reads [`Scope::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }
}

/// A program behind a token.
#[derive(Clone, Debug)]
pub struct Client {
    /// Workspace.
    pub workspace: Id<Workspace>,
    /// The token.
    pub token: Id<Client>,
    /// Its name: the source of what it writes.
    pub name: String,
    scopes: Vec<Scope>,
}

impl Client {
    /// Whether it may.
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    /// Asks for the right to write.
    pub fn permit_writing(&self) -> Result<Grant> {
        if self.may(Scope::Write) {
            Ok(Grant { workspace: self.workspace, staff: None })
        } else {
            Err(Refused::NotAllowed.into())
        }
    }
}

/// Makes a token; it is shown once and kept only as a hash.
pub async fn add_token(app: &App, grant: &Grant, name: &str, scopes: &[Scope]) -> Result<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || scopes.is_empty() {
        return Err(Refused::Field { field: "name", reason: "required" }.into());
    }
    let secret = format!("kat_{}", token()?);
    let words: Vec<&str> = Scope::ALL.into_iter().filter(|s| scopes.contains(s)).map(Scope::word).collect();
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "INSERT INTO api_token (id, workspace_id, name, token_hash, scopes, created_at) VALUES ($1, $2, $3, $4, $5, $6)"
    );
    let values = args![App::new_id::<Client>(), grant.workspace(), name, hash_key(&secret), words.join(" "), app.now()];
    match tx.run(statement, values).await {
        Err(DbError::Conflict(_)) => return Err(Refused::Taken.into()),
        other => other?,
    };
    record_audit(&mut tx, app, grant, "api_token_add", name).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Takes a token away.
pub async fn revoke_token(app: &App, grant: &Grant, name: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement =
        sql!("UPDATE api_token SET revoked_at = $3 WHERE workspace_id = $1 AND name = $2 AND revoked_at IS NULL");
    if tx.run(statement, args![grant.workspace(), name, app.now()]).await? == 0 {
        return Err(Refused::NotFound.into());
    }
    record_audit(&mut tx, app, grant, "api_token_revoke", name).await?;
    Ok(tx.commit().await?)
}

row! {
    struct TokenRow { id: Id<Client>, workspace_id: Id<Workspace>, name: String, scopes: String }
}

/// The program that brings a token; `None` when nobody has it.
pub async fn find_client(app: &App, secret: &str) -> Result<Option<Client>> {
    let statement =
        sql!("SELECT id, workspace_id, name, scopes FROM api_token WHERE token_hash = $1 AND revoked_at IS NULL");
    let found: Option<TokenRow> = app.db.find(statement, args![hash_key(secret)]).await?;
    Ok(found.map(|t| Client {
        workspace: t.workspace_id,
        token: t.id,
        name: t.name,
        scopes: t.scopes.split(' ').filter_map(Scope::parse).collect(),
    }))
}

/// An answer to a request with an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Hash of the request.
    pub request_hash: String,
    /// Status.
    pub status: u16,
    /// Address of what was made.
    pub location: String,
    /// Body.
    pub body: String,
}

row! {
    struct AnswerRow { request_hash: String, status: i64, location: String, body: String }
}

/// What was answered to a key within the last day.
pub async fn find_answer(app: &App, client: &Client, key: &str) -> Result<Option<Answer>> {
    let statement = sql!(
        "SELECT request_hash, status, location, body FROM api_answer WHERE workspace_id = $1 AND token_id = $2 ",
        "AND idempotency_key = $3 AND answered_at > $4"
    );
    let oldest = app.now().plus_us(-ANSWER_AGE_US_MAX);
    let found: Option<AnswerRow> = app.db.find(statement, args![client.workspace, client.token, key, oldest]).await?;
    Ok(found.map(|a| Answer {
        request_hash: a.request_hash,
        status: u16::try_from(a.status).unwrap_or(200),
        location: a.location,
        body: a.body,
    }))
}

/// Remembers an answer, and forgets old ones.
pub async fn keep_answer(app: &App, client: &Client, key: &str, answer: &Answer) -> Result<()> {
    let now = app.now();
    let mut tx = app.db.write().await?;
    tx.run(sql!("DELETE FROM api_answer WHERE answered_at <= $1"), args![now.plus_us(-ANSWER_AGE_US_MAX)]).await?;
    let statement = sql!(
        "INSERT INTO api_answer (workspace_id, token_id, idempotency_key, request_hash, status, location, body, answered_at) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (workspace_id, token_id, idempotency_key) DO NOTHING"
    );
    let a = answer;
    let values =
        args![client.workspace, client.token, key, a.request_hash, i64::from(a.status), a.location, a.body, now];
    tx.run(statement, values).await?;
    Ok(tx.commit().await?)
}
