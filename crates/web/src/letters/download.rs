//! Letters that wait, as a file: who wrote, not what was written.

use axum::extract::State;
use axum::response::Response;
use kizashi_app::access::Action;
use kizashi_app::mail;

use crate::csv;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::Visit;

/// `GET /data/letters.csv`.
pub(crate) async fn download_letters(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    const KEYS: [&str; 6] = [
        "csv-letter-at",
        "csv-letter-other",
        "csv-letter-address",
        "csv-letter-subject",
        "csv-letter-way",
        "csv-letter-candidates",
    ];
    let grant = visit.permit(Action::Configure)?;
    let s = &visit.shell;
    let (mut rows, mut before) = (Vec::new(), None);
    loop {
        let page = mail::list_waiting(&web.app, &grant, before).await?;
        rows.extend(page.letters.into_iter().map(|letter| {
            let candidates: Vec<String> = letter.candidates.into_iter().map(|(_, name)| name).collect();
            let way = s.words.t(if letter.is_ours { "letters-out" } else { "letters-in" });
            let (name, address) = letter.other;
            vec![csv::moment(s, Some(letter.at)), name, address, letter.subject, way, candidates.join(" · ")]
        }));
        before = page.next;
        if before.is_none() {
            return Ok(csv::send_rows(s, "letters", &KEYS, rows.into_iter()));
        }
    }
}
