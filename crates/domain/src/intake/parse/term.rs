//! Terms as contracts say them: how many months one runs, how long before its end notice must be given.

use super::{plain_text, read_integer};
use crate::time::Day;

/// How long before an end something must be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lead {
    /// So many days.
    Days(i64),
    /// So many months by the calendar.
    Months(i64),
}

/// The longest term or lead, in months.
const MONTHS_MAX: i64 = 1_200;
const MONTHS: [&str; 8] = ["か月", "ヶ月", "カ月", "ヵ月", "ケ月", "箇月", "months", "month"];

impl Lead {
    /// In days before `end`, the last day of a term: three months before March 31st is December 31st. Without an end a month counts
    /// thirty days.
    pub fn days_before(self, end: Option<Day>) -> i64 {
        match (self, end) {
            (Self::Days(days), _) => days,
            (Self::Months(months), None) => months * 30,
            (Self::Months(months), Some(end)) => {
                let by = end.plus(1).plus_months(-months).plus(-1);
                i64::from(end.0) - i64::from(by.0)
            }
        }
    }
}

/// Reads `60`, `60日前`, `3ヶ月前まで`, `2週間`, `1年`; a figure alone counts days.
pub fn read_lead(text: &str) -> Option<Lead> {
    let text = plain_text(text)?;
    let bare = text.trim_end_matches("まで").trim_end_matches("迄").trim_end_matches("以内");
    let bare = bare.trim_end_matches('前').trim_end();
    if let Some(weeks) = bare.strip_suffix("週間").or_else(|| bare.strip_suffix("週")) {
        return read_integer(weeks.trim()).and_then(|n| n.checked_mul(7)).map(Lead::Days);
    }
    if is_in_months(bare) {
        return read_months(bare).map(Lead::Months);
    }
    read_integer(bare.trim_end_matches('間')).map(Lead::Days)
}

/// Reads `12`, `12ヶ月`, `1年`, `1年6か月`, `2年間`; a figure alone counts months.
pub fn read_months(text: &str) -> Option<i64> {
    let text = plain_text(text)?;
    let bare = text.trim_end_matches('間').trim_end();
    let (years, rest) = match bare.split_once('年') {
        Some((years, rest)) => (read_integer(years.trim())?, rest.trim()),
        None => (0, bare),
    };
    let rest = MONTHS.iter().find_map(|word| rest.strip_suffix(word)).unwrap_or(rest).trim();
    let months = match rest {
        "" if bare.contains('年') => 0,
        rest => read_integer(rest)?,
    };
    years.checked_mul(12)?.checked_add(months).filter(|n| (-MONTHS_MAX..=MONTHS_MAX).contains(n))
}

fn is_in_months(text: &str) -> bool {
    text.contains('年') || MONTHS.iter().any(|word| text.ends_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_read_as_contracts_say_them() {
        for (text, want) in [
            ("12", Some(12)),
            ("12ヶ月", Some(12)),
            ("１２か月間", Some(12)),
            ("1年", Some(12)),
            ("2年間", Some(24)),
            ("1年6ヶ月", Some(18)),
            ("年", None),
            ("自動", None),
            ("999999999999999999年", None),
        ] {
            assert_eq!(read_months(text), want, "{text}");
        }
    }

    #[test]
    fn notice_is_counted_by_the_calendar() {
        let day = |y, m, d| Day::from_ymd(y, m, d);
        for (text, want, end, days) in [
            ("60", Some(Lead::Days(60)), day(2027, 3, 31), 60),
            ("60日前", Some(Lead::Days(60)), None, 60),
            ("30日前まで", Some(Lead::Days(30)), None, 30),
            ("90日間", Some(Lead::Days(90)), None, 90),
            ("2週間前", Some(Lead::Days(14)), None, 14),
            ("3ヶ月前", Some(Lead::Months(3)), day(2027, 3, 31), 90),
            ("１か月前まで", Some(Lead::Months(1)), day(2027, 3, 31), 31),
            ("1年前", Some(Lead::Months(12)), None, 360),
            ("契約書による", None, None, 0),
        ] {
            let read = read_lead(text);
            assert_eq!(read, want, "{text}");
            assert_eq!(read.map_or(0, |lead| lead.days_before(end)), days, "{text}");
        }
    }
}
