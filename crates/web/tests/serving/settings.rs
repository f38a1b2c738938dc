//! Settings are edited in forms that lose nothing, refuse what is stale or wrong at its place, and can be restored.

use axum::http::StatusCode;
use kizashi_app::settings::open_settings;
use kizashi_web::Options;

use super::house::{Answer, House};

const MODEL: &str = "/settings/models/standard";
const MEASURE: &str = "/settings/models/standard/measures/seat_use";

/// Every field of the page's form as it stands, the way a browser would send it.
pub(crate) fn fields(page: &str) -> Vec<(String, String)> {
    let form = page.split("<form class=\"settings\"").nth(1).unwrap().split("</form>").next().unwrap();
    let plain = |text: &str| {
        text.replace("&quot;", "\"")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&#39;", "'")
            .replace("&amp;", "&")
    };
    let named = |tag: &str, name: &str| -> Option<String> {
        let rest = tag.split(&format!("{name}=\"")).nth(1)?;
        rest.split('"').next().map(plain)
    };
    let mut found = Vec::new();
    for tag in form.split("<input ").skip(1).map(|t| t.split('>').next().unwrap()) {
        let (Some(name), value) =
            (named(tag, " name").or_else(|| named(&format!(" {tag}"), " name")), named(tag, "value"))
        else {
            continue;
        };
        if !tag.contains("checkbox") || tag.contains(" checked") {
            found.push((name, value.unwrap_or_default()));
        }
    }
    for part in form.split("<select ").skip(1) {
        let name = named(&format!(" {part}"), " name").unwrap();
        let options = part.split("</select>").next().unwrap();
        let chosen = options.split("<option ").skip(1).find(|o| o.split('>').next().unwrap().contains(" selected"));
        let first = options.split("<option ").nth(1).unwrap();
        found.push((name, named(&format!(" {}", chosen.unwrap_or(first)), " value").unwrap()));
    }
    for part in form.split("<textarea ").skip(1) {
        let name = named(&format!(" {part}"), " name").unwrap();
        let text = part.split('>').nth(1).unwrap().split("</textarea").next().unwrap();
        found.push((name, plain(text)));
    }
    found
}

pub(crate) async fn send(
    house: &House,
    address: &str,
    cookie: &str,
    mut form: Vec<(String, String)>,
    edits: &[(&str, &str)],
) -> Answer {
    for (name, value) in edits {
        form.retain(|(n, _)| n != name);
        form.push(((*name).to_owned(), (*value).to_owned()));
    }
    let pairs: Vec<(&str, &str)> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    house.post(address, cookie, &pairs).await
}

#[tokio::test]
async fn a_form_sent_back_as_it_is_changes_nothing() {
    let house = House::build(Options::default()).await;
    let boss = house.sign_in("manager@example.jp").await;
    let pack = open_settings(&house.app, house.workspace).await.unwrap().pack.clone();
    let mut pages = vec!["/settings/calendar".to_owned(), "/settings/order".to_owned()];
    pages.extend(pack.metrics.iter().map(|m| format!("/settings/metrics/{}", m.id)));
    pages.extend(pack.signals.iter().map(|r| format!("/settings/signals/{}", r.id)));
    for model in &pack.models {
        pages.push(format!("/settings/models/{}", model.id));
        pages.extend(model.measures().map(|(_, m)| format!("/settings/models/{}/measures/{}", model.id, m.metric)));
    }
    for address in pages {
        let page = house.get(&address, &boss).await;
        assert_eq!(page.status, StatusCode::OK, "{address}");
        let edits = [("do", "save"), ("comment", "x")];
        let answer = send(&house, &address, &boss, fields(&page.text), &edits).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{address}: {}", answer.header("location"));
        assert!(answer.text.contains("変えたところがありません"), "{address}");
    }
    assert_eq!(open_settings(&house.app, house.workspace).await.unwrap().version, 1);
}

