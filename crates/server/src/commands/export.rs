//! `export`: data as CSV, one JSON object a line, or Parquet.

use kizashi_app::customers::{ListQuery, Sort, list_customers};
use kizashi_app::deals::{DealQuery, list_deals};
use kizashi_app::files::list_all_files;
use kizashi_app::health::band_word;
use kizashi_app::plays::{CardQuery, list_cards, word_of_kind};
use kizashi_domain::id::Id;
use kizashi_domain::limits::{EXPORT_ROWS_MAX, PAGE_ROWS_MAX};
use kizashi_lake::{Cell, CellKind};

use super::sheet::{Sheet, day, integer, text};
use super::{Exit, Output};
use crate::args::{Export, Out, What};
use crate::home::Home;

/// Runs the command.
pub async fn run(home: &Home, args: Export, output: &mut Output) -> Result<Exit, Exit> {
    match args.what {
        What::Events => tokio::task::block_in_place(|| events(home, &args.out, output))?,
        What::Customers | What::Scores => customers(home, &args.out, args.what, output).await?,
        What::Cards => cards(home, &args.out, output).await?,
        What::Deals => deals(home, &args.out, output).await?,
        What::Files => files(home, &args.out, output).await?,
    }
    Ok(Exit::Done)
}

fn events(home: &Home, to: &Out, output: &mut Output) -> Result<(), Exit> {
    const COLUMNS: [(&str, CellKind); 10] = [
        ("id_hash", CellKind::Text),
        ("source", CellKind::Text),
        ("customer", CellKind::Text),
        ("user", CellKind::Text),
        ("event", CellKind::Text),
        ("occurred_at", CellKind::Time),
        ("received_at", CellKind::Time),
        ("assumed", CellKind::Bool),
        ("value", CellKind::Number),
        ("properties", CellKind::Text),
    ];
    let mut sheet = Sheet::begin(output, to, &COLUMNS)?;
    let mut failed = None;
    home.lake
        .export(&mut |e| {
            let id: String = e.id.iter().map(|b| format!("{b:02x}")).collect();
            let row = [
                Cell::Text(&id),
                Cell::Text(&e.event.source),
                Cell::Text(&e.customer),
                text(e.event.user.as_deref().unwrap_or_default()),
                Cell::Text(&e.event.name),
                Cell::Time(e.event.occurred_at),
                Cell::Time(e.event.received_at),
                Cell::Bool(e.event.assumed),
                e.event.value.map_or(Cell::Missing, Cell::Number),
                text(&e.event.properties),
            ];
            failed = sheet.write(&row).err();
            failed.is_none()
        })
        .map_err(Exit::failed)?;
    match failed {
        Some(e) => Err(e.into()),
        None => Ok(sheet.finish()?),
    }
}

async fn customers(home: &Home, to: &Out, what: What, output: &mut Output) -> Result<(), Exit> {
    const COLUMNS: [(&str, CellKind); 14] = [
        ("customer", CellKind::Text),
        ("name", CellKind::Text),
        ("reading", CellKind::Text),
        ("segment", CellKind::Text),
        ("stage", CellKind::Text),
        ("region", CellKind::Text),
        ("owner", CellKind::Text),
        ("points", CellKind::Integer),
        ("band", CellKind::Text),
        ("coverage", CellKind::Integer),
        ("mrr_minor", CellKind::Integer),
        ("currency", CellKind::Text),
        ("notice_deadline", CellKind::Day),
        ("contract_end", CellKind::Day),
    ];
    const SCORES: [(&str, CellKind); 4] = [
        ("customer", CellKind::Text),
        ("points", CellKind::Integer),
        ("band", CellKind::Text),
        ("coverage", CellKind::Integer),
    ];
    let workspace = home.workspace().await?;
    let mut query = ListQuery { sort: Sort::Name, with_churned: true, rows: EXPORT_ROWS_MAX, ..ListQuery::default() };
    let mut sheet = Sheet::begin(output, to, if what == What::Scores { &SCORES } else { &COLUMNS })?;
    loop {
        let page = list_customers(&home.app, workspace, &query).await?;
        for r in &page.rows {
            let band = r.band.map_or(Cell::Missing, |b| Cell::Text(band_word(b)));
            if what == What::Scores {
                let row = [Cell::Text(&r.external_id), integer(r.points), band, Cell::Integer(r.coverage)];
                sheet.write(&row)?;
                continue;
            }
            let row = [
                Cell::Text(&r.external_id),
                text(&r.name),
                text(&r.reading),
                text(&r.segment),
                text(&r.stage),
                text(&r.region),
                text(r.owner.as_deref().unwrap_or_default()),
                integer(r.points),
                band,
                Cell::Integer(r.coverage),
                integer(r.mrr.map(|m| m.minor)),
                r.mrr.as_ref().map_or(Cell::Missing, |m| Cell::Text(m.currency.code())),
                day(r.notice_on),
                day(r.end_day),
            ];
            sheet.write(&row)?;
        }
        match page.next {
            Some(next) => query.after = Some(next),
            None => return Ok(sheet.finish()?),
        }
    }
}

