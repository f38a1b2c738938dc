//! Fields of the settings' forms: text as it was entered, what is wrong with it at its place, and how it is drawn.

use kizashi_domain::measure::Metric;
use maud::{Markup, html};

use crate::words::Words;

/// What a form holds, as text: so that nothing that was entered is lost when something else is wrong.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    pairs: Vec<(String, String)>,
}

impl Sheet {
    /// Of the fields of a form that was sent.
    pub fn of(pairs: &[(String, String)]) -> Self {
        Self { pairs: pairs.to_vec() }
    }

    /// The text of a field, without space around it.
    pub fn text(&self, name: &str) -> &str {
        self.pairs.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.trim())
    }

    /// Whether a box is ticked.
    pub fn is_ticked(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// Enters a text.
    pub fn put(&mut self, name: impl Into<String>, value: impl ToString) {
        self.pairs.push((name.into(), value.to_string()));
    }

    /// Enters a text in place of what was there.
    pub fn set(&mut self, name: &str, value: &str) {
        self.pairs.retain(|(n, _)| n != name);
        self.put(name, value);
    }

    /// Enters what is there.
    pub fn put_some(&mut self, name: impl Into<String>, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    /// How many rows a list has, the last one being the last that is filled in: a field of each row carries its number, such as `m3.weight`.
    pub fn rows(&self, prefix: &str) -> usize {
        let number = |name: &str| {
            let rest = name.strip_prefix(prefix)?;
            rest.split('.').next()?.parse::<usize>().ok().filter(|n| *n < ROWS_MAX)
        };
        // A menu with a default says nothing about its row being filled in.
        let is_filled = |(name, value): &&(String, String)| {
            !value.trim().is_empty() && !name.ends_with(".missing") && !name.ends_with(".side")
        };
        self.pairs.iter().filter(is_filled).filter_map(|(name, _)| number(name)).max().map_or(0, |n| n + 1)
    }

    /// Asks for one more blank row than before.
    pub fn add_blank_rows(&mut self) {
        let rows = self.blank_rows() + 1;
        self.pairs.retain(|(name, _)| name != "blank");
        self.put("blank", rows);
    }

    /// The blank rows that a person asked for.
    pub fn blank_rows(&self) -> usize {
        self.text("blank").parse().unwrap_or(0_usize).min(ROWS_MAX)
    }
}

/// Rows of one list of a form.
const ROWS_MAX: usize = 200;

/// What is wrong, by field.
#[derive(Clone, Debug, Default)]
pub struct Wrongs {
    list: Vec<(String, String)>,
}

impl Wrongs {
    /// Nothing wrong.
    pub const fn none() -> Self {
        Self { list: Vec::new() }
    }

    /// Notes what is wrong with a field, in the reader's language.
    pub fn note(&mut self, field: impl Into<String>, text: impl Into<String>) {
        self.list.push((field.into(), text.into()));
    }

    /// Whether something is wrong with a field whose name begins so.
    pub fn is_about(&self, prefix: &str) -> bool {
        self.list.iter().any(|(field, _)| field.starts_with(prefix))
    }

    /// Whether all is well.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Field and text.
    pub fn iter(&self) -> impl Iterator<Item = &(String, String)> {
        self.list.iter()
    }

    fn of(&self, field: &str) -> Option<&str> {
        self.list.iter().find(|(f, _)| f == field).map(|(_, t)| t.as_str())
    }
}

/// A number as people type it, with full-width digits and commas.
pub fn parse_number(text: &str) -> Option<f64> {
    let plain: String = text
        .chars()
        .filter(|c| !matches!(c, ',' | '，' | '%' | '％' | ' '))
        .map(|c| match c {
            '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10).unwrap_or(c),
            '．' => '.',
            '−' | '－' | '\u{30fc}' => '-',
            other => other,
        })
        .collect();
    plain.parse::<f64>().ok().filter(|n| n.is_finite())
}

/// Moves the decimal point by two places without rounding.
fn shift(number: f64, places: i32) -> f64 {
    format!("{number}e{places}").parse().unwrap_or(number)
}

/// Whether a metric's values are fractions that people read as percent.
pub fn is_percent(metric: Option<&Metric>) -> bool {
    metric.is_some_and(kizashi_domain::measure::is_fraction)
}

/// A value of a metric as a form shows it: fractions as percent.
pub fn shown(metric: Option<&Metric>, value: f64) -> String {
    if is_percent(metric) { shift(value, 2).to_string() } else { value.to_string() }
}

/// Reads [`shown`].
pub fn parse_value(metric: Option<&Metric>, text: &str) -> Option<f64> {
    parse_number(text).map(|n| if is_percent(metric) { shift(n, -2) } else { n })
}

/// A share as percent.
pub fn shown_share(share: f64) -> String {
    shift(share, 2).to_string()
}

/// Reads [`shown_share`].
pub fn parse_share(text: &str) -> Option<f64> {
    parse_number(text).map(|n| shift(n, -2))
}

/// What fields are read with: the sheet, and where faults go.
pub struct Reader<'a> {
    /// What was entered.
    pub sheet: &'a Sheet,
    /// What is wrong.
    pub wrongs: &'a mut Wrongs,
    /// Words for faults.
    pub words: &'a Words,
}

