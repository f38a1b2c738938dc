//! What kind of customer each one is: everything else is drawn from this.

use kizashi_domain::calendar::Calendar;
use kizashi_domain::time::Day;

use super::rng::Rng;
use super::romaji::romaji;
use super::story::StoryKind;
use super::{cast, month_of, month_start, planted, words};

/// When and where the company is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene<'a> {
    pub(super) seed: u64,
    pub(super) today: Day,
    pub(super) first: Day,
    pub(super) broken_day: Day,
    pub(super) calendar: &'a Calendar,
}

impl Scene<'_> {
    /// The day from which renewals cost more: the first of the month four months ago.
    pub(super) fn price_change(&self) -> Day {
        month_start(month_of(self.today) - 4)
    }
}

/// What a customer mainly does with the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Habit {
    /// Bills and looks at reports.
    Billing,
    /// Exports reports every day.
    Reporting,
    /// Works through the API.
    Api,
    /// Approves, step by step.
    Approving,
}

/// One term of a contract.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Term {
    pub(super) start: Day,
    pub(super) end: Day,
    pub(super) plan: usize,
    pub(super) seats: u32,
    pub(super) mrr: i64,
}

/// A customer before any fact about it is drawn.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    pub(super) index: usize,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) reading: String,
    pub(super) domain: String,
    pub(super) segment: usize,
    pub(super) region: &'static str,
    pub(super) industry: &'static str,
    pub(super) employees: i64,
    pub(super) owner: usize,
    pub(super) goal: &'static str,
    pub(super) parent: Option<usize>,
    pub(super) since: Day,
    pub(super) churned_on: Option<Day>,
    pub(super) months: i32,
    pub(super) notice_days: i64,
    pub(super) auto_renew: bool,
    pub(super) terms: Vec<Term>,
    /// People who work with the product, from a day on, with straight lines between.
    pub(super) people: Vec<(Day, f64)>,
    /// How engaged they are, 1 as usual, from a day on, with straight lines between.
    pub(super) trend: Vec<(Day, f64)>,
    pub(super) habit: Habit,
    /// Days on which 初期登録, 環境設定, データ移行 and 初回帳票 were done; empty when before the history.
    pub(super) setup: [Option<Day>; 4],
    pub(super) contacts: usize,
    pub(super) story: Option<StoryKind>,
    /// Nobody spoke with them from this day on.
    pub(super) quiet_from: Option<Day>,
    /// The champion's last day at work; what is left of the holidays comes before the day of leaving.
    pub(super) champion_gone: Option<Day>,
    /// The day on which the champion left.
    pub(super) champion_left: Option<Day>,
    /// `report_export` stopped on this day.
    pub(super) export_stopped: Option<Day>,
    pub(super) long_holidays_off: bool,
    /// How much they like us, beyond what they use, from -1 to 1.
    pub(super) warmth: f64,
}

impl Profile {
    /// Whether person `nth` works there on `day`: the champion may have left.
    pub(super) fn has(&self, nth: usize, day: Day) -> bool {
        nth > 0 || self.champion_gone.is_none_or(|gone| day <= gone)
    }

    /// Whom one meets on `day` when asking for person `nth`.
    pub(super) fn met(&self, nth: usize, day: Day) -> usize {
        if self.has(nth, day) { nth } else { 1 }
    }
}

/// Segments: name, how many of 100 customers, people at least and at most.
pub(super) const SEGMENTS: [(&str, f64, i32, i32); 5] = [
    ("小規模", 52.0, 2, 5),
    ("中堅", 31.0, 5, 12),
    ("大手", 10.0, 13, 30),
    ("自治体", 4.0, 6, 14),
    ("BPO", 3.0, 9, 24),
];
/// Index of 自治体.
pub(super) const CITY: usize = 3;
/// Index of BPO.
pub(super) const BPO: usize = 4;

/// Straight lines between points; flat outside them; 1 when there are none.
pub(super) fn on_line(points: &[(Day, f64)], day: Day) -> f64 {
    let after = points.partition_point(|(d, _)| *d <= day);
    let before = after.checked_sub(1).and_then(|i| points.get(i));
    match (before, points.get(after)) {
        (Some((d0, v0)), Some((d1, v1))) => v0 + (v1 - v0) * f64::from(day.0 - d0.0) / f64::from(d1.0 - d0.0),
        (Some((_, v)), None) | (None, Some((_, v))) => *v,
        (None, None) => 1.0,
    }
}

