//! The API as a program meets it.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use kizashi_app::access::{Grant, Scope, add_token, revoke_token};
use kizashi_web::Options;
use serde_json::{Value, json};

use super::house::{Answer, House};

struct Program {
    house: House,
    token: String,
}

impl Program {
    async fn start(scopes: &[Scope]) -> Self {
        let house = House::build(Options::default()).await;
        let token = add_token(&house.app, &Grant::of_console(house.workspace), "crm", scopes).await.unwrap();
        Self { house, token }
    }

    async fn send(&self, method: &str, address: &str, headers: &[(&str, &str)], body: Option<&str>) -> Answer {
        let mut request = Request::builder().method(method).uri(address);
        request = request.header("authorization", format!("Bearer {}", self.token));
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.house.ask(request.body(body.map_or_else(Body::empty, |b| Body::from(b.to_owned()))).unwrap()).await
    }

    async fn make(&self, kind: &str, object: &Value) -> (Answer, Value) {
        let answer = self.send("POST", &format!("/api/v1/{kind}"), &[], Some(&object.to_string())).await;
        let object = serde_json::from_str(&answer.text).unwrap();
        (answer, object)
    }

    async fn get(&self, address: &str) -> (StatusCode, Value) {
        let answer = self.send("GET", address, &[], None).await;
        (answer.status, serde_json::from_str(&answer.text).unwrap_or(Value::Null))
    }
}

