use std::collections::HashMap;

use kizashi_app::notices::{
    Answer, CardLinks, Content, Digest, DigestCard, DigestMeeting, DigestTask, Instant, NoticeMail, NoticeRow,
};
use kizashi_domain::id::Id;
use kizashi_domain::lang::{Lang, Text};
use kizashi_domain::time::{Day, Time};

use super::draw::{LOOKS, draw_notice, instant_title};
use crate::words::Words;

fn today() -> Day {
    "2026-11-24".parse().unwrap()
}

fn notice(content: Content) -> NoticeMail {
    let id = Id::from_uuid(uuid::Uuid::nil());
    let notice = NoticeRow {
        id,
        card: Some(Id::from_uuid(uuid::Uuid::nil())),
        customer: None,
        page: "/cards/1".into(),
        content,
        created_at: Time(1_795_000_000_000_000),
        seen_at: None,
        postings: Vec::new(),
    };
    let links = CardLinks(Answer::ALL.map(|a| (a, format!("link-{}", a.word()))));
    NoticeMail {
        notice,
        today: today(),
        staff: "佐藤".into(),
        language: Lang::Ja,
        links: HashMap::from([(Id::from_uuid(uuid::Uuid::nil()), links)]),
    }
}

#[test]
fn a_digest_counts_the_tasks_names_the_first_and_says_nothing_when_there_are_none() {
    let day: Day = "2026-11-24".parse().unwrap();
    let task = |days: i32| DigestTask {
        subject: "ミナト製作所".into(),
        what: Text::new("電話する", "Call"),
        due: day.plus(-days),
        page: "/plays/runs/1#step-2".into(),
    };
    let digest = Digest { day, tasks: vec![task(4), task(0)], tasks_total: 7, tasks_late: 1, ..Digest::default() };
    for (lang, words) in [
        (Lang::Ja, ["作業7件", "うち期限を過ぎたもの1件", "ミナト製作所 電話する", "ほかに5件"]),
        (Lang::En, ["7 tasks", "1 past its day", "ミナト製作所: Call", "5 more"]),
    ] {
        let w = Words::plain(lang);
        let drawn = draw_notice(&w, "https://k.example", &notice(Content::Digest(digest.clone())));
        let (text, html) = (drawn.text(), drawn.html());
        for word in words {
            assert!(text.contains(word) && html.contains(word), "{lang:?} {word}: {text}");
        }
        assert!(text.contains("https://k.example/today#tasks") && html.contains("/today#tasks"));
        let none = Digest { day, ..Digest::default() };
        let drawn = draw_notice(&w, "https://k.example", &notice(Content::Digest(none)));
        assert!(!drawn.text().contains("#tasks") && !drawn.text().contains(&w.t("tasks-title")), "{lang:?}");
    }
}

#[test]
fn a_notice_is_drawn_as_text_and_as_a_page_with_its_answers() {
    let title = Text::new("<b>推進役</b>の退職", "Champion <b>left</b>");
    let text = Text::new("面談を", "Meet");
    let instant = Instant { title, text, subject: "ミナト & 製作所".into(), ..Instant::default() };
    for lang in [Lang::Ja, Lang::En] {
        let drawn = draw_notice(&Words::plain(lang), "https://k.example", &notice(Content::Instant(instant.clone())));
        let (text, html) = (drawn.text(), drawn.html());
        for link in ["/answer/link-take", "/answer/link-later", "/answer/link-false-alarm", "/cards/1"] {
            assert!(text.contains(&format!("https://k.example{link}")) && html.contains(link), "{lang:?} {link}");
        }
        assert!(html.contains("&lt;b&gt;") && !html.contains("<b>") && html.contains("ミナト &amp; 製作所"));
        assert!(!LOOKS.contains(['<', '>', '&', '"']), "it stands in the page as it is");
    }
}

