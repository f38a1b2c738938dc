//! Sample lists.

use kizashi_domain::money::Money;
use kizashi_domain::time::{Day, Time, Zone};
use kizashi_web::cards::{Cards, Past};
use kizashi_web::customers::list::{List, Row};
use kizashi_web::customers::query::Ask;
use kizashi_web::customers::search::Hit;
use kizashi_web::data::{Data, Source};
use kizashi_web::parts::health::Colour;
use kizashi_web::parts::work::{Step, Work};
use kizashi_web::today::{Change, Deadline, Quieted, Silent, Today};

use super::day;

pub fn at(text: &str, hour: i8, minute: i8) -> Time {
    let zone = Zone::named("Asia/Tokyo").unwrap();
    Time(zone.start_of(day(text)).0 + (i64::from(hour) * 60 + i64::from(minute)) * 60_000_000)
}

fn work(id: &str, name: &str, colour: Colour, kind: &str, before: i64, now: i64, why: &[&str], what: &str) -> Work {
    Work {
        id: id.into(),
        customer: id.into(),
        name: name.into(),
        colour,
        kind: kind.into(),
        before: Some(before),
        now: Some(now),
        notice_on: Some(day("2026-12-12")),
        mrr: Some(Money::yen(420_000)),
        why: why.iter().map(|w| (*w).to_owned()).collect(),
        what: what.into(),
        due: Some(day("2026-11-26")),
        owner: Some("佐藤".into()),
        step: Step::New,
        later_until: None,
        outcome: None,
        came_of_it: None,
    }
}

pub fn today_rich() -> Today {
    let mut cards = vec![
        work(
            "1",
            "ミナト製作所",
            Colour::Red,
            "risk",
            62,
            41,
            &["推進役の高橋さんが10/31に退職。", "利用者が14→5人（28日）。"],
            "次の推進役を決める面談を申し込む",
        ),
        work(
            "2",
            "医療法人しらかば会",
            Colour::Amber,
            "risk",
            66,
            58,
            &["料金改定のあとログイン率が40%→12%（28日）。しきい値20%を下回っています。"],
            "改定の経緯を説明し、使い方を一緒に見直す",
        ),
        work(
            "3",
            "株式会社とても長い社名のコンサルティングアンドテクノロジーホールディングス東日本支社",
            Colour::Green,
            "chance",
            78,
            84,
            &["席数50に対して利用者が49人。"],
            "席の追加を提案する",
        ),
        work(
            "4",
            "北野市役所",
            Colour::Unknown,
            "milestone",
            0,
            0,
            &["環境設定が始まってから21日たちました。"],
            "設定の打ち合わせを入れる",
        ),
        work(
            "5",
            "<script>alert('x')</script> & Sons \"><img src=x>",
            Colour::Amber,
            "risk",
            61,
            55,
            &["通知期限まで40日、最後のやりとりから96日。"],
            "更新の意向を聞く",
        ),
    ];
    cards[1].step = Step::Working;
    cards[1].due = Some(day("2026-11-20"));
    cards[1].notice_on = Some(day("2027-03-12"));
    cards[2].mrr = Some(Money::yen(1_280_000));
    cards[3].before = None;
    cards[3].now = None;
    cards[3].mrr = Some(Money::yen(98_000));
    cards[3].owner = None;
    Today {
        since: day("2026-11-20"),
        signs: 3,
        near_notices: 2,
        cards,
        capacity: 8,
        open: 17,
        quieted: (0..12)
            .map(|i| Quieted {
                card: i.to_string(),
                name: format!("静かな商店 {i}"),
                what: "利用の様子を見る".into(),
                reason: "今日の枠に入りませんでした（優先度 9位以下）".into(),
            })
            .collect(),
        changes: vec![
            Change {
                customer: "1".into(),
                name: "ミナト製作所".into(),
                colour: Colour::Red,
                before: 62,
                now: 41,
                split: vec![("customer".into(), -21)],
            },
            Change {
                customer: "2".into(),
                name: "医療法人しらかば会".into(),
                colour: Colour::Amber,
                before: 66,
                now: 58,
                split: vec![("customer".into(), -2), ("settings".into(), -6)],
            },
            Change {
                customer: "6".into(),
                name: "青葉物流".into(),
                colour: Colour::Green,
                before: 63,
                now: 75,
                split: vec![("customer".into(), 9), ("data".into(), 3)],
            },
            Change {
                customer: "7".into(),
                name: "株式会社とても長い社名のコンサルティングアンドテクノロジーホールディングス".into(),
                colour: Colour::Amber,
                before: 71,
                now: 64,
                split: vec![("data".into(), -7)],
            },
        ],
        deadlines: vec![
            Deadline {
                day: day("2026-11-26"),
                customer: "8".into(),
                name: "かもめ食品".into(),
                colour: Colour::Green,
                kind: "notice".into(),
                mrr: Some(Money::yen(180_000)),
            },
            Deadline {
                day: day("2026-12-12"),
                customer: "1".into(),
                name: "ミナト製作所".into(),
                colour: Colour::Red,
                kind: "notice".into(),
                mrr: Some(Money::yen(420_000)),
            },
            Deadline {
                day: day("2026-12-28"),
                customer: "9".into(),
                name: "つばめ税理士法人".into(),
                colour: Colour::Amber,
                kind: "renewal".into(),
                mrr: Some(Money::yen(64_000)),
            },
        ],
        silent: vec![Silent { source: "Zendesk".into(), days: 3, customers: 42, metrics: 2 }],
        has_customers: true,
    }
}

