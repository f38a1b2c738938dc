//! A pack: the words, metrics, models, signals and standard answers of one kind of business, as one TOML file.

mod calendar;
mod check;
mod check_play;
mod check_signal;
mod compare;
pub mod labels;
mod place;
mod played;
pub mod titles;
mod write;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::calendar::Rules;
use crate::deals::{self, Stage};
use crate::health::Model;
use crate::lang::{Lang, Text};
use crate::measure::Metric;
use crate::plays::Play;
use crate::signals::{CardRules, Rule};

pub use calendar::{WEEKDAYS, parse_span, show_span};
pub use compare::{Difference, Section, compare};
pub use played::list_changed_plays;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    id: String,
    #[serde(default)]
    title: Text,
    #[serde(default = "tokyo")]
    time_zone: String,
    #[serde(default, skip_serializing_if = "is_japanese")]
    letters_in: Lang,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_japanese(lang: &Lang) -> bool {
    *lang == Lang::Ja
}

fn tokyo() -> String {
    "Asia/Tokyo".to_owned()
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    pack: Head,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    terms: BTreeMap<String, Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    calendar: Option<calendar::Written>,
    #[serde(default, rename = "metric", skip_serializing_if = "Vec::is_empty")]
    metrics: Vec<Metric>,
    #[serde(default, rename = "model", skip_serializing_if = "Vec::is_empty")]
    models: Vec<Model>,
    #[serde(default, rename = "signal", skip_serializing_if = "Vec::is_empty")]
    signals: Vec<Rule>,
    #[serde(default, rename = "play", skip_serializing_if = "Vec::is_empty")]
    plays: Vec<Play>,
    #[serde(default, rename = "deal_stage", skip_serializing_if = "Vec::is_empty")]
    deal_stages: Vec<Stage>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cards: Option<CardRules>,
}

/// A checked pack.
#[derive(Clone, Debug, PartialEq)]
pub struct Pack {
    /// Its id.
    pub id: String,
    /// Title.
    pub title: Text,
    /// The business time zone, an IANA name.
    pub time_zone: String,
    /// The language in which plays write to customers.
    pub letters_in: Lang,
    /// Words that replace the product's own (`customer` = 住民 …).
    pub terms: BTreeMap<String, Text>,
    /// When the company works.
    pub calendar: Rules,
    /// Metrics, in the order of the columns.
    pub metrics: Vec<Metric>,
    /// Models, in the order in which they are tried.
    pub models: Vec<Model>,
    /// Signal rules.
    pub signals: Vec<Rule>,
    /// Standard answers.
    pub plays: Vec<Play>,
    /// Stages of deals before they are decided, in their order; empty = the plain ones.
    pub deal_stages: Vec<Stage>,
    /// What is settled about cards.
    pub cards: CardRules,
}

/// Why a pack is refused: where, why and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackError {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// The key or the entry, such as `metric logins_28d: window_days`.
    pub key: Box<str>,
    /// Why.
    pub reason: Text,
    /// What to do.
    pub fix: Text,
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: ", self.line, self.column)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        write!(f, "{}", self.reason.en)?;
        if !self.fix.is_empty() {
            write!(f, " ({})", self.fix.en)?;
        }
        Ok(())
    }
}

impl std::error::Error for PackError {}

impl PackError {
    /// The whole sentence in a language.
    pub fn phrase(&self, lang: Lang) -> String {
        match lang {
            Lang::En => self.to_string(),
            Lang::Ja => {
                let key = if self.key.is_empty() { String::new() } else { format!("{}：", self.key) };
                format!("{}行目{}文字目　{key}{}{}", self.line, self.column, self.reason.ja, self.fix.ja)
            }
        }
    }
}

