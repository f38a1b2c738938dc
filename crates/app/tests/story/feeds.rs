//! A feed that is cut: one card for whoever looks after the data, none for its customers, and scores whose ranges hold what the
//! missing facts say when they come.

use std::collections::{BTreeMap, BTreeSet};

use kizashi_app::access::Role;
use kizashi_app::health::compute_scores;
use kizashi_app::intake::{Received, append_events, keep_records};
use kizashi_app::plays::{self, CardQuery, Outcome};
use kizashi_app::schedule::score_all;
use kizashi_app::today::open_today;
use kizashi_domain::intake::{ActivityRow, CustomerRow, EventBatch, EventRef, Record};
use kizashi_domain::signals::CardKind;
use kizashi_domain::time::Day;
use kizashi_testkit::{On, Stage};

use crate::{BOTH, SAAS, event};

const FEATURES: [&str; 6] = ["report_export", "invoice_create", "report_view", "dashboard_view", "approval", "search"];
const HOUR_US: i64 = 3_600_000_000;
const PAST_DAYS: i32 = 170;
const CUT_DAYS: i32 = 7;

/// A history that its seed decides: the same on every stage.
struct History {
    seed: u64,
    first: Day,
    customers: Vec<Profile>,
}

struct Profile {
    code: String,
    people: u64,
    /// Of a hundred: how likely a person comes on a business day, at the start and at the end.
    level: (u64, u64),
    features: u64,
    seats: f64,
    since: Day,
}

/// A number below `below` that belongs to its place.
fn draw(seed: u64, place: &[u64], below: u64) -> u64 {
    let mut x = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    for p in place {
        x = (x ^ p).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x ^= x >> 29;
    }
    x = x.wrapping_mul(0x94D0_49BB_1331_11EB);
    (x ^ (x >> 32)) % below.max(1)
}

impl History {
    fn new(seed: u64, cut: Day) -> Self {
        let first = cut.plus(-PAST_DAYS);
        let customers = (0..6_u64)
            .map(|c| {
                let of = |what: u64, below: u64| draw(seed, &[c, what], below);
                let young = c == 5;
                Profile {
                    code: format!("c{c}"),
                    people: 2 + of(1, 12),
                    level: (20 + of(2, 75), 20 + of(3, 75)),
                    features: 1 + of(4, 6),
                    seats: (4 + of(5, 18)) as f64,
                    since: if young { cut.plus(-40) } else { first.plus(-200) },
                }
            })
            .collect();
        Self { seed, first, customers }
    }

    /// Sets the customers up, with contracts and feelings, and with meetings when there were any.
    async fn introduce(&self, stage: &Stage, meetings: i32) {
        let mut records = Vec::new();
        for (c, p) in (0_u64..).zip(&self.customers) {
            let mut figures = vec![("seats".to_owned(), p.seats), ("mrr".to_owned(), 120_000.0)];
            if c % 2 == 0 {
                figures.push(("felt".to_owned(), 1.0 + draw(self.seed, &[c, 7], 5) as f64));
            }
            records.push(Record::Customer(CustomerRow {
                external_id: p.code.clone(),
                stage: Some("adoption".to_owned()),
                since: Some(p.since),
                as_of: Some(p.since),
                figures,
                ..CustomerRow::default()
            }));
            for k in 0..meetings {
                let day = self
                    .first
                    .plus(30 * k + i32::try_from(draw(self.seed, &[c, 8, k.unsigned_abs().into()], 25)).unwrap());
                records.push(Record::Activity(ActivityRow {
                    external_id: format!("{}-{k}", p.code),
                    customer: p.code.clone(),
                    kind: "meeting".to_owned(),
                    direction: Some("both".to_owned()),
                    at: stage.zone.start_of(day).plus_us(11 * HOUR_US),
                    ..ActivityRow::default()
                }));
            }
        }
        let at = stage.app.now();
        let received: Vec<Received> =
            records.into_iter().map(|record| Received { assumed: false, at, record }).collect();
        keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap();
    }

