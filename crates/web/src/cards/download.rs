//! Cards as a file.

use axum::extract::{Query, State};
use axum::response::Response;
use kizashi_app::access::Action;
use kizashi_app::plays::{self, CardQuery, CardRow};
use kizashi_domain::limits::PAGE_ROWS_MAX;

use super::http::{CardsQuery, asked};
use crate::csv;
use crate::parts::health::word;
use crate::parts::work::{kind_word, state_key};
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Shell, Visit};

const KEYS: [&str; 16] = [
    "card-kind",
    "nav-customers",
    "card-what",
    "card-why",
    "card-by-when",
    "card-who",
    "csv-state",
    "card-outcome",
    "csv-outcome-note",
    "csv-opened",
    "csv-closed",
    "csv-snoozed",
    "column-health",
    "history-score",
    "column-mrr",
    "column-notice",
];

/// `GET /cards.csv`: what the list shows, all pages of it.
pub(crate) async fn download_cards(
    State(web): State<Web>,
    visit: Visit,
    Query(query): Query<CardsQuery>,
) -> Result<Response, Problem> {
    let grant = visit.permit(Action::Export)?;
    let (_, wanted) = asked(query, &visit, PAGE_ROWS_MAX);
    let head = csv::head(KEYS.iter().map(|key| visit.shell.words.t(key)));
    let read = move |after| {
        let (web, workspace) = (web.clone(), grant.workspace());
        let wanted = CardQuery { after, ..wanted.clone() };
        async move {
            let page = plays::list_cards(&web.app, workspace, &wanted).await?;
            Ok((page.rows, page.next))
        }
    };
    Ok(csv::send_pages("cards", head, read, move |card| csv::line(cells(&visit.shell, card).into_iter())))
}

fn cells(s: &Shell, card: &CardRow) -> Vec<String> {
    let w = &s.words;
    let outcome = card.outcome.map(|o| w.word("outcome", o.word())).unwrap_or_default();
    let why: Vec<&str> = card.why.iter().map(|why| w.text(why)).collect();
    vec![
        w.word("card-kind", kind_word(card.kind)),
        card.subject.clone(),
        w.text(&card.what).to_owned(),
        why.join("\n"),
        csv::day(Some(card.due_day)),
        card.owner.clone().unwrap_or_default(),
        w.t(state_key(card.state)),
        outcome,
        card.outcome_note.clone(),
        csv::moment(s, Some(card.opened_at)),
        csv::moment(s, card.closed_at),
        csv::day(card.snoozed_until),
        card.band.map(|band| word(w, band)).unwrap_or_default(),
        csv::number(card.points),
        csv::amount(card.mrr),
        csv::day(card.notice_on),
    ]
}
