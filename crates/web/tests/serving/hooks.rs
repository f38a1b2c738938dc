//! Messages that others push, and contact forms, as senders, visitors and administrators meet them.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use kizashi_app::access::Grant;
use kizashi_app::hooks::{NewHook, add_hook, list_hooks};
use kizashi_app::secrets::Secret;
use kizashi_domain::id::{Hook, Id};
use kizashi_domain::intake::HookKind;
use kizashi_domain::lang::Lang;
use kizashi_web::Options;

use super::house::{Answer, House, PlainHooks};

const SECRET: &str = "first-secret";

fn new(kind: HookKind, name: &str) -> NewHook {
    NewHook {
        name: name.into(),
        kind,
        secret: Some(Secret::new(SECRET.into())),
        map: String::new(),
        origins: vec!["https://www.hidamari.example".into()],
        category: "お問い合わせ".into(),
        language: Lang::Ja,
    }
}

async fn with_hook(kind: HookKind) -> (House, Id<Hook>) {
    let house = House::build(Options::default()).await;
    let grant = Grant::of_console(house.workspace);
    let id = add_hook(&house.app, &PlainHooks, &grant, new(kind, "desk")).await.unwrap();
    (house, id)
}

async fn push(house: &House, id: &str, secret: &str, message: &str, body: &str) -> Answer {
    let request = Request::post(format!("/hooks/{id}")).header("x-secret", secret).header("x-id", message);
    house.ask(request.body(Body::from(body.to_owned())).unwrap()).await
}

async fn counts(house: &House) -> (i64, i64, i64) {
    let (_, tally) = list_hooks(&house.app, house.workspace).await.unwrap().remove(0);
    (tally.accepted, tally.duplicates, tally.refused)
}

