//! What Segment's clients rely on: 200 when durable, an error that they repeat or drop rightly otherwise.

use std::io::Write as _;
use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base64::Engine as _;
use kizashi_app::access::Grant;
use kizashi_app::intake::add_write_key;
use kizashi_web::Options;

use super::house::{Answer, House};

fn basic(key: &str) -> String {
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(key))
}

async fn send(house: &House, path: &str, authorization: &str, coding: &str, body: Vec<u8>) -> Answer {
    let request = Request::post(path)
        .header(header::AUTHORIZATION, authorization)
        .header(header::CONTENT_ENCODING, coding)
        // Clients are careless about this one, so it must not matter.
        .header(header::CONTENT_TYPE, "text/plain")
        .body(Body::from(body))
        .unwrap();
    house.ask(request).await
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(vec![], flate2::Compression::best());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

async fn keyed() -> (House, String) {
    let house = House::build(Options::default()).await;
    let key = add_write_key(&house.app, &Grant::of_console(house.workspace), "product").await.unwrap();
    (house, key)
}

#[tokio::test]
async fn good_calls_end_in_exactly_200() {
    let (house, key) = keyed().await;
    for kind in ["batch", "track", "identify", "group", "page", "screen", "alias", "import"] {
        for authorization in [basic(&format!("{key}:")), basic(&key)] {
            let answer = send(&house, &format!("/v1/{kind}"), &authorization, "identity", b"{}".to_vec()).await;
            assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "{\"success\":true}"), "{kind}");
        }
    }
    let in_body = format!("{{\"writeKey\":\"{key}\"}}");
    assert_eq!(send(&house, "/v1/batch", "", "identity", in_body.clone().into_bytes()).await.status, StatusCode::OK);
    assert_eq!(send(&house, "/v1/batch", "", "gzip", packed(in_body.as_bytes())).await.status, StatusCode::OK);
    assert!(house.get("/metrics", "").await.text.contains("kizashi_intake_events_total 18"));
}

#[tokio::test]
async fn bad_calls_say_why_in_json() {
    let (house, key) = keyed().await;
    let key = basic(&format!("{key}:"));
    let big = vec![b' '; 2 * 1024 * 1024];
    let bomb = packed(&vec![b' '; 64 * 1024 * 1024]);
    let cases: [(&str, &str, &str, Vec<u8>, StatusCode); 8] = [
        ("/v1/batch", "", "identity", b"{}".to_vec(), StatusCode::UNAUTHORIZED),
        ("/v1/batch", &basic("wrong:"), "identity", b"{}".to_vec(), StatusCode::UNAUTHORIZED),
        ("/v1/batch", &key, "identity", b"<xml/>".to_vec(), StatusCode::BAD_REQUEST),
        ("/v1/batch", &key, "gzip", b"not gzip".to_vec(), StatusCode::BAD_REQUEST),
        ("/v1/batch", &key, "br", b"{}".to_vec(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("/v1/batch", &key, "identity", big, StatusCode::PAYLOAD_TOO_LARGE),
        ("/v1/batch", &key, "gzip", bomb, StatusCode::PAYLOAD_TOO_LARGE),
        ("/v1/nothing", &key, "identity", b"{}".to_vec(), StatusCode::NOT_FOUND),
    ];
    for (path, authorization, coding, body, wanted) in cases {
        let answer = send(&house, path, authorization, coding, body).await;
        assert_eq!(answer.status, wanted, "{path} {coding}: {}", answer.text);
        let said: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
        assert!(said["code"].is_string() && said["message"].is_string(), "{said}");
        assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
    }
}

#[tokio::test]
async fn a_full_disk_asks_to_come_again_and_promises_nothing() {
    let (house, key) = keyed().await;
    house.history.is_full.store(true, Ordering::SeqCst);
    let answer = send(&house, "/v1/track", &basic(&key), "identity", b"{}".to_vec()).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0);
    house.history.is_full.store(false, Ordering::SeqCst);
    assert_eq!(send(&house, "/v1/track", &basic(&key), "identity", b"{}".to_vec()).await.status, StatusCode::OK);
}
