//! The named customers and what happens to them.

use kizashi_domain::time::Day;

#[cfg(test)]
use super::ZENDESK;
use super::profile::{BPO, CITY, Habit, Profile, Scene, months_after, terms};
use super::romaji::romaji;
#[cfg(test)]
use super::story::Story;
use super::story::StoryKind;
use super::{month_of, month_start};

/// A named customer: who it is.
#[derive(Debug)]
pub(super) struct Role {
    name: &'static str,
    reading: &'static str,
    story: Option<StoryKind>,
    segment: usize,
    region: &'static str,
    industry: &'static str,
    owner: usize,
    plan: usize,
    people: i32,
    seats: u32,
    /// Index of the parent.
    parent: Option<usize>,
}

#[expect(clippy::too_many_arguments, reason = "one row of the table below")]
const fn role(
    name: &'static str,
    reading: &'static str,
    story: Option<StoryKind>,
    segment: usize,
    region: &'static str,
    industry: &'static str,
    owner: usize,
    plan: usize,
    people: i32,
    seats: u32,
    parent: Option<usize>,
) -> Role {
    Role { name, reading, story, segment, region, industry, owner, plan, people, seats, parent }
}

/// The named customers, first in the company whatever its size.
pub(super) const CAST: [Role; 18] = {
    use StoryKind as S;
    [
        role("株式会社ひよどり精機", "ヒヨドリセイキ", Some(S::ChampionLeft), 1, "東海", "製造", 0, 2, 34, 60, None),
        role(
            "株式会社しろつめ商事",
            "シロツメショウジ",
            Some(S::SilentBeforeNotice),
            1,
            "関東",
            "卸売",
            0,
            2,
            26,
            45,
            None,
        ),
        role(
            "あさぎり印刷工房株式会社",
            "アサギリインサツコウボウ",
            Some(S::LoginsFalling),
            1,
            "近畿",
            "印刷",
            0,
            2,
            32,
            48,
            None,
        ),
        role("株式会社つきみ野フーズ", "ツキミノフーズ", Some(S::HolidayDip), 1, "関東", "食品", 1, 1, 10, 12, None),
        role(
            "合同会社ほたる設計室",
            "ホタルセッケイシツ",
            Some(S::OnboardingStuck),
            0,
            "九州",
            "建築設計",
            1,
            1,
            6,
            15,
            None,
        ),
        role(
            "かざぐるま物流株式会社",
            "カザグルマブツリュウ",
            Some(S::SeatLimit),
            2,
            "関東",
            "運輸",
            2,
            1,
            40,
            40,
            None,
        ),
        role(
            "ななかまどホールディングス株式会社",
            "ナナカマドホールディングス",
            Some(S::ParentOfBadChild),
            2,
            "北海道",
            "持株会社",
            3,
            2,
            20,
            30,
            None,
        ),
        role("ななかまど食品株式会社", "ナナカマドショクヒン", None, 1, "北海道", "食品", 3, 1, 9, 12, Some(6)),
        role("ななかまど運輸株式会社", "ナナカマドウンユ", None, 1, "東北", "運輸", 3, 1, 8, 10, Some(6)),
        role(
            "ななかまどリテール株式会社",
            "ナナカマドリテール",
            Some(S::BadChild),
            1,
            "北海道",
            "小売",
            3,
            1,
            12,
            20,
            Some(6),
        ),
        role("ななかまどファーム株式会社", "ナナカマドファーム", None, 0, "北海道", "農業", 3, 1, 5, 8, Some(6)),
        role(
            "株式会社こまどり電子",
            "コマドリデンシ",
            Some(S::ShrinkingContract),
            2,
            "信越",
            "製造",
            4,
            2,
            26,
            28,
            None,
        ),
        role("さいわい市役所", "サイワイシヤクショ", Some(S::City), CITY, "東北", "地方自治体", 5, 2, 14, 20, None),
        role(
            "うぐいすBPOセンター株式会社",
            "ウグイスビーピーオーセンター",
            Some(S::Bpo),
            BPO,
            "沖縄",
            "業務受託",
            5,
            2,
            30,
            40,
            None,
        ),
        role("のばら薬品株式会社", "ノバラヤクヒン", Some(S::Detractor), 1, "北陸", "医薬品卸", 6, 2, 18, 25, None),
        role("株式会社いかだ建設", "イカダケンセツ", Some(S::FeatureStopped), 1, "四国", "建設", 6, 2, 14, 20, None),
        role(
            "はつゆき不動産株式会社",
            "ハツユキフドウサン",
            Some(S::NewAndFine),
            1,
            "関東",
            "不動産",
            7,
            1,
            8,
            10,
            None,
        ),
        role("株式会社みずすまし文具", "ミズスマシブング", Some(S::CancelWords), 0, "中国", "小売", 7, 1, 9, 12, None),
    ]
};

