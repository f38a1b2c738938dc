//! The form of the company's calendar.

use kizashi_domain::calendar::{Calendar, Closing, Closure, Holidays, Hours, Preset, Rules};
use kizashi_domain::intake::parse::{plain_day, plain_time};
use kizashi_domain::pack::{Pack, parse_span, show_span};
use kizashi_domain::time::Day;
use maud::{Markup, html};

use super::fields::{Line, Pen, Reader, Sheet, parse_number};
use crate::shell::Shell;

const WEEKDAYS: [&str; 7] = [
    "weekday-name-mon",
    "weekday-name-tue",
    "weekday-name-wed",
    "weekday-name-thu",
    "weekday-name-fri",
    "weekday-name-sat",
    "weekday-name-sun",
];

const PRESETS: [(Preset, &str); 3] = [
    (Preset::NewYear, "settings-preset-new-year"),
    (Preset::GoldenWeek, "settings-preset-golden-week"),
    (Preset::Obon, "settings-preset-obon"),
];

/// Fills the fields.
pub fn fill(rules: &Rules) -> Sheet {
    let mut sheet = Sheet::default();
    for (n, off) in rules.weekend.iter().enumerate() {
        sheet.put(format!("day{n}"), if *off { "1" } else { "" });
    }
    sheet.put("holidays", if rules.holidays == Holidays::Japan { "1" } else { "" });
    sheet.put("fiscal", rules.fiscal_month);
    sheet.put("closing", closing_shown(rules.closing));
    sheet.put("opens", Hours::show_minute(rules.hours.from_minute));
    sheet.put("closes", Hours::show_minute(rules.hours.to_minute));
    let open: Vec<String> = rules.open_days.iter().map(Day::to_string).collect();
    sheet.put("open", open.join("\n"));
    for (n, closure) in rules.closures.iter().enumerate() {
        let (from, to) = show_span(closure.when);
        sheet.put(format!("k{n}.ja"), &closure.ja);
        sheet.put(format!("k{n}.en"), &closure.en);
        sheet.put(format!("k{n}.from"), from);
        sheet.put(format!("k{n}.to"), to);
    }
    sheet
}

/// A closing day as the form shows it: nothing for the end of the month.
fn closing_shown(closing: Closing) -> String {
    match closing {
        Closing::MonthEnd => String::new(),
        Closing::On(date) => date.to_string(),
    }
}

/// The preset that a button of the form asks for.
pub fn asked_preset(doing: &str) -> Option<Preset> {
    doing.strip_prefix("preset.").and_then(Preset::parse)
}

/// Adds the lines of a preset to what was entered, but for those that are there; how many are new.
pub fn add_preset(sheet: &mut Sheet, preset: Preset, today: Day) -> usize {
    let rows = sheet.rows("k");
    let span = |n: usize| {
        let [from, to] = ["from", "to"].map(|part| sheet.text(&format!("k{n}.{part}")).to_owned());
        let to = if to.is_empty() { from.clone() } else { to };
        parse_span(&plain_day(&from), &plain_day(&to)).ok()
    };
    let known: Vec<_> = (0..rows).filter_map(span).collect();
    let new: Vec<Closure> = preset.closures(today).into_iter().filter(|c| !known.contains(&c.when)).collect();
    for (n, closure) in (rows..).zip(&new) {
        let (from, to) = show_span(closure.when);
        for (part, text) in [("ja", &closure.ja), ("en", &closure.en), ("from", &from), ("to", &to)] {
            sheet.set(&format!("k{n}.{part}"), text);
        }
    }
    new.len()
}

/// Reads the fields.
pub fn read(r: &mut Reader<'_>) -> Rules {
    let mut weekend = [false; 7];
    for (n, off) in weekend.iter_mut().enumerate() {
        *off = r.sheet.is_ticked(&format!("day{n}"));
    }
    let holidays = if r.sheet.is_ticked("holidays") { Holidays::Japan } else { Holidays::None };
    let fiscal_month = match r.count("fiscal").and_then(|n| i8::try_from(n).ok()) {
        Some(month @ 1..=12) => month,
        _ => {
            r.refuse("fiscal", "settings-wrong-month");
            4
        }
    };
    let mut open_days = Vec::new();
    for text in r.words_of("open") {
        match plain_day(&text).parse::<Day>() {
            Ok(day) => open_days.push(day),
            Err(_) => r.refuse("open", "settings-wrong-day"),
        }
    }
    open_days.sort_unstable();
    open_days.dedup();
    let mut closures = Vec::new();
    for n in 0..r.sheet.rows("k") {
        let [ja, en, from, to] =
            ["ja", "en", "from", "to"].map(|part| r.sheet.text(&format!("k{n}.{part}")).to_owned());
        if [&ja, &en, &from, &to].iter().all(|t| t.is_empty()) {
            continue;
        }
        let to = if to.is_empty() { from.clone() } else { to };
        match parse_span(&plain_day(&from), &plain_day(&to)) {
            Ok(when) => {
                let name = |own: &str, other: &str| if own.is_empty() { other.to_owned() } else { own.to_owned() };
                closures.push(Closure { ja: name(&ja, &en), en: name(&en, &ja), when });
            }
            Err(reason) => {
                let text = r.words.text(&reason).to_owned();
                r.wrongs.note(format!("k{n}.from"), text);
            }
        }
    }
    let closing = read_closing(r);
    Rules { weekend, holidays, closures, open_days, fiscal_month, closing, hours: read_hours(r) }
}

