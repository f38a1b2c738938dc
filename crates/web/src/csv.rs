//! What a page shows as a file for a spreadsheet: CSV in UTF-8, in the reader's words, inert wherever it is opened.

use std::future::Future;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use kizashi_domain::limits::EXPORT_ROWS_MAX;
use kizashi_domain::money::Money;
use kizashi_domain::time::{Day, Time};
use maud::{Markup, html};

use crate::parts::icon::icon;
use crate::problem::Problem;
use crate::shell::Shell;

/// The link from a page to its table as a file.
pub fn link(s: &Shell, address: &str) -> Markup {
    html! { a.btn href=(address) download { (icon("download")) "CSV" span.sr { " " (s.words.t("download")) } } }
}

/// The first line: titles as the reader knows them.
pub fn head(titles: impl Iterator<Item = String>) -> String {
    // A byte order mark makes Excel read UTF-8.
    format!("\u{feff}{}", line(titles))
}

/// A line.
pub fn line(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.map(|text| cell(&text)).collect();
    cells.join(",") + "\r\n"
}

/// Quoted, and inert in a spreadsheet: a text that would be a formula gets an apostrophe; a number stays a number.
fn cell(text: &str) -> String {
    let is_number = text.parse::<f64>().is_ok();
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) && !is_number;
    let inert = if is_formula { format!("'{text}") } else { text.to_owned() };
    if inert.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", inert.replace('"', "\"\"")) } else { inert }
}

/// A day; nothing when there is none.
pub fn day(day: Option<Day>) -> String {
    day.map(|d| d.to_string()).unwrap_or_default()
}

/// A number; nothing when there is none.
pub fn number<N: ToString>(number: Option<N>) -> String {
    number.map(|n| n.to_string()).unwrap_or_default()
}

/// An amount without its currency's sign: `420000`, `1234.50`.
pub fn amount(money: Option<Money>) -> String {
    let told = |m: Money| {
        let scale = 10_u64.pow(m.currency.decimals());
        let (sign, minor) = (if m.minor < 0 { "-" } else { "" }, m.minor.unsigned_abs());
        let part = if scale == 1 {
            String::new()
        } else {
            format!(".{:0w$}", minor % scale, w = m.currency.decimals() as usize)
        };
        format!("{sign}{}{part}", minor / scale)
    };
    money.map(told).unwrap_or_default()
}

/// An instant as a clock on the workspace's wall shows it: `2026-11-24 09:30`.
pub fn moment(s: &Shell, at: Option<Time>) -> String {
    let told = |at: Time| {
        let wall = s.zone.civil(at);
        format!("{} {:02}:{:02}", s.zone.day_of(at), wall.hour(), wall.minute())
    };
    at.map(told).unwrap_or_default()
}

/// Sends a list of any length, page by page so that memory stays small. `read` gives the rows behind a place, and the next place.
pub fn send_pages<R, C, F>(
    name: &str,
    head: String,
    mut read: impl FnMut(Option<C>) -> F + Send + 'static,
    write: impl Fn(&R) -> String + Send + 'static,
) -> Response
where
    R: Send + 'static,
    C: Send + 'static,
    F: Future<Output = kizashi_app::Result<(Vec<R>, Option<C>)>> + Send,
{
    let (send, receive) = tokio::sync::mpsc::channel::<Result<String, std::io::Error>>(2);
    tokio::spawn(async move {
        let (mut rows, mut part, mut after) = (0_i64, head, None);
        while rows < EXPORT_ROWS_MAX {
            let (page, next) = match read(after.take()).await {
                Ok(found) => found,
                Err(error) => {
                    // A file cut short must not look whole: the connection ends with an error.
                    let _logged = Problem::from(error);
                    let _ = send.send(Err(std::io::Error::other("the list could not be read"))).await;
                    return;
                }
            };
            page.iter().for_each(|row| part.push_str(&write(row)));
            rows += i64::try_from(page.len()).unwrap_or(EXPORT_ROWS_MAX);
            if send.send(Ok(std::mem::take(&mut part))).await.is_err() || next.is_none() {
                return;
            }
            after = next;
        }
    });
    as_file(name, Body::from_stream(crate::stream::Received(receive)))
}

/// Sends a table that is there whole: the keys of its titles, and its rows.
pub fn send_rows(s: &Shell, name: &str, keys: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Response {
    send_table(name, keys.iter().map(|key| s.words.t(key)), rows)
}

/// The same with titles that are no words of ours.
pub fn send_table(
    name: &str,
    titles: impl Iterator<Item = String>,
    rows: impl Iterator<Item = Vec<String>>,
) -> Response {
    let mut text = head(titles);
    rows.for_each(|row| text.push_str(&line(row.into_iter())));
    as_file(name, Body::from(text))
}

fn as_file(name: &str, body: Body) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}.csv\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("＝1"), "'＝1");
        assert_eq!(cell("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(cell("-21"), "-21");
        assert_eq!(cell("-21,\"x\""), "\"'-21,\"\"x\"\"\"");
        assert_eq!(cell("a\nb"), "\"a\nb\"");
    }

    #[test]
    fn amounts_have_the_decimals_of_their_currency() {
        let usd = kizashi_domain::money::Currency::parse("USD").unwrap();
        assert_eq!(amount(Some(Money::yen(-420_000))), "-420000");
        assert_eq!(amount(Some(Money { minor: 123_405, currency: usd })), "1234.05");
        assert_eq!(amount(None), "");
    }

    #[tokio::test]
    async fn every_page_is_sent_once_and_a_fault_cuts_the_file_off() {
        let read = |after: Option<usize>| async move {
            let from = after.unwrap_or(0);
            if from == 4 {
                return Err(kizashi_app::Error::failed("a list", "gone"));
            }
            Ok((vec![from, from + 1], Some(from + 2)))
        };
        let until_two = move |after: Option<usize>| async move {
            let (rows, next) = read(after).await?;
            Ok((rows, next.filter(|n| *n < 4)))
        };
        let row = |n: &usize| line(std::iter::once(n.to_string()));
        let whole = send_pages("list", "n\r\n".to_owned(), until_two, row);
        let whole = axum::body::to_bytes(whole.into_body(), 1_000).await.unwrap();
        assert_eq!(whole, "n\r\n0\r\n1\r\n2\r\n3\r\n");
        let cut = send_pages("list", "n\r\n".to_owned(), read, row);
        assert!(axum::body::to_bytes(cut.into_body(), 1_000).await.is_err());
    }
}
