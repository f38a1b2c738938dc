//! National holidays of Japan (国民の祝日), by rule and table, 1948-07-20 to 2099-12-31.
//!
//! The law names the days; the two equinoxes follow the sun and are announced each February for the next year. The
//! formula below gives the announced days so far and the expected ones up to 2099.

use super::Name;
use crate::time::{Day, Weekday};

/// First and last year with rules here.
pub(super) const YEARS: std::ops::RangeInclusive<i16> = 1948..=2099;

const fn name(ja: &'static str, en: &'static str) -> Name<'static> {
    Name { ja, en }
}

const NEW_YEAR: Name<'static> = name("元日", "New Year's Day");
const COMING_OF_AGE: Name<'static> = name("成人の日", "Coming of Age Day");
const FOUNDATION: Name<'static> = name("建国記念の日", "National Foundation Day");
const EMPEROR: Name<'static> = name("天皇誕生日", "Emperor's Birthday");
const SPRING: Name<'static> = name("春分の日", "Vernal Equinox Day");
const SHOWA: Name<'static> = name("昭和の日", "Showa Day");
const CONSTITUTION: Name<'static> = name("憲法記念日", "Constitution Day");
const GREENERY: Name<'static> = name("みどりの日", "Greenery Day");
const CHILDREN: Name<'static> = name("こどもの日", "Children's Day");
const MARINE: Name<'static> = name("海の日", "Marine Day");
const MOUNTAIN: Name<'static> = name("山の日", "Mountain Day");
const AGED: Name<'static> = name("敬老の日", "Respect for the Aged Day");
const AUTUMN: Name<'static> = name("秋分の日", "Autumnal Equinox Day");
const HEALTH_SPORTS: Name<'static> = name("体育の日", "Health and Sports Day");
const SPORTS: Name<'static> = name("スポーツの日", "Sports Day");
const CULTURE: Name<'static> = name("文化の日", "Culture Day");
const LABOUR: Name<'static> = name("勤労感謝の日", "Labor Thanksgiving Day");
const SUBSTITUTE: Name<'static> = name("振替休日", "Substitute Holiday");
const CITIZENS: Name<'static> = name("国民の休日", "Citizens' Holiday");