pub fn today_little() -> Today {
    Today {
        cards: vec![],
        signs: 0,
        near_notices: 0,
        quieted: vec![],
        changes: vec![],
        deadlines: vec![],
        silent: vec![],
        open: 0,
        ..today_rich()
    }
}

pub fn today_none(has_customers: bool) -> Today {
    Today { has_customers, ..today_little() }
}

pub fn wave(days: usize, from: f64, to: f64, gap: Option<(usize, usize)>) -> Vec<Option<f64>> {
    (0..days)
        .map(|i| {
            if gap.is_some_and(|(a, b)| (a..b).contains(&i)) {
                return None;
            }
            let share = i as f64 / days as f64;
            let bend = if share > 0.7 { (share - 0.7) / 0.3 } else { 0.0 };
            Some((from + (to - from) * bend + ((i * 7919) % 11) as f64 * 0.6).clamp(0.0, 100.0))
        })
        .collect()
}

pub fn closed(from: Day, days: usize) -> Vec<bool> {
    (0..days).map(|i| matches!(from.plus(i as i32).0.rem_euclid(7), 2 | 3)).collect()
}

pub fn list_rich() -> List {
    let names = [
        ("ミナト製作所", "みなとせいさくしょ", Colour::Red, Some(41), Some(-21)),
        ("医療法人しらかば会", "しらかばかい", Colour::Amber, Some(58), Some(-8)),
        ("青葉物流", "あおばぶつりゅう", Colour::Green, Some(75), Some(12)),
        (
            "株式会社とても長い社名のコンサルティングアンドテクノロジーホールディングス東日本支社",
            "とてもながいしゃめい",
            Colour::Green,
            Some(84),
            Some(0),
        ),
        ("北野市役所", "きたのしやくしょ", Colour::Unknown, None, None),
        ("<b>太字商事</b>", "ふとじしょうじ", Colour::Amber, Some(66), Some(-1)),
        ("かもめ食品", "かもめしょくひん", Colour::Green, Some(91), Some(3)),
        ("つばめ税理士法人", "つばめぜいりしほうじん", Colour::Amber, Some(49), Some(-3)),
    ];
    let rows = (0..40)
        .map(|i| {
            let (name, reading, colour, score, change) = names[i % names.len()];
            Row {
                id: i.to_string(),
                code: format!("C{i:05}"),
                name: name.into(),
                reading: reading.into(),
                colour,
                score,
                change,
                spark: wave(
                    90,
                    score.unwrap_or(50) as f64 - change.unwrap_or(0) as f64,
                    score.unwrap_or(50) as f64,
                    (i % 5 == 4).then_some((30, 52)),
                ),
                stage: ["onboarding", "adoption", "renewal"][i % 3].into(),
                segment: ["enterprise", "smb", "city"][i % 3].into(),
                region: "関東".into(),
                mrr: (i % 7 != 6).then(|| Money::yen(42_000 * (i as i64 % 13 + 1))),
                notice_on: (i % 4 != 3).then(|| day("2026-11-20").plus(i as i32 * 9)),
                contact_on: (i % 6 != 5).then(|| day("2026-11-24").plus(-(i as i32) * 3)),
                owner: ["佐藤", "鈴木", "高橋ジェニファー"][i % 3].into(),
            }
        })
        .collect();
    let choice = |v: &str, l: &str| (v.to_owned(), l.to_owned());
    List {
        ask: Ask { sort: "score".into(), ..Default::default() },
        rows,
        total: 300,
        first: 0,
        next: Some("abc".into()),
        counts: [12, 61, 219, 8],
        stages: vec![choice("onboarding", "導入"), choice("adoption", "活用")],
        segments: vec![choice("smb", "中小")],
        owners: vec![choice("me", "自分"), choice("2", "鈴木")],
        views: vec![("v".into(), "大手の更新".into(), "/customers?segment=enterprise&view=v".into())],
        all: 300,
    }
}

