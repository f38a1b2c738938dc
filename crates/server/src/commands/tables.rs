//! `metrics`, `series`, `score`: one row a customer (and day).

use std::io::{self, Write};

use kizashi_app::health::{band_word, compute_scores};
use kizashi_app::measure::{Summary, compute_now, compute_series};
use kizashi_domain::time::Day;

use super::{Exit, Output, read_day, read_known};
use crate::args::{Every, Format, Metrics, Score, Series};
use crate::home::Home;

/// A figure as text: whole numbers without a point, others as short as they stay exact; nothing when missing.
fn figure(value: f64) -> String {
    if value.is_nan() { String::new() } else { format!("{value}") }
}

fn json_figure(value: f64) -> serde_json::Value {
    serde_json::Number::from_f64(value).map_or(serde_json::Value::Null, serde_json::Value::Number)
}

/// A field of a CSV file.
pub fn field(text: &str) -> std::borrow::Cow<'_, str> {
    let guarded = kizashi_connectors::protect(text);
    if guarded.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", guarded.replace('"', "\"\"")).into()
    } else {
        guarded
    }
}

fn write_summary(
    out: &mut (dyn Write + Send),
    format: Format,
    metrics: &[String],
    summaries: &[Summary],
) -> io::Result<()> {
    if format == Format::Csv {
        writeln!(out, "metric,rows,sum,min,max")?;
    }
    for (id, s) in metrics.iter().zip(summaries) {
        let bound = |v: f64| if s.measured == 0 { f64::NAN } else { v };
        match format {
            Format::Csv => {
                writeln!(
                    out,
                    "{},{},{},{},{}",
                    field(id),
                    s.measured,
                    figure(s.sum),
                    figure(bound(s.min)),
                    figure(bound(s.max))
                )?;
            }
            Format::Json => {
                let object = serde_json::json!({
                    "metric": id, "rows": s.measured, "sum": json_figure(s.sum), "min": json_figure(bound(s.min)), "max": json_figure(bound(s.max))
                });
                writeln!(out, "{object}")?;
            }
        }
    }
    Ok(())
}

