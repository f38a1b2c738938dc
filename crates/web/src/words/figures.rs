//! Dates, money and changes as people write them in each language.

use kizashi_domain::money::Money;
use kizashi_domain::text::thousands;
use kizashi_domain::time::{Day, Time, Weekday, Zone};

use super::{Lang, Words};

impl Words {
    /// 11/26(木), with the year when it is not `today`'s.
    pub fn day(&self, day: Day, today: Day) -> String {
        if day.ymd().0 == today.ymd().0 { self.dated("date-short", day) } else { self.day_year(day) }
    }

    /// 11月26日(木).
    pub fn day_long(&self, day: Day) -> String {
        self.dated("date-long", day)
    }

    /// 2026/11/26.
    pub fn day_year(&self, day: Day) -> String {
        self.dated("date-year", day)
    }

    /// 11/26, for the axis of a chart.
    pub fn day_axis(&self, day: Day) -> String {
        self.dated("date-axis", day)
    }

    /// 2026年11月, the head of a month.
    pub fn month(&self, day: Day) -> String {
        self.dated("date-month", day)
    }

    /// 8:30.
    pub fn clock(&self, at: Time, zone: &Zone) -> String {
        let wall = zone.civil(at);
        format!("{}:{:02}", wall.hour(), wall.minute())
    }

    /// The day of the week, one character in Japanese.
    pub fn weekday(&self, day: Day) -> String {
        self.t(match day.weekday() {
            Weekday::Mon => "weekday-mon",
            Weekday::Tue => "weekday-tue",
            Weekday::Wed => "weekday-wed",
            Weekday::Thu => "weekday-thu",
            Weekday::Fri => "weekday-fri",
            Weekday::Sat => "weekday-sat",
            Weekday::Sun => "weekday-sun",
        })
    }

    /// 金曜, the name of a day of the week inside a sentence.
    pub fn weekday_name(&self, day: Day) -> String {
        self.t(match day.weekday() {
            Weekday::Mon => "weekday-name-mon",
            Weekday::Tue => "weekday-name-tue",
            Weekday::Wed => "weekday-name-wed",
            Weekday::Thu => "weekday-name-thu",
            Weekday::Fri => "weekday-name-fri",
            Weekday::Sat => "weekday-name-sat",
            Weekday::Sun => "weekday-name-sun",
        })
    }

    fn dated(&self, key: &str, day: Day) -> String {
        let (year, month, date) = day.ymd();
        let month_name = match self.lang() {
            Lang::Ja => month.to_string(),
            Lang::En => self.month_name(month),
        };
        self.with(
            key,
            &[
                ("year", year.to_string().into()),
                ("month", month.to_string().into()),
                ("name", month_name.into()),
                ("date", date.to_string().into()),
                ("weekday", self.weekday(day).into()),
            ],
        )
    }

    fn month_name(&self, month: i8) -> String {
        const KEYS: [&str; 12] = [
            "month-1", "month-2", "month-3", "month-4", "month-5", "month-6", "month-7", "month-8", "month-9",
            "month-10", "month-11", "month-12",
        ];
        usize::try_from(month - 1).ok().and_then(|i| KEYS.get(i)).map_or_else(|| month.to_string(), |key| self.t(key))
    }

    /// 今日 · 昨日 · 3日前 · あと18日.
    pub fn away(&self, day: Day, today: Day) -> String {
        match day.0 - today.0 {
            0 => self.t("away-today"),
            -1 => self.t("away-yesterday"),
            1 => self.t("away-tomorrow"),
            n if n < 0 => self.with("away-ago", &[("n", (-n).into())]),
            n => self.with("away-left", &[("n", n.into())]),
        }
    }

    /// ¥420,000/月.
    pub fn monthly(&self, money: Money) -> String {
        self.with("money-monthly", &[("money", money.to_string().into())])
    }

    /// A change with its sign: −21, +8, ±0.
    pub fn change(&self, n: i64) -> String {
        match n {
            0 => "±0".to_owned(),
            n if n < 0 => format!("−{}", thousands(n.unsigned_abs())),
            n => format!("+{}", thousands(n.unsigned_abs())),
        }
    }
}