/// Makes a drawn profile the named customer, and lets its story happen.
pub(super) fn plant(scene: &Scene<'_>, role: &Role, p: &mut Profile) {
    p.name = role.name.to_owned();
    p.reading = role.reading.to_owned();
    p.domain = format!("{}.example", romaji(role.reading));
    p.segment = role.segment;
    p.region = role.region;
    p.industry = role.industry;
    p.owner = role.owner;
    p.parent = role.parent;
    p.story = role.story;
    p.employees = i64::from(role.people) * 14;
    p.contacts = usize::try_from(3 + role.people / 4).unwrap_or(3).min(8);
    p.habit = Habit::Billing;
    p.long_holidays_off = false;
    p.setup = [None; 4];
    p.warmth = 0.2;
    p.months = 12;
    p.notice_days = 60;
    p.auto_renew = true;
    // Renewed five months ago unless the story says otherwise, so that no deadline distracts.
    p.since = month_start(month_of(scene.today) - 5 - 36);
    p.people = vec![(p.since, f64::from(role.people))];
    p.trend = vec![(p.since, 1.0)];
    let mut seats: Vec<u32> = vec![role.seats];
    let today = scene.today;
    match role.story {
        Some(StoryKind::ChampionLeft) => {
            let gone = scene.calendar.previous_business_day(today.plus(-36));
            p.champion_gone = Some(gone);
            p.champion_left = Some(scene.calendar.previous_business_day(today.plus(-8)));
            p.trend.extend([(gone, 1.0), (gone.plus(24), 0.33)]);
        }
        Some(StoryKind::SilentBeforeNotice) => {
            p.since = months_after(notice_day(scene).plus(60 + 1), -36);
            p.quiet_from = Some(month_start(month_of(today) - 5).min(today.plus(-151)));
            p.trend.extend([(today.plus(-200), 1.0), (today.plus(-60), 0.8)]);
        }
        Some(StoryKind::LoginsFalling) => {
            p.since = months_after(scene.price_change(), -24);
            p.trend.extend([(scene.price_change(), 1.0), (today.plus(-45), 0.78), (today.plus(-3), 0.2)]);
        }
        Some(StoryKind::HolidayDip) => p.long_holidays_off = true,
        Some(StoryKind::OnboardingStuck) => {
            p.since = today.plus(-45);
            p.setup = [Some(scene.calendar.add_business_days(p.since, 1)), None, None, None];
            p.people = vec![(p.since, 2.0)];
            p.trend = vec![(p.since, 0.9), (p.since.plus(21), 0.7), (today, 0.45)];
        }
        Some(StoryKind::SeatLimit) => {
            p.people = vec![(today.plus(-300), 21.0), (today.plus(-60), 32.0), (today.plus(-12), 40.0)];
            p.trend = vec![(p.since, 1.1)];
        }
        Some(StoryKind::BadChild) => {
            p.quiet_from = Some(today.plus(-125));
            p.trend.extend([(today.plus(-52), 1.0), (today.plus(-5), 0.05)]);
            p.warmth = -0.8;
        }
        Some(StoryKind::ShrinkingContract) => {
            p.since = months_after(today.plus(-20), -24);
            seats = vec![50, 50, 28];
            p.trend = vec![(p.since, 1.05)];
        }
        Some(StoryKind::City) => fiscal_year(scene, p),
        Some(StoryKind::Bpo) => p.habit = Habit::Api,
        Some(StoryKind::FeatureStopped) => {
            p.habit = Habit::Reporting;
            p.export_stopped = Some(scene.calendar.next_business_day(today.plus(-24)));
        }
        Some(StoryKind::NewAndFine) => {
            p.since = today.plus(-62);
            let step = |n| Some(scene.calendar.add_business_days(p.since, n));
            p.setup = [step(1), step(4), step(9), step(12)];
            p.people = vec![(p.since, 3.0), (p.since.plus(30), 8.0)];
            p.trend = vec![(p.since, 0.6), (p.since.plus(30), 1.0), (today, 1.15)];
        }
        _ => {}
    }
    p.trend.retain(|(day, _)| *day <= today);
    let last = seats.last().copied().unwrap_or(role.seats);
    p.terms = terms(scene, p.since, p.months, role.plan, |k| seats.get(k).copied().unwrap_or(last));
}

