use kizashi_app::intake::{Received, keep_records};
use kizashi_app::search::{Found, rebuild_index, search};
use kizashi_domain::intake::{ActivityRow, ContactRow, CustomerRow, Record, TicketRow};
use kizashi_domain::text::{fold, fold_company};
use kizashi_testkit::Stage;

use crate::{BOTH, SAAS};

fn text(t: &str) -> Option<String> {
    Some(t.to_owned())
}

async fn keep(stage: &Stage, records: Vec<Record>) {
    let at = stage.app.now();
    let received: Vec<Received> = records.into_iter().map(|record| Received { at, assumed: false, record }).collect();
    keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap();
}

async fn find(stage: &Stage, typed: &str) -> Found {
    search(&stage.app, stage.workspace, typed).await.unwrap()
}

fn customer(code: &str, name: &str, reading: &str) -> Record {
    Record::Customer(CustomerRow {
        external_id: code.into(),
        name: text(name),
        reading: text(reading),
        ..CustomerRow::default()
    })
}

fn note(stage: &Stage, id: &str, customer: &str, day: &str, body: &str) -> Record {
    Record::Activity(ActivityRow {
        external_id: id.into(),
        customer: customer.into(),
        kind: "note".into(),
        at: Stage::morning(&stage.zone, day),
        body: text(body),
        ..ActivityRow::default()
    })
}

fn ticket(stage: &Stage, id: &str, subject: &str, body: &str) -> Record {
    Record::Ticket(TicketRow {
        external_id: id.into(),
        customer: "c2".into(),
        subject: text(subject),
        body: text(body),
        opened_at: Stage::morning(&stage.zone, "2026-11-19"),
        ..TicketRow::default()
    })
}

fn company(stage: &Stage) -> Vec<Record> {
    vec![
        customer("c1", "株式会社ミナト製作所", "ミナトセイサクショ"),
        customer("c2", "青葉物流", "アオバブツリュウ"),
        customer("c3", "南ミナト商店", "ミナミミナトショウテン"),
        Record::Contact(ContactRow {
            external_id: "p1".into(),
            customer: "c1".into(),
            name: text("高橋 蓮"),
            reading: text("タカハシ レン"),
            ..ContactRow::default()
        }),
        note(stage, "a1", "c1", "2026-11-02", "来期は他社も見る。\n解約の条件を聞かれた。"),
        note(stage, "a2", "c2", "2026-11-20", "ｶﾞｲﾄﾞを送った。解 約の話は出ない。"),
        note(stage, "a3", "c3", "2026-11-10", "約束を解いた。"),
        ticket(stage, "t1", "解約した場合のデータ", "いつまで見られますか 100%_'; DROP 😀"),
    ]
}

#[tokio::test]
async fn names_people_notes_and_inquiries_are_found_in_any_spelling() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        keep(&stage, company(&stage)).await;
        for typed in [
            "ミナト",
            "みなと",
            "ﾐﾅﾄ",
            "製作所",
            "株式会社ミナト",
            "㈱みなと",
            "c1",
            "Ｃ１",
            "ミナト 製作",
            "ミナト製作所 株式会社",
            "せ",
        ] {
            let found = find(&stage, typed).await;
            assert_eq!(
                found.customers.first().map(|h| h.name.as_str()),
                Some("株式会社ミナト製作所"),
                "{on:?} {typed}"
            );
        }
        let names: Vec<String> = find(&stage, "みなと").await.customers.into_iter().map(|h| h.name).collect();
        assert_eq!(names, ["株式会社ミナト製作所", "南ミナト商店"], "what begins with it comes first");
        for typed in ["高橋", "たかはし", "高橋 蓮", "蓮"] {
            let found = find(&stage, typed).await;
            assert_eq!(
                found.people.first().map(|p| (p.name.as_str(), p.customer_name.as_str())),
                Some(("高橋 蓮", "株式会社ミナト製作所")),
                "{typed}"
            );
        }
        let found = find(&stage, "解約").await;
        let notes: Vec<&str> = found.notes.iter().map(|n| n.customer_name.as_str()).collect();
        assert_eq!(notes, ["青葉物流", "株式会社ミナト製作所"], "{on:?}: newest first, and no 約束を解いた");
        assert_eq!(found.notes[1].snippet.1, "解約");
        assert!(found.notes[1].snippet.0.ends_with("見る。 "), "{:?}", found.notes[1].snippet);
        assert_eq!(found.tickets.len(), 1);
        assert_eq!(find(&stage, "がいど").await.notes[0].snippet.1, "ｶﾞｲﾄﾞ");
        assert_eq!(find(&stage, "解約 条件").await.notes.len(), 1, "all words");
    }
}