async fn cards(home: &Home, to: &Out, output: &mut Output) -> Result<(), Exit> {
    const COLUMNS: [(&str, CellKind); 8] = [
        ("card", CellKind::Text),
        ("subject", CellKind::Text),
        ("kind", CellKind::Text),
        ("title", CellKind::Text),
        ("what", CellKind::Text),
        ("owner", CellKind::Text),
        ("due", CellKind::Day),
        ("outcome", CellKind::Text),
    ];
    let workspace = home.workspace().await?;
    let mut sheet = Sheet::begin(output, to, &COLUMNS)?;
    for closed in [false, true] {
        let mut query = CardQuery { closed, rows: PAGE_ROWS_MAX, ..CardQuery::default() };
        loop {
            let page = list_cards(&home.app, workspace, &query).await?;
            for c in &page.rows {
                let id = c.id.to_string();
                let row = [
                    Cell::Text(&id),
                    text(&c.subject),
                    Cell::Text(word_of_kind(c.kind)),
                    text(&c.title.ja),
                    text(&c.what.ja),
                    text(c.owner.as_deref().unwrap_or_default()),
                    Cell::Day(c.due_day),
                    c.outcome.map_or(Cell::Missing, |o| Cell::Text(o.word())),
                ];
                sheet.write(&row)?;
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
    }
    Ok(sheet.finish()?)
}

async fn deals(home: &Home, to: &Out, output: &mut Output) -> Result<(), Exit> {
    const COLUMNS: [(&str, CellKind); 18] = [
        ("deal", CellKind::Text),
        ("customer", CellKind::Text),
        ("title", CellKind::Text),
        ("kind", CellKind::Text),
        ("stage", CellKind::Text),
        ("amount_minor", CellKind::Integer),
        ("currency", CellKind::Text),
        ("probability", CellKind::Integer),
        ("weighted_minor", CellKind::Integer),
        ("next_step", CellKind::Text),
        ("next_on", CellKind::Day),
        ("owner", CellKind::Text),
        ("opened_on", CellKind::Day),
        ("closes_on", CellKind::Day),
        ("closed_on", CellKind::Day),
        ("origin", CellKind::Text),
        ("promise", CellKind::Text),
        ("lost_reason", CellKind::Text),
    ];
    let workspace = home.workspace().await?;
    let mut sheet = Sheet::begin(output, to, &COLUMNS)?;
    // Open ones first, then those that are decided.
    for stage in ["", "won", "lost"] {
        let mut query = DealQuery { stage: stage.to_owned(), rows: PAGE_ROWS_MAX, ..DealQuery::default() };
        loop {
            let page = list_deals(&home.app, workspace, &query).await?;
            for d in &page.rows {
                let id = d.id.to_string();
                let row = [
                    Cell::Text(&id),
                    text(&d.customer_name),
                    text(&d.title),
                    text(&d.kind),
                    text(&d.stage),
                    integer(d.amount.map(|m| m.minor)),
                    d.amount.as_ref().map_or(Cell::Missing, |m| Cell::Text(m.currency.code())),
                    integer(d.likelihood),
                    integer(d.weighted().map(|m| m.minor)),
                    text(&d.next_step),
                    day(d.next_on),
                    text(&d.owner_name),
                    day(d.opened_on),
                    day(d.closes_on),
                    day(d.closed_on),
                    text(&d.origin),
                    text(&d.promise),
                    text(&d.lost_reason),
                ];
                sheet.write(&row)?;
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
    }
    Ok(sheet.finish()?)
}

/// The list of files; the contents lie in the folder `files` of the data folder, under the first two letters of `sha256`.
async fn files(home: &Home, to: &Out, output: &mut Output) -> Result<(), Exit> {
    const COLUMNS: [(&str, CellKind); 8] = [
        ("file", CellKind::Text),
        ("customer", CellKind::Text),
        ("deal", CellKind::Text),
        ("name", CellKind::Text),
        ("bytes", CellKind::Integer),
        ("sha256", CellKind::Text),
        ("who", CellKind::Text),
        ("kept_at", CellKind::Time),
    ];
    let workspace = home.workspace().await?;
    let mut sheet = Sheet::begin(output, to, &COLUMNS)?;
    let mut after = Id::from_uuid(uuid::Uuid::nil());
    loop {
        let page = list_all_files(&home.app, workspace, after, PAGE_ROWS_MAX).await?;
        let Some((last, _)) = page.last() else { return Ok(sheet.finish()?) };
        after = last.id;
        for (f, code) in &page {
            let (id, deal) = (f.id.to_string(), f.deal.map(|d| d.to_string()).unwrap_or_default());
            let row = [
                Cell::Text(&id),
                text(code),
                text(&deal),
                text(&f.name),
                Cell::Integer(f.bytes),
                text(&f.hash),
                text(&f.who),
                Cell::Time(f.at),
            ];
            sheet.write(&row)?;
        }
    }
}