/// The same date `months` months later, or the last day of that month.
pub(super) fn months_after(day: Day, months: i32) -> Day {
    let start = month_start(month_of(day) + months);
    let length = month_start(month_of(day) + months + 1).0 - start.0;
    let (_, _, date) = day.ymd();
    start.plus((i32::from(date) - 1).min(length - 1))
}

/// MRR in yen, tax excluded, of a plan with seats.
pub(super) const fn mrr_of(plan: usize, seats: u32) -> i64 {
    let seats = seats as i64;
    let yen = match plan {
        0 => 24_000 + 1_800 * seats,
        1 => 60_000 + 3_600 * seats,
        _ => 150_000 + 7_200 * seats,
    };
    let yen = yen / 1_000 * 1_000;
    if yen < 30_000 {
        30_000
    } else if yen > 900_000 {
        900_000
    } else {
        yen
    }
}

/// The terms of a contract from `since` on, as many as have started by today or end at `last`. Renewals since
/// the price change cost an eighth more.
pub(super) fn terms(
    scene: &Scene<'_>,
    since: Day,
    months: i32,
    plan: usize,
    seats: impl Fn(usize) -> u32,
) -> Vec<Term> {
    (0..)
        .map(|k: usize| {
            let n = i32::try_from(k).unwrap_or(0) * months;
            let (start, end) = (months_after(since, n), months_after(since, n + months).plus(-1));
            let list = mrr_of(plan, seats(k));
            let mrr =
                if k > 0 && start >= scene.price_change() { (list * 9 / 8 / 1_000 * 1_000).min(900_000) } else { list };
            Term { start, end, plan, seats: seats(k), mrr }
        })
        .take_while(|t| t.start <= scene.today)
        .collect()
}

/// The profile of customer `index`.
pub(super) fn of(scene: &Scene<'_>, index: usize) -> Profile {
    let mut rng = Rng::of(scene.seed, &[1, index as u64]);
    let mut profile = draw(scene, index, &mut rng);
    if let Some(role) = cast::CAST.get(index) {
        cast::plant(scene, role, &mut profile);
    } else if !planted::plant(scene, index, &mut profile) {
        draw_fate(scene, &mut profile, &mut rng);
    }
    profile
}

fn draw(scene: &Scene<'_>, index: usize, rng: &mut Rng) -> Profile {
    let company = words::company(scene.seed, index);
    let segment = company.segment.unwrap_or_else(|| rng.weighted(&[52.0, 34.0, 11.0, 0.0, 3.0]));
    let (_, _, low, high) = SEGMENTS.get(segment).copied().unwrap_or(("", 0.0, 2, 5));
    let people = rng.between(low, high);
    let old = rng.is(0.74);
    let span = month_of(scene.today) - month_of(scene.first);
    let month = if old { -rng.between(4, 48) } else { rng.between(0, (span - 2).max(0)) };
    let since = month_start(month_of(scene.first) + month);
    let months = if rng.is(0.22) { 24 } else { 12 };
    let plan = match segment {
        0 => usize::from(rng.is(0.25)),
        1 => 1 + usize::from(rng.is(0.2)),
        _ => 2 - usize::from(rng.is(0.3)),
    };
    let habits = [Habit::Billing, Habit::Billing, Habit::Reporting, Habit::Approving, Habit::Api];
    let habit = if segment == BPO { Habit::Api } else { rng.pick(&habits).copied().unwrap_or(Habit::Billing) };
    // Some bought far more seats than they have people for.
    let slack = if rng.is(0.16) { 2.0 + rng.unit() * 1.6 } else { 1.1 + rng.unit() * 0.8 };
    // Renewals keep their seats or add some; few give some back.
    let steps = [(); 3].map(|()| [-1, 0, 1].get(rng.weighted(&[5.0, 70.0, 25.0])).copied().unwrap_or(0));
    let seats = move |k: usize| seats_for(people, slack, steps.iter().take(k).sum());
    Profile {
        index,
        code: format!("MN{:05}", index + 1),
        domain: format!("{}.example", romaji(&company.reading)),
        name: company.name,
        reading: company.reading,
        segment,
        region: company.region,
        industry: company.industry,
        employees: i64::from(people) * i64::from(rng.between(6, 22)),
        owner: rng.below(words::CSM_COUNT),
        goal: rng.word(&words::GOALS),
        parent: company.parent,
        since,
        churned_on: None,
        months,
        notice_days: [30, 30, 30, 60, 60, 90].get(rng.below(6)).copied().unwrap_or(30),
        auto_renew: segment != CITY && rng.is(0.88),
        terms: terms(scene, since, months, plan, seats),
        people: vec![(since, f64::from(people))],
        trend: Vec::new(),
        habit,
        setup: draw_setup(scene, since, rng),
        contacts: usize::try_from((2 + people / 3).min(8)).unwrap_or(2),
        story: None,
        quiet_from: None,
        champion_gone: None,
        champion_left: None,
        export_stopped: None,
        long_holidays_off: rng.is(0.06),
        warmth: rng.unit() + rng.unit() - 1.0,
    }
}