#[test]
fn a_customer_is_named_once_in_the_line_of_a_notice() {
    let w = Words::plain(Lang::Ja);
    let of = |title: &str| {
        let instant =
            Instant { title: Text::new(title, title), subject: "ミナト製作所".into(), ..Instant::default() };
        instant_title(&w, &instant)
    };
    assert_eq!(of("推進役の退職"), "ミナト製作所 — 推進役の退職");
    assert_eq!(of("ミナト製作所：「電話」が期限を過ぎています"), "ミナト製作所：「電話」が期限を過ぎています");
    assert_eq!(instant_title(&w, &Instant { title: Text::new("点検", "Check"), ..Instant::default() }), "点検");
}

#[test]
fn what_is_told_at_once_says_what_until_when_and_by_whom() {
    let due = Some("2026-11-27".parse().unwrap());
    let instant = Instant {
        title: Text::new("解約の言葉", "Talk of cancelling"),
        subject: "ミナト製作所".into(),
        what: Text::new("電話する", "Call"),
        due,
        owner: "佐藤".into(),
        ..Instant::default()
    };
    let nobodys = Instant { owner: String::new(), what: Text::default(), ..instant.clone() };
    for (lang, words, bare) in [
        (Lang::Ja, ["何を: 電話する（11/27(金)まで）", "誰が: 佐藤"], ["期限: 11/27(金)", "誰が: 担当なし"]),
        (Lang::En, ["What: Call (by Fri 27 Nov)", "Who: 佐藤"], ["Due: Fri 27 Nov", "Who: nobody yet"]),
    ] {
        let w = Words::plain(lang);
        for (instant, words) in [(&instant, words), (&nobodys, bare)] {
            let drawn = draw_notice(&w, "https://k.example", &notice(Content::Instant(instant.clone())));
            let (text, html) = (drawn.text(), drawn.html());
            for word in words {
                assert!(text.contains(word) && html.contains(word), "{lang:?} {word}: {text}");
            }
        }
        let old = Instant { due: None, ..nobodys.clone() };
        let drawn = draw_notice(&w, "https://k.example", &notice(Content::Instant(old)));
        assert!(!drawn.text().contains(bare[1]), "nothing is said of what nobody has to do: {}", drawn.text());
    }
}

#[test]
fn a_digest_names_whose_a_card_is_unless_it_is_the_readers_and_what_rooms_ask_for() {
    let day = today();
    let card = |subject: &str, owner: Option<&str>| DigestCard {
        id: Id::from_uuid(uuid::Uuid::nil()),
        customer: None,
        subject: subject.into(),
        band: String::new(),
        points: None,
        what: Text::new("電話する", "Call"),
        why: Text::default(),
        due: day,
        notice_on: None,
        owner: owner.map(str::to_owned),
        state: String::new(),
    };
    let page = "/rooms/1".to_owned();
    let action = DigestTask {
        subject: "ミナト".into(),
        what: Text::new("訪問", "Visit"),
        due: day.plus(-1),
        page: page.clone(),
    };
    let meeting =
        |agenda: &str| DigestMeeting { subject: "ミナト".into(), day, agenda: agenda.into(), page: page.clone() };
    let digest = Digest {
        day,
        cards: vec![card("一社", None), card("二社", Some("伊藤")), card("三社", Some(""))],
        actions: vec![action],
        actions_total: 3,
        actions_late: 1,
        meetings: vec![meeting("値引き"), meeting("")],
        ..Digest::default()
    };
    for (lang, words) in [
        (
            Lang::Ja,
            [
                "誰が: 伊藤",
                "誰が: 担当なし",
                "対策会議の行動 3件（うち期限を過ぎたもの1件）",
                "ほかに2件",
                "11/24(火) ミナト 値引き",
            ],
        ),
        (Lang::En, ["Who: 伊藤", "Who: nobody yet", "3 actions", "And 2 more", "Tue 24 Nov ミナト: 値引き"]),
    ] {
        let drawn = draw_notice(&Words::plain(lang), "https://k.example", &notice(Content::Digest(digest.clone())));
        let text = drawn.text();
        for word in words {
            assert!(text.contains(word), "{lang:?} {word}: {text}");
        }
        let who = words[0].split(':').next().unwrap();
        assert_eq!(text.matches(&format!("{who}: ")).count(), 2, "{lang:?}: one's own card says nobody: {text}");
    }
}
