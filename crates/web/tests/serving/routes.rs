//! Every route keeps its policy, whoever knocks, and every answer its headers.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use kizashi_web::Options;
use kizashi_web::routes::{Policy, table};

use super::house::{Answer, House};

fn filled(path: &str) -> String {
    path.replace("{id}", "0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee")
        .replace("{file}", "nothing.css")
        .replace("{kind}", "batch")
        .replace("{metric}", "nothing")
}

fn knock(method: &Method, path: &str, cookie: &str) -> Request<Body> {
    let request = Request::builder().method(method).uri(filled(path)).header(header::COOKIE, cookie);
    request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::empty()).unwrap()
}

fn assert_sealed(answer: &Answer, what: &str) {
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{what}: {policy}");
    assert!(!policy.contains("unsafe"), "{what}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
    assert!(!answer.header("referrer-policy").is_empty(), "{what}");
    assert!(!answer.header("cache-control").is_empty(), "{what}");
    // JSON is UTF-8 by definition.
    if !answer.text.is_empty() && !answer.header("content-type").contains("json") {
        assert!(answer.header("content-type").contains("charset=utf-8"), "{what}: {}", answer.header("content-type"));
    }
}

#[tokio::test]
async fn nobody_and_strangers_come_no_further_than_the_policy_says() {
    let house = House::build(Options::default()).await;
    let routes = table();
    assert!(routes.len() > 25, "the table is the router");
    for cookie in ["", "kizashi_session=made-up", "kizashi_session=%00; kizashi_language=en"] {
        for route in &routes {
            let what = format!("{} {} as {cookie:?}", route.method, route.path);
            let answer = house.ask(knock(&route.method, route.path, cookie)).await;
            match route.policy {
                Policy::SignedIn => {
                    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{what}");
                    assert!(answer.header("location").starts_with("/sign-in?next="), "{what}");
                    assert_eq!(answer.text, "", "{what}");
                }
                Policy::WriteKey | Policy::Token => assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}"),
                // Whoever has no secret is told of no hook.
                Policy::Signed => assert_eq!(answer.status, StatusCode::NOT_FOUND, "{what}"),
                Policy::Public => assert!(!answer.header("location").starts_with("/sign-in?"), "{what}"),
            }
            assert_sealed(&answer, &what);
        }
    }
}

#[tokio::test]
async fn the_table_lists_every_address_that_answers() {
    let house = House::build(Options::default()).await;
    let cookie = house.sign_in("csm@example.jp").await;
    for route in
        table().iter().filter(|r| !matches!(r.policy, Policy::WriteKey | Policy::Token) && !r.path.contains('{'))
    {
        let other = if route.method == Method::GET { Method::DELETE } else { Method::PUT };
        let answer = house.ask(knock(&other, route.path, &cookie)).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{other} {}", route.path);
        assert_sealed(&answer, route.path);
    }
}

#[tokio::test]
async fn the_address_of_a_form_leads_to_its_page() {
    let house = House::build(Options::default()).await;
    let cookie = house.sign_in("csm@example.jp").await;
    for route in table().iter().filter(|r| r.policy == Policy::SignedIn && r.method == Method::POST) {
        let is_page = table().iter().any(|r| r.method == Method::GET && r.path == route.path);
        if is_page {
            continue;
        }
        let answer = house.ask(knock(&Method::GET, route.path, &cookie)).await;
        // What looks like the id of a page is asked for as one.
        if answer.status != StatusCode::SEE_OTHER {
            assert_ne!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{}", route.path);
            continue;
        }
        let to = answer.header("location");
        let is_above = to.split('/').count() < route.path.split('/').count();
        let same = to.split('/').zip(route.path.split('/')).all(|(t, p)| t == p || p.starts_with('{'));
        assert!(to == "/today" || (is_above && same), "{} to {to}", route.path);
        assert_sealed(&answer, route.path);
    }
    for (from, to) in [
        ("/cards/0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee/closure", "/cards/0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee"),
        ("/plays/tasks/0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee/answer", "/plays"),
        ("/preferences/cards", "/today"),
    ] {
        assert_eq!(house.ask(knock(&Method::GET, from, &cookie)).await.header("location"), to);
    }
}

#[tokio::test]
async fn a_signed_in_reader_opens_every_page_and_what_is_not_there_is_not_found() {
    let house = House::build(Options::default()).await;
    // Some pages are for administrators alone; whoever may not open them is told so, or that there is nothing.
    for (who, may_all) in [("admin@example.jp", true), ("csm@example.jp", false)] {
        let cookie = house.sign_in(who).await;
        for route in table().iter().filter(|r| r.method == Method::GET && r.policy == Policy::SignedIn) {
            let answer = house.get(&filled(route.path), &cookie).await;
            let wanted = match route.path {
                // Nothing was chosen: back to where one chooses.
                "/" | "/handovers/new" | "/cards/many" => StatusCode::SEE_OTHER,
                path if path.contains('{') => StatusCode::NOT_FOUND,
                _ => StatusCode::OK,
            };
            let is_right = answer.status == wanted || (!may_all && answer.status == StatusCode::FORBIDDEN);
            assert!(is_right, "{who} {}: {} instead of {wanted}", route.path, answer.status);
            assert_sealed(&answer, route.path);
        }
    }
    let cookie = house.sign_in("csm@example.jp").await;
    for odd in ["/customers/not-an-id", "/cards/%00", "/nowhere", "/customers/../today"] {
        assert_eq!(house.get(odd, &cookie).await.status, StatusCode::NOT_FOUND, "{odd}");
    }
    for odd in [
        "/customers?after=%FF&sort=-nothing&owner=x&health=blue",
        "/cards?tab=%27&kind=x&after=y",
        "/search?q=%00%22%3E",
    ] {
        let answer = house.get(odd, &cookie).await;
        assert!(!answer.status.is_server_error(), "{odd}: {}", answer.status);
    }
}

#[tokio::test]
async fn a_form_needs_its_token_our_own_page_and_a_role_that_may() {
    let house = House::build(Options::default()).await;
    let cookie = house.sign_in("csm@example.jp").await;
    let token = house.token(&cookie).await;
    for route in table().iter().filter(|r| r.method == Method::POST && r.policy == Policy::SignedIn) {
        let path = filled(route.path);
        assert_eq!(house.post(&path, &cookie, &[]).await.status, StatusCode::FORBIDDEN, "{path} without a token");
        let other = house.token(&house.sign_in("reader@example.jp").await).await;
        assert_eq!(
            house.post(&path, &cookie, &[("csrf", &other)]).await.status,
            StatusCode::FORBIDDEN,
            "{path} with another's"
        );
        let foreign = Request::post(&path)
            .header(header::COOKIE, &cookie)
            .header(header::HOST, "kizashi.example")
            .header(header::ORIGIN, "https://evil.example")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("csrf={token}")))
            .unwrap();
        assert_eq!(house.ask(foreign).await.status, StatusCode::FORBIDDEN, "{path} from another site");
    }
    let kept = house.post("/views", &cookie, &[("csrf", &token), ("name", "赤"), ("query", "health=red&evil=1")]).await;
    assert_eq!((kept.status, kept.header("location")), (StatusCode::SEE_OTHER, "/customers?health=red&said=view"));

    let reader = house.sign_in("reader@example.jp").await;
    let token = house.token(&reader).await;
    let refused = house.post("/views", &reader, &[("csrf", &token), ("name", "x"), ("query", "health=red")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(house.get("/customers.csv", &reader).await.status, StatusCode::FORBIDDEN);
}
