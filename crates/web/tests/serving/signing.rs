//! Coming and going.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use kizashi_web::Options;

use super::house::{House, PASSWORD};

#[tokio::test]
async fn signing_in_goes_on_to_an_address_of_ours_only() {
    let house = House::build(Options::default()).await;
    for (next, wanted) in [
        ("/customers?q=x", "/customers?q=x"),
        ("//evil.example", "/today"),
        ("/\\evil.example", "/today"),
        ("https://evil.example", "/today"),
        ("javascript:alert(1)", "/today"),
        ("", "/today"),
    ] {
        let answer =
            house.post("/sign-in", "", &[("email", " CSM@example.jp "), ("password", PASSWORD), ("next", next)]).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, wanted), "{next}");
        let cookie = answer.header("set-cookie");
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
            "{cookie}"
        );
        assert!(!cookie.contains("Secure"), "plain http: {cookie}");
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_look_the_same() {
    let house = House::build(Options::default()).await;
    let mut seen = vec![];
    for email in ["csm@example.jp", "nobody@example.jp"] {
        let answer = house.post("/sign-in", "", &[("email", email), ("password", "wrong")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.header("set-cookie"), "");
        assert!(!answer.text.contains("value=\"wrong\""), "a password is never sent back");
        let nonce = answer
            .header("content-security-policy")
            .split("nonce-")
            .nth(1)
            .unwrap()
            .split('\'')
            .next()
            .unwrap()
            .to_owned();
        seen.push(answer.text.replace(email, "").replace(&nonce, ""));
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn behind_https_the_cookie_is_bound_to_the_host_and_to_https() {
    let house =
        House::build(Options { is_https: true, metrics_token: Some("secret".into()), ..Options::default() }).await;
    let answer = house.post("/sign-in", "", &[("email", "csm@example.jp"), ("password", PASSWORD)]).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-kizashi_session=") && cookie.contains("; Secure"), "{cookie}");
    assert!(answer.header("strict-transport-security").starts_with("max-age="));
    assert_eq!(house.get("/metrics", "").await.status, StatusCode::NOT_FOUND);
    for (token, status) in
        [("secret", StatusCode::OK), ("secre", StatusCode::NOT_FOUND), ("secrets", StatusCode::NOT_FOUND)]
    {
        let request = Request::get("/metrics").header(header::AUTHORIZATION, format!("Bearer {token}"));
        assert_eq!(house.ask(request.body(Body::empty()).unwrap()).await.status, status, "{token}");
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_for_every_holder_of_the_cookie() {
    let house = House::build(Options::default()).await;
    let cookie = house.sign_in("csm@example.jp").await;
    let token = house.token(&cookie).await;
    let answer = house.post("/sign-out", &cookie, &[("csrf", &token)]).await;
    assert_eq!(answer.header("location"), "/sign-in");
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(house.get("/today", &cookie).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn language_and_theme_are_kept_and_the_page_comes_back() {
    let house = House::build(Options::default()).await;
    let cookie = house.sign_in("csm@example.jp").await;
    let token = house.token(&cookie).await;
    let fields = [("csrf", token.as_str()), ("language", "en"), ("theme", "dark"), ("back", "/customers?q=x")];
    let answer = house.post("/preferences", &cookie, &fields).await;
    assert_eq!(answer.header("location"), "/customers?q=x");
    // The language is the person's, in any browser.
    let page = house.get("/help", &house.sign_in("csm@example.jp").await).await;
    assert!(page.text.contains("<html lang=\"en\""), "{}", &page.text[..200]);
    let dark = house.get("/help", &format!("{cookie}; kizashi_theme=dark")).await;
    assert!(dark.text.contains("data-theme=\"dark\""));
}