#[tokio::test]
async fn a_message_ends_accepted_once_or_refused_with_its_reason_and_is_given_again() {
    let (house, id) = with_hook(HookKind::Zendesk).await;
    let id = id.to_string();
    let unknown = push(&house, &id, SECRET, "m1", r#"{"of":"o7"}"#).await;
    assert_eq!((unknown.status, unknown.text.contains("\"refused\":1")), (StatusCode::OK, true), "{}", unknown.text);
    assert_eq!(push(&house, &id, SECRET, "m2", "<odd>").await.status, StatusCode::OK);
    assert_eq!(counts(&house).await, (0, 0, 2));
    assert_eq!(push(&house, &id, SECRET, "m3", r#"{"is":"o7","code":"C7"}"#).await.status, StatusCode::OK);
    let again = push(&house, &id, SECRET, "m3", r#"{"is":"o7","code":"C7"}"#).await;
    assert!(again.text.contains("\"duplicates\":1") && again.text.contains("\"accepted\":0"), "{}", again.text);
    assert_eq!(counts(&house).await, (1, 1, 2));

    let cookie = house.sign_in("admin@example.jp").await;
    let page = house.get(&format!("/data/hooks/{id}"), &cookie).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("&lt;odd&gt;") && page.text.contains("o7"), "the reason and the text are there");
    assert!(!page.text.contains(SECRET), "a secret is never shown");
    let token = house.token(&cookie).await;
    let all = house.post(&format!("/data/hooks/{id}/again"), &cookie, &[("csrf", &token)]).await;
    assert_eq!(all.status, StatusCode::SEE_OTHER);
    assert_eq!(counts(&house).await, (2, 1, 1), "the customer is known now; what is no JSON stays");
    let found = kizashi_app::search::search(&house.app, house.workspace, "届いた会社").await.unwrap();
    assert_eq!(found.customers.len(), 1);
    let page = house.get(&format!("/data/hooks/{id}"), &cookie).await.text;
    let message = page.split("/data/hook-messages/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let gone = house.post(&format!("/data/hook-messages/{message}/removal"), &cookie, &[("csrf", &token)]).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER);
    assert_eq!(counts(&house).await, (2, 1, 0));

    let csm = house.sign_in("csm@example.jp").await;
    assert_eq!(house.get(&format!("/data/hooks/{id}"), &csm).await.status, StatusCode::FORBIDDEN);
    let token = house.token(&csm).await;
    let switched = house.post(&format!("/data/hooks/{id}/switch"), &csm, &[("csrf", &token), ("to", "off")]).await;
    assert_eq!(switched.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn wrong_secrets_unknown_hooks_and_those_switched_off_are_refused() {
    let (house, id) = with_hook(HookKind::Stripe).await;
    let id = id.to_string();
    assert_eq!(push(&house, &id, "another", "m1", "{}").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(push(&house, "0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee", SECRET, "m1", "{}").await.status, 404);
    assert_eq!(push(&house, "%00", SECRET, "m1", "{}").await.status, StatusCode::NOT_FOUND);
    assert_eq!(push(&house, &id, SECRET, "m1", &" ".repeat(2 << 20)).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(counts(&house).await, (0, 0, 0), "nothing unproved is kept");
    let cookie = house.sign_in("admin@example.jp").await;
    let token = house.token(&cookie).await;
    let to = |path: &str| format!("/data/hooks/{id}/{path}");
    let fields = [("csrf", token.as_str()), ("secret", "second-secret")];
    assert_eq!(house.post(&to("secret"), &cookie, &fields).await.status, StatusCode::SEE_OTHER);
    for secret in [SECRET, "second-secret"] {
        assert_eq!(push(&house, &id, secret, secret, r#"{"is":"a","code":"A"}"#).await.status, 200, "{secret}");
    }
    assert_eq!(house.post(&to("turning-end"), &cookie, &[("csrf", &token)]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(push(&house, &id, SECRET, "m9", "{}").await.status, StatusCode::UNAUTHORIZED);
    house.post(&to("switch"), &cookie, &[("csrf", &token), ("to", "off")]).await;
    assert_eq!(push(&house, &id, "second-secret", "m10", "{}").await.status, StatusCode::NOT_FOUND);
}

async fn send(house: &House, id: &str, origin: Option<&str>, fields: &[(&str, &str)]) -> Answer {
    let mut request = Request::post(format!("/forms/{id}"))
        .header(header::HOST, "kizashi.example.jp")
        .header("sec-fetch-site", "cross-site")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if let Some(origin) = origin {
        request = request.header(header::ORIGIN, origin);
    }
    house.ask(request.body(Body::from(serde_urlencoded::to_string(fields).unwrap())).unwrap()).await
}

const SITE: Option<&str> = Some("https://www.hidamari.example");
const GOOD: [(&str, &str); 4] =
    [("company", "㈱みなと"), ("name", "佐藤"), ("email", "Sato@minato.example"), ("message", "資料をください")];

async fn inquiries(house: &House, customer: &str) -> usize {
    let found = kizashi_app::search::search(&house.app, house.workspace, "資料をください").await.unwrap().tickets;
    found.iter().filter(|t| t.customer_name == customer).count()
}

#[tokio::test]
async fn a_form_makes_the_customer_the_person_and_the_inquiry_once() {
    let (house, id) = with_hook(HookKind::Form).await;
    let id = id.to_string();
    let page = house.get(&format!("/forms/{id}"), "").await;
    assert_eq!((page.status, page.text.contains("name=\"message\"")), (StatusCode::OK, true));
    for _ in 0..2 {
        let sent = send(&house, &id, SITE, &GOOD).await;
        assert_eq!(sent.status, StatusCode::OK, "{}", sent.text);
        assert_eq!(sent.header("access-control-allow-origin"), "https://www.hidamari.example");
    }
    assert_eq!(counts(&house).await, (1, 1, 0), "a button pressed twice is one message");
    assert_eq!(inquiries(&house, "㈱みなと").await, 1);
    // Another spelling of the name, another person, the same customer.
    let other =
        [("company", "みなと 株式会社"), ("name", "鈴木"), ("email", "x@gmail.com"), ("message", "資料をください。")];
    assert_eq!(send(&house, &id, SITE, &other).await.status, StatusCode::OK);
    assert_eq!(inquiries(&house, "㈱みなと").await, 2);
    let found = kizashi_app::search::search(&house.app, house.workspace, "みなと").await.unwrap();
    assert_eq!(found.customers.len(), 1, "{:?}", found.customers);
    assert_eq!(kizashi_app::search::search(&house.app, house.workspace, "佐藤").await.unwrap().people.len(), 1);
}

#[tokio::test]
async fn other_sites_programs_and_odd_words_come_no_further() {
    let (house, id) = with_hook(HookKind::Form).await;
    let id = id.to_string();
    for origin in ["https://evil.example", "null", "https://www.hidamari.example.evil.example"] {
        let sent = send(&house, &id, Some(origin), &GOOD).await;
        assert_eq!((sent.status, sent.header("access-control-allow-origin")), (StatusCode::FORBIDDEN, ""), "{origin}");
    }
    let mut trapped = GOOD.to_vec();
    trapped.push(("website", "http://spam.example"));
    let (known, trapped) = (send(&house, &id, None, &[]).await, send(&house, &id, SITE, &trapped).await);
    assert_eq!((known.status, trapped.status), (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::OK));
    let long = "あ".repeat(5_001);
    for bad in [
        [("name", "佐藤"), ("email", "no address"), ("message", "x")],
        [("name", "佐藤"), ("email", "a@b.example"), ("message", &long)],
        [("name", " "), ("email", "a@b.example"), ("message", "<script>")],
    ] {
        let answer = send(&house, &id, SITE, &bad).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad:?}");
        assert!(!answer.text.contains("<script>x"), "what was written comes back as text");
    }
    assert_eq!(counts(&house).await, (0, 0, 0));
    for n in 0..60 {
        let message = format!("{n}");
        let mut fields = GOOD.to_vec();
        fields[3].1 = &message;
        assert_eq!(send(&house, &id, SITE, &fields).await.status, StatusCode::OK, "{n}");
    }
    let often = send(&house, &id, SITE, &GOOD).await;
    assert_eq!(often.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(!often.header("retry-after").is_empty());
    let asked = Request::options(format!("/forms/{id}")).header(header::ORIGIN, "https://www.hidamari.example");
    let asked = house.ask(asked.body(Body::empty()).unwrap()).await;
    assert_eq!((asked.status, asked.header("access-control-allow-methods")), (StatusCode::NO_CONTENT, "POST"));
}

#[tokio::test]
async fn what_is_wrong_with_a_new_hook_is_said_beside_its_field() {
    let house = House::build(Options::default()).await;
    let cookie = house.sign_in("admin@example.jp").await;
    let token = house.token(&cookie).await;
    let make = async |fields: &[(&str, &str)]| {
        let all = [&[("csrf", token.as_str())], fields].concat();
        house.post("/data/hooks", &cookie, &all).await
    };
    let short = make(&[("kind", "stripe"), ("name", "stripe"), ("secret", "short")]).await;
    assert_eq!((short.status, short.text.contains("secret-wrong")), (StatusCode::UNPROCESSABLE_ENTITY, true));
    assert!(!short.text.contains("\"short\""), "the secret does not come back");
    let odd = make(&[("kind", "standard"), ("name", "app"), ("secret", "long enough"), ("map", "odd")]).await;
    assert!(odd.text.contains("line 1, column 1") && odd.text.contains(">odd</textarea>"), "{}", odd.text);
    let path = make(&[("kind", "form"), ("name", "site"), ("origins", "https://a.example/path")]).await;
    assert!(path.text.contains("origins-wrong"));
    let good =
        make(&[("kind", "form"), ("name", "site"), ("origins", "https://a.example/\nhttp://localhost:3000")]).await;
    assert_eq!(good.status, StatusCode::SEE_OTHER);
    let twice = make(&[("kind", "form"), ("name", "site")]).await;
    assert!(twice.text.contains("name-wrong"));
}

#[tokio::test]
async fn refused_messages_wait_on_the_page_of_data_with_their_reasons_and_a_way_on() {
    let (house, hook) = with_hook(HookKind::Zendesk).await;
    let id = hook.to_string();
    let admin = house.sign_in("admin@example.jp").await;
    let csm = house.sign_in("csm@example.jp").await;
    assert!(!house.get("/data", &admin).await.text.contains("id=\"waiting\""), "nothing waits");
    push(&house, &id, SECRET, "m1", r#"{"of":"nobody"}"#).await;
    let page = house.get("/data", &admin).await.text;
    let (look, again) = (format!("href=\"/data/hooks/{id}\""), format!("action=\"/data/hooks/{id}/again\""));
    assert!(page.contains("id=\"waiting\"") && page.contains(&look) && page.contains(&again), "{page}");
    // Who may not mend it sees that it waits, and whom to ask.
    let page = house.get("/data", &csm).await.text;
    assert!(page.contains("id=\"waiting\"") && !page.contains(&look) && page.contains("管理者に頼んでください"));
    let address = format!("/data/hooks/{id}/refused.csv");
    let file = house.get(&address, &admin).await.text;
    assert!(file.contains(",m1,of,") && file.contains("\"\"of\"\":\"\"nobody\"\""), "{file}");
    assert_eq!(house.get(&address, &csm).await.status, StatusCode::FORBIDDEN);
    // Once somebody is known under that code, what waited is taken.
    push(&house, &id, SECRET, "m2", r#"{"is":"nobody","code":"N-1"}"#).await;
    let token = house.token(&admin).await;
    let answer = house.post(&format!("/data/hooks/{id}/again"), &admin, &[("csrf", &token)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    assert!(!house.get("/data", &admin).await.text.contains("id=\"waiting\""));
}