impl Pack {
    /// Reads and checks a pack file.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place: broken TOML, unknown keys, ids that refer to nothing or occur
    /// twice, loops among metrics, empty windows, negative weights, curves out of order, dates that do not exist.
    pub fn parse(toml_text: &str) -> Result<Self, PackError> {
        let file: File = toml::from_str(toml_text).map_err(|e| place::from_toml(toml_text, &e))?;
        let calendar = match file.calendar.as_ref().map(calendar::Written::rules) {
            None => Rules::default(),
            Some(Ok(rules)) => rules,
            Some(Err((key, near, reason))) => {
                let id = String::new();
                let fault = Fault { section: "calendar", index: 0, id, key, near, reason, fix: Text::default() };
                return Err(place::locate(toml_text, fault));
            }
        };
        let pack = Self {
            id: file.pack.id,
            title: file.pack.title,
            time_zone: file.pack.time_zone,
            letters_in: file.pack.letters_in,
            terms: file.terms,
            calendar,
            metrics: file.metrics,
            models: file.models,
            signals: file.signals,
            plays: file.plays,
            deal_stages: file.deal_stages,
            cards: file.cards.unwrap_or_default(),
        };
        check::check(&pack).map_err(|fault| place::locate(toml_text, *fault))?;
        Ok(pack)
    }

    /// Checks a pack that did not come from a file.
    ///
    /// # Errors
    /// The first thing that is wrong, by entry and key.
    pub fn check(&self) -> Result<(), Box<Fault>> {
        check::check(self)
    }

    /// Checks what only the pack in force before tells: a metric keeps its unit, since what was recorded, and every score made
    /// of it, would mean something else.
    ///
    /// # Errors
    /// The first metric with another unit.
    pub fn check_after(&self, before: &Self) -> Result<(), Box<Fault>> {
        check::check_units(self, before)
    }

    /// [`Pack::check_after`] with the place in the file that the pack was read from.
    ///
    /// # Errors
    /// The first metric with another unit.
    pub fn check_file_after(&self, toml_text: &str, before: &Self) -> Result<(), PackError> {
        self.check_after(before).map_err(|fault| place::locate(toml_text, *fault))
    }

    /// The pack as a TOML file that [`Pack::parse`] reads back as the same pack.
    pub fn to_toml(&self) -> String {
        let file = File {
            pack: Head {
                id: self.id.clone(),
                title: self.title.clone(),
                time_zone: self.time_zone.clone(),
                letters_in: self.letters_in,
            },
            terms: self.terms.clone(),
            calendar: (self.calendar != Rules::default()).then(|| calendar::Written::of(&self.calendar)),
            metrics: self.metrics.clone(),
            models: self.models.clone(),
            signals: self.signals.clone(),
            plays: self.plays.clone(),
            deal_stages: self.deal_stages.clone(),
            cards: (self.cards != CardRules::default()).then(|| self.cards.clone()),
        };
        // A pack consists of texts, numbers and tables only, all of which TOML can hold.
        toml::Table::try_from(&file).map(|table| write::write(&table)).unwrap_or_default()
    }

    /// The metric with an id.
    pub fn metric(&self, id: &str) -> Option<&Metric> {
        self.metrics.iter().find(|m| m.id == id)
    }

    /// The model with an id.
    pub fn model(&self, id: &str) -> Option<&Model> {
        self.models.iter().find(|m| m.id == id)
    }

    /// The rule with an id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.signals.iter().find(|r| r.id == id)
    }

    /// The standard answer with an id.
    pub fn play(&self, id: &str) -> Option<&Play> {
        self.plays.iter().find(|p| p.id == id)
    }

    /// Every stage of deals in their order, won and lost at the end.
    pub fn stages(&self) -> Vec<Stage> {
        let own = if self.deal_stages.is_empty() { deals::plain_stages() } else { self.deal_stages.clone() };
        own.into_iter().chain(deals::ends()).collect()
    }

    /// A word of the pack, or `otherwise` when it has none.
    pub fn term<'a>(&'a self, word: &str, lang: Lang, otherwise: &'a str) -> &'a str {
        self.terms.get(word).map_or(otherwise, |t| t.get(lang))
    }
}

/// What is wrong with a pack, by entry: for a form, or before its place in a file is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The kind of entry: `metric`, `model`, `signal`, `play`, `pack`, `calendar`.
    pub section: &'static str,
    /// Which one of its kind, from 0.
    pub index: usize,
    /// Its id.
    pub id: String,
    /// The key inside of it.
    pub key: &'static str,
    /// A text to look for on the key's line, so that one of several lines with this key is found.
    pub near: String,
    /// Why.
    pub reason: Text,
    /// What to do.
    pub fix: Text,
}

#[cfg(test)]
mod tests;
