//! The description of the API (OpenAPI 3.1), made from the same list of fields that reads and writes them.

use axum::http::StatusCode;
use axum::response::Response;
use kizashi_app::records::{IGNORED, KINDS, is_changeable};
use kizashi_domain::intake::RecordKind;
use kizashi_domain::intake::shape::{Field, Shape, fields};
use kizashi_domain::limits::{FIGURES_MAX, NAME_CHARS_MAX, PAGE_ROWS_MAX, TEXT_CHARS_MAX};
use serde_json::{Map, Value, json};

use super::answer::as_json;

/// No control characters, and something that can be seen.
const VISIBLE: &str = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$";
const ONE_LINE: &str = r"^[^\u0000-\u0008\u000a-\u001f\u007f-\u009f]*$";
const LINES: &str = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$";

/// `GET /api/v1/openapi.json`.
pub(crate) async fn describe() -> Response {
    as_json(StatusCode::OK, document().to_string())
}

/// The whole description.
pub(crate) fn document() -> Value {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for kind in KINDS {
        let name = name_of(kind);
        paths.insert(format!("/api/v1/{}", kind.word()), collection(kind, name));
        paths.insert(format!("/api/v1/{}/{{id}}", kind.word()), item(kind, name));
        schemas.insert(name.to_owned(), object_schema(kind));
        schemas.insert(format!("New{name}"), write_schema(kind, true));
        if is_changeable(kind) {
            schemas.insert(format!("{name}Change"), write_schema(kind, false));
        }
    }
    paths.insert("/api/v1/customers/{id}/score".to_owned(), score_path());
    schemas.insert("Score".to_owned(), score_schema());
    schemas.insert("Problem".to_owned(), problem_schema());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Kizashi",
            "version": "1",
            "description": "Records and scores for programs. A token is made with `kizashi token add --api NAME --scope read --scope write`. Errors are application/problem+json (RFC 9457). Usage events come in at /v1/batch.",
            "license": { "name": "Apache-2.0 OR MIT" },
        },
        "security": [{ "token": [] }],
        "paths": paths,
        "components": { "schemas": schemas, "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } } },
    })
}

const fn name_of(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Customers => "Customer",
        RecordKind::Contacts => "Contact",
        RecordKind::Contracts => "Contract",
        RecordKind::Deals => "Deal",
        RecordKind::Activities => "Activity",
        RecordKind::Tickets => "Ticket",
        RecordKind::Responses => "Response",
        RecordKind::Events => "Event",
    }
}