/// The working day nearest to 40 days from now.
fn notice_day(scene: &Scene<'_>) -> Day {
    let day = scene.today.plus(40);
    let (before, after) = (scene.calendar.previous_business_day(day), scene.calendar.next_business_day(day));
    if day.0 - before.0 < after.0 - day.0 { before } else { after }
}

/// A city's contract runs from April to March and ends unless it is ordered anew.
fn fiscal_year(scene: &Scene<'_>, p: &mut Profile) {
    let (year, month, _) = scene.today.ymd();
    let began = if month >= 4 { year } else { year - 1 };
    p.since = Day::from_ymd(began - 2, 4, 1).unwrap_or(p.since);
    p.auto_renew = false;
    p.habit = Habit::Approving;
}

/// The stories of a company with these profiles.
#[cfg(test)]
pub(super) fn stories(scene: &Scene<'_>, profiles: &[Profile]) -> Vec<Story> {
    let told = |kind: StoryKind, customer: Option<String>, name: &str, since: Day| {
        let (ja, en) = kind.words();
        Story { customer, name: name.to_owned(), kind, since, ja, en }
    };
    let mut stories: Vec<Story> = profiles
        .iter()
        .take(CAST.len())
        .filter_map(|p| Some(told(p.story?, Some(p.code.clone()), &p.name, began(scene, p))))
        .collect();
    stories.push(told(StoryKind::FeedBroken, None, ZENDESK, scene.broken_day));
    stories
}

#[cfg(test)]
fn began(scene: &Scene<'_>, p: &Profile) -> Day {
    let fallback = p.trend.iter().rev().nth(1).map_or(p.since, |(day, _)| *day);
    match p.story {
        Some(StoryKind::ChampionLeft) => p.champion_gone.unwrap_or(fallback),
        Some(StoryKind::SilentBeforeNotice) => p.quiet_from.unwrap_or(fallback),
        Some(StoryKind::LoginsFalling) => scene.price_change(),
        Some(StoryKind::FeatureStopped) => p.export_stopped.unwrap_or(fallback),
        Some(StoryKind::ShrinkingContract) => p.terms.last().map_or(fallback, |t| t.start),
        Some(StoryKind::Detractor) => detractor_day(scene),
        Some(StoryKind::CancelWords) => cancel_day(scene),
        Some(StoryKind::BadChild | StoryKind::ParentOfBadChild) => scene.today.plus(-52),
        Some(StoryKind::SeatLimit) => scene.today.plus(-12),
        Some(StoryKind::OnboardingStuck) => p.setup.first().copied().flatten().unwrap_or(p.since),
        _ => profile_start(scene, p),
    }
}

#[cfg(test)]
fn profile_start(scene: &Scene<'_>, p: &Profile) -> Day {
    p.since.max(scene.first)
}

/// When the detractor answered.
pub(super) fn detractor_day(scene: &Scene<'_>) -> Day {
    scene.calendar.previous_business_day(scene.today.plus(-5))
}

/// When the ticket with 解約 in it was opened: just before the ticket feed broke.
pub(super) fn cancel_day(scene: &Scene<'_>) -> Day {
    scene.calendar.previous_business_day(scene.broken_day.plus(-1))
}
