//! `metrics`, `series`, `score`: one row a customer (and day).

use kizashi_app::health::{band_word, compute_scores};
use kizashi_app::measure::{Ask, Computation, Summary};
use kizashi_domain::measure::Series as Figures;
use kizashi_lake::{Cell, CellKind};

use super::sheet::{Lines, Sheet, integer, text};
use super::{Exit, Output, read_day, read_known};
use crate::args::{Every, Format, Metrics, Out, Score, Series};
use crate::home::Home;

/// Figures held at once before they are written, in order of customers.
const HELD_MAX: usize = 16_000_000;

/// Metrics of every customer on a day.
pub async fn metrics(home: &Home, args: Metrics, output: &mut Output) -> Result<Exit, Exit> {
    let day = read_day("as-of", &args.as_of)?;
    let known = read_known(args.known_at.as_deref(), &home.zone)?;
    let made = prepare(home, Ask::day(day, known)).await?;
    if args.summary {
        summarize(home, &made, 1, &[], &args.out, output).await
    } else {
        print(home, &made, 1, &[], &args.out, output).await
    }
}

/// Metrics of every customer on every day of a span.
pub async fn series(home: &Home, args: Series, output: &mut Output) -> Result<Exit, Exit> {
    let (from, to) = (read_day("from", &args.from)?, read_day("to", &args.to)?);
    if to < from {
        return Err(Exit::usage("--to lies before --from"));
    }
    let known = read_known(args.known_at.as_deref(), &home.zone)?;
    let settings = kizashi_app::settings::open_settings(&home.app, home.workspace().await?).await?;
    let there: Vec<&str> = settings.pack.metrics.iter().map(|m| m.id.as_str()).collect();
    if let Some(wrong) = args.metrics.iter().find(|m| !there.contains(&m.as_str())) {
        return Err(Exit::usage(format!("--metrics {wrong}: there is no such metric; there are {}", there.join(", "))));
    }
    let step = if args.every == Every::Week { 7 } else { 1 };
    let only = (!args.metrics.is_empty()).then(|| args.metrics.clone());
    let made = prepare(home, Ask { from, to, known, as_known: args.as_known, only, frozen: false }).await?;
    if args.summary {
        summarize(home, &made, step, &args.metrics, &args.out, output).await
    } else {
        print(home, &made, step, &args.metrics, &args.out, output).await
    }
}

async fn prepare(home: &Home, ask: Ask) -> Result<Computation, Exit> {
    Ok(Computation::prepare(&home.app, home.workspace().await?, ask).await?)
}

/// The metrics that were asked for, with their places among the computed ones.
fn places(made: &Computation, asked: &[String]) -> Vec<(usize, String)> {
    let wanted = |(_, id): &(usize, &String)| asked.is_empty() || asked.contains(id);
    made.metrics().iter().enumerate().filter(wanted).map(|(place, id)| (place, id.clone())).collect()
}

/// Computes everything and prints one row a metric.
async fn summarize(
    home: &Home,
    made: &Computation,
    step: usize,
    asked: &[String],
    to: &Out,
    output: &mut Output,
) -> Result<Exit, Exit> {
    let count = made.metrics().len();
    let add = move |sums: &mut Vec<Summary>, _: &str, series: &Figures| {
        sums.resize(count, Summary::default());
        for (i, s) in sums.iter_mut().enumerate() {
            s.add_all(series.metric(i).iter().step_by(step).copied());
        }
    };
    let join = |mut a: Vec<Summary>, b: Vec<Summary>| {
        a.resize(a.len().max(b.len()), Summary::default());
        a.iter_mut().zip(&b).for_each(|(x, y)| x.merge(y));
        a
    };
    let sums = made.run(&home.app, None, add, join).await?;
    let columns = [
        ("metric", CellKind::Text),
        ("rows", CellKind::Integer),
        ("sum", CellKind::Number),
        ("min", CellKind::Number),
        ("max", CellKind::Number),
    ];
    let mut sheet = Sheet::begin(output, to, &columns)?;
    for (place, id) in places(made, asked) {
        let s = sums.get(place).copied().unwrap_or_default();
        let bound = |value: f64| if s.measured == 0 { Cell::Missing } else { Cell::Number(value) };
        let rows = i64::try_from(s.measured).unwrap_or(i64::MAX);
        sheet.write(&[Cell::Text(&id), Cell::Integer(rows), Cell::Number(s.sum()), bound(s.min), bound(s.max)])?;
    }
    sheet.finish()?;
    Ok(Exit::Done)
}

/// What is held of one customer: its rows as text, or its figures day by day.
enum Held {
    Text(Vec<u8>),
    Figures(Vec<f64>),
}