fn schema_of(field: &Field) -> Value {
    let mut schema = match field.shape {
        Shape::Word if field.required => {
            json!({ "type": "string", "minLength": 1, "maxLength": NAME_CHARS_MAX, "pattern": VISIBLE })
        }
        Shape::Word => json!({ "type": "string", "maxLength": NAME_CHARS_MAX, "pattern": ONE_LINE }),
        Shape::Text => json!({ "type": "string", "maxLength": TEXT_CHARS_MAX, "pattern": LINES }),
        Shape::Choice(words) => json!({ "type": "string", "enum": words }),
        Shape::Whole(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Shape::Number(least, most) => json!({ "type": "number", "minimum": least, "maximum": most }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Day => json!({ "type": "string", "format": "date" }),
        Shape::Time => json!({ "type": "string", "format": "date-time" }),
        Shape::Money => json!({
            "type": "object", "additionalProperties": false, "required": ["minor", "currency"],
            "properties": {
                "minor": { "type": "integer", "minimum": -1_000_000_000_000_000_i64, "maximum": 1_000_000_000_000_000_i64 },
                "currency": { "type": "string", "pattern": "^[A-Za-z]{3}$" },
            },
        }),
        Shape::Figures => json!({
            "type": "object", "maxProperties": FIGURES_MAX, "propertyNames": { "pattern": "^[A-Za-z0-9_]{1,64}$" },
            "additionalProperties": { "type": "number", "minimum": -1e15, "maximum": 1e15 },
        }),
    };
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("description".to_owned(), json!(field.says));
    }
    schema
}

/// What is sent to make a record, or to change one.
fn write_schema(kind: RecordKind, is_new: bool) -> Value {
    let properties: Map<String, Value> = fields(kind).iter().map(|f| (f.name.to_owned(), schema_of(f))).collect();
    let required: Vec<&str> = fields(kind).iter().filter(|f| f.required && is_new).map(|f| f.name).collect();
    json!({ "type": "object", "additionalProperties": false, "properties": properties, "required": required })
}

/// What is answered: empty fields are left out.
fn object_schema(kind: RecordKind) -> Value {
    let mut properties = Map::new();
    for field in fields(kind).iter().filter(|f| f.name != "as_of") {
        // What came in by other ways may hold more than the API takes.
        let schema = match field.shape {
            Shape::Choice(_) | Shape::Word | Shape::Text => json!({ "type": "string", "description": field.says }),
            Shape::Whole(..) => json!({ "type": "integer", "description": field.says }),
            Shape::Number(..) => json!({ "type": "number", "description": field.says }),
            _ => schema_of(field),
        };
        properties.insert(field.name.to_owned(), schema);
    }
    let fixed = json!({
        "id": { "type": "string", "format": "uuid" },
        "source": { "type": "string", "description": "Where the record came from: the name of a token, of a source, or of a file's map." },
        "changed_at": { "type": "string", "format": "date-time" },
        "customer_id": { "type": "string", "format": "uuid" },
        "notice_on": { "type": "string", "format": "date", "description": "The last business day on which notice can be given." },
    });
    for (name, schema) in fixed.as_object().into_iter().flatten() {
        let of_contract = kind == RecordKind::Contracts;
        let has = match name.as_str() {
            "notice_on" => of_contract,
            "customer_id" => kind != RecordKind::Customers,
            _ => true,
        };
        if has {
            properties.insert(name.clone(), schema.clone());
        }
    }
    if kind == RecordKind::Customers {
        properties.insert(IGNORED.to_owned(), ignored_schema());
    }
    json!({ "type": "object", "properties": properties, "required": ["id", "changed_at", "external_id"] })
}

/// In answers to a write alone.
fn ignored_schema() -> Value {
    json!({
        "type": "array",
        "description": "In answers to a write: fields that were given and not taken, because another source alone may write them. Everything else was taken.",
        "items": {
            "type": "object", "required": ["field", "owner", "detail", "listed_at"],
            "properties": {
                "field": { "type": "string" },
                "owner": { "type": "string", "description": "The source that writes the field; kizashi = people in its pages." },
                "detail": { "type": "string" },
                "listed_at": { "type": ["string", "null"], "description": "The page on which the disagreement waits for a person; null when an empty value was given." },
            },
        },
    })
}

fn problem(text: &str) -> Value {
    let content = json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } });
    json!({ "description": text, "content": content })
}

/// The answers that any request may get.
fn answers(own: &[(&str, Value)]) -> Value {
    let mut all = Map::new();
    for (status, text) in [
        ("400", "The request is not understood; the detail says what."),
        ("401", "No token, or one that is not known."),
        ("403", "The token lacks the scope."),
        ("404", "There is no such record."),
        ("503", "Too much at once, or no room; come again after Retry-After."),
    ] {
        all.insert(status.to_owned(), problem(text));
    }
    for (status, answer) in own {
        all.insert((*status).to_owned(), answer.clone());
    }
    Value::Object(all)
}

fn json_of(text: &str, schema: &Value) -> Value {
    json!({ "description": text, "content": { "application/json": { "schema": schema } } })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn collection(kind: RecordKind, name: &str) -> Value {
    let page = json!({
        "type": "object", "required": ["data", "next"],
        "properties": {
            "data": { "type": "array", "items": reference(name), "maxItems": PAGE_ROWS_MAX },
            "next": { "type": ["string", "null"], "description": "The cursor of the next page; null on the last one." },
        },
    });
    let mut parameters = vec![
        json!({ "name": "limit", "in": "query", "schema": { "type": "integer", "minimum": 1, "maximum": PAGE_ROWS_MAX, "default": 50 } }),
        json!({ "name": "cursor", "in": "query", "schema": { "type": "string", "format": "uuid" }, "description": "The next of the page before." }),
    ];
    if kind != RecordKind::Customers {
        parameters
            .push(json!({ "name": "customer_id", "in": "query", "schema": { "type": "string", "format": "uuid" } }));
    }
    let key = json!({
        "name": "Idempotency-Key", "in": "header", "description": "The same key and body again within a day get the same answer and make nothing new.",
        "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" },
    });
    json!({
        "get": {
            "operationId": format!("list_{}", kind.word()), "summary": format!("{} by id, a page at a time (scope read)", name),
            "parameters": parameters, "responses": answers(&[("200", json_of("A page.", &page))]),
        },
        "post": {
            "operationId": format!("create_{}", kind.word()), "summary": format!("Make a {name} (scope write)"), "parameters": [key],
            "requestBody": { "required": true, "content": { "application/json": { "schema": reference(&format!("New{name}")) } } },
            "responses": answers(&[
                ("201", json_of("Made; Location has its address, ETag its version.", &reference(name))),
                ("409", problem("There is one with this external_id already; Location has its address.")),
                ("413", problem("The body is too large.")),
                ("415", problem("The body is not JSON.")),
                ("422", problem("Fields cannot be taken; errors says which and why. Or the Idempotency-Key was used for another request.")),
            ]),
        },
    })
}

