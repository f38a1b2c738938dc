//! Days: `2026/4/1`, `2026年4月1日`, `20260401`, `R8.4.1`, `令和元年5月1日`.

use super::time::read_time;
use super::wall::{find_ended_era, read_wall};
use crate::intake::Reason;
use crate::time::{Day, Zone};

/// Reads a day. A time of day behind it is let go; with an offset (`2026-04-01T20:00:00Z`) it is the day that
/// `zone` had at that instant.
pub fn read_day(text: &str, zone: &Zone) -> Result<Day, Reason> {
    let wall = read_wall(text).ok_or_else(|| why_not(text))?;
    if wall.offset_s.is_some() {
        return read_time(text, zone).map(|at| zone.day_of(at));
    }
    Ok(Day(wall.day))
}

/// Why a text is no date.
pub(super) fn why_not(text: &str) -> Reason {
    match find_ended_era(text) {
        Some((era, last_year, year)) => Reason::EraEnded { era: era.to_owned(), last_year, year },
        None => Reason::NotATime,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_every_form_of_an_office() {
        let tokyo = Zone::named("Asia/Tokyo").unwrap();
        for text in [
            "2026/4/1",
            "2026/04/01",
            "2026-04-01",
            "2026.4.1",
            "2026年4月1日",
            "2026年 4月 1日",
            "２０２６／４／１",
            "20260401",
            "R8.4.1",
            "r8/4/1",
            "R08.04.01",
            "令和8年4月1日",
            "令和８年４月１日（水）",
            "㋿8年4月1日",
            "2026/4/1(水)",
            "2026/4/1 0:00",
            "2026-03-31T20:00:00Z",
        ] {
            assert_eq!(read_day(text, &tokyo).map(|d| d.to_string()), Ok("2026-04-01".to_owned()), "{text}");
        }
        for (text, want) in [
            ("令和元年5月1日", "2019-05-01"),
            ("H31/4/30", "2019-04-30"),
            ("平成元年1月8日", "1989-01-08"),
            ("S64.1.7", "1989-01-07"),
            ("2024-02-29", "2024-02-29"),
            ("平成31年9月30日", "2019-09-30"),
            ("昭和64年1月7日", "1989-01-07"),
        ] {
            assert_eq!(read_day(text, &tokyo).map(|d| d.to_string()), Ok(want.to_owned()), "{text}");
        }
        for text in [
            "",
            "2026",
            "4/1",
            "2026/13/1",
            "2026/2/29",
            "2026/4/31",
            "令和元年4月30日",
            "26/4/1",
            "4/1/2026",
            "R0.4.1",
            "2026年4月",
            "2026/4-1",
            "0000-01-01",
            "20261301",
            "今日",
            "2026-04-01x",
            "2026/4/1 25:00",
            "R８年",
        ] {
            assert_eq!(read_day(text, &tokyo), Err(Reason::NotATime), "{text}");
        }
    }

    #[test]
    fn years_that_an_era_never_had_are_refused_with_the_year_that_is_meant() {
        let tokyo = Zone::named("Asia/Tokyo").unwrap();
        for (text, era, last_year, year) in [
            ("平成40年4月1日", "平成", 31, 2028),
            ("H38.4.1", "平成", 31, 2026),
            ("㍻３２年１月１日", "平成", 31, 2020),
            ("S65/1/1", "昭和", 64, 1990),
            ("大正16年1月1日", "大正", 15, 1927),
            ("明治46年1月1日", "明治", 45, 1913),
        ] {
            let want = Reason::EraEnded { era: era.into(), last_year, year };
            assert_eq!(read_day(text, &tokyo), Err(want.clone()), "{text}");
            assert_eq!(read_time(text, &tokyo), Err(want), "{text}");
        }
        assert!(read_day("令和99年1月1日", &tokyo).is_ok(), "nobody knows when it ends");
    }
}
