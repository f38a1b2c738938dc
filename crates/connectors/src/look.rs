//! The first look at a file: what it seems to hold, which column is what, and the first values of each.

use std::path::Path;

use kizashi_domain::intake::{Binding, ColumnLook, FieldLook, Look, RecordKind, SheetLook, Use, Wish};
use kizashi_domain::limits::COLUMNS_MAX;

use crate::csv::read_head;
use crate::error::Error;
use crate::input::{Input, open_file, sniff};
use crate::mail::is_mail;
use crate::map::{Column, Form, Layout, Map, Source, TimeForm, find_lacking, guess_kind, known_fields, unit_of_title};
use crate::workbook::{HEADING_ROWS_MAX, Workbook, find_headings, guess_heading_row, is_workbook, join_titles};

/// Values shown of each column.
const SAMPLES_MAX: usize = 3;
/// Rows of a sheet that are counted before it is chosen.
const ROWS_COUNTED_MAX: usize = 20_000;
/// Rows looked through for them.
const ROWS_MAX: usize = 40;

/// The fields of a kind, to choose from.
pub fn list_fields(kind: RecordKind) -> Vec<FieldLook> {
    let is_figure = |form: Form| matches!(form, Form::Money | Form::Number | Form::Integer(..));
    known_fields(kind)
        .iter()
        .map(|f| FieldLook { name: f.name, required: f.required, is_figure: is_figure(f.form) })
        .collect()
}

/// The map that a wish stands for; `None` when everything is to be guessed.
pub fn map_of(wish: &Wish) -> Option<Map> {
    if wish.bindings.is_empty() && wish.encoding.is_none() {
        return None;
    }
    let mut map = Map { kind: wish.kind, encoding: wish.encoding.clone(), ..Map::default() };
    let column =
        |b: &Binding| Column { name: b.column.clone(), value: b.value.clone(), unit: b.unit, ..Column::default() };
    for binding in &wish.bindings {
        match &binding.used {
            // A second column for the same field goes behind the first.
            Use::Field(name) => match map.columns.iter_mut().find(|(n, c)| n == name && c.with.is_none()) {
                Some((_, first)) if first.name.is_some() && binding.column.is_some() && takes_two(wish.kind, name) => {
                    first.with.clone_from(&binding.column);
                }
                _ => map.columns.push((name.clone(), column(binding))),
            },
            Use::Property => map.properties.extend(binding.column.clone()),
            Use::Figure(name) => map.figures.push((name.clone(), column(binding))),
        }
    }
    Some(map)
}

/// Whether the texts of two columns can be one field's. Two codes are none.
fn takes_two(kind: Option<RecordKind>, name: &str) -> bool {
    let field = kind.and_then(|kind| known_fields(kind).iter().find(|f| f.name == name));
    let is_words = ["name", "reading", "title", "subject", "plan"].contains(&name);
    is_words || field.is_some_and(|f| matches!(f.form, Form::Text | Form::Day | Form::Time))
}

/// The wish that the text of a map file stands for.
///
/// # Errors
/// What is wrong with it and where, or what only the command line understands.
pub fn wish_of(text: &str) -> Result<Wish, String> {
    let map = Map::read(text, None).map_err(|e| e.to_string())?;
    let only_there =
        |what: &str| Err(format!("{what} is understood by kizashi import --map alone; take it out to go on here"));
    if map.zone.is_some() {
        return only_there("time_zone");
    }
    if map.delimiter.is_some() {
        return only_there("delimiter");
    }
    if map.skip_rows > 0 {
        return only_there("skip_rows");
    }
    let plain = |c: &Column| c.currency.is_none() && c.form == TimeForm::Date && c.words.is_empty();
    if let Some((name, _)) = map.columns.iter().chain(&map.figures).find(|(_, c)| !plain(c)) {
        return only_there(&format!("currency, form or words of {name}"));
    }
    let binding = |used: Use, c: Column| Binding { used, column: c.name, value: c.value, unit: c.unit };
    let fields = map.columns.into_iter().flat_map(|(name, mut c)| {
        let behind = c.with.take().map(|with| Column { name: Some(with), ..Column::default() });
        [Some(c), behind].into_iter().flatten().map(move |c| binding(Use::Field(name.clone()), c))
    });
    let figures = map.figures.into_iter().map(|(name, c)| binding(Use::Figure(name), c));
    let properties = map.properties.into_iter();
    let properties = properties.map(|c| binding(Use::Property, Column { name: Some(c), ..Column::default() }));
    let bindings = fields.chain(figures).chain(properties).collect();
    let source = map.source.unwrap_or_default();
    Ok(Wish { kind: map.kind, encoding: map.encoding, source, bindings, ..Wish::default() })
}

