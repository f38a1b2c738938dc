//! The board: a column for each state, cards moved by buttons.

use kizashi_app::plays::{self, CardList, CardQuery, CardRow, CardState};
use maud::{Markup, html};

use super::pages::Asked;
use crate::parts::form::token;
use crate::parts::health::mark;
use crate::parts::work::{flags, kind_word, owner, seen_of, state_key};
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Shell, Visit};

/// Cards of a column; the list has the others.
const ROWS: i64 = 30;
/// States in the order in which a card goes through them.
const COLUMNS: [CardState; 4] = [CardState::New, CardState::Taken, CardState::Waiting, CardState::Closed];

/// The columns, and how many open cards there are; those themselves are in the columns.
pub(super) async fn open_board(
    web: &Web,
    visit: &Visit,
    asked: &Asked,
    wanted: &CardQuery,
) -> Result<(CardList, Markup), Problem> {
    let s = &visit.shell;
    let mut sum = CardList { rows: vec![], total: 0, next: None, looked_at: None };
    let mut columns = Vec::new();
    for state in COLUMNS {
        let is_closed = state == CardState::Closed;
        let query = CardQuery { state: Some(state), closed: is_closed, after: None, rows: ROWS, ..wanted.clone() };
        let list = plays::list_cards(&web.app, visit.viewer.workspace, &query).await?;
        sum.total += if is_closed { 0 } else { list.total };
        sum.looked_at = sum.looked_at.or(list.looked_at);
        columns.push((state, list));
    }
    let w = &s.words;
    let board = html! {
        div.board {
            @for (state, list) in &columns {
                section aria-label=(w.t(state_key(*state))) {
                    h2 { (w.t(state_key(*state))) " " span.count { (list.total) } }
                    @for card in &list.rows { (card_of(s, card)) }
                    @if list.rows.is_empty() { p.faint.small { (w.t("board-empty")) } }
                    @if list.next.is_some() {
                        @let tab = if *state == CardState::Closed { "done" } else { asked.tab.as_str() };
                        p.small { a href=(Asked { tab: tab.into(), is_board: false, ..asked.clone() }.first()) { (w.t("board-more")) } }
                    }
                }
            }
        }
    };
    Ok((sum, board))
}

fn card_of(s: &Shell, card: &CardRow) -> Markup {
    let w = &s.words;
    html! {
        article.tile data-row aria-label={ (card.subject) " " (w.word("card-kind", kind_word(card.kind))) } {
            div.head {
                (mark(w, card.customer_id.and(card.band)))
                a.plain.name href={ "/cards/" (card.id) } data-open data-key="o" title=(card.subject) { (card.subject) }
                span.kind { (w.word("card-kind", kind_word(card.kind))) }
            }
            p { (w.text(&card.what)) }
            div.small.faint { (w.day(card.due_day, s.today)) " · " (owner(s, card)) " " (flags(s, card)) }
            @if card.state != CardState::Closed && s.may_work() { (moves(s, card)) }
        }
    }
}

/// One step back and one ahead; a card is closed on its page, where its outcome is said.
fn moves(s: &Shell, card: &CardRow) -> Markup {
    let w = &s.words;
    let steps: &[(&str, &str, &str)] = match card.state {
        CardState::New => &[("take", "→", "card-step-working")],
        CardState::Taken => &[("release", "←", "card-step-new"), ("wait", "→", "card-step-waiting")],
        CardState::Waiting => &[("take", "←", "card-step-working")],
        CardState::Closed => &[],
    };
    html! {
        div.moves-row {
            @for (n, (act, arrow, key)) in steps.iter().enumerate() {
                form method="post" action={ "/cards/" (card.id) "/move" } {
                    (token(&s.csrf))
                    input type="hidden" name="back" value=(s.address);
                    input type="hidden" name="act" value=(act);
                    input type="hidden" name="seen" value=(seen_of(card));
                    button.btn.quiet data-key=(n + 1) title={ (w.t(key)) " (" (n + 1) ")" } { @if *arrow == "←" { (arrow) " " } (w.t(key)) @if *arrow == "→" { " " (arrow) } }
                }
            }
            @if card.state != CardState::New { a.btn.quiet href={ "/cards/" (card.id) } { (w.t("card-close")) } }
        }
    }
}