    /// What the product sends of a day: at three in the afternoon, received an hour later, or when it is `late`.
    async fn send(&self, stage: &Stage, day: Day, late: bool) {
        let calendar = kizashi_domain::calendar::Calendar::default();
        let at = stage.zone.start_of(day).plus_us(15 * HOUR_US);
        let received_at = if late { stage.app.now() } else { at.plus_us(HOUR_US) };
        let mut batch = EventBatch::default();
        let n = u64::try_from(day.0).unwrap();
        for (c, p) in (0_u64..).zip(&self.customers).filter(|(_, p)| p.since <= day) {
            let progress = u64::try_from((day.0 - self.first.0).clamp(0, PAST_DAYS)).unwrap();
            let (from, to) = p.level;
            let level = (from * (u64::from(PAST_DAYS.unsigned_abs()) - progress) + to * progress)
                / u64::from(PAST_DAYS.unsigned_abs());
            let level = if calendar.is_business_day(day) { level } else { level / 8 };
            for person in 0..p.people {
                if draw(self.seed, &[c, 9, n, person], 100) >= level {
                    continue;
                }
                let user = format!("u{person}");
                let feature = FEATURES[usize::try_from(draw(self.seed, &[c, 10, n, person], p.features)).unwrap()];
                for name in ["login", feature] {
                    let id = format!("{}/{n}/{person}/{name}", p.code);
                    batch.push(EventRef { received_at, ..event(&id, &p.code, &user, name, at) });
                }
            }
            if p.since.plus(10) == day {
                let id = format!("{}/setup", p.code);
                batch.push(EventRef { received_at, ..event(&id, &p.code, "u0", "setup.account", at) });
            }
        }
        // Somebody always comes, and a feed that is alive says so.
        let id = format!("other/{n}");
        batch.push(EventRef { received_at, ..event(&id, "other", "u0", "login", at) });
        append_events(&stage.app, stage.workspace, "product", batch).await.unwrap();
    }
}

async fn set(on: On, history: &History, cut: Day) -> Stage {
    let stage = Stage::set(on, SAAS, &cut.to_string()).await;
    stage.staff("boss", Role::Admin).await;
    history.introduce(&stage, 4).await;
    for d in history.first.0..cut.0 {
        history.send(&stage, Day(d), false).await;
    }
    stage
}

type Cards = BTreeSet<(String, String)>;
type Scores = BTreeMap<String, (Option<i32>, (i32, i32))>;

async fn list_open(stage: &Stage) -> Cards {
    let query = CardQuery { rows: 100, ..CardQuery::default() };
    let cards = plays::list_cards(&stage.app, stage.workspace, &query).await.unwrap().rows;
    let count = cards.len();
    let set: Cards = cards.into_iter().map(|c| (format!("{:?}", c.kind), c.subject)).collect();
    assert_eq!(set.len(), count, "no card is there twice");
    set
}

/// Points and range of each customer on a day.
async fn list_scores(stage: &Stage, day: Day, known: Option<Day>) -> Scores {
    let rows = compute_scores(&stage.app, stage.workspace, day, known).await.unwrap();
    rows.into_iter().filter_map(|r| r.verdict.map(|v| (r.customer, (v.shown(), v.range)))).collect()
}

/// The feed of the product is cut on a day, for a week, and comes in late afterwards.
async fn cut_for_a_week(on: On, seed: u64, cut: Day) {
    let history = History::new(seed, cut);
    let (broken, whole) = (set(on, &history, cut).await, set(on, &history, cut).await);
    let mut ranges = Vec::new();
    let mut before = (Cards::new(), Cards::new());
    for d in cut.0..cut.0 + CUT_DAYS {
        let today = Day(d);
        for stage in [&broken, &whole] {
            stage.go_to(&today.to_string());
            score_all(&stage.app, stage.workspace).await.unwrap();
        }
        let (found, truth) = (list_scores(&broken, today, None).await, list_scores(&whole, today, None).await);
        assert_within(&truth, &found, &format!("{on:?}, seed {seed}, {today}"));
        ranges.push((today, found));
        if d == cut.0 {
            before = (list_open(&broken).await, list_open(&whole).await);
        }
        // What happened on the day is known to the one that is not cut.
        history.send(&whole, today, false).await;
    }
    let news = |now: &Cards, before: &Cards| -> Cards { now.difference(before).cloned().collect() };
    let opened = news(&list_open(&broken).await, &before.0);
    let anyway = news(&list_open(&whole).await, &before.1);
    let by_the_cut: Vec<_> = opened.difference(&anyway).collect();
    assert_eq!(by_the_cut, [&("Data".to_owned(), "product".to_owned())], "{on:?}, seed {seed}");
    assert!(anyway.iter().all(|(kind, _)| kind != "Data"), "{anyway:?}");

    // The week comes in late: what it says about each day lies in the range that the day had. The first day was not over, and
    // nothing was missing yet.
    for d in cut.0..cut.0 + CUT_DAYS {
        history.send(&broken, Day(d), true).await;
    }
    for (day, found) in ranges.iter().skip(1) {
        let truth = list_scores(&broken, *day, None).await;
        assert_within(&truth, found, &format!("{on:?}, seed {seed}, {day}, known late"));
        // What was known on the day is not changed by what came later, on the last day of the cut.
        if *day < cut.plus(CUT_DAYS - 1) {
            let then = list_scores(&broken, *day, Some(*day)).await;
            assert_eq!(then, *found, "{on:?}, seed {seed}, {day}, as it was known");
        }
    }
}

