//! Sentences about runs that leave the pages: in notices and letters.

use crate::lang::{Lang, Text};
use crate::time::Day;

/// A day as it is written in a letter.
pub fn say_day(day: Day, lang: Lang) -> String {
    let (year, month, date) = day.ymd();
    match lang {
        Lang::Ja => format!("{year}年{month}月{date}日"),
        Lang::En => day.to_string(),
    }
}

/// Title and text of the notice that a step is late.
pub fn say_late(step: &Text, customer: &str, due: Day) -> (Text, Text) {
    let title = Text {
        ja: format!("{customer}：「{}」が期限を過ぎています", step.get(Lang::Ja)),
        en: format!("{customer}: “{}” is past its due day", step.get(Lang::En)),
    };
    let text = Text {
        ja: format!("期限は{}でした。手伝えることがないか、担当者と確かめてください。", say_day(due, Lang::Ja)),
        en: format!("It was due on {}. See with the owner what would help.", say_day(due, Lang::En)),
    };
    (title, text)
}
