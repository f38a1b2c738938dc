//! Days and times of a calendar as people type them.

use super::date::read_day;
use crate::text::narrow;
use crate::time::Zone;

/// A day as people write it, in the form that is kept: `2026-08-13`, or `08-13` for every year. What is no day stays as it is.
pub fn plain_day(text: &str) -> String {
    let typed = narrow(text);
    if let Ok(day) = read_day(&typed, &Zone::UTC) {
        return day.to_string();
    }
    let parts = typed.trim_end_matches('日').split_once(['月', '/', '.', '-']);
    match parts.and_then(|(month, day)| Some((month.trim().parse::<u8>().ok()?, day.trim().parse::<u8>().ok()?))) {
        Some((month, day)) => format!("{month:02}-{day:02}"),
        None => text.to_owned(),
    }
}

/// A time of day as people write it: `9:30`, `９：３０`, `9時30分`, `9時`.
pub fn plain_time(text: &str) -> String {
    let typed = narrow(text).replace('時', ":");
    let typed = typed.trim_end_matches('分');
    if typed.ends_with(':') { format!("{typed}00") } else { typed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_read_as_people_type_them_and_the_rest_stays() {
        for text in ["2026-08-13", "2026/8/13", "２０２６年８月１３日", "令和8年8月13日"] {
            assert_eq!(plain_day(text), "2026-08-13", "{text}");
        }
        for text in ["12-29", "12/29", "１２／２９", "12月29日", " 12.29 "] {
            assert_eq!(plain_day(text), "12-29", "{text}");
        }
        assert_eq!(plain_day("8月3日"), "08-03");
        for text in ["お盆", "", "13:00", "8月"] {
            assert_eq!(plain_day(text), text);
        }
        for (text, time) in
            [("9:30", "9:30"), ("９：３０", "9:30"), ("9時30分", "9:30"), ("18時", "18:00"), ("朝", "朝")]
        {
            assert_eq!(plain_time(text), time);
        }
    }
}