fn item(kind: RecordKind, name: &str) -> Value {
    let id = json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "string", "format": "uuid" } });
    let version = |header: &str| json!({ "name": header, "in": "header", "schema": { "type": "string" }, "description": "An ETag." });
    let mut item = json!({
        "parameters": [id],
        "get": {
            "operationId": format!("find_{}", kind.word()), "summary": format!("One {name} with its version as ETag (scope read)"),
            "parameters": [version("If-None-Match")],
            "responses": answers(&[("200", json_of("The record.", &reference(name))), ("304", json!({ "description": "Not changed." }))]),
        },
    });
    if is_changeable(kind)
        && let Some(item) = item.as_object_mut()
    {
        let schema = reference(&format!("{name}Change"));
        let content =
            json!({ "application/json": { "schema": schema }, "application/merge-patch+json": { "schema": schema } });
        let change = json!({
            "operationId": format!("change_{}", kind.word()), "summary": format!("Change fields of a {name}; those not given stay (scope write)"),
            "parameters": [version("If-Match")], "requestBody": { "required": true, "content": content },
            "responses": answers(&[
                ("200", json_of("The record as it is now.", &reference(name))),
                ("409", problem("Something else stands in the way.")),
                ("412", problem("Changed since the version of If-Match.")),
                ("413", problem("The body is too large.")),
                ("415", problem("The body is not JSON.")),
                ("422", problem("Fields cannot be taken; errors says which and why.")),
            ]),
        });
        item.insert("patch".to_owned(), change);
    }
    item
}

fn score_path() -> Value {
    let id = json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "string", "format": "uuid" } });
    json!({
        "parameters": [id],
        "get": {
            "operationId": "find_score", "summary": "The newest score of a customer, with its range, coverage and sentence (scope read)",
            "responses": answers(&[("200", json_of("The score.", &reference("Score")))]),
        },
    })
}

fn score_schema() -> Value {
    let whole = json!({ "type": "integer" });
    json!({
        "type": "object",
        "required": ["customer_id", "day", "points", "band", "range", "coverage_percent", "model", "settings_version", "sentence"],
        "properties": {
            "customer_id": { "type": "string", "format": "uuid" }, "day": { "type": "string", "format": "date" },
            "points": { "type": ["integer", "null"], "minimum": 0, "maximum": 100 },
            "band": { "type": "string", "enum": ["red", "amber", "green", "unknown"] },
            "range": { "type": "object", "required": ["low", "high"], "properties": { "low": whole, "high": whole } },
            "coverage_percent": { "type": "integer", "minimum": 0, "maximum": 100 },
            "model": { "type": "string" }, "settings_version": whole, "since": { "type": "string", "format": "date" }, "change_points": whole,
            "sentence": { "type": "object", "properties": { "ja": { "type": "string" }, "en": { "type": "string" } } },
            "scored_at": { "type": "string", "format": "date-time" },
        },
    })
}

fn problem_schema() -> Value {
    json!({
        "type": "object", "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": { "type": "string" }, "title": { "type": "string" }, "status": { "type": "integer" }, "detail": { "type": "string" },
            "errors": {
                "type": "array",
                "items": {
                    "type": "object", "required": ["pointer", "detail"],
                    "properties": { "pointer": { "type": "string" }, "detail": { "type": "string" } },
                },
            },
        },
    })
}