fn assert_within(truth: &Scores, found: &Scores, what: &str) {
    assert!(truth.values().any(|(points, _)| points.is_some()), "{what}: nothing was scored");
    for (customer, (points, _)) in truth {
        let (_, (low, high)) = found[customer];
        let holds = points.is_none_or(|p| (low..=high).contains(&p));
        assert!(holds, "{what}: {customer} has {points:?}, outside of {low} to {high}");
    }
}

/// A plain week; the one before Golden Week; one into a row of holidays; one around a holiday on a Wednesday.
const CUTS: [(u64, &str); 4] = [(1, "2026-06-08"), (2, "2026-04-20"), (3, "2026-09-16"), (4, "2026-02-09")];

#[tokio::test]
async fn a_feed_cut_for_a_week_is_one_card_for_the_admin_and_every_range_holds_the_truth_on_sqlite() {
    for (seed, cut) in CUTS {
        cut_for_a_week(On::Sqlite, seed, cut.parse().unwrap()).await;
    }
}

#[tokio::test]
async fn a_feed_cut_for_a_week_is_one_card_for_the_admin_and_every_range_holds_the_truth_on_postgres() {
    for (seed, cut) in CUTS {
        cut_for_a_week(On::Postgres, seed, cut.parse().unwrap()).await;
    }
}

#[tokio::test]
async fn a_silent_feed_makes_values_stale_and_never_zero_and_is_told_to_the_admin() {
    for on in BOTH {
        let cut: Day = "2026-06-08".parse().unwrap();
        let history = History::new(7, cut);
        let stage = set(on, &history, cut).await;
        stage.go_to(&cut.plus(CUT_DAYS).to_string());
        score_all(&stage.app, stage.workspace).await.unwrap();
        let query = CardQuery { rows: 100, ..CardQuery::default() };
        let cards = plays::list_cards(&stage.app, stage.workspace, &query).await.unwrap().rows;
        let told: Vec<_> = cards.iter().filter(|c| c.kind == CardKind::Data).collect();
        assert_eq!(told.len(), 1, "{on:?}");
        assert_eq!((told[0].subject.as_str(), told[0].owner.as_deref()), ("product", Some("boss")));
        let viewer = stage.staff("viewer", Role::Manager).await.viewer;
        let page = open_today(&stage.app, &viewer).await.unwrap();
        assert_eq!(page.quiet_sources.len(), 1);
        let quiet = &page.quiet_sources[0];
        assert_eq!((quiet.source.as_str(), quiet.last_day), ("product", cut.plus(-1)));
        let titles: Vec<&str> = quiet.metrics.iter().map(|t| t.ja.as_str()).collect();
        assert!(titles.contains(&"ログイン回数（28日）") && !titles.contains(&"NPSの回答"), "{titles:?}");
        for row in compute_scores(&stage.app, stage.workspace, stage.today(), None).await.unwrap() {
            let Some(verdict) = row.verdict.filter(|_| row.customer != "other") else { continue };
            for line in verdict.measures().filter(|l| l.metric == "seat_use" || l.metric == "active_days") {
                assert_ne!(line.value, Some(0.0), "{on:?}: {} of {}", line.metric, row.customer);
            }
            assert!(verdict.range.1 - verdict.range.0 > 20, "{:?}", verdict.range);
        }
    }
}