#[tokio::test]
async fn an_edit_is_checked_told_in_words_saved_and_restored() {
    let house = House::build(Options::default()).await;
    let boss = house.sign_in("manager@example.jp").await;
    let form = fields(&house.get(MODEL, &boss).await.text);
    let weight = ("g0m0.weight", "10");

    let seen = send(&house, MODEL, &boss, form.clone(), &[weight, ("do", "preview")]).await;
    assert_eq!(seen.status, StatusCode::OK);
    assert!(seen.text.contains("席の使用率：重み 20% → 12.2%"), "told before it is saved");
    let dumb = send(&house, MODEL, &boss, form.clone(), &[weight, ("do", "save")]).await;
    assert_eq!(dumb.status, StatusCode::UNPROCESSABLE_ENTITY, "no version without a reason");
    assert!(dumb.text.contains("name=\"g0m0.weight\" value=\"10\""), "what was entered is still there");
    let saved = send(&house, MODEL, &boss, form.clone(), &[weight, ("do", "save"), ("comment", "席を軽く")]).await;
    assert_eq!((saved.status, saved.header("location")), (StatusCode::SEE_OTHER, "/settings/versions/2?said=settings"));
    let version = house.get("/settings/versions/2", &boss).await.text;
    assert!(version.contains("席を軽く") && version.contains("席の使用率：重み 20% → 12.2%"));

    // The same form again was made from version 1: refused with what changed, and kept.
    let late = send(&house, MODEL, &boss, form, &[("green", "80"), ("do", "save"), ("comment", "x")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text.contains("席の使用率：重み 20% → 12.2%") && late.text.contains("name=\"green\" value=\"80\""));
    assert_eq!(open_settings(&house.app, house.workspace).await.unwrap().version, 2);
    let again = send(&house, MODEL, &boss, fields(&late.text), &[("do", "save"), ("comment", "知って直す")]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);

    let token = house.token(&boss).await;
    let back = house.post("/settings/versions/1/restoration", &boss, &[("csrf", &token), ("base", "3")]).await;
    assert_eq!((back.status, back.header("location")), (StatusCode::SEE_OTHER, "/settings/versions/4?said=settings"));
    let compared = house.get("/settings/comparison?from=1&to=4", &boss).await.text;
    assert!(compared.contains("違いはありません"));
    let list = house.get("/settings/versions", &boss).await.text;
    assert!(list.contains("版 1 に戻しました") && list.contains("知って直す") && list.contains("佐藤"));
}

/// An address, what is entered there, and the field that is at fault.
type Case = (&'static str, &'static [(&'static str, &'static str)], &'static str);

#[tokio::test]
async fn faults_stand_at_their_field_and_nothing_is_saved() {
    let house = House::build(Options::default()).await;
    let boss = house.sign_in("manager@example.jp").await;
    let cases: [Case; 10] = [
        (MODEL, &[("g0m0.weight", "たくさん")], "g0m0.weight"),
        (MODEL, &[("amber", "80")], "green"),
        (MODEL, &[("g0m0.missing", "hold"), ("g0m0.missing_n", "")], "g0m0.missing_n"),
        (MEASURE, &[("c1.p", "120")], "c1.p"),
        (MEASURE, &[("c1.v", "")], "c1.v"),
        ("/settings/metrics/logins_28d", &[("window", "0")], "window"),
        ("/settings/metrics/seat_use", &[("of2", "")], "of1"),
        ("/settings/signals/logins_falling", &[("clear", "-50")], "clear"),
        ("/settings/calendar", &[("k0.from", "13-40")], "k0.from"),
        ("/settings/calendar", &[("closes", "8:00")], "opens"),
    ];
    for (address, edits, field) in cases {
        let form = fields(&house.get(address, &boss).await.text);
        let mut all = vec![("do", "save"), ("comment", "<script>alert(1)</script>")];
        all.extend(edits);
        let answer = send(&house, address, &boss, form, &all).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{address} {edits:?}");
        assert!(answer.text.contains(&format!("href=\"#{field}\"")), "{address} {edits:?} should point at {field}");
        assert!(answer.text.contains("&lt;script&gt;") && !answer.text.contains("<script>alert"), "{address}");
    }
    // What another entry still needs cannot be taken out.
    let page = house.get("/settings/metrics/seat_use/removal", &boss).await;
    assert!(page.text.contains("指標「seat_use」はありません"), "the reason is said before anything is entered");
    assert_eq!(open_settings(&house.app, house.workspace).await.unwrap().version, 1);
}

#[tokio::test]
async fn a_document_goes_out_and_comes_in_with_the_place_of_its_faults() {
    let house = House::build(Options::default()).await;
    let boss = house.sign_in("manager@example.jp").await;
    let out = house.get("/settings.toml", &boss).await;
    assert!(out.header("content-disposition").contains("settings-1.toml") && out.text.contains("[[model.cap]]"));
    let form = fields(&house.get("/settings/upload", &boss).await.text);
    let broken = out.text.replace("amber_from = 40, green_from = 70", "amber_from = 40, green_form = 70");
    let refused =
        send(&house, "/settings/upload", &boss, form.clone(), &[("document", &broken), ("do", "preview")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("行目") && refused.text.contains("green_form"), "line and key are named");
    let edited = out.text.replace("green_from = 70", "green_from = 75");
    let told = send(&house, "/settings/upload", &boss, form.clone(), &[("document", &edited), ("do", "preview")]).await;
    assert!(told.status == StatusCode::OK && told.text.contains("緑の始まり 70 → 75"));
    let edits = [("document", edited.as_str()), ("do", "save"), ("comment", "まとめて")];
    let saved = send(&house, "/settings/upload", &boss, form, &edits).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    assert!(house.get("/settings.toml", &boss).await.text == edited, "with the remarks of its author");
}

#[tokio::test]
async fn plays_of_a_document_and_of_an_earlier_version_are_seen_rehearsed_before_they_are_taken() {
    const PLAY: &str = "\n[[play]]\nid = \"extra\"\ntitle = \"追加\"\nwhat = \"追加\"\ndue_business_days = 5\n\n[[play.step]]\nid = \"call\"\nkind = \"task\"\ntitle = \"電話\"\n";
    let house = House::build(Options::default()).await;
    let boss = house.sign_in("manager@example.jp").await;
    let document = format!("{}{PLAY}", house.get("/settings.toml", &boss).await.text);
    let form = fields(&house.get("/settings/upload", &boss).await.text);
    let edits = [("document", document.as_str()), ("do", "save"), ("comment", "打ち手を足す")];
    let unseen = send(&house, "/settings/upload", &boss, form.clone(), &edits).await;
    assert_eq!(unseen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unseen.text.contains("data-play=\"extra\"") && unseen.text.contains("この四半期なら、0社に始まり"));
    assert!(unseen.text.contains("href=\"#rehearsed\"") && unseen.text.contains("打ち手を足す"), "nothing is lost");
    let stamp = |page: &str| {
        let rest = page.split("name=\"rehearsed\" value=\"").nth(1).expect("a box to tick");
        rest.split('"').next().unwrap().to_owned()
    };
    let mut all = edits.to_vec();
    let seen = stamp(&unseen.text);
    all.push(("rehearsed", &seen));
    let saved = send(&house, "/settings/upload", &boss, form, &all).await;
    assert_eq!((saved.status, saved.header("location")), (StatusCode::SEE_OTHER, "/settings/versions/2?said=settings"));

    // Version 1 has no play that is not in force: nothing is asked.
    let token = house.token(&boss).await;
    assert!(!house.get("/settings/versions/1/restoration", &boss).await.text.contains("name=\"rehearsed\""));
    let back = house.post("/settings/versions/1/restoration", &boss, &[("csrf", &token), ("base", "2")]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    let page = house.get("/settings/versions/2", &boss).await.text;
    assert!(page.contains("href=\"/settings/versions/2/restoration\""), "a page lies between");
    let page = house.get("/settings/versions/2/restoration", &boss).await.text;
    let seen = stamp(&page);
    let token = house.token(&boss).await;
    let restore = "/settings/versions/2/restoration";
    let unseen = house.post(restore, &boss, &[("csrf", &token), ("base", "3")]).await;
    assert_eq!(unseen.status, StatusCode::UNPROCESSABLE_ENTITY);
    let back = house.post(restore, &boss, &[("csrf", &token), ("base", "3"), ("rehearsed", &seen)]).await;
    assert_eq!((back.status, back.header("location")), (StatusCode::SEE_OTHER, "/settings/versions/4?said=settings"));
}

#[tokio::test]
async fn a_new_measure_gets_a_first_curve_and_new_entries_their_own_page() {
    let house = House::build(Options::default()).await;
    let boss = house.sign_in("manager@example.jp").await;
    let form = fields(&house.get(MODEL, &boss).await.text);
    let edits = [("g1m2.metric", "tickets_28d"), ("g1m2.weight", "3"), ("do", "save"), ("comment", "問い合わせも見る")];
    assert_eq!(send(&house, MODEL, &boss, form, &edits).await.status, StatusCode::SEE_OTHER);
    let pack = &open_settings(&house.app, house.workspace).await.unwrap().pack;
    assert_eq!(pack.model("standard").unwrap().measure("tickets_28d").unwrap().curve.len(), 2);
    for (kind, more, then) in [
        ("metric", [("event", "call"), ("title.ja", "電話")], "/settings/metrics/calls?"),
        ("signal", [("what.ja", "電話する"), ("title.ja", "静かです")], "/settings/signals/calls?"),
        ("model", [("copy", "standard"), ("title.ja", "大手")], "/settings/models/calls?"),
    ] {
        let address = format!("/settings/new/{kind}");
        let form = fields(&house.get(&address, &boss).await.text);
        let mut edits = vec![("id", "calls"), ("do", "save"), ("comment", "試す")];
        edits.extend(more);
        let made = send(&house, &address, &boss, form, &edits).await;
        assert!(made.header("location").starts_with(then), "{kind}: {} {}", made.status, made.header("location"));
        assert_eq!(house.get(made.header("location"), &boss).await.status, StatusCode::OK, "{kind}");
    }
}

#[tokio::test]
async fn others_read_and_may_not_save() {
    let house = House::build(Options::default()).await;
    let cookie = house.sign_in("csm@example.jp").await;
    let page = house.get(MODEL, &cookie).await;
    assert!(page.text.contains("管理者とマネージャー") && !page.text.contains("value=\"save\""));
    let token = house.token(&cookie).await;
    for address in [MODEL, MEASURE, "/settings/upload", "/settings/calendar", "/settings/versions/1/restoration"] {
        let answer = house.post(address, &cookie, &[("csrf", &token), ("base", "1"), ("do", "save")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{address}");
    }
    let dictionary = house.get("/dictionary", &cookie).await;
    assert!(dictionary.text.contains("「利用者数（28日）」 ÷ 「契約席数」") && dictionary.text.contains("数えた値"));
}