#[tokio::test]
async fn any_text_is_a_query_and_none_is_an_error() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        keep(&stage, company(&stage)).await;
        let long = "解約".repeat(500);
        for typed in [
            "",
            "  ",
            "%",
            "_",
            "' OR 1=1 --",
            "\\",
            "\"",
            "*",
            "a*",
            "NEAR(a b)",
            "AND",
            "NOT",
            "解約 AND",
            "(",
            ":",
            "^",
            "😀",
            "😀😀",
            "\u{0}",
            "\u{10ffff}\u{10ffff}",
            "\u{301}",
            "ﾞ",
            "-",
            "--",
            "!",
            "&",
            "|",
            "<->",
            "{",
            "';",
            long.as_str(),
        ] {
            let found = find(&stage, typed).await;
            assert!(found.customers.is_empty() || typed.contains('-') || typed == "a*", "{on:?} {typed:?} {found:?}");
        }
        assert_eq!(find(&stage, "100%_'; DROP").await.tickets.len(), 1, "{on:?}: signs are found as they are");
        assert_eq!(find(&stage, "drop 😀").await.tickets.len(), 1, "{on:?}");
    }
}

#[tokio::test]
async fn what_changes_is_found_by_what_it_says_now_and_a_rebuilt_index_says_the_same() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        keep(&stage, company(&stage)).await;
        keep(&stage, vec![customer("c1", "ヨコハマ製作所", ""), ticket(&stage, "t1", "席を足したい", "来月から")])
            .await;
        for round in ["as kept", "rebuilt"] {
            assert_eq!(find(&stage, "ヨコハマ").await.customers.len(), 1, "{on:?} {round}");
            assert_eq!(find(&stage, "株式会社ミナト").await.customers.len(), 1, "only 南ミナト商店 is left of ミナト");
            let found = find(&stage, "解約").await;
            assert_eq!((found.tickets.len(), found.notes.len()), (0, 2), "{on:?} {round}");
            assert_eq!(find(&stage, "席を足").await.tickets.len(), 1);
            assert_eq!(rebuild_index(&stage.app, stage.workspace).await.unwrap(), 8, "{on:?}");
        }
    }
}

/// Every query of two or three characters of a few hundred made notes, against a walk through all of them.
#[tokio::test]
async fn the_search_finds_what_a_walk_through_everything_finds() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        let letters: Vec<char> = "解約更新ガがﾅA a".chars().collect();
        let mut state = 7_u64;
        let mut draw = |n: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % n
        };
        let mut made = |n: usize| (0..n).map(|_| letters[draw(letters.len())]).collect::<String>();
        let names: Vec<String> = (0..40).map(|n| format!("{}{n}株式会社", made(3))).collect();
        let bodies: Vec<String> = (0..120).map(|_| made(9)).collect();
        let mut records: Vec<Record> =
            names.iter().enumerate().map(|(n, name)| customer(&format!("k{n}"), name, "")).collect();
        records.extend(
            bodies
                .iter()
                .enumerate()
                .map(|(n, body)| note(&stage, &format!("n{n}"), &format!("k{}", n % 40), "2026-11-10", body)),
        );
        keep(&stage, records).await;
        for n in 0..60 {
            let typed = made(2 + n % 2);
            let folded = fold(&typed);
            if folded.chars().count() < 2 || typed.contains(' ') {
                continue;
            }
            let found = find(&stage, &typed).await;
            let bodies = bodies.iter().filter(|b| fold(b).contains(&folded)).count();
            assert_eq!(found.notes.len(), bodies.min(6), "{on:?} {typed:?}");
            let of_names = names
                .iter()
                .filter(|n| fold(n).contains(&fold_company(&typed)) || fold_company(n).contains(&fold_company(&typed)));
            assert_eq!(found.customers.len(), of_names.count().min(8), "{on:?} {typed:?}");
        }
    }
}
