//! A sample customer.

use kizashi_app::customers::{
    ContactView, ContractView, CustomerPage, HistoryPoint, HunchView, Relative, Timeline, TimelineKind, TimelineRow,
    UsageSeries,
};
use kizashi_domain::health::{Band, Between, explain, judge};
use kizashi_domain::lang::Text;
use kizashi_domain::measure::{Reading, State};
use kizashi_domain::money::Money;
use kizashi_domain::pack::Pack;

use super::lists::{both, id, row_of, rows, wave};
use super::{at, day};

fn readings(pack: &Pack, share: f64) -> Vec<Reading> {
    let today = day("2026-11-24");
    let value = |metric: &str| match metric {
        "seat_use" => Some(0.125 + 0.3 * share),
        "login_trend" => Some(-0.62 + 0.6 * share),
        "active_days" => Some(6.0 + 9.0 * share),
        "features_28d" => Some(3.0),
        "two_way_days" => Some(26.0 - 20.0 * share),
        "mail_opens_90d" => Some(2.0),
        "nps" => Some(8.0),
        "felt" => None,
        _ => None,
    };
    pack.metrics
        .iter()
        .map(|m| match value(&m.id) {
            Some(v) if m.id == "nps" => Reading::of(Some(v), State::Stale { age_days: 204 }, today),
            Some(v) => Reading::measured(v, today),
            None => Reading::missing(today),
        })
        .collect()
}

fn person(name: &str, title: &str, role: &str, contact: Option<&str>, left: Option<&str>) -> ContactView {
    ContactView {
        name: name.into(),
        reading: String::new(),
        title: title.into(),
        role: role.into(),
        email: "someone@minato.example.jp".into(),
        phone: "03-0000-0000".into(),
        left_on: left.map(day),
        contact_at: contact.map(|on| at(on, 15, 0)),
    }
}

fn contract(start: &str, end: &str, mrr: i64, in_force: bool) -> ContractView {
    ContractView {
        plan: "スタンダード".into(),
        seats: Some(40),
        mrr: Some(Money::yen(mrr)),
        start_day: day(start),
        end_day: day(end),
        months: 12,
        auto_renew: true,
        notice_on: day("2026-12-11"),
        in_force,
    }
}

pub fn rich(pack: &Pack) -> CustomerPage {
    let from = day("2026-08-27");
    let model = pack.models.last().unwrap();
    let verdict = judge(model, &pack.metrics, &readings(pack, 0.0), Some(900));
    let before = judge(model, &pack.metrics, &readings(pack, 1.0), Some(900));
    let change = explain(&before, &verdict, Between::default());
    let mut row = row_of(0);
    row.points = verdict.shown().map(i64::from);
    row.band = Some(verdict.band);
    let history = wave(90, 66.0, 36.0, 40..46);
    CustomerPage {
        as_of: None,
        overrides: vec![],
        under_old: None,
        row,
        industry: "製造".into(),
        employees: Some(340),
        goal: "紙の日報をなくし、月次の集計を3日から半日にする".into(),
        aims: [
            ("goal_target", "3日から半日に"),
            ("goal_on", "2027-03-31"),
            ("goal_state", "open"),
            ("challenges", "現場の入力が夕方に集中する"),
        ]
        .map(|(name, words)| (name.to_owned(), words.to_owned()))
        .into(),
        since_day: Some(day("2023-04-01")),
        churned_on: None,
        day: day("2026-11-24"),
        change_since: day("2026-11-20"),
        change: Some(change),
        sentence: Text::new(
            "席の利用率が43%→13%（28日）になり−14点。双方向の接点が6→26日前になり−7点。設定変更なし。9項目中6項目測定。",
            "Seat use went from 43% to 13% in 28 days: −14 points. No change of settings. 6 of 9 measures taken.",
        ),
        verdict: Some(verdict),
        history: history
            .iter()
            .enumerate()
            .map(|(i, v)| HistoryPoint {
                settings_version: 1,
                again: None,
                day: from.plus(i as i32),
                points: v.map(|v| v as i64),
                band: Band::Amber,
                range: (v.unwrap_or(50.0) as i64 - 4, v.unwrap_or(50.0) as i64 + 7),
            })
            .filter(|p| p.points.is_some())
            .collect(),
        usage: vec![
            series("users_28d", "利用者（28日）", "people", 14.0, 2.0, from),
            series("seat_use", "席の利用率", "percent", 0.42, 0.12, from),
        ],
        contacts: vec![
            person("大野 勉", "情報システム部", "admin", Some("2026-10-02"), None),
            person("岸本 由紀子", "取締役", "key_person", None, None),
            person("高橋 まさみ", "業務改革室 室長", "champion", Some("2026-10-29"), Some("2026-10-31")),
        ],
        deals: vec![],
        files: vec![],
        contracts: vec![
            contract("2026-03-12", "2027-03-11", 420_000, true),
            contract("2025-03-12", "2026-03-11", 480_000, false),
        ],
        cards: rows().into_iter().take(1).collect(),
        hunches: vec![HunchView {
            staff: "佐藤".into(),
            feeling: -1,
            confidence: 2,
            until_day: day("2027-02-16"),
            note: "返事が短くなった".into(),
            at: at("2026-11-18", 17, 0),
        }],
        parent: Some(Relative {
            id: id(90),
            name: "ミナトホールディングス".into(),
            band: Some(Band::Amber),
            points: Some(61),
            mrr: None,
        }),
        children: vec![Relative {
            id: id(91),
            name: "ミナト物流".into(),
            band: Some(Band::Green),
            points: Some(83),
            mrr: None,
        }],
        scored_at: None,
    }
}

