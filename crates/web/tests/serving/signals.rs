//! A signal's page, the forms of its further kinds, and the ready closures of the calendar.

use axum::http::StatusCode;
use kizashi_app::settings::open_settings;
use kizashi_domain::calendar::Closing;
use kizashi_domain::signals::{Doer, Since, Trigger};
use kizashi_web::Options;

use super::house::House;
use super::settings::{fields, send};

#[tokio::test]
async fn a_signal_says_what_it_looks_for_and_that_nothing_was_noticed_yet() {
    let house = House::build(Options::default()).await;
    let cookie = house.sign_in("csm@example.jp").await;
    for id in ["logins_falling", "red_account", "views_apart", "setup_stalled", "cancel_words"] {
        let page = house.get(&format!("/signals/{id}"), &cookie).await;
        assert_eq!(page.status, StatusCode::OK, "{id}");
        assert!(
            page.text.contains("まだ知らせはありません") && page.text.contains(&format!("/settings/signals/{id}")),
            "{id}"
        );
    }
    let red = house.get("/signals/red_account", &cookie).await.text;
    assert!(red.contains("使いこなす人の前期比が−60%以下で悪い、−30%で良好"), "each view with its limits");
    for address in ["/signals/no_such", "/signals/%22%3E%3Cscript%3E", "/signals/logins_falling?customer=x&after=y.z"] {
        let status = house.get(address, &cookie).await.status;
        let wanted = if address.contains("logins") { StatusCode::OK } else { StatusCode::NOT_FOUND };
        assert_eq!(status, wanted, "{address}");
    }
    assert!(house.get("/settings", &cookie).await.text.contains("/signals/red_account"));
}

#[tokio::test]
async fn somebody_who_writes_no_toml_makes_the_further_kinds() {
    let house = House::build(Options::default()).await;
    let boss = house.sign_in("manager@example.jp").await;
    const SIGNAL: &str = "/settings/signals/low_feeling";
    let form = fields(&house.get(SIGNAL, &boss).await.text);
    let save = [("do", "save"), ("comment", "試す")];
    let faults: [(&[(&str, &str)], &str); 6] = [
        (
            &[("when", "no_show"), ("of", "logins_28d"), ("since", "customer"), ("allowed", "10"), ("who", "anybody")],
            "of",
        ),
        (
            &[("when", "no_show"), ("of", "rights_given"), ("since", "customer"), ("allowed", ""), ("who", "anybody")],
            "allowed",
        ),
        (
            &[
                ("when", "no_show"),
                ("of", "rights_given"),
                ("since", "customer"),
                ("allowed", "9"),
                ("who", "anybody"),
                ("expected", "-1"),
            ],
            "expected",
        ),
        (&[("when", "disagreement"), ("v0.of", "seat_use"), ("v0.bad", "30")], "v0.of"),
        (
            &[
                ("when", "red_account"),
                ("v0.of", "nps"),
                ("v0.bad", "5"),
                ("v1.of", "seat_use"),
                ("v1.bad", "30"),
                ("v1.good", "20"),
            ],
            "v1.of",
        ),
        (&[("when", "red_account"), ("v0.of", "nps"), ("v0.bad", "")], "v0.bad"),
    ];
    for (edits, field) in faults {
        let all: Vec<(&str, &str)> = edits.iter().chain(&save).copied().collect();
        let answer = send(&house, SIGNAL, &boss, form.clone(), &all).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{edits:?}");
        assert!(answer.text.contains(&format!("href=\"#{field}\"")), "{edits:?} should point at {field}");
    }
    let edits = [
        ("when", "no_show"),
        ("of", "rights_given"),
        ("expected", "2"),
        ("since", "stage"),
        ("allowed", "12"),
        ("who", "key_person"),
        ("do", "save"),
        ("comment", "権限を見る"),
    ];
    let saved = send(&house, SIGNAL, &boss, form, &edits).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    let when =
        &open_settings(&house.app, house.workspace).await.unwrap().pack.rule("low_feeling").unwrap().when.clone();
    let of = "rights_given".to_owned();
    let wanted = Trigger::NoShow { of, at_least: 2.0, since: Since::Stage, business_days: 12, who: Doer::KeyPerson };
    assert_eq!(*when, wanted);
    let told = house.get("/settings/versions/2", &boss).await.text;
    assert!(told.contains("段階の始まりから12営業日たってもキーパーソンの権限の付与が2回に届かない"), "told in words");

    let form = fields(&house.get(SIGNAL, &boss).await.text);
    let edits = [
        ("when", "disagreement"),
        ("v0.of", "seat_use"),
        ("v0.bad", "30"),
        ("v0.good", "60"),
        ("v0.ja", "利用"),
        ("v2.of", "nps"),
        ("v2.bad", "4"),
        ("do", "save"),
        ("comment", "食い違い"),
    ];
    assert_eq!(send(&house, SIGNAL, &boss, form, &edits).await.status, StatusCode::SEE_OTHER);
    let pack = open_settings(&house.app, house.workspace).await.unwrap().pack.clone();
    let views = pack.rule("low_feeling").unwrap().when.views();
    assert_eq!(
        views.iter().map(|v| (v.of.as_str(), v.bad, v.good)).collect::<Vec<_>>(),
        [("seat_use", 0.3, Some(0.6)), ("nps", 4.0, None)]
    );
}

#[tokio::test]
async fn closures_are_added_at_one_press_and_books_close_on_a_day() {
    let house = House::build(Options::default()).await;
    let boss = house.sign_in("manager@example.jp").await;
    const CALENDAR: &str = "/settings/calendar";
    let page = house.get(CALENDAR, &boss).await.text;
    assert!(page.contains("最終営業日") && page.contains("四半期"));
    let mut form = fields(&page);
    for preset in ["preset.obon", "preset.golden_week", "preset.new_year"] {
        let added = send(&house, CALENDAR, &boss, form, &[("do", preset)]).await;
        assert_eq!(added.status, StatusCode::OK, "{preset}");
        form = fields(&added.text);
    }
    let spans = form.iter().filter(|(n, v)| n.starts_with('k') && n.ends_with(".from") && !v.is_empty()).count();
    assert!(spans >= 3, "お盆 and the days between beside 年末年始, which was there: {spans}");
    assert_eq!(open_settings(&house.app, house.workspace).await.unwrap().version, 1, "nothing is saved yet");
    let wrong =
        send(&house, CALENDAR, &boss, form.clone(), &[("closing", "29"), ("do", "save"), ("comment", "x")]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains("href=\"#closing\""));
    let saved =
        send(&house, CALENDAR, &boss, form, &[("closing", "２０"), ("do", "save"), ("comment", "20日締め")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    let rules = open_settings(&house.app, house.workspace).await.unwrap().pack.calendar.clone();
    assert_eq!(rules.closing, Closing::On(20));
    assert!(
        rules.closures.iter().any(|c| c.ja == "お盆")
            && rules.closures.iter().filter(|c| c.ja == "年末年始").count() == 1
    );
    let told = house.get("/settings/versions/2", &boss).await.text;
    assert!(told.contains("締め日 月末 → 20日") && told.contains("お盆"), "told in words");
}