/// Computes and prints every `step`th day of the metrics that were asked for.
async fn print(
    home: &Home,
    made: &Computation,
    step: usize,
    asked: &[String],
    to: &Out,
    output: &mut Output,
) -> Result<Exit, Exit> {
    let places = places(made, asked);
    let mut columns = vec![("customer", CellKind::Text), ("day", CellKind::Day)];
    columns.extend(places.iter().map(|(_, id)| (id.as_str(), CellKind::Number)));
    let lines = (to.format != Format::Parquet)
        .then(|| Lines::new(to.format, columns.iter().map(|(name, _)| (*name).to_owned()).collect()));
    let mut sheet = Sheet::begin(output, to, &columns)?;
    let days = made.days().div_ceil(step);
    let chunk = (HELD_MAX / (days * places.len()).max(1)).max(1);
    let mut from = 0;
    while from < made.customers() {
        let range = from..made.customers().min(from + chunk);
        from = range.end;
        let whole = range.len() == made.customers();
        let (lines, wanted) = (lines.clone(), places.iter().map(|(place, _)| *place).collect::<Vec<_>>());
        let hold = move |rows: &mut Vec<(String, Held)>, customer: &str, series: &Figures| {
            rows.push((customer.to_owned(), hold(lines.as_ref(), customer, series, step, &wanted)));
        };
        let join = |mut a: Vec<(String, Held)>, b: Vec<(String, Held)>| {
            a.extend(b);
            a
        };
        let mut rows = made.run(&home.app, (!whole).then_some(range), hold, join).await?;
        rows.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        for (customer, held) in rows {
            write_held(&mut sheet, &customer, held, made, step, places.len())?;
        }
    }
    sheet.finish()?;
    Ok(Exit::Done)
}

fn hold(lines: Option<&Lines>, customer: &str, series: &Figures, step: usize, wanted: &[usize]) -> Held {
    let value = |metric: usize, day: usize| series.metric(metric).get(day).copied().unwrap_or(f64::NAN);
    let days = (0..series.days).step_by(step);
    let Some(lines) = lines else {
        return Held::Figures(days.flat_map(|day| wanted.iter().map(move |m| value(*m, day))).collect());
    };
    let mut written = Vec::new();
    for i in days {
        let day = Cell::Day(series.from.plus(i32::try_from(i).unwrap_or(0)));
        let figures = wanted.iter().map(|m| Cell::Number(value(*m, i)));
        // Writing into memory does not fail.
        let _ = lines.write(&mut written, [Cell::Text(customer), day].into_iter().chain(figures));
    }
    Held::Text(written)
}

fn write_held(
    sheet: &mut Sheet<'_>,
    customer: &str,
    held: Held,
    made: &Computation,
    step: usize,
    width: usize,
) -> Result<(), Exit> {
    match held {
        Held::Text(written) => sheet.write_lines(&written)?,
        Held::Figures(figures) => {
            let mut row = Vec::with_capacity(width + 2);
            for (i, figures) in figures.chunks(width.max(1)).enumerate() {
                let day = made.from().plus(i32::try_from(i * step).unwrap_or(0));
                row.clear();
                row.extend([Cell::Text(customer), Cell::Day(day)]);
                row.extend(figures.iter().map(|v| Cell::Number(*v)));
                sheet.write(&row)?;
            }
        }
    }
    Ok(())
}

/// Health scores of every customer on a day.
pub async fn score(home: &Home, args: Score, output: &mut Output) -> Result<Exit, Exit> {
    let day = read_day("as-of", &args.as_of)?;
    let known = args.known_at.as_deref().map(|text| read_day("known-at", text)).transpose()?;
    let rows = compute_scores(&home.app, home.workspace().await?, day, known).await?;
    let mut columns = vec![
        ("customer", CellKind::Text),
        ("day", CellKind::Day),
        ("points", CellKind::Integer),
        ("band", CellKind::Text),
        ("low", CellKind::Integer),
        ("high", CellKind::Integer),
        ("coverage", CellKind::Number),
        ("model", CellKind::Text),
    ];
    if args.explain {
        columns.extend([("why_ja", CellKind::Text), ("why_en", CellKind::Text)]);
    }
    let mut sheet = Sheet::begin(output, &args.out, &columns)?;
    for row in &rows {
        let Some(v) = &row.verdict else { continue };
        let mut cells = vec![
            Cell::Text(&row.customer),
            Cell::Day(day),
            integer(v.shown()),
            Cell::Text(band_word(v.band)),
            Cell::Integer(v.range.0.into()),
            Cell::Integer(v.range.1.into()),
            Cell::Number((v.coverage * 100.0).round()),
            Cell::Text(&v.model),
        ];
        if args.explain {
            cells.extend([text(&row.sentence.ja), text(&row.sentence.en)]);
        }
        sheet.write(&cells)?;
    }
    sheet.finish()?;
    Ok(Exit::Done)
}
