//! A map or a guess, bound to the columns of one file.

use kizashi_domain::intake::RecordKind;

use super::fields::{Field, find_lacking, known_fields};
use super::guess::{Guessed, guess_columns};
use super::read::field_name;
use super::{Column, Map};

/// Where a bound field's value comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// The column with this index.
    Column(usize),
    /// A constant.
    Constant(String),
}

/// A field bound to its column.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The field; `None` for a figure of one's own.
    pub field: Option<&'static Field>,
    /// Where its value is.
    pub source: Source,
    /// How it is written.
    pub column: Column,
}

impl Bound {
    /// The title that people know the value by.
    pub fn title(&self) -> &str {
        match (&self.column.name, self.field) {
            (Some(name), _) => name,
            (None, Some(field)) => field.name,
            (None, None) => "",
        }
    }
}

/// Which column of this file is what.
#[derive(Clone, Debug)]
pub struct Layout {
    /// What the file holds.
    pub kind: RecordKind,
    /// Fields and where they are.
    pub bound: Vec<Bound>,
    /// Properties of events: name and index of the column.
    pub properties: Vec<(String, usize)>,
    /// Figures of one's own.
    pub figures: Vec<(String, Bound)>,
    /// Pairs of columns that are one text: what is bound to the first comes after the columns of the file, in this order.
    pub joins: Vec<(usize, usize)>,
    /// Columns that are not used.
    pub unused: Vec<String>,
    /// The columns were guessed by their titles.
    pub guessed: bool,
}

/// Titles of the columns that a file of refused rows adds; they are no contents.
pub(crate) const ADDED: [&str; 4] = ["_line", "_column", "_value", "_reason"];

impl Layout {
    /// A layout without any column.
    pub(crate) const fn empty(kind: RecordKind) -> Self {
        Self {
            kind,
            bound: Vec::new(),
            properties: Vec::new(),
            figures: Vec::new(),
            joins: Vec::new(),
            unused: Vec::new(),
            guessed: true,
        }
    }

    /// Binds a map, or a guess when there is none (or it names no columns), to a file's titles. The error names what is
    /// missing and what is there.
    pub fn bind(kind: RecordKind, map: Option<&Map>, titles: &[String]) -> Result<Self, String> {
        let map = map.filter(|m| !m.columns.is_empty());
        let mut layout = Self { guessed: map.is_none(), ..Self::empty(kind) };
        match map {
            Some(map) => layout.bind_map(map, titles)?,
            None => layout.bind_guess(titles),
        }
        let missing = find_lacking(kind, |name| layout.find(name).is_some());
        if !missing.is_empty() {
            return Err(describe_missing(&missing, titles, layout.guessed));
        }
        layout.unused = titles
            .iter()
            .enumerate()
            .filter(|(i, t)| !t.is_empty() && !ADDED.contains(&t.as_str()) && !layout.uses(*i))
            .map(|(_, t)| t.clone())
            .collect();
        Ok(layout)
    }

    /// Binds what can be bound, for a first look: what the map names wrongly is left out.
    pub fn sketch(kind: RecordKind, map: Option<&Map>, titles: &[String]) -> Self {
        let map = map.filter(|m| !m.columns.is_empty());
        let mut layout = Self { guessed: map.is_none(), ..Self::empty(kind) };
        let Some(map) = map else {
            layout.bind_guess(titles);
            return layout;
        };
        for (name, column) in &map.columns {
            let name = field_name(Some(kind), name);
            let field = known_fields(kind).iter().find(|f| f.name == name);
            layout.bound.extend(field.and_then(|f| bind_column(Some(f), column, titles).ok()));
            layout.join_last(titles).unwrap_or_default();
        }
        for (name, column) in &map.figures {
            layout.figures.extend(bind_column(None, column, titles).ok().map(|b| (name.clone(), b)));
        }
        for name in &map.properties {
            layout.properties.extend(find_title(name, titles).ok().map(|i| (name.clone(), i)));
        }
        layout
    }

    /// The field of this name, when it is bound.
    pub fn find(&self, name: &str) -> Option<&Bound> {
        self.bound.iter().find(|b| b.field.is_some_and(|f| f.name == name))
    }

