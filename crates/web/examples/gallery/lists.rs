//! Sample lists.

use kizashi_app::customers::{Choices, ListPage, ListRow, SavedView};
use kizashi_app::intake::SourceView;
use kizashi_app::plays::{CardList, CardPage, CardRow, CardState, CardStep, CauseRow, Helper, Late, Nobodys, Outcome};
use kizashi_app::search::{CustomerHit, Found, PersonHit};
use kizashi_app::today::{ChangeRow, DeadlineRow, QuietCard, QuietSource, Today};
use kizashi_domain::health::{Band, Change};
use kizashi_domain::id::Id;
use kizashi_domain::lang::Text;
use kizashi_domain::money::Money;
use kizashi_domain::signals::{CardKind, WhyQuiet};

use super::{at, day};

pub fn id<T>(n: u128) -> Id<T> {
    Id::from_uuid(uuid::Uuid::from_u128(n))
}

pub fn both(text: &str) -> Text {
    Text::new(text, text)
}

const LONG: &str = "株式会社とても長い社名のコンサルティングアンドテクノロジーホールディングス東日本支社";
const HOSTILE: &str = "<script>alert('x')</script> & Sons \"><img src=x>";

fn card_of(n: u128, subject: &str, band: Band, points: i64, change: i64, why: &[&str], what: &str) -> CardRow {
    CardRow {
        id: id(n),
        customer_id: Some(id(n)),
        subject: subject.into(),
        kind: CardKind::Risk,
        state: CardState::New,
        title: both("利用が減っています"),
        what: both(what),
        why: why.iter().map(|w| both(w)).collect(),
        stumbling: vec![None; why.len()],
        due_day: day("2026-11-26"),
        owner: Some("佐藤".into()),
        owner_id: None,
        band: Some(band),
        points: (band != Band::Unknown).then_some(points),
        change,
        mrr: Some(Money::yen(420_000)),
        notice_on: Some(day("2026-12-12")),
        opened_at: at("2026-11-20", 18, 0),
        snoozed_until: None,
        closed_at: None,
        outcome: None,
        outcome_note: String::new(),
        priority: 800.0,
        has_owner_left: n == 3,
        late: (n == 2).then_some(Late::Answer),
        limit: Some((kizashi_app::plays::Late::Answer, at("2026-11-25", 9, 0))),
        is_over: n == 4,
        leaves_on: None,
        healthy_days: 7,
        false_reason: String::new(),
        is_made_by_hand: false,
        is_never_quiet: n == 1,
        asks_room: n == 1,
    }
}

pub fn rows() -> Vec<CardRow> {
    let mut cards = vec![
        card_of(
            1,
            "ミナト製作所",
            Band::Red,
            41,
            -21,
            &["推進役の高橋さんが10/31に退職。", "利用者が14→5人（28日）。"],
            "次の推進役を決める面談を申し込む",
        ),
        card_of(
            2,
            "医療法人しらかば会",
            Band::Amber,
            58,
            -8,
            &["料金改定のあとログイン率が40%→12%（28日）。しきい値20%を下回っています。"],
            "改定の経緯を説明し、使い方を一緒に見直す",
        ),
        card_of(3, LONG, Band::Green, 84, 6, &["席数50に対して利用者が49人。"], "席の追加を提案する"),
        card_of(
            4,
            "北野市役所",
            Band::Unknown,
            0,
            0,
            &["環境設定が始まってから21日たちました。"],
            "設定の打ち合わせを入れる",
        ),
        card_of(5, HOSTILE, Band::Amber, 55, -6, &["通知期限まで40日、最後のやりとりから96日。"], "更新の意向を聞く"),
    ];
    cards[1].state = CardState::Taken;
    cards[1].due_day = day("2026-11-20");
    cards[1].notice_on = Some(day("2027-03-12"));
    cards[2].kind = CardKind::Opportunity;
    cards[3].kind = CardKind::Milestone;
    cards[3].owner = None;
    cards
}

fn change(customer: i32, data: i32, settings: i32) -> Change {
    Change { total: customer + data + settings, customer, data, settings, ..Change::default() }
}