impl Reader<'_> {
    /// Notes a fault by its key.
    pub fn refuse(&mut self, field: &str, key: &str) {
        self.wrongs.note(field, self.words.t(key));
    }

    /// A text that must be there.
    pub fn must(&mut self, field: &str) -> String {
        let text = self.sheet.text(field).to_owned();
        if text.is_empty() {
            self.refuse(field, "reason-required");
        }
        text
    }

    /// A text in both languages; one of them must be there.
    pub fn both(&mut self, field: &str) -> kizashi_domain::lang::Text {
        let [ja, en] = [".ja", ".en"].map(|end| self.sheet.text(&format!("{field}{end}")).to_owned());
        if ja.is_empty() && en.is_empty() {
            self.refuse(&format!("{field}.ja"), "reason-required");
        }
        kizashi_domain::lang::Text { ja, en }
    }

    /// A number of days or the like; blank is none.
    pub fn count(&mut self, field: &str) -> Option<u32> {
        let text = self.sheet.text(field);
        if text.is_empty() {
            return None;
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let count = parse_number(text).filter(|n| n.fract() == 0.0 && (0.0..=1e9).contains(n)).map(|n| n as u32);
        if count.is_none() {
            self.refuse(field, "settings-wrong-count");
        }
        count
    }

    /// A number of any size; blank is none.
    pub fn number(&mut self, field: &str) -> Option<f64> {
        self.value(field, None)
    }

    /// A value of a metric; blank is none.
    pub fn value(&mut self, field: &str, metric: Option<&Metric>) -> Option<f64> {
        let text = self.sheet.text(field);
        if text.is_empty() {
            return None;
        }
        let value = parse_value(metric, text);
        if value.is_none() {
            self.refuse(field, "reason-not-a-number");
        }
        value
    }

    /// A number that must be there.
    pub fn must_number(&mut self, field: &str, metric: Option<&Metric>) -> f64 {
        if self.sheet.text(field).is_empty() {
            self.refuse(field, "reason-required");
        }
        self.value(field, metric).unwrap_or(0.0)
    }

    /// One of some words.
    pub fn one_of<T: Copy>(&mut self, field: &str, choices: &[(&str, T)]) -> Option<T> {
        let text = self.sheet.text(field);
        let found = choices.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            self.refuse(field, "reason-not-one-of");
        }
        found
    }

    /// Words with commas between.
    pub fn words_of(&self, field: &str) -> Vec<String> {
        let between = |c: char| matches!(c, ',' | '、' | '，' | '\n');
        let words = self.sheet.text(field).split(between).map(str::trim).filter(|w| !w.is_empty());
        words.map(str::to_owned).collect()
    }
}

/// What fields are drawn with.
#[derive(Clone, Copy)]
pub struct Pen<'a> {
    /// What was entered.
    pub sheet: &'a Sheet,
    /// What is wrong.
    pub wrongs: &'a Wrongs,
}

/// How a text field is meant.
#[derive(Clone, Copy, Debug, Default)]
pub struct Line<'a> {
    /// Why it is worth entering.
    pub help: Option<&'a str>,
    /// What stands behind the field: 日, 点, %.
    pub unit: Option<&'a str>,
    /// Whether it holds a number, so that a phone shows digits.
    pub is_number: bool,
    /// Whether it takes the whole width.
    pub is_wide: bool,
}