/// Looks at the beginning of a file.
pub fn look(path: &Path, wish: &Wish) -> Result<Look, Error> {
    if is_workbook(path) { look_at_workbook(path, wish) } else { look_at_text(path, wish) }
}

/// What a table looks like whose rows are not looked at.
pub fn look_at_titles(titles: Vec<String>, wish: &Wish) -> Look {
    look_at_rows(titles, &[], wish)
}

/// What rows under titles look like.
pub fn look_at_rows(titles: Vec<String>, rows: &[Vec<String>], wish: &Wish) -> Look {
    let map = map_of(wish);
    describe(titles, rows, wish, map.as_ref())
}

fn look_at_workbook(path: &Path, wish: &Wish) -> Result<Look, Error> {
    let mut book = Workbook::open(path)?;
    let names = book.sheets();
    let sheets: Vec<SheetLook> = names.iter().map(|name| look_at_sheet(&mut book, name)).collect();
    let wished = wish.sheet.as_ref().filter(|s| names.contains(s));
    let with_rows = || sheets.iter().filter(|s| s.rows > 0);
    let first = with_rows().find(|s| s.kind.is_some()).or(with_rows().next()).or(sheets.first()).map(|s| &s.name);
    let Some(sheet) = wished.or(first).cloned() else {
        return Err(Error::NoSheet { name: book.name().to_owned(), sheet: String::new(), there: names.join(", ") });
    };
    let grid = book.read(&sheet, Some(HEADING_ROWS_MAX + ROWS_MAX))?;
    let map = map_of(wish);
    let (at, height, titles) = match find_headings(&grid, wish.kind, map.as_ref()) {
        Ok(headed) => (headed.at, headed.height, headed.titles),
        Err(_) => {
            let (at, height) = guess_heading_row(&grid);
            (at, height, join_titles(&grid, at, height))
        }
    };
    let rows: Vec<Vec<String>> = (at + height..grid.len()).map(|row| grid.row(row)).collect();
    Ok(Look { sheets, sheet: Some(sheet), ..describe(titles, &rows, wish, map.as_ref()) })
}

/// What a sheet seems to hold, and how many rows. One that cannot be read says why when it is chosen.
fn look_at_sheet(book: &mut Workbook, name: &str) -> SheetLook {
    let mut found = SheetLook { name: name.to_owned(), kind: None, rows: 1, has_more: true };
    if let Ok(grid) = book.read(name, Some(ROWS_COUNTED_MAX)) {
        let headed = find_headings(&grid, None, None).ok();
        let above = headed.as_ref().map_or_else(|| guess_heading_row(&grid).1, |h| h.at + h.height);
        found.kind = headed.map(|h| h.kind);
        (found.rows, found.has_more) = (grid.len().saturating_sub(above), grid.len() >= ROWS_COUNTED_MAX);
    }
    found
}