pub fn today_rich() -> Today {
    let change_row = |n: u128, name: &str, before: i64, now: i64, change: Change, sentence: &str| ChangeRow {
        id: id(n),
        name: name.into(),
        points: (Some(before), Some(now)),
        change,
        sentence: both(sentence),
        mrr: None,
    };
    let deadline = |n: u128, on: &str, name: &str, band: Band| DeadlineRow {
        id: id(n),
        name: name.into(),
        notice_on: day(on),
        days_left: i64::from(day(on).0 - day("2026-11-24").0),
        end_day: None,
        mrr: Some(Money::yen(180_000)),
        points: None,
        band: Some(band),
    };
    Today {
        tasks: vec![],
        tasks_due: (0, 0),
        ending_overrides: vec![],
        mentions: vec![],
        card_mentions: vec![],
        nobodys: Nobodys { cards: Vec::new(), total: 2 },
        rooms: vec![],
        taken_over: 0,
        left_behind: vec![],
        drifted: vec![],
        day: day("2026-11-24"),
        since: day("2026-11-20"),
        new_signs: 3,
        cards: rows(),
        capacity: 8,
        quiet: rows()
            .into_iter()
            .map(|row| QuietCard { row, why: WhyQuiet::BeyondCapacity { place: 9, behind: 12 }, for_owner: None })
            .collect(),
        quiet_total: 12,
        changes: vec![
            change_row(1, "ミナト製作所", 62, 41, change(-21, 0, 0), "利用者数が14→5人（28日）で−18点"),
            change_row(2, "医療法人しらかば会", 66, 58, change(-2, 0, -6), "設定変更で−6点"),
            change_row(6, "青葉物流", 63, 75, change(9, 3, 0), "使った日数が8→14日で+9点"),
            change_row(7, LONG, 71, 64, change(0, -7, 0), "NPSが古くなりました"),
        ],
        changes_total: 31,
        week: Vec::new(),
        week_from: day("2026-11-17"),
        deadlines_near: 2,
        deadlines: vec![
            deadline(8, "2026-11-26", "かもめ食品", Band::Green),
            deadline(1, "2026-12-12", "ミナト製作所", Band::Red),
            deadline(9, "2027-01-08", "つばめ税理士法人", Band::Amber),
        ],
        quiet_sources: vec![QuietSource {
            source: "Zendesk".into(),
            last_day: day("2026-11-18"),
            quiet_days: 3,
            metrics: vec![both("問い合わせ"), both("満足度")],
            customers: 42,
        }],
        customers: 300,
        scored: true,
    }
}

pub fn today_little() -> Today {
    Today {
        cards: vec![],
        new_signs: 0,
        quiet: vec![],
        quiet_total: 0,
        changes: vec![],
        changes_total: 0,
        deadlines: vec![],
        quiet_sources: vec![],
        ..today_rich()
    }
}

pub fn today_none() -> Today {
    Today { customers: 0, scored: false, ..today_little() }
}

/// A bent line with a gap.
pub fn wave(days: usize, from: f64, to: f64, gap: std::ops::Range<usize>) -> Vec<Option<f64>> {
    (0..days)
        .map(|i| {
            let bend = ((i as f64 / days as f64 - 0.7) / 0.3).max(0.0);
            (!gap.contains(&i)).then(|| (from + (to - from) * bend + ((i * 7919) % 11) as f64 * 0.6).clamp(0.0, 100.0))
        })
        .collect()
}

pub fn row_of(n: usize) -> ListRow {
    let names = [
        ("ミナト製作所", "みなとせいさくしょ", Band::Red, 41, -21),
        ("医療法人しらかば会", "しらかばかい", Band::Amber, 58, -8),
        ("青葉物流", "あおばぶつりゅう", Band::Green, 75, 12),
        (LONG, "とてもながいしゃめい", Band::Green, 84, 0),
        ("北野市役所", "きたのしやくしょ", Band::Unknown, 50, 0),
        ("<b>太字商事</b>", "ふとじしょうじ", Band::Amber, 66, -1),
        ("かもめ食品", "かもめしょくひん", Band::Green, 91, 3),
        ("つばめ税理士法人", "つばめぜいりしほうじん", Band::Amber, 49, -3),
    ];
    let (name, reading, band, points, change) = names[n % names.len()];
    let gap = if n % 5 == 4 { 30..52 } else { 0..0 };
    ListRow {
        id: id(n as u128 + 1),
        external_id: format!("C{n:05}"),
        name: name.into(),
        reading: reading.into(),
        stage: ["onboarding", "adoption", "renewal"][n % 3].into(),
        segment: ["enterprise", "smb", "city"][n % 3].into(),
        region: "関東".into(),
        has_owner_left: false,
        owner: Some(["佐藤", "鈴木", "高橋ジェニファー"][n % 3].into()),
        points: (band != Band::Unknown).then_some(points),
        band: Some(band),
        coverage: 86,
        change,
        spark: wave(90, (points - change) as f64, points as f64, gap).iter().map(|v| v.map(|v| v as i64)).collect(),
        mrr: (n % 7 != 6).then(|| Money::yen(42_000 * (n as i64 % 13 + 1))),
        plan: "スタンダード".into(),
        notice_on: (n % 4 != 3).then(|| day("2026-11-20").plus(n as i32 * 9)),
        end_day: None,
        contact_at: (n % 6 != 5).then(|| at("2026-11-24", 9, 0).plus_us(-(n as i64) * 3 * 86_400_000_000)),
    }
}