fn series(
    metric: &str,
    title: &str,
    unit: &str,
    from_value: f64,
    to: f64,
    from: kizashi_domain::time::Day,
) -> UsageSeries {
    let points = (0..90).map(|i| {
        let bend = ((i as f64 / 90.0 - 0.6) / 0.4).max(0.0);
        let value = from_value + (to - from_value) * bend;
        (from.plus(i), (!(40..46).contains(&i)).then_some(if unit == "people" { value.round() } else { value }))
    });
    UsageSeries { metric: metric.into(), title: both(title), unit: unit.into(), points: points.collect() }
}

pub fn none() -> CustomerPage {
    let mut row = row_of(4);
    row.reading = String::new();
    row.contact_at = None;
    row.owner = None;
    CustomerPage {
        as_of: None,
        overrides: vec![],
        under_old: None,
        row,
        industry: String::new(),
        employees: None,
        goal: String::new(),
        aims: std::collections::HashMap::new(),
        since_day: None,
        churned_on: None,
        day: day("2026-11-24"),
        verdict: None,
        change_since: day("2026-11-20"),
        change: None,
        sentence: Text::default(),
        history: vec![],
        usage: vec![],
        contacts: vec![],
        contracts: vec![],
        deals: vec![],
        files: vec![],
        cards: vec![],
        hunches: vec![],
        parent: None,
        children: vec![],
        scored_at: None,
    }
}

pub fn timeline() -> Timeline {
    let row = |on: &str, kind: TimelineKind, what: &str, title: &str, text: &str, figure: Option<f64>| TimelineRow {
        note: None,
        at: at(on, 14, 5),
        kind,
        what: what.into(),
        title: title.into(),
        text: text.into(),
        who: if kind == TimelineKind::Activity { "佐藤".into() } else { String::new() },
        figure,
        learned_at: (what == "call").then(|| at("2026-11-02", 9, 0)),
    };
    let rows = vec![
        row("2026-11-23", TimelineKind::Usage, "login", "", "", Some(3.0)),
        row("2026-11-20", TimelineKind::Card, "opened", "利用が減っています", "利用者が半分以下になりました。", None),
        row(
            "2026-11-18",
            TimelineKind::Activity,
            "mail",
            "Re: 12月の勉強会について",
            "ありがとうございます。社内で相談してからお返事します。",
            None,
        ),
        row(
            "2026-11-18",
            TimelineKind::Ticket,
            "form",
            "CSVが文字化けする",
            "集計のCSVをExcelで開くと文字化けします。",
            None,
        ),
        row("2026-11-10", TimelineKind::Response, "nps", "", "使う人が減ってきた。", Some(6.0)),
        row("2026-10-31", TimelineKind::Contact, "left", "高橋 まさみ", "", None),
        row(
            "2026-10-29",
            TimelineKind::Activity,
            "call",
            "後任はまだ決まっていないとのこと",
            &"長い話です。".repeat(60),
            None,
        ),
    ];
    Timeline { rows, next_before: Some(at("2026-10-29", 14, 5)) }
}