impl Pen<'_> {
    fn frame(&self, name: &str, label: &str, line: Line<'_>, control: Markup) -> Markup {
        html! {
            div.field.wide[line.is_wide].figure[line.is_number && !line.is_wide] {
                label for=(name) { (label) }
                @if let Some(unit) = line.unit { div.with-unit { (control) span.unit { (unit) } } } @else { (control) }
                @if let Some(help) = line.help { p.help id={ (name) "-help" } { (help) } }
                @if let Some(wrong) = self.wrongs.of(name) { p.wrong id={ (name) "-wrong" } role="alert" { (wrong) } }
            }
        }
    }

    /// A line of text or a number.
    pub fn line(&self, name: &str, label: &str, line: Line<'_>) -> Markup {
        self.frame(name, label, line, self.input(name, None, line.is_number))
    }

    /// The input alone, for tables; `label` names it when no label stands beside it.
    pub fn input(&self, name: &str, label: Option<&str>, is_number: bool) -> Markup {
        let wrong = self.wrongs.of(name);
        html! {
            input type="text" id=(name) name=(name) value=(self.sheet.text(name)) autocomplete="off" aria-label=[label]
                inputmode=[is_number.then_some("decimal")] aria-invalid=[wrong.map(|_| "true")];
        }
    }

    /// The fault of a field of a table.
    pub fn wrong(&self, name: &str) -> Markup {
        html! { @if let Some(wrong) = self.wrongs.of(name) { p.wrong role="alert" { (wrong) } } }
    }

    /// Several lines of text.
    pub fn area(&self, name: &str, label: &str, help: Option<&str>, rows: u32) -> Markup {
        let control = html! { textarea id=(name) name=(name) rows=(rows) { (self.sheet.text(name)) } };
        self.frame(name, label, Line { help, is_wide: true, ..Line::default() }, control)
    }

    /// A text in both languages.
    pub fn both(&self, w: &Words, name: &str, label: &str, help: Option<&str>) -> Markup {
        let line = Line { help, ..Line::default() };
        html! {
            div.pair {
                (self.line(&format!("{name}.ja"), &w.with("settings-in-ja", &[("what", label.into())]), line))
                (self.line(&format!("{name}.en"), &w.with("settings-in-en", &[("what", label.into())]), Line::default()))
            }
        }
    }

    /// A choice of words.
    pub fn choice(&self, name: &str, label: &str, help: Option<&str>, options: &[(String, String)]) -> Markup {
        let line = Line { help, ..Line::default() };
        self.frame(name, label, line, self.select(name, None, options))
    }

    /// The menu alone, for tables.
    pub fn select(&self, name: &str, label: Option<&str>, options: &[(String, String)]) -> Markup {
        let at = self.sheet.text(name);
        html! {
            select id=(name) name=(name) aria-label=[label] {
                @for (value, text) in options { option value=(value) selected[value == at] { (text) } }
            }
        }
    }

    /// A box to tick.
    pub fn tick(&self, name: &str, label: &str) -> Markup {
        html! { label.tick { input type="checkbox" name=(name) value="1" checked[self.sheet.is_ticked(name)]; " " (label) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kizashi_domain::measure::Kind;

    #[test]
    fn numbers_are_read_as_people_type_them() {
        for (text, number) in [("12", 12.0), ("１２．５", 12.5), ("−0.35", -0.35), ("1,200", 1200.0), ("ー3", -3.0)]
        {
            assert_eq!(parse_number(text), Some(number), "{text}");
        }
        for text in ["", "abc", "1e999", "NaN", "inf", "1.2.3"] {
            assert_eq!(parse_number(text), None, "{text}");
        }
    }

    #[test]
    fn percent_goes_out_and_in_without_rounding() {
        let share = Metric { unit: "percent".into(), ..Metric::new("m", Kind::Ratio) };
        for value in [0.1, 0.35, 0.07, 0.001, -0.2, 1.0 / 3.0, 0.29, 1.15] {
            let text = shown(Some(&share), value);
            assert_eq!(parse_value(Some(&share), &text), Some(value), "{text}");
        }
        assert_eq!(shown(Some(&share), 0.29), "29");
        assert_eq!(shown(None, 0.29), "0.29");
    }

    #[test]
    fn rows_are_counted_and_bounded() {
        let pairs =
            [("m0.w", "1"), ("m12.w", "2"), ("m13.w", " "), ("m14.side", "below"), ("m999999.w", "3"), ("mx", "4")];
        let sheet = Sheet::of(&pairs.map(|(a, b)| (a.to_owned(), b.to_owned())));
        assert_eq!(sheet.rows("m"), 13);
        assert_eq!(sheet.rows("c"), 0);
    }
}