fn look_at_text(path: &Path, wish: &Wish) -> Result<Look, Error> {
    if is_mail_file(path)? {
        return Ok(Look { kind: Some(RecordKind::Activities), is_mail: true, ..Look::default() });
    }
    let Some(head) = read_head(path, wish.encoding.as_deref(), HEADING_ROWS_MAX + ROWS_MAX)? else {
        // Objects name their fields themselves.
        return Ok(Look { kind: wish.kind.or(Some(RecordKind::Events)), ..Look::default() });
    };
    let map = map_of(wish);
    let plain = |row: &Vec<String>| row.iter().map(|t| t.trim().to_owned()).collect::<Vec<String>>();
    let binds = |row: &Vec<String>| {
        let titles = plain(row);
        let kind = wish.kind.or_else(|| guess_kind(&titles));
        kind.is_some_and(|kind| Layout::bind(kind, map.as_ref(), &titles).is_ok())
    };
    let upper = || head.rows.iter().take(HEADING_ROWS_MAX);
    let widest = upper().map(|r| count_filled(r)).max().unwrap_or(0);
    let at = upper().position(binds).or_else(|| upper().position(|r| count_filled(r) * 4 >= widest * 3)).unwrap_or(0);
    let titles = head.rows.get(at).map(plain).unwrap_or_default();
    let rows = head.rows.get(at + 1..).unwrap_or_default();
    Ok(Look { encoding: Some(head.encoding.to_owned()), ..describe(titles, rows, wish, map.as_ref()) })
}

fn is_mail_file(path: &Path) -> Result<bool, Error> {
    let mut input = open_file(path)?;
    let head = sniff(&mut input.bytes).map_err(|error| Input::explain(&input.name, &input.taken, 1, error))?;
    Ok(is_mail(&input.name, &head))
}

fn count_filled(row: &[String]) -> usize {
    row.iter().filter(|cell| !cell.trim().is_empty()).count()
}

fn describe(mut titles: Vec<String>, rows: &[Vec<String>], wish: &Wish, map: Option<&Map>) -> Look {
    titles.truncate(COLUMNS_MAX);
    let kind = wish.kind.or_else(|| guess_kind(&titles));
    let layout = kind.map(|kind| Layout::sketch(kind, map, &titles));
    let columns = titles.iter().enumerate().map(|(index, title)| {
        let values = rows.iter().filter_map(|row| row.get(index)).map(|v| v.trim()).filter(|v| !v.is_empty());
        let mut samples: Vec<String> = Vec::new();
        for value in values {
            if samples.len() < SAMPLES_MAX && !samples.iter().any(|s| s == value) {
                samples.push(value.chars().take(60).collect());
            }
        }
        let used = layout.as_ref().and_then(|l| used_for(l, titles.len(), index));
        let form = match (&used, kind) {
            (Some(Use::Field(name)), Some(kind)) => known_fields(kind).iter().find(|f| f.name == name).map(|f| f.form),
            _ => None,
        };
        let unit = unit_of_title(title, form.unwrap_or(Form::Money));
        ColumnLook { title: title.clone(), samples, used, unit }
    });
    let columns = columns.filter(|c| !c.title.is_empty()).collect();
    let constants = layout.iter().flat_map(|l| &l.bound).filter_map(|b| match (&b.source, b.field) {
        (Source::Constant(value), Some(field)) => Some((field.name.to_owned(), value.clone())),
        _ => None,
    });
    let constants = constants.collect();
    let lacking = match (kind, &layout) {
        (Some(kind), Some(layout)) => {
            let lacking = find_lacking(kind, |name| layout.find(name).is_some());
            lacking.iter().map(|f| f.name.to_owned()).collect()
        }
        _ => Vec::new(),
    };
    Look { kind, columns, constants, lacking, ..Look::default() }
}

fn used_for(layout: &Layout, titles: usize, index: usize) -> Option<Use> {
    let at = |source: &Source| *source == Source::Column(index);
    if let Some(field) = layout.find_field(titles, index) {
        return Some(Use::Field(field.name.to_owned()));
    }
    if let Some((name, _)) = layout.figures.iter().find(|(_, b)| at(&b.source)) {
        return Some(Use::Figure(name.clone()));
    }
    layout.properties.iter().any(|(_, i)| *i == index).then_some(Use::Property)
}