#[tokio::test]
async fn a_card_about_a_silent_feed_ends_when_data_come_again_unless_somebody_works_on_it() {
    for (on, is_touched) in BOTH.into_iter().flat_map(|on| [(on, false), (on, true)]) {
        let cut: Day = "2026-06-08".parse().unwrap();
        let history = History::new(7, cut);
        let stage = set(on, &history, cut).await;
        let (app, ws) = (&stage.app, stage.workspace);
        stage.go_to(&cut.plus(CUT_DAYS).to_string());
        score_all(app, ws).await.unwrap();
        let query = CardQuery { rows: 100, kind: Some(CardKind::Data), ..CardQuery::default() };
        let card = plays::list_cards(app, ws, &query).await.unwrap().rows.remove(0);
        if is_touched {
            plays::take_card(app, &stage.console(), card.id).await.unwrap();
        }
        stage.go_to(&cut.plus(CUT_DAYS + 1).to_string());
        score_all(app, ws).await.unwrap();
        let row = async || plays::open_card(app, ws, card.id).await.unwrap().row;
        let still = row().await;
        assert!(still.closed_at.is_none() && !still.is_over, "{on:?}: it is silent still");

        for d in cut.0..=cut.0 + CUT_DAYS {
            history.send(&stage, Day(d), true).await;
        }
        score_all(app, ws).await.unwrap();
        score_all(app, ws).await.unwrap();
        let after = row().await;
        if is_touched {
            assert!(after.closed_at.is_none() && after.is_over, "{on:?}: its page proposes to close it");
            continue;
        }
        assert_eq!((after.outcome, after.is_over), (Some(Outcome::Recovered), false), "{on:?}");
        let steps = plays::open_card(app, ws, card.id).await.unwrap().steps;
        assert_eq!(steps.iter().filter(|s| s.step == "recovered").count(), 1, "{on:?}: once");
        assert!(plays::list_cards(app, ws, &query).await.unwrap().rows.is_empty(), "{on:?}");

        // Silent once more: another card.
        stage.go_to(&cut.plus(2 * CUT_DAYS + 2).to_string());
        score_all(app, ws).await.unwrap();
        let again = plays::list_cards(app, ws, &query).await.unwrap().rows;
        assert_eq!(again.iter().filter(|c| c.id != card.id).count(), 1, "{on:?}");
    }
}

#[tokio::test]
async fn what_nobody_ever_fed_is_missing_and_not_counted_from_the_first_day() {
    for on in BOTH {
        let today: Day = "2026-06-08".parse().unwrap();
        let stage = Stage::set(on, SAAS, &today.to_string()).await;
        let history = History::new(1, today);
        history.introduce(&stage, 0).await;
        for d in history.first.0..today.0 {
            history.send(&stage, Day(d), false).await;
        }
        score_all(&stage.app, stage.workspace).await.unwrap();
        let scores = async |day: Day| compute_scores(&stage.app, stage.workspace, day, None).await.unwrap();
        let touch = |rows: &[kizashi_app::health::ScoreRow]| -> Vec<Option<f64>> {
            let lines = rows.iter().filter_map(|r| r.verdict.as_ref()).flat_map(|v| v.measures());
            lines.filter(|l| l.metric == "two_way_days").map(|l| l.value).collect()
        };
        let found = touch(&scores(today).await);
        assert!(
            !found.is_empty() && found.iter().all(Option::is_none),
            "{on:?}: nobody wrote a contact down: {found:?}"
        );
        // With the first contact of one customer the others have had none for as long as contacts are written down.
        let meeting = Record::Activity(ActivityRow {
            external_id: "m1".to_owned(),
            customer: "c0".to_owned(),
            kind: "call".to_owned(),
            direction: Some("both".to_owned()),
            at: stage.zone.start_of(today.plus(-3)).plus_us(11 * HOUR_US),
            ..ActivityRow::default()
        });
        let received = [Received { assumed: false, at: stage.app.now(), record: meeting }];
        keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap();
        let found = touch(&scores(today).await);
        assert!(found.iter().all(|v| v.is_none_or(|v| v <= 3.0)), "{on:?}: {found:?}");
        assert!(found.contains(&Some(3.0)), "{on:?}: {found:?}");
    }
}
