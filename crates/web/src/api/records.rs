//! Requests of programs about records.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kizashi_app::access::{Answer, Client, Scope, find_answer, find_client, keep_answer};
use kizashi_app::records::{
    KINDS, Object, Written, change_record, create_record, find_record, is_changeable, list_records,
};
use kizashi_domain::intake::RecordKind;
use kizashi_domain::limits::PAGE_ROWS_MAX;
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::{Fault, as_json, as_problem, digest, names_version, version_of};
use crate::serve::Web;

/// Rows of a page when nothing else is asked for.
const ROWS: i64 = 50;
/// The longest idempotency key.
const KEY_CHARS_MAX: usize = 255;

type Answered = Result<Response, Fault>;

/// Who asks, when they may.
async fn admit(web: &Web, headers: &HeaderMap, scope: Scope) -> Result<Client, Fault> {
    let unknown = |detail: &str| Fault::new(StatusCode::UNAUTHORIZED, "unauthorized", detail);
    let given = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let (scheme, token) = given.split_once(' ').unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") || token.trim().is_empty() {
        return Err(unknown("give a token of the API as Authorization: Bearer …"));
    }
    let client = find_client(&web.app, token.trim()).await?.ok_or_else(|| unknown("the token is not known"))?;
    if client.may(scope) {
        Ok(client)
    } else {
        Err(Fault::new(StatusCode::FORBIDDEN, "missing-scope", format!("the token lacks the scope {}", scope.word())))
    }
}

fn kind_of(word: &str) -> Result<RecordKind, Fault> {
    let found = KINDS.into_iter().find(|k| k.word() == word);
    found.ok_or_else(|| Fault::new(StatusCode::NOT_FOUND, "not-found", "there is no such kind of record"))
}

fn id_of(text: &str) -> Result<Uuid, Fault> {
    Uuid::try_parse(text).map_err(|_| Fault::new(StatusCode::NOT_FOUND, "not-found", "there is no such record"))
}

fn bad(detail: impl Into<String>) -> Fault {
    Fault::new(StatusCode::BAD_REQUEST, "bad-request", detail)
}

struct Page {
    after: Uuid,
    rows: i64,
    customer: Option<Uuid>,
}

fn read_page(query: Option<&str>, kind: RecordKind) -> Result<Page, Fault> {
    let mut page = Page { after: Uuid::nil(), rows: ROWS, customer: None };
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(query.unwrap_or_default()).map_err(|_| bad("the query is not understood"))?;
    let mut seen = Vec::new();
    for (name, value) in pairs {
        if seen.contains(&name) {
            return Err(bad("a parameter of the query is given twice"));
        }
        match name.as_str() {
            "limit" => {
                let rows = value.parse().ok().filter(|n| (1..=PAGE_ROWS_MAX).contains(n));
                page.rows =
                    rows.ok_or_else(|| bad(format!("limit must be a whole number from 1 to {PAGE_ROWS_MAX}")))?;
            }
            "cursor" => {
                page.after = Uuid::try_parse(&value).map_err(|_| bad("cursor must be the next of an earlier page"))?;
            }
            "customer_id" if kind != RecordKind::Customers => {
                page.customer =
                    Some(Uuid::try_parse(&value).map_err(|_| bad("customer_id must be the id of a customer"))?);
            }
            _ => return Err(bad("a parameter of the query is not known here")),
        }
        seen.push(name);
    }
    Ok(page)
}