fn write_head(out: &mut (dyn Write + Send), format: Format, metrics: &[String]) -> io::Result<()> {
    if format == Format::Csv {
        write!(out, "customer,day")?;
        for id in metrics {
            write!(out, ",{}", field(id))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn write_row(
    out: &mut (dyn Write + Send),
    format: Format,
    metrics: &[String],
    customer: &str,
    day: Day,
    values: impl Iterator<Item = f64>,
) -> io::Result<()> {
    match format {
        Format::Csv => {
            write!(out, "{},{day}", field(customer))?;
            for value in values {
                write!(out, ",{}", figure(value))?;
            }
            writeln!(out)
        }
        Format::Json => {
            let mut object = serde_json::Map::new();
            object.insert("customer".to_owned(), customer.into());
            object.insert("day".to_owned(), day.to_string().into());
            object.extend(metrics.iter().zip(values).map(|(id, v)| (id.clone(), json_figure(v))));
            writeln!(out, "{}", serde_json::Value::Object(object))
        }
    }
}

/// Metrics of every customer on a day.
pub async fn metrics(home: &Home, args: Metrics, output: &mut Output) -> Result<Exit, Exit> {
    let day = read_day("as-of", &args.as_of)?;
    let known = read_known(args.known_at.as_deref(), &home.zone)?;
    let table = compute_now(&home.app, home.workspace().await?, day, known).await?;
    output.redirect(args.out.out.as_deref())?;
    let out = output.out();
    if args.summary {
        let mut summaries = vec![Summary::default(); table.metrics.len()];
        for (_, _, values) in &table.rows {
            summaries.iter_mut().zip(values).for_each(|(s, v)| s.add(*v));
        }
        write_summary(out, args.out.format, &table.metrics, &summaries)?;
    } else {
        write_head(out, args.out.format, &table.metrics)?;
        for (customer, day, values) in &table.rows {
            write_row(out, args.out.format, &table.metrics, customer, *day, values.iter().copied())?;
        }
    }
    Ok(Exit::Done)
}

/// Rows of one customer, written, with its name to sort by.
type Written = (String, Vec<u8>);

/// Metrics of every customer on every day of a span.
pub async fn series(home: &Home, args: Series, output: &mut Output) -> Result<Exit, Exit> {
    let (from, to) = (read_day("from", &args.from)?, read_day("to", &args.to)?);
    if to < from {
        return Err(Exit::usage("--to lies before --from"));
    }
    let step = if args.every == Every::Week { 7 } else { 1 };
    let only = (!args.metrics.is_empty()).then(|| args.metrics.clone());
    let workspace = home.workspace().await?;
    let format = args.out.format;
    let settings = kizashi_app::settings::open_settings(&home.app, workspace).await?;
    let known: Vec<String> = settings.pack.metrics.iter().map(|m| m.id.clone()).collect();
    if let Some(wrong) = args.metrics.iter().find(|m| !known.contains(m)) {
        return Err(Exit::usage(format!("--metrics {wrong}: there is no such metric; there are {}", known.join(", "))));
    }
    if args.summary {
        let add = move |sums: &mut Vec<Summary>, _: &str, series: &kizashi_domain::measure::Series| {
            let count = series.values.len().checked_div(series.days).unwrap_or(0);
            sums.resize(count, Summary::default());
            for (i, s) in sums.iter_mut().enumerate() {
                series.metric(i).iter().step_by(step).for_each(|v| s.add(*v));
            }
        };
        let join = |mut a: Vec<Summary>, b: Vec<Summary>| {
            a.resize(a.len().max(b.len()), Summary::default());
            a.iter_mut().zip(&b).for_each(|(x, y)| x.merge(y));
            a
        };
        let (ids, mut sums) = compute_series(&home.app, workspace, (from, to), only, add, join).await?;
        sums.resize(ids.len(), Summary::default());
        let (ids, sums): (Vec<_>, Vec<_>) =
            ids.into_iter().zip(sums).filter(|(id, _)| is_asked(&args.metrics, id)).unzip();
        output.redirect(args.out.out.as_deref())?;
        write_summary(output.out(), format, &ids, &sums)?;
        return Ok(Exit::Done);
    }
    let asked = args.metrics.clone();
    let wanted: Vec<String> = known.iter().filter(|id| is_asked(&asked, id)).cloned().collect();
    let heads = wanted.clone();
    let all = kizashi_app::measure::ids_with_parts(&settings.pack.metrics, only.as_deref());
    let places: Vec<usize> = wanted.iter().filter_map(|id| all.iter().position(|a| a == id)).collect();
    let write = move |rows: &mut Vec<Written>, customer: &str, series: &kizashi_domain::measure::Series| {
        let mut text = Vec::new();
        for i in (0..series.days).step_by(step) {
            let day = series.from.plus(i32::try_from(i).unwrap_or(0));
            let values = places.iter().map(|m| series.metric(*m).get(i).copied().unwrap_or(f64::NAN));
            // Writing into memory does not fail.
            let _ = write_row(&mut text, format, &wanted, customer, day, values);
        }
        rows.push((customer.to_owned(), text));
    };
    let join = |mut a: Vec<Written>, b: Vec<Written>| {
        a.extend(b);
        a
    };
    let (_, mut rows) = compute_series(&home.app, workspace, (from, to), only, write, join).await?;
    rows.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    output.redirect(args.out.out.as_deref())?;
    write_head(output.out(), format, &heads)?;
    for (_, text) in rows {
        output.out().write_all(&text)?;
    }
    Ok(Exit::Done)
}

fn is_asked(asked: &[String], id: &str) -> bool {
    asked.is_empty() || asked.iter().any(|a| a == id)
}

/// Health scores of every customer on a day.
pub async fn score(home: &Home, args: Score, output: &mut Output) -> Result<Exit, Exit> {
    let day = read_day("as-of", &args.as_of)?;
    let known = args.known_at.as_deref().map(|text| read_day("known-at", text)).transpose()?;
    let rows = compute_scores(&home.app, home.workspace().await?, day, known).await?;
    output.redirect(args.out.out.as_deref())?;
    let out = output.out();
    if args.out.format == Format::Csv {
        write!(out, "customer,day,points,band,low,high,coverage,model")?;
        writeln!(out, "{}", if args.explain { ",why_ja,why_en" } else { "" })?;
    }
    for row in rows {
        let Some(v) = row.verdict else { continue };
        let points = v.shown().map_or_else(String::new, |p| p.to_string());
        let coverage = (v.coverage * 100.0).round();
        match args.out.format {
            Format::Csv => {
                let (low, high) = v.range;
                write!(
                    out,
                    "{},{day},{points},{},{low},{high},{coverage},{}",
                    field(&row.customer),
                    band_word(v.band),
                    v.model
                )?;
                if args.explain {
                    write!(out, ",{},{}", field(&row.sentence.ja), field(&row.sentence.en))?;
                }
                writeln!(out)?;
            }
            Format::Json => {
                let mut object = serde_json::json!({
                    "customer": row.customer, "day": day.to_string(), "points": v.shown(), "band": band_word(v.band),
                    "low": v.range.0, "high": v.range.1, "coverage": coverage, "model": v.model,
                });
                if args.explain
                    && let Some(o) = object.as_object_mut()
                {
                    o.insert("why_ja".to_owned(), row.sentence.ja.into());
                    o.insert("why_en".to_owned(), row.sentence.en.into());
                }
                writeln!(out, "{object}")?;
            }
        }
    }
    Ok(Exit::Done)
}