pub fn list_rich() -> ListPage {
    ListPage { rows: (0..40).map(row_of).collect(), total: 300, next: Some("abc".into()) }
}

pub fn choices() -> Choices {
    Choices {
        stages: vec!["onboarding".into(), "adoption".into()],
        segments: vec!["smb".into(), "enterprise".into()],
        owners: vec![(id(1), "佐藤".into()), (id(2), "鈴木".into())],
    }
}

pub fn views() -> Vec<SavedView> {
    vec![SavedView {
        id: id(1),
        name: "大手の更新".into(),
        query: "segment=enterprise".into(),
        is_shared: true,
        by: None,
    }]
}

pub fn cards() -> CardList {
    let mut shown = rows();
    shown[4].state = CardState::Closed;
    shown[4].closed_at = Some(at("2026-11-24", 9, 30));
    shown[4].outcome = Some(Outcome::Solved);
    shown[4].outcome_note = "部長と話し、来期も続けると決まった。".into();
    shown[3].snoozed_until = Some(day("2026-12-01"));
    CardList { rows: shown, total: 17, next: Some("x".into()), looked_at: None }
}

fn cause(rule: &str, on: &str, why: &str) -> CauseRow {
    CauseRow { rule: rule.into(), day: day(on), why: both(why), figures: vec![], fact: String::new() }
}

pub fn card() -> CardPage {
    let mut row = rows().remove(0);
    row.state = CardState::Taken;
    CardPage {
        row,
        runs: vec![],
        play: Some((
            both("推進役が去ったとき"),
            vec![both("後任の候補を3人挙げる"), both("上長に面談を申し込む"), both("30日で一つの成功体験をつくる")],
        )),
        causes: vec![
            cause("champion_left", "2026-11-20", "推進役の高橋さんが10/31に退職。"),
            cause("logins_falling", "2026-11-21", "利用者が14→5人（28日）。"),
        ],
        rules: vec![("champion_left".into(), both("推進役が離れました"))],
        associates: vec![Helper { id: id(7), name: "田中".into(), has_left: false }],
        snooze_reason: String::new(),
        steps: vec![
            CardStep {
                step: "taken".into(),
                note: String::new(),
                staff: Some("佐藤".into()),
                at: at("2026-11-24", 8, 12),
            },
            CardStep { step: "opened".into(), note: String::new(), staff: None, at: at("2026-11-20", 18, 0) },
        ],
    }
}

pub fn sources() -> Vec<SourceView> {
    let source = |name: &str, quiet: bool, refused: Vec<(String, String, i64)>| SourceView {
        name: name.into(),
        has_key: name == "product",
        last_received_at: Some(at("2026-11-24", 7, 58)),
        last_day: Some(day(if quiet { "2026-11-18" } else { "2026-11-24" })),
        events_30d: 41_822,
        events: 1_204_331,
        quiet,
        refused,
    };
    vec![
        source("product", false, vec![]),
        source(
            "Zendesk",
            true,
            vec![("opened_at".into(), "not_a_time".into(), 12), ("customer".into(), "no_customer".into(), 3)],
        ),
        source("crm.csv", false, vec![]),
    ]
}

pub fn hits() -> Found {
    let hit = |n: u128, name: &str, reading: &str, band: Band, points: i64| CustomerHit {
        id: id(n),
        name: name.into(),
        reading: reading.into(),
        band: Some(band),
        points: Some(points),
        was: None,
    };
    let person =
        PersonHit {
            customer: id(3), customer_name: "青葉物流".into(), name: "皆川 恵".into(), title: "部長".into()
        };
    Found {
        customers: vec![
            hit(1, "ミナト製作所", "みなとせいさくしょ", Band::Red, 41),
            hit(2, "南商店", "みなみしょうてん", Band::Green, 88),
        ],
        people: vec![person],
        ..Found::default()
    }
}