fn pointers(problem: &Value) -> Vec<&str> {
    problem["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn records_of_every_kind_are_made_read_changed_and_listed() {
    let program = Program::start(&Scope::ALL).await;
    let customer = json!({
        "external_id": "c1", "name": "株式会社ミナト製作所", "reading": "ミナトセイサクショ", "stage": "adoption", "since": "2025-04-01",
        "employees": 240, "figures": { "nps": 8, "seats": 20 },
    });
    let (answer, made) = program.make("customers", &customer).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    let address = answer.header("location").to_owned();
    assert_eq!(address, format!("/api/v1/customers/{}", made["id"].as_str().unwrap()));
    let (_, read) = program.get(&address).await;
    assert_eq!(read, made);
    for (name, value) in customer.as_object().unwrap().iter().filter(|(n, _)| *n != "figures") {
        assert_eq!(&read[name], value, "{name}");
    }
    assert_eq!((&read["figures"]["nps"], &read["figures"]["seats"]), (&json!(8.0), &json!(20.0)));

    let others = [
        (
            "contacts",
            json!({ "external_id": "p1", "customer": "c1", "name": "高橋 蓮", "role": "champion", "left_on": "2026-11-20" }),
        ),
        (
            "contracts",
            json!({ "external_id": "k1", "customer": "c1", "amount": { "minor": 5_040_000, "currency": "JPY" }, "months": 12,
            "start": "2026-01-01", "auto_renew": true, "notice_days": 60 }),
        ),
        (
            "activities",
            json!({ "external_id": "a1", "customer": "c1", "kind": "call", "direction": "both", "at": "2026-11-20T01:00:00Z", "body": "相談" }),
        ),
        (
            "tickets",
            json!({ "external_id": "t1", "customer": "c1", "subject": "解約について", "opened_at": "2026-11-20T01:00:00.5Z" }),
        ),
        (
            "responses",
            json!({ "external_id": "r1", "customer": "c1", "survey": "nps", "score": 9.0, "at": "2026-11-20T01:00:00Z" }),
        ),
    ];
    for (kind, object) in others {
        let (answer, made) = program.make(kind, &object).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{kind}: {}", answer.text);
        for (name, value) in object.as_object().unwrap() {
            assert_eq!(&made[name], value, "{name} of {kind}");
        }
        assert_eq!((&made["source"], &made["customer_id"]), (&json!("crm"), &read["id"]), "{kind}");
        let (status, page) = program.get(&format!("/api/v1/{kind}?customer_id={}", read["id"].as_str().unwrap())).await;
        assert_eq!(
            (status, page["data"].as_array().map(Vec::len), &page["next"]),
            (StatusCode::OK, Some(1), &Value::Null)
        );
        assert_eq!(page["data"][0], made, "{kind}");
        // Once more with the same code: it is there already, and its address is told.
        let (again, problem) = program.make(kind, &object).await;
        assert_eq!(
            (again.status, problem["type"].as_str()),
            (StatusCode::CONFLICT, Some("urn:kizashi:problem:exists"))
        );
        assert_eq!(again.header("location"), answer.header("location"), "{kind}");
    }
    let (_, contracts) = program.get("/api/v1/contracts").await;
    assert_eq!(contracts["data"][0]["notice_on"], "2026-10-30", "the business day on or before 1 November");

    let patch = json!({ "stage": "renewal", "figures": { "nps": 3 } }).to_string();
    let changed = program.send("PATCH", &address, &[], Some(&patch)).await;
    let changed: Value = serde_json::from_str(&changed.text).unwrap();
    assert_eq!((&changed["stage"], &changed["name"]), (&json!("renewal"), &read["name"]), "what is not given stays");
    assert_eq!((&changed["figures"]["nps"], &changed["figures"]["seats"]), (&json!(3.0), &json!(20.0)));
}

#[tokio::test]
async fn pages_meet_everyone_once() {
    let program = Program::start(&Scope::ALL).await;
    for n in 0..7 {
        assert_eq!(
            program.make("customers", &json!({ "external_id": format!("c{n}") })).await.0.status,
            StatusCode::CREATED
        );
    }
    let (mut address, mut seen) = ("/api/v1/customers?limit=3".to_owned(), Vec::new());
    loop {
        let (_, page) = program.get(&address).await;
        seen.extend(page["data"].as_array().unwrap().iter().map(|c| c["external_id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        address = format!("/api/v1/customers?limit=3&cursor={next}");
    }
    seen.sort();
    assert_eq!(seen, (0..7).map(|n| format!("c{n}")).collect::<Vec<_>>());
    for query in ["limit=0", "limit=101", "limit=x", "cursor=1", "limit=1&limit=2", "offset=3", "customer_id=1"] {
        let (status, problem) = program.get(&format!("/api/v1/customers?{query}")).await;
        assert_eq!((status, &problem["status"]), (StatusCode::BAD_REQUEST, &json!(400)), "{query}");
    }
}

#[tokio::test]
async fn a_key_gives_the_same_answer_and_refuses_another_request() {
    let program = Program::start(&Scope::ALL).await;
    let key = [("idempotency-key", "order-7")];
    let body = json!({ "external_id": "c1", "name": "青葉商事" }).to_string();
    let first = program.send("POST", "/api/v1/customers", &key, Some(&body)).await;
    let again = program.send("POST", "/api/v1/customers", &key, Some(&body)).await;
    assert_eq!((first.status, again.status, &first.text), (StatusCode::CREATED, StatusCode::CREATED, &again.text));
    assert_eq!((again.header("idempotency-replayed"), again.header("location")), ("true", first.header("location")));
    let other = json!({ "external_id": "c2" }).to_string();
    let refused = program.send("POST", "/api/v1/customers", &key, Some(&other)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("idempotency-key-reused"), "{}", refused.text);
    // A refused body is not remembered: mended, the same key goes through.
    let key = [("idempotency-key", "order-8")];
    assert_eq!(
        program.send("POST", "/api/v1/customers", &key, Some("{\"nmae\": 1}")).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(program.send("POST", "/api/v1/customers", &key, Some(&other)).await.status, StatusCode::CREATED);
    for bad in ["", "a b", "é"] {
        let answer = program.send("POST", "/api/v1/customers", &[("idempotency-key", bad)], Some(&other)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{bad:?}");
    }
}

#[tokio::test]
async fn of_two_writers_with_the_same_version_one_is_stale() {
    let program = Program::start(&Scope::ALL).await;
    let (made, object) =
        program.make("contacts", &json!({ "external_id": "p", "customer": "nobody", "name": "森" })).await;
    assert_eq!(
        (made.status, pointers(&object)),
        (StatusCode::UNPROCESSABLE_ENTITY, vec!["/customer"]),
        "a code must not make a customer"
    );
    program.make("customers", &json!({ "external_id": "c1" })).await;
    let (made, _) = program.make("contacts", &json!({ "external_id": "p", "customer": "c1", "name": "森" })).await;
    let (address, version) = (made.header("location").to_owned(), made.header("etag").to_owned());
    let unchanged = program.send("GET", &address, &[("if-none-match", &version)], None).await;
    assert_eq!((unchanged.status, unchanged.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
    let mut statuses = Vec::new();
    for title in ["部長", "課長"] {
        let body = json!({ "title": title }).to_string();
        statuses.push(program.send("PATCH", &address, &[("if-match", &version)], Some(&body)).await.status);
    }
    assert_eq!(statuses, [StatusCode::OK, StatusCode::PRECONDITION_FAILED]);
    assert_eq!(program.get(&address).await.1["title"], "部長");
    let fixed = json!({ "external_id": "q" }).to_string();
    assert_eq!(program.send("PATCH", &address, &[], Some(&fixed)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn mistakes_are_told_precisely_and_change_nothing() {
    let program = Program::start(&Scope::ALL).await;
    let wrong = json!({ "external_id": "c1", "nmae": "x", "employees": "many", "since": "2026-02-30", "figures": { "a b": 1 } });
    let (answer, problem) = program.make("customers", &wrong).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let mut told = pointers(&problem);
    told.sort_unstable();
    assert_eq!(told, ["/employees", "/figures", "/nmae", "/since"]);
    assert_eq!(program.get("/api/v1/customers").await.1["data"], json!([]));
    for (body, status) in [
        ("", StatusCode::BAD_REQUEST),
        ("{\"external_id\": ", StatusCode::BAD_REQUEST),
        ("[1]", StatusCode::BAD_REQUEST),
        ("\u{0}", StatusCode::BAD_REQUEST),
        (&format!("{{\"goal\": \"{}\"}}", "あ".repeat(200_000)), StatusCode::PAYLOAD_TOO_LARGE),
        (&"[".repeat(100_000), StatusCode::BAD_REQUEST),
    ] {
        let answer = program.send("POST", "/api/v1/customers", &[], Some(body)).await;
        assert_eq!(answer.status, status, "{}", body.chars().take(40).collect::<String>());
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    let form = Request::post("/api/v1/customers").header("authorization", format!("Bearer {}", program.token));
    let form =
        form.header("content-type", "application/x-www-form-urlencoded").body(Body::from("external_id=c1")).unwrap();
    assert_eq!(program.house.ask(form).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    for (method, address, status) in [
        ("GET", "/api/v1/planets", StatusCode::NOT_FOUND),
        ("GET", "/api/v1/customers/1", StatusCode::NOT_FOUND),
        ("GET", "/api/v1/customers/0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee", StatusCode::NOT_FOUND),
        ("GET", "/api/v1/customers/0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee/score", StatusCode::NOT_FOUND),
        ("DELETE", "/api/v1/customers", StatusCode::METHOD_NOT_ALLOWED),
        ("PATCH", "/api/v1/activities/0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee", StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let answer = program.send(method, address, &[], None).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (status, "application/problem+json"),
            "{method} {address}"
        );
        assert_eq!(status == StatusCode::METHOD_NOT_ALLOWED, !answer.header("allow").is_empty(), "{method} {address}");
    }
}

#[tokio::test]
async fn a_token_opens_what_its_scopes_say_until_it_is_taken_away() {
    let program = Program::start(&[Scope::Read]).await;
    assert_eq!(program.get("/api/v1/customers").await.0, StatusCode::OK);
    let (answer, problem) = program.make("customers", &json!({ "external_id": "c1" })).await;
    assert_eq!(
        (answer.status, problem["type"].as_str()),
        (StatusCode::FORBIDDEN, Some("urn:kizashi:problem:missing-scope"))
    );
    let console = Grant::of_console(program.house.workspace);
    assert!(add_token(&program.house.app, &console, "crm", &Scope::ALL).await.is_err(), "the name is taken");
    revoke_token(&program.house.app, &console, "crm").await.unwrap();
    let answer = program.send("GET", "/api/v1/customers", &[], None).await;
    assert_eq!(
        (answer.status, answer.header("www-authenticate")),
        (StatusCode::UNAUTHORIZED, "Bearer realm=\"kizashi\"")
    );
    assert!(!answer.text.contains(&program.token));
    add_token(&program.house.app, &console, "crm", &Scope::ALL).await.unwrap();
}

#[tokio::test]
async fn the_description_names_every_address_of_the_api() {
    let program = Program::start(&[Scope::Read]).await;
    let (status, description) = program.get("/api/v1/openapi.json").await;
    assert_eq!((status, &description["openapi"]), (StatusCode::OK, &json!("3.1.0")));
    let paths: Vec<&String> = description["paths"].as_object().unwrap().keys().collect();
    assert_eq!(paths.len(), 15, "{paths:?}");
    for path in paths {
        let address = path.replace("{id}", "0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee");
        let answer = program.send("GET", &address, &[], None).await;
        assert!([StatusCode::OK, StatusCode::NOT_FOUND].contains(&answer.status), "{path}");
    }
    assert_eq!(description["components"]["schemas"]["NewContact"]["required"], json!(["external_id", "customer"]));
}

#[tokio::test]
async fn a_field_of_another_source_is_named_when_it_was_not_taken() {
    let program = Program::start(&Scope::ALL).await;
    let house = &program.house;
    let customer =
        json!({ "external_id": "c1", "name": "ミナト", "region": "関東", "employees": 40, "goal_on": "2027-03-31" });
    let (answer, made) = program.make("customers", &customer).await;
    assert_eq!((answer.status, made.get("ignored")), (StatusCode::CREATED, None), "{}", answer.text);
    let address = answer.header("location").to_owned();
    kizashi_app::intake::keep_source(&house.app, house.workspace, "erp").await.unwrap();
    let grant = Grant::of_console(house.workspace);
    for field in ["region", "employees", "goal_on", "industry"] {
        kizashi_app::intake::keep_field_owner(&house.app, &grant, field, "erp").await.unwrap();
    }
    // What says the same, or fills what was empty, is taken; the rest is named, and what nobody owns is taken with it.
    let change = json!({ "region": "関西", "employees": 41, "goal_on": "2027-03-31", "industry": "製造", "name": "ミナト製作所" });
    let answer = program.send("PATCH", &address, &[], Some(&change.to_string())).await;
    let now: Value = serde_json::from_str(&answer.text).unwrap();
    let told: Vec<_> =
        now["ignored"].as_array().unwrap().iter().map(|i| (&i["field"], &i["owner"], &i["listed_at"])).collect();
    let (erp, listed) = (json!("erp"), json!("/data/fields#conflicts"));
    let (employees, region) = (json!("employees"), json!("region"));
    assert_eq!((answer.status, told), (StatusCode::OK, vec![(&employees, &erp, &listed), (&region, &erp, &listed)]));
    assert_eq!(
        (&now["region"], &now["industry"], &now["name"]),
        (&json!("関東"), &json!("製造"), &json!("ミナト製作所"))
    );
    let cookie = house.sign_in("csm@example.jp").await;
    let page = house.get("/data/fields", &cookie).await.text;
    assert!(page.contains("id=\"conflicts\"") && page.contains("関西"), "the disagreement waits where the answer says");
    // The version is that of the record, and the record says nothing of the write.
    let read = program.send("GET", &address, &[], None).await;
    assert_eq!(answer.header("etag"), read.header("etag"));
    assert!(!read.text.contains("ignored"), "{}", read.text);
    let again =
        program.send("PATCH", &address, &[("if-match", answer.header("etag"))], Some("{\"region\": \"\"}")).await;
    let told: Value = serde_json::from_str(&again.text).unwrap();
    assert_eq!((again.status, &told["ignored"][0]["listed_at"]), (StatusCode::OK, &Value::Null), "{told}");
    let fine = program.send("PATCH", &address, &[], Some("{\"name\": \"ミナト\"}")).await;
    assert!(!fine.text.contains("ignored"), "{}", fine.text);
}