fn read_closing(r: &mut Reader<'_>) -> Closing {
    let text = r.sheet.text("closing");
    if text.is_empty() {
        return Closing::MonthEnd;
    }
    let plain = parse_number(text).map_or_else(|| text.to_owned(), |n| n.to_string());
    Closing::parse(&plain).unwrap_or_else(|| {
        r.refuse("closing", "settings-wrong-closing");
        Closing::default()
    })
}

fn read_hours(r: &mut Reader<'_>) -> Hours {
    let parsed = Hours::parse_minute(&plain_time(r.sheet.text("opens")))
        .zip(Hours::parse_minute(&plain_time(r.sheet.text("closes"))));
    parsed.and_then(|(opens, closes)| Hours::of(opens, closes)).unwrap_or_else(|| {
        r.refuse("opens", "settings-wrong-hours");
        Hours::default()
    })
}

/// What the calendar in force says about now: the month's close, the quarter.
fn now(s: &Shell, rules: &Rules) -> Markup {
    let w = &s.words;
    let calendar = Calendar::new(rules.clone());
    let quarter = calendar.fiscal_quarter_of(s.today);
    let [closes, by, last] = [
        calendar.closing_day_of(s.today),
        calendar.closing_business_day_of(s.today),
        calendar.last_business_day_of_month(s.today),
    ]
    .map(|d| w.day(d, s.today));
    html! {
        div.calendar-now {
            p { (w.with("settings-now-closing", &[("day", closes.into()), ("by", by.into())])) }
            p { (w.with("settings-now-last", &[("day", last.into())])) }
            p { (w.with("settings-now-quarter", &[
                ("year", quarter.year.to_string().into()), ("n", quarter.number.into()),
                ("first", w.day(quarter.first, s.today).into()), ("last", w.day(quarter.last, s.today).into()),
            ])) }
        }
    }
}

/// Draws the fields.
pub fn draw(s: &Shell, pen: Pen<'_>, pack: &Pack) -> Markup {
    let w = &s.words;
    let month = w.t("settings-month");
    html! {
        (now(s, &pack.calendar))
        fieldset.part {
            legend { (w.t("settings-weekend")) }
            div.ticks { @for (n, key) in WEEKDAYS.iter().enumerate() { (pen.tick(&format!("day{n}"), &w.t(key))) } }
            (pen.wrong("day0"))
            (pen.tick("holidays", &w.t("settings-holidays")))
        }
        fieldset.part {
            legend { (w.t("settings-closed")) }
            p.help { (w.t("settings-closed-help")) }
            div.presets.btns {
                @for (preset, key) in PRESETS {
                    button.btn.quiet name="do" value={ "preset." (preset.word()) } { (w.t(key)) }
                }
            }
            div.scroll tabindex="0" role="region" aria-label=(w.t("settings-closed")) {
                table.sheet.folds {
                    thead { tr {
                        th scope="col" { (w.t("settings-from")) }
                        th scope="col" { (w.t("settings-to")) }
                        th scope="col" { (w.t("settings-name-ja")) }
                        th scope="col" { (w.t("settings-name-en")) }
                    } }
                    tbody {
                        @for n in 0..pen.sheet.rows("k") + 2 + pen.sheet.blank_rows() {
                            tr {
                                @for (part, key) in [("from", "settings-from"), ("to", "settings-to"), ("ja", "settings-name-ja"), ("en", "settings-name-en")] {
                                    td data-label=(w.t(key)) { (pen.input(&format!("k{n}.{part}"), Some(&w.t(key)), false)) (pen.wrong(&format!("k{n}.{part}"))) }
                                }
                            }
                        }
                    }
                }
            }
        }
        div.grid {
            (pen.area("open", &w.t("settings-open-days"), Some(&w.t("settings-open-days-help")), 3))
            (pen.line("opens", &w.t("settings-opens"), Line { help: Some(&w.t("settings-opens-help")), ..Line::default() }))
            (pen.line("closes", &w.t("settings-closes"), Line::default()))
            (pen.line("fiscal", &w.t("settings-fiscal"), Line { unit: Some(&month), is_number: true, help: Some(&w.t("settings-fiscal-help")), ..Line::default() }))
            (pen.line("closing", &w.t("settings-closing"), Line { unit: Some(&w.t("settings-closing-unit")), is_number: true, help: Some(&w.t("settings-closing-help")), ..Line::default() }))
        }
    }
}
