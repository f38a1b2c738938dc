//! `export`: data as CSV or one JSON object a line.

use std::io::{self, Write};

use kizashi_app::customers::{ListQuery, Sort, list_customers};
use kizashi_app::health::band_word;
use kizashi_app::plays::{CardQuery, list_cards, word_of_kind};
use kizashi_domain::limits::{EXPORT_ROWS_MAX, PAGE_ROWS_MAX};

use super::tables::field;
use super::{Exit, Output};
use crate::args::{Export, Format, What};
use crate::home::Home;

/// Runs the command.
pub async fn run(home: &Home, args: Export, output: &mut Output) -> Result<Exit, Exit> {
    output.redirect(args.out.out.as_deref())?;
    let format = args.out.format;
    match args.what {
        What::Events => tokio::task::block_in_place(|| events(home, format, output))?,
        What::Customers | What::Scores => customers(home, format, args.what, output).await?,
        What::Cards => cards(home, format, output).await?,
    }
    Ok(Exit::Done)
}

/// Writes a row: as CSV, or as an object with the names of the columns.
fn write_row(out: &mut (dyn Write + Send), format: Format, names: &[&str], values: &[String]) -> io::Result<()> {
    match format {
        Format::Csv => {
            let row: Vec<_> = values.iter().map(|v| field(v)).collect();
            writeln!(out, "{}", row.join(","))
        }
        Format::Json => {
            let object: serde_json::Map<String, serde_json::Value> =
                names.iter().zip(values).map(|(n, v)| ((*n).to_owned(), v.clone().into())).collect();
            writeln!(out, "{}", serde_json::Value::Object(object))
        }
    }
}

fn write_head(out: &mut (dyn Write + Send), format: Format, names: &[&str]) -> io::Result<()> {
    if format == Format::Csv { writeln!(out, "{}", names.join(",")) } else { Ok(()) }
}

fn events(home: &Home, format: Format, output: &mut Output) -> Result<(), Exit> {
    const NAMES: [&str; 10] = [
        "id_hash",
        "source",
        "customer",
        "user",
        "event",
        "occurred_at",
        "received_at",
        "assumed",
        "value",
        "properties",
    ];
    let out = output.out();
    write_head(out, format, &NAMES)?;
    let mut failed = None;
    home.lake
        .export(&mut |e| {
            let values = [
                e.id.iter().map(|b| format!("{b:02x}")).collect(),
                e.event.source,
                e.customer,
                e.event.user.unwrap_or_default(),
                e.event.name,
                e.event.occurred_at.rfc3339(),
                e.event.received_at.rfc3339(),
                e.event.assumed.to_string(),
                e.event.value.map_or_else(String::new, |v| v.to_string()),
                e.event.properties,
            ];
            failed = write_row(out, format, &NAMES, &values).err();
            failed.is_none()
        })
        .map_err(Exit::failed)?;
    failed.map_or(Ok(()), |e| Err(e.into()))
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |v| v.to_string())
}

async fn customers(home: &Home, format: Format, what: What, output: &mut Output) -> Result<(), Exit> {
    const NAMES: [&str; 14] = [
        "customer",
        "name",
        "reading",
        "segment",
        "stage",
        "region",
        "owner",
        "points",
        "band",
        "coverage",
        "mrr_minor",
        "currency",
        "notice_deadline",
        "contract_end",
    ];
    const SCORES: [&str; 4] = ["customer", "points", "band", "coverage"];
    let workspace = home.workspace().await?;
    let mut query = ListQuery { sort: Sort::Name, with_churned: true, rows: EXPORT_ROWS_MAX, ..ListQuery::default() };
    let names: &[&str] = if what == What::Scores { &SCORES } else { &NAMES };
    write_head(output.out(), format, names)?;
    loop {
        let page = list_customers(&home.app, workspace, &query).await?;
        for r in page.rows {
            let band = r.band.map_or("", band_word).to_owned();
            let values = if what == What::Scores {
                vec![r.external_id, text(r.points), band, r.coverage.to_string()]
            } else {
                vec![
                    r.external_id,
                    r.name,
                    r.reading,
                    r.segment,
                    r.stage,
                    r.region,
                    text(r.owner),
                    text(r.points),
                    band,
                    r.coverage.to_string(),
                    text(r.mrr.map(|m| m.minor)),
                    r.mrr.map_or_else(String::new, |m| m.currency.code().to_owned()),
                    text(r.notice_on),
                    text(r.end_day),
                ]
            };
            write_row(output.out(), format, names, &values)?;
        }
        match page.next {
            Some(next) => query.after = Some(next),
            None => return Ok(()),
        }
    }
}

async fn cards(home: &Home, format: Format, output: &mut Output) -> Result<(), Exit> {
    const NAMES: [&str; 8] = ["card", "subject", "kind", "title", "what", "owner", "due", "outcome"];
    let workspace = home.workspace().await?;
    write_head(output.out(), format, &NAMES)?;
    for closed in [false, true] {
        let mut query = CardQuery { closed, rows: PAGE_ROWS_MAX, ..CardQuery::default() };
        loop {
            let page = list_cards(&home.app, workspace, &query).await?;
            for c in page.rows {
                let values = [
                    c.id.to_string(),
                    c.subject,
                    word_of_kind(c.kind).to_owned(),
                    c.title.ja,
                    c.what.ja,
                    text(c.owner),
                    c.due_day.to_string(),
                    c.outcome.map_or("", kizashi_app::plays::Outcome::word).to_owned(),
                ];
                write_row(output.out(), format, &NAMES, &values)?;
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
    }
    Ok(())
}
