//! A sample customer.

use kizashi_domain::money::Money;
use kizashi_web::customers::page::{Contract, Customer, Hunch, Person, Relative, Usage, Verdict};
use kizashi_web::customers::timeline::Moment;
use kizashi_web::parts::breakdown::{Breakdown, Correction, Group, Measure, State};
use kizashi_web::parts::health::Colour;
use kizashi_web::words::Unit;

use super::day;
use super::lists::{at, closed, today_rich, wave};

fn measure(
    name: &str,
    now: &str,
    before: &str,
    points: Option<i64>,
    possible: i64,
    change: i64,
    colour: Colour,
    state: State,
) -> Measure {
    Measure {
        name: name.into(),
        now: (!now.is_empty()).then(|| now.to_owned()),
        before: (!before.is_empty()).then(|| before.to_owned()),
        points,
        possible,
        change: Some(change),
        colour: Some(colour),
        state,
        since: (state == State::Stale).then(|| "34日前".to_owned()),
        sentence: None,
    }
}

fn shown() -> Breakdown {
    Breakdown {
        groups: vec![
            Group {
                name: "利用".into(),
                points: 20,
                possible: 55,
                measures: vec![
                    measure("利用者（28日）", "5人", "14人", Some(6), 22, -14, Colour::Red, State::Measured),
                    measure("ログイン率", "12%", "40%", Some(4), 18, -7, Colour::Red, State::Measured),
                    measure("使っている機能", "9", "9", Some(10), 15, 0, Colour::Amber, State::Measured),
                ],
            },
            Group {
                name: "関係".into(),
                points: 24,
                possible: 45,
                measures: vec![
                    measure("双方向のやりとりから", "26日", "4日", Some(9), 15, -3, Colour::Amber, State::Measured),
                    measure("NPS", "8", "8", Some(15), 20, 0, Colour::Green, State::Stale),
                    measure("問い合わせの満足度", "", "4.5", None, 10, 0, Colour::Unknown, State::Missing),
                ],
            },
        ],
        corrections: vec![Correction { text: "上限: 利用が赤のとき合計は41まで".into(), points: -3 }],
        total: 41,
    }
}

fn person(name: &str, title: &str, role: &str, contact: Option<&str>, left: Option<&str>) -> Person {
    Person {
        name: name.into(),
        title: title.into(),
        role: role.into(),
        phone: "03-0000-0000".into(),
        email: "someone@minato.example.jp".into(),
        contact_on: contact.map(day),
        left_on: left.map(day),
    }
}

fn moment(on: &str, kind: &str, title: &str, body: &str, by: &str) -> Moment {
    Moment {
        day: day(on),
        at: Some(at(on, 14, 5)),
        kind: kind.into(),
        title: title.into(),
        body: body.into(),
        by: by.into(),
    }
}

pub fn rich() -> Customer {
    let from = day("2026-08-27");
    let mut open = today_rich().cards;
    open.truncate(1);
    let history = wave(90, 66.0, 36.0, Some((40, 46)));
    Customer {
        id: "1".into(),
        code: "C00001".into(),
        name: "ミナト製作所".into(),
        reading: "みなとせいさくしょ".into(),
        stage: "renewal".into(),
        segment: "mid".into(),
        region: "関東".into(),
        industry: "製造".into(),
        employees: Some(340),
        owner: "佐藤".into(),
        goal: "紙の日報をなくし、月次の集計を3日から半日にする".into(),
        since: Some(day("2023-04-01")),
        contact_on: Some(day("2026-10-29")),
        family: vec![
            Relative {
                id: "p".into(),
                name: "ミナトホールディングス".into(),
                is_parent: true,
                colour: Colour::Amber,
                score: Some(61),
            },
            Relative {
                id: "q".into(),
                name: "ミナト物流".into(),
                is_parent: false,
                colour: Colour::Green,
                score: Some(83),
            },
        ],
        contract: Some(Contract {
            plan: "スタンダード".into(),
            seats: Some(40),
            active: Some(5),
            mrr: Some(Money::yen(420_000)),
            mrr_before: Some(Money::yen(480_000)),
            term: Some((day("2026-03-12"), day("2027-03-11"))),
            auto_renew: Some(true),
            notice_on: Some(day("2026-12-11")),
        }),
        people: vec![
            person("高橋 まさみ", "業務改革室 室長", "champion", Some("2026-10-29"), Some("2026-10-31")),
            person("大野 勉", "情報システム部", "admin", Some("2026-10-02"), None),
            person("岸本 由紀子", "取締役", "key_person", None, None),
        ],
        verdict: Verdict {
            colour: Colour::Red,
            score: Some(41),
            change: Some((-21, 28)),
            range: Some((38, 47)),
            coverage: (6, 7),
            model: "標準".into(),
            sentences: vec![
                "利用者が14→5人（28日）になり−14点。ログイン率が40%→12%（28日）。しきい値20%を下回り−7点。".into(),
                "設定変更なし。7項目中6項目測定。".into(),
            ],
            breakdown: Some(shown()),
            from,
            ranges: history.iter().map(|v| v.map(|v| (v - 4.0, v + 7.0))).collect(),
            history,
            closed: closed(from, 90),
            bands: (40.0, 70.0),
            marks: vec![(65, "高橋さん退職".into())],
            override_until: None,
        },
        cards: open,
        usage: vec![
            Usage {
                title: "利用者（1日）".into(),
                summary: String::new(),
                from,
                values: wave(90, 14.0, 2.0, Some((40, 46))),
                unit: Unit::People,
            },
            Usage {
                title: "ログイン率".into(),
                summary: String::new(),
                from,
                values: wave(90, 0.0, 0.0, None).iter().map(|v| v.map(|v| 0.12 + v * 0.04)).collect(),
                unit: Unit::Percent,
            },
        ],
        hunches: vec![Hunch {
            id: "h".into(),
            feeling: "worry".into(),
            confidence: 2,
            by: "佐藤".into(),
            on: day("2026-11-18"),
            until: Some(day("2027-02-16")),
            note: "返事が短くなった".into(),
        }],
        moments: vec![
            moment("2026-11-23", "score", "62 → 41", "", ""),
            moment("2026-11-20", "card", "リスクのカードを開きました", "利用者が半分以下になりました。", ""),
            moment(
                "2026-11-18",
                "mail",
                "Re: 12月の勉強会について",
                "ありがとうございます。社内で相談してからお返事します。",
                "佐藤",
            ),
            moment("2026-11-18", "ticket", "CSVが文字化けする", "集計のCSVをExcelで開くと文字化けします。", ""),
            moment("2026-10-31", "person", "高橋 まさみさんが退職", "", ""),
            moment("2026-10-29", "call", "後任はまだ決まっていないとのこと", &"長い話です。".repeat(60), "佐藤"),
        ],
        kinds: vec![],
        older: Some("/customers/1?before=x".into()),
    }
}

pub fn none() -> Customer {
    let rich = rich();
    Customer {
        name: "北野市役所".into(),
        reading: String::new(),
        goal: String::new(),
        family: vec![],
        contract: None,
        people: vec![],
        contact_on: None,
        cards: vec![],
        usage: vec![],
        hunches: vec![],
        moments: vec![],
        older: None,
        verdict: Verdict {
            colour: Colour::Unknown,
            score: None,
            change: None,
            range: None,
            coverage: (2, 7),
            sentences: vec![],
            breakdown: None,
            history: vec![],
            marks: vec![],
            ..rich.verdict
        },
        ..rich
    }
}
