//! What a customer's page shows of its deals: what is next, and what was promised.

use kizashi_app::customers::CustomerPage;
use kizashi_app::deals::DealView;
use kizashi_domain::deals::Stage;
use maud::{Markup, html};

use super::list::next;
use super::stage_title;
use crate::shell::Shell;

/// Decided deals that show at once.
const DECIDED_SHOWN: usize = 5;

/// The deals of a customer.
pub fn deals(s: &Shell, c: &CustomerPage, stages: &[Stage]) -> Markup {
    let w = &s.words;
    let (open, decided): (Vec<&DealView>, Vec<&DealView>) = c.deals.iter().partition(|d| d.is_open());
    html! {
        section #deals {
            h2 { (w.t("nav-deals")) }
            @if c.deals.is_empty() { p.faint { (w.t("deals-of-none")) } }
            ul.plain.deals {
                @for deal in &open { (one(s, c, stages, deal)) }
                @for deal in decided.iter().take(DECIDED_SHOWN) { (one(s, c, stages, deal)) }
            }
            @if decided.len() > DECIDED_SHOWN {
                details { summary.small { (w.with("deals-of-more", &[("n", (decided.len() - DECIDED_SHOWN).into())])) }
                    ul.plain.deals { @for deal in decided.iter().skip(DECIDED_SHOWN) { (one(s, c, stages, deal)) } }
                }
            }
            @if c.as_of.is_none() { p.small { a.plain href={ "/customers/" (c.row.id) "/deals/new" } { (w.t("deal-add")) } } }
        }
    }
}

fn one(s: &Shell, c: &CustomerPage, stages: &[Stage], deal: &DealView) -> Markup {
    let w = &s.words;
    html! {
        li {
            @if c.as_of.is_none() { a.plain href={ "/deals/" (deal.id) } { (deal.title) } } @else { (deal.title) }
            div.small.ink2 {
                (stage_title(w, stages, &deal.stage))
                @if let Some(amount) = deal.amount { " · " (amount) }
                @if deal.is_open() { @if let Some(percent) = deal.likelihood { " · " (percent) "%" } }
                @else if let Some(day) = deal.closed_on { " · " (w.day(day, s.today)) }
            }
            @if deal.is_open() { div.small { (next(s, deal)) } }
            @if !deal.promise.is_empty() { p.promise.small { strong { (w.t("deal-promise")) } " " (deal.promise) } }
        }
    }
}