    fn uses(&self, index: usize) -> bool {
        let at = |b: &Bound| b.source == Source::Column(index);
        self.bound.iter().any(at)
            || self.joins.iter().any(|(front, behind)| *front == index || *behind == index)
            || self.figures.iter().any(|(_, b)| at(b))
            || self.properties.iter().any(|(_, i)| *i == index)
    }

    /// The field that a column gives its text to, alone or with another.
    pub fn find_field(&self, titles: usize, index: usize) -> Option<&'static Field> {
        let pair = self.joins.iter().position(|(front, behind)| *front == index || *behind == index);
        let place = pair.map_or(index, |n| titles + n);
        self.bound.iter().find(|b| b.source == Source::Column(place)).and_then(|b| b.field)
    }

    /// When the field bound last takes a second column, binds it to both.
    fn join_last(&mut self, titles: &[String]) -> Result<(), String> {
        let Self { bound, joins, .. } = self;
        let Some(bound) = bound.last_mut() else { return Ok(()) };
        if let (Some(behind), Source::Column(front)) = (&bound.column.with, &bound.source) {
            let pair = (*front, find_title(behind, titles)?);
            bound.source = Source::Column(titles.len() + joins.len());
            joins.push(pair);
        }
        Ok(())
    }

    fn bind_map(&mut self, map: &Map, titles: &[String]) -> Result<(), String> {
        for (name, column) in &map.columns {
            let name = field_name(Some(self.kind), name);
            let Some(field) = known_fields(self.kind).iter().find(|f| f.name == name) else {
                return Err(format!("the map's field {name} does not belong to {}", self.kind.word()));
            };
            self.bound.push(bind_column(Some(field), column, titles)?);
            self.join_last(titles)?;
        }
        for (name, column) in &map.figures {
            self.figures.push((name.clone(), bind_column(None, column, titles)?));
        }
        for name in &map.properties {
            self.properties.push((name.clone(), find_title(name, titles)?));
        }
        Ok(())
    }

    fn bind_guess(&mut self, titles: &[String]) {
        for Guessed { field, index, column, behind } in guess_columns(self.kind, titles) {
            let source = Source::Column(if behind.is_some() { titles.len() + self.joins.len() } else { index });
            self.joins.extend(behind.map(|behind| (index, behind)));
            self.bound.push(Bound { field: Some(field), source, column });
        }
        if self.kind == RecordKind::Events {
            let rest: Vec<(String, usize)> = titles
                .iter()
                .enumerate()
                .filter(|(i, t)| !t.is_empty() && !ADDED.contains(&t.as_str()) && !self.uses(*i))
                .map(|(i, t)| (t.clone(), i))
                .collect();
            self.properties = rest;
        }
    }
}

fn bind_column(field: Option<&'static Field>, column: &Column, titles: &[String]) -> Result<Bound, String> {
    let source = match (&column.name, &column.value) {
        (Some(name), _) => Source::Column(find_title(name, titles)?),
        (None, value) => Source::Constant(value.clone().unwrap_or_default()),
    };
    Ok(Bound { field, source, column: column.clone() })
}

fn find_title(name: &str, titles: &[String]) -> Result<usize, String> {
    let mut hits = titles.iter().enumerate().filter(|(_, t)| t.trim() == name.trim());
    match (hits.next(), hits.next()) {
        (Some((index, _)), None) => Ok(index),
        (Some(_), Some(_)) => Err(format!("two columns are called {name:?}; rename one")),
        (None, _) => Err(format!("there is no column {name:?}; there are {}", list(titles))),
    }
}

fn list(titles: &[String]) -> String {
    let named: Vec<&str> = titles.iter().map(String::as_str).filter(|t| !t.is_empty()).take(40).collect();
    if named.is_empty() { "none with a title".to_owned() } else { named.join(", ") }
}

fn describe_missing(missing: &[&'static Field], titles: &[String], guessed: bool) -> String {
    let names: Vec<String> = missing
        .iter()
        .map(|f| format!("{} (such as {})", f.name, f.titles.iter().take(3).copied().collect::<Vec<_>>().join(", ")))
        .collect();
    let advice = if guessed { "; say in a map file (--map) which column is what" } else { "; add it to the map file" };
    format!("no column was found for {}; there are {}{advice}", names.join(" and "), list(titles))
}