/// Days made holidays by a law of their own.
const ONCE: [(i16, i8, i8, Name<'static>); 6] = [
    (1959, 4, 10, name("皇太子明仁親王の結婚の儀", "Wedding of Crown Prince Akihito")),
    (1989, 2, 24, name("昭和天皇の大喪の礼", "Funeral of Emperor Showa")),
    (1990, 11, 12, name("即位礼正殿の儀", "Enthronement Ceremony")),
    (1993, 6, 9, name("皇太子徳仁親王の結婚の儀", "Wedding of Crown Prince Naruhito")),
    (2019, 5, 1, name("天皇の即位の日", "Accession of the Emperor")),
    (2019, 10, 22, name("即位礼正殿の儀", "Enthronement Ceremony")),
];

/// When a holiday of the law falls in its years: month, then day of the month.
#[derive(Clone, Copy)]
enum When {
    On(i8, i8),
    /// The n-th Monday of the month.
    Monday(i8, i8),
    Spring,
    Autumn,
}

/// The law and its amendments: first year, last year, when, name. Moves for the games of 2020 and 2021 are rows.
const LAW: &[(i16, i16, When, Name<'static>)] = &[
    (1949, 2099, When::On(1, 1), NEW_YEAR),
    (1949, 1999, When::On(1, 15), COMING_OF_AGE),
    (2000, 2099, When::Monday(1, 2), COMING_OF_AGE),
    (1967, 2099, When::On(2, 11), FOUNDATION),
    (2020, 2099, When::On(2, 23), EMPEROR),
    (1949, 2099, When::Spring, SPRING),
    (1949, 1988, When::On(4, 29), EMPEROR),
    (1989, 2006, When::On(4, 29), GREENERY),
    (2007, 2099, When::On(4, 29), SHOWA),
    (1949, 2099, When::On(5, 3), CONSTITUTION),
    (2007, 2099, When::On(5, 4), GREENERY),
    (1949, 2099, When::On(5, 5), CHILDREN),
    (1996, 2002, When::On(7, 20), MARINE),
    (2003, 2019, When::Monday(7, 3), MARINE),
    (2020, 2020, When::On(7, 23), MARINE),
    (2021, 2021, When::On(7, 22), MARINE),
    (2022, 2099, When::Monday(7, 3), MARINE),
    (2020, 2020, When::On(7, 24), SPORTS),
    (2021, 2021, When::On(7, 23), SPORTS),
    (2016, 2019, When::On(8, 11), MOUNTAIN),
    (2020, 2020, When::On(8, 10), MOUNTAIN),
    (2021, 2021, When::On(8, 8), MOUNTAIN),
    (2022, 2099, When::On(8, 11), MOUNTAIN),
    (1966, 2002, When::On(9, 15), AGED),
    (2003, 2099, When::Monday(9, 3), AGED),
    (1948, 2099, When::Autumn, AUTUMN),
    (1966, 1999, When::On(10, 10), HEALTH_SPORTS),
    (2000, 2019, When::Monday(10, 2), HEALTH_SPORTS),
    (2022, 2099, When::Monday(10, 2), SPORTS),
    (1948, 2099, When::On(11, 3), CULTURE),
    (1948, 2099, When::On(11, 23), LABOUR),
    (1989, 2018, When::On(12, 23), EMPEROR),
];

/// The holidays of a year in order, substitute and citizens' holidays included; empty outside 1948–2099.
pub(super) fn holidays_of(year: i16) -> Vec<(Day, Name<'static>)> {
    if !YEARS.contains(&year) {
        return Vec::new();
    }
    let mut named: Vec<(Day, Name<'static>)> = LAW
        .iter()
        .filter(|(first, last, _, _)| (*first..=*last).contains(&year))
        .filter_map(|(_, _, when, name)| Some((day_of(year, *when)?, *name)))
        .chain(
            ONCE.iter().filter(|(y, ..)| *y == year).filter_map(|(y, m, d, n)| Some((Day::from_ymd(*y, *m, *d)?, *n))),
        )
        .collect();
    named.sort_by_key(|(day, _)| *day);
    let more = substitutes(year, &named);
    named.extend(more);
    let more = between(year, &named);
    named.extend(more);
    named.sort_by_key(|(day, _)| *day);
    named
}

fn day_of(year: i16, when: When) -> Option<Day> {
    match when {
        When::On(month, day) => Day::from_ymd(year, month, day),
        When::Monday(month, nth) => {
            let first = Day::from_ymd(year, month, 1)?;
            let to_monday = (7 - (first.0 + 3).rem_euclid(7)) % 7;
            Some(first.plus(to_monday + 7 * (i32::from(nth) - 1)))
        }
        When::Spring => Day::from_ymd(year, 3, equinox(year, 20_835_700, 20_843_100)?),
        When::Autumn => Day::from_ymd(year, 9, equinox(year, 23_258_800, 23_248_800)?),
    }
}

/// Day of the month of an equinox in Japan, from its day in 1980 in millionths, before 1980 and from 1980.
/// The sun gains 0.242194 days a year; leap days take them back.
fn equinox(year: i16, before: i32, from: i32) -> Option<i8> {
    let n = i32::from(year) - 1980;
    let (base, leaps) = if n < 0 { (before, (n - 3) / 4) } else { (from, n / 4) };
    i8::try_from((base + 242_194 * n) / 1_000_000 - leaps).ok()
}

/// 振替休日, since 12 April 1973: a holiday on a Sunday gives the next day off; since 2007 the next day that is no holiday.
fn substitutes(year: i16, named: &[(Day, Name<'static>)]) -> Vec<(Day, Name<'static>)> {
    let Some(law) = Day::from_ymd(1973, 4, 12) else { return Vec::new() };
    let is_named = |day: Day| named.iter().any(|(d, _)| *d == day);
    named
        .iter()
        .filter(|(day, _)| *day >= law && day.weekday() == Weekday::Sun)
        .filter_map(|(day, _)| {
            let mut next = day.plus(1);
            while year >= 2007 && is_named(next) {
                next = next.plus(1);
            }
            (!is_named(next)).then_some((next, SUBSTITUTE))
        })
        .collect()
}

/// 国民の休日, since 27 December 1985: a day between two holidays of the law is off too.
/// Until 2006 not when it was a Sunday; a substitute holiday keeps its own name.
fn between(year: i16, named: &[(Day, Name<'static>)]) -> Vec<(Day, Name<'static>)> {
    if year < 1986 {
        return Vec::new();
    }
    let by_law = |day: Day| named.iter().any(|(d, n)| *d == day && *n != SUBSTITUTE);
    let is_off = |day: Day| named.iter().any(|(d, _)| *d == day);
    named
        .iter()
        .map(|(day, _)| day.plus(1))
        .filter(|day| by_law(day.plus(-1)) && by_law(day.plus(1)) && !is_off(*day))
        .filter(|day| year >= 2007 || day.weekday() != Weekday::Sun)
        .map(|day| (day, CITIZENS))
        .collect()
}