pub fn cards() -> Cards {
    let mut shown = today_rich().cards;
    shown[4].step = Step::Done;
    shown[4].outcome = Some("solved".into());
    shown[4].came_of_it = Some("部長と話し、来期も続けると決まった。".into());
    Cards {
        tab: "mine".into(),
        kinds: vec![],
        cards: shown,
        counts: [Some(5), Some(17), Some(2), None],
        next: Some("/cards?after=x".into()),
    }
}

pub fn past() -> Vec<Past> {
    vec![
        Past { at: at("2026-11-24", 8, 12), what: "担当を佐藤にしました".into(), by: "鈴木".into() },
        Past {
            at: at("2026-11-20", 18, 0), what: "利用者が半分以下になったため開きました".into(), by: String::new()
        },
    ]
}

pub fn data() -> Data {
    let from = day("2026-10-26");
    let source = |name: &str, kinds: &[&str], silent: Option<i32>| Source {
        name: name.into(),
        kinds: kinds.iter().map(|k| (*k).to_owned()).collect(),
        last_at: Some(at("2026-11-24", 7, 58)),
        silent_days: silent,
        reach: (42, 2),
        daily: (0..30)
            .map(|i| if silent.is_some() && i > 26 { None } else { Some(900.0 + ((i * 31) % 17) as f64 * 30.0) })
            .collect(),
        closed: closed(from, 30),
        rows: (1_204_331, if silent.is_some() { 12 } else { 0 }),
    };
    Data {
        sources: vec![
            source("product", &["events"], None),
            source("Zendesk", &["tickets"], Some(3)),
            source("crm.csv", &["customers", "contacts", "contracts"], None),
        ],
        totals: (300, 1_204_331),
    }
}

pub fn hits() -> Vec<Hit> {
    vec![
        Hit {
            address: "/customers/1".into(),
            name: "ミナト製作所".into(),
            colour: Some(Colour::Red),
            score: Some(41),
            why: "みなとせいさくしょ · C00001 · 佐藤".into(),
        },
        Hit {
            address: "/customers/2".into(),
            name: "南商店".into(),
            colour: Some(Colour::Green),
            score: Some(88),
            why: "みなみしょうてん · C00218 · 鈴木".into(),
        },
        Hit {
            address: "/customers/3".into(),
            name: "皆川 恵".into(),
            colour: None,
            score: None,
            why: "推進役 · 青葉物流".into(),
        },
    ]
}