/// Seats are sold in fives above ten.
pub(super) fn seats_for(people: i32, slack: f64, step: i32) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "a few dozen")]
    let wanted = (f64::from(people) * slack).ceil() as i32;
    let wanted = if wanted > 10 { (wanted + 4) / 5 * 5 + step.max(-1) * 5 } else { wanted + step.max(0) };
    u32::try_from(wanted.max(people)).unwrap_or(3).max(3)
}

fn draw_setup(scene: &Scene<'_>, since: Day, rng: &mut Rng) -> [Option<Day>; 4] {
    if since < scene.first {
        return [None; 4];
    }
    let mut day = since;
    [(0, 3), (2, 8), (2, 9), (1, 7)].map(|(low, high)| {
        day = scene.calendar.add_business_days(day, rng.between(low, high));
        Some(day).filter(|d| *d <= scene.today)
    })
}

/// How it goes with a background customer: most are steady, some grow, some fade, some leave when a term ends.
fn draw_fate(scene: &Scene<'_>, profile: &mut Profile, rng: &mut Rng) {
    // Some never took to it.
    let base = if rng.is(0.13) { 0.16 + rng.unit() * 0.4 } else { 0.85 + rng.unit() * 0.3 };
    let start = profile.since.max(scene.first);
    let ramp = |trend: &mut Vec<(Day, f64)>| {
        if profile.since >= scene.first {
            trend.extend([(profile.since, 0.5), (profile.since.plus(40), base)]);
        } else {
            trend.push((start, base));
        }
    };
    ramp(&mut profile.trend);
    let settled = start.plus(100);
    let leaves =
        profile.terms.iter().map(|t| t.end).find(|end| *end > settled && *end < scene.today.plus(-20) && rng.is(0.06));
    if let Some(end) = leaves {
        profile.churned_on = Some(end);
        profile.terms.retain(|t| t.start < end);
        if rng.is(0.78) {
            // Most who leave fade first; the rest leave for reasons that usage does not show.
            profile.trend.push((end.plus(-rng.between(75, 150)).max(settled), base));
            profile.trend.push((end.plus(-20), 0.12 + rng.unit() * 0.2));
        }
        return;
    }
    if settled >= scene.today.plus(-60) {
        return;
    }
    let at = |rng: &mut Rng| Day(rng.between(settled.0, scene.today.0 - 50));
    match rng.weighted(&[69.0, 14.0, 5.0, 6.0, 6.0]) {
        1 => profile.trend.extend([(at(rng), base), (scene.today, base * 1.25)]),
        2 => profile.trend.extend([
            (scene.today.plus(-rng.between(50, 120)).max(settled), base),
            (scene.today, base * (0.3 + 0.4 * rng.unit())),
        ]),
        3 => {
            let dip = at(rng).plus(-20).max(settled);
            profile.trend.extend([(dip, base), (dip.plus(18), base * 0.5), (dip.plus(40), base)]);
        }
        4 => {
            let turn = at(rng);
            profile.trend.extend([(turn, base), (turn.plus(30), base * 0.85), (turn.plus(50), base * 1.05)]);
        }
        _ => {}
    }
}