/// `GET /api/v1/{kind}`.
pub(crate) async fn list(
    State(web): State<Web>,
    Path(kind): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answered {
    let client = admit(&web, &headers, Scope::Read).await?;
    let kind = kind_of(&kind)?;
    let page = read_page(query.as_deref(), kind)?;
    let found = list_records(&web.app, &client, kind, page.customer, page.after, page.rows).await?;
    let is_full = i64::try_from(found.len()).is_ok_and(|n| n == page.rows);
    let next = found.last().filter(|_| is_full).and_then(|o| o.get("id")).cloned().unwrap_or(Value::Null);
    Ok(as_json(StatusCode::OK, json!({ "data": found, "next": next }).to_string()))
}

/// `GET /api/v1/{kind}/{id}`.
pub(crate) async fn find(
    State(web): State<Web>,
    Path((kind, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answered {
    let client = admit(&web, &headers, Scope::Read).await?;
    let object = find_record(&web.app, &client, kind_of(&kind)?, id_of(&id)?).await?;
    if names_version(&headers, header::IF_NONE_MATCH, &version_of(&object)) == Some(true) {
        return Ok(with_version(StatusCode::NOT_MODIFIED.into_response(), &object));
    }
    Ok(with_version(as_json(StatusCode::OK, Value::Object(object.clone()).to_string()), &object))
}

/// `GET /api/v1/customers/{id}/score`.
pub(crate) async fn find_score(State(web): State<Web>, Path(id): Path<String>, headers: HeaderMap) -> Answered {
    let client = admit(&web, &headers, Scope::Read).await?;
    let score = kizashi_app::records::find_score(&web.app, &client, id_of(&id)?).await?;
    Ok(as_json(StatusCode::OK, Value::Object(score).to_string()))
}

fn with_version(mut response: Response, object: &Object) -> Response {
    if let Ok(version) = HeaderValue::from_str(&version_of(object)) {
        response.headers_mut().insert(header::ETAG, version);
    }
    response
}

fn read_object(headers: &HeaderMap, body: &[u8]) -> Result<Object, Fault> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind != "application/json" && kind != "application/merge-patch+json" {
        let detail = "send JSON, with Content-Type: application/json";
        return Err(Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json", detail));
    }
    // Where it breaks is told, never what stands there.
    let place = |e: serde_json::Error| bad(format!("the body is no JSON: line {}, column {}", e.line(), e.column()));
    match serde_json::from_slice(body).map_err(place)? {
        Value::Object(object) => Ok(object),
        _ => Err(bad("the body must be an object")),
    }
}

fn read_key(headers: &HeaderMap) -> Result<Option<&str>, Fault> {
    let Some(given) = headers.get("idempotency-key") else { return Ok(None) };
    match given.to_str() {
        Ok(key) if !key.is_empty() && key.len() <= KEY_CHARS_MAX && key.bytes().all(|b| b.is_ascii_graphic()) => {
            Ok(Some(key))
        }
        _ => Err(bad(format!("Idempotency-Key must have 1 to {KEY_CHARS_MAX} visible ASCII characters"))),
    }
}

/// `POST /api/v1/{kind}`.
pub(crate) async fn create(
    State(web): State<Web>,
    Path(kind): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answered {
    let client = admit(&web, &headers, Scope::Write).await?;
    let word = kind;
    let kind = kind_of(&word)?;
    let key = read_key(&headers)?;
    let request_hash = digest(&[word.as_bytes(), &body]);
    // One writer at a time: what is looked up stays true until it is written.
    let _turn = web.api_turn.lock().await;
    if let Some(key) = key
        && let Some(answer) = find_answer(&web.app, &client, key).await?
    {
        return repeat(&answer, &request_hash);
    }
    let object = read_object(&headers, &body)?;
    let answer = match create_record(&web.app, &client, kind, &object).await? {
        Written::Kept(object) => Answer {
            request_hash,
            status: StatusCode::CREATED.as_u16(),
            location: format!("/api/v1/{word}/{}", object.get("id").and_then(Value::as_str).unwrap_or_default()),
            body: Value::Object(object).to_string(),
        },
        Written::Exists(id) => {
            let detail = "there is a record with this external_id of yours already; change it at its own address";
            let fault = Fault::new(StatusCode::CONFLICT, "exists", detail);
            let location = format!("/api/v1/{word}/{id}");
            Answer { request_hash, status: fault.status().as_u16(), location, body: fault.body() }
        }
        Written::Stale => return Err(Fault::new(StatusCode::CONFLICT, "refused", "somebody else was quicker")),
        Written::Wrong(faults) => return Err(Fault::of_fields(faults)),
    };
    if let Some(key) = key {
        keep_answer(&web.app, &client, key, &answer).await?;
    }
    Ok(send(&answer))
}

/// The answer to a key once more; another request under the same key is a mistake of the client.
fn repeat(answer: &Answer, request_hash: &str) -> Answered {
    if answer.request_hash != request_hash {
        let detail = "this Idempotency-Key was used for another request; nothing was changed";
        return Err(Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key-reused", detail));
    }
    let mut response = send(answer);
    response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    Ok(response)
}

fn send(answer: &Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = if status.is_success() {
        let object = serde_json::from_str::<Object>(&answer.body).unwrap_or_default();
        with_version(as_json(status, answer.body.clone()), &object)
    } else {
        as_problem(status, answer.body.clone())
    };
    if let Ok(location) = HeaderValue::from_str(&answer.location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// `PATCH /api/v1/{kind}/{id}`.
pub(crate) async fn change(
    State(web): State<Web>,
    Path((kind, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Answered {
    let client = admit(&web, &headers, Scope::Write).await?;
    let (kind, id) = (kind_of(&kind)?, id_of(&id)?);
    if !is_changeable(kind) {
        let detail = "what happened at an instant stays as it was written down";
        let mut response = Fault::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", detail).into_response();
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET,HEAD"));
        return Ok(response);
    }
    let object = read_object(&headers, &body)?;
    let _turn = web.api_turn.lock().await;
    let is_current = |now: &Object| names_version(&headers, header::IF_MATCH, &version_of(now)) != Some(false);
    match change_record(&web.app, &client, kind, id, &object, is_current).await? {
        Written::Kept(object) => {
            Ok(with_version(as_json(StatusCode::OK, Value::Object(object.clone()).to_string()), &object))
        }
        Written::Wrong(faults) => Err(Fault::of_fields(faults)),
        Written::Stale | Written::Exists(_) => {
            let detail = "the record was changed since you read it; read it again";
            Err(Fault::new(StatusCode::PRECONDITION_FAILED, "stale", detail))
        }
    }
}
