//! The page.

use kizashi_domain::money::Money;
use kizashi_domain::time::Day;
use maud::{Markup, html};

use crate::parts::health::{Colour, delta, mark};
use crate::parts::state::empty;
use crate::parts::work::{Work, work};
use crate::shell::{Page, Place, Shell};

/// What the morning page shows.
#[derive(Clone, Debug)]
pub struct Today {
    /// The last business day before today: changes are counted from its end.
    pub since: Day,
    /// Customers with a new sign since then.
    pub signs: usize,
    /// Renewals whose notice deadline is near.
    pub near_notices: usize,
    /// Cards within today's budget, most pressing first.
    pub cards: Vec<Work>,
    /// The person's daily capacity.
    pub capacity: usize,
    /// Open cards of this person in all.
    pub open: usize,
    /// What was kept quiet, with its reason.
    pub quieted: Vec<Quieted>,
    /// Changes of score since the last business day, largest first.
    pub changes: Vec<Change>,
    /// Deadlines coming.
    pub deadlines: Vec<Deadline>,
    /// Feeds that went quiet.
    pub silent: Vec<Silent>,
    /// Whether the workspace has any customer yet.
    pub has_customers: bool,
}

/// A card that waits, and why.
#[derive(Clone, Debug)]
pub struct Quieted {
    /// The card's id.
    pub card: String,
    /// The customer's name.
    pub name: String,
    /// What it asks for.
    pub what: String,
    /// Why it waits.
    pub reason: String,
}

/// A change of score and where it comes from.
#[derive(Clone, Debug)]
pub struct Change {
    /// The customer's id.
    pub customer: String,
    /// The customer's name.
    pub name: String,
    /// Health today.
    pub colour: Colour,
    /// Score then.
    pub before: i64,
    /// Score now.
    pub now: i64,
    /// Points by reason: `customer`, `data`, `override`, `settings`. They add up to the change.
    pub split: Vec<(String, i64)>,
}

/// A deadline.
#[derive(Clone, Debug)]
pub struct Deadline {
    /// The day.
    pub day: Day,
    /// The customer's id.
    pub customer: String,
    /// The customer's name.
    pub name: String,
    /// Health today.
    pub colour: Colour,
    /// `notice`, `renewal`, `due`.
    pub kind: String,
    /// Monthly revenue at stake.
    pub mrr: Option<Money>,
}

/// A feed that stopped.
#[derive(Clone, Debug)]
pub struct Silent {
    /// Name of the source.
    pub source: String,
    /// Days without anything.
    pub days: i32,
    /// Customers concerned.
    pub customers: u64,
    /// Metrics concerned.
    pub metrics: u64,
}

/// `GET /today`.
pub fn today(s: &Shell, view: &Today) -> Page {
    let w = &s.words;
    let body = html! {
        header.lede {
            h1 { (w.day_long(s.today)) }
            p { (sentence(s, view)) }
            div.budget {
                span { (w.with("today-budget", &[("used", view.cards.len().into()), ("of", view.capacity.into())])) }
                @if !view.quieted.is_empty() { a href="#quiet" { (w.with("today-quieted", &[("n", view.quieted.len().into())])) } }
            }
        }
        @if view.has_customers {
            section aria-label=(w.t("today-cards")) {
                @for card in &view.cards { (work(s, card, true)) }
                @if view.cards.is_empty() { (empty(&w.t("today-no-cards"), Some(("/customers?notice=90", &w.t("today-no-cards-button"))))) }
                @if view.open > view.cards.len() { p.pager { a href="/cards" { (w.with("today-all-cards", &[("n", view.open.into())])) } } }
            }
            div.cols {
                (changes(s, view))
                (deadlines(s, view))
                (silent(s, view))
            }
            (quieted(s, view))
        } @else {
            (empty(&w.t("today-nothing-yet"), Some(("/data", &w.t("today-nothing-yet-button")))))
        }
    };
    Page { title: w.t("nav-today"), place: Place::Today, body }
}

fn sentence(s: &Shell, view: &Today) -> String {
    let w = &s.words;
    let since = w.weekday_name(view.since);
    let mut said = vec![if view.signs == 0 {
        w.with("today-no-signs", &[("since", since.into())])
    } else {
        w.with("today-signs", &[("since", since.into()), ("n", view.signs.into())])
    }];
    if view.near_notices > 0 {
        said.push(w.with("today-near-notices", &[("n", view.near_notices.into())]));
    }
    if !view.silent.is_empty() {
        said.push(w.with("today-silent-feeds", &[("n", view.silent.len().into())]));
    }
    said.join(&w.t("between-sentences"))
}

fn changes(s: &Shell, view: &Today) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.with("today-changes", &[("since", w.weekday_name(view.since).into())])) }
            @if view.changes.is_empty() { p.faint { (w.t("today-no-changes")) } }
            ul.moves {
                @for change in &view.changes {
                    li data-row {
                        (delta(w, change.now - change.before, None))
                        div {
                            a.plain href={ "/customers/" (change.customer) } data-open { (change.name) }
                            " " span.to.faint { (change.before) " → " } (mark(w, change.colour)) " " (change.now)
                            div.split {
                                @for (i, (reason, points)) in change.split.iter().enumerate() {
                                    @if i > 0 { (w.t("between-items")) }
                                    (w.word("change", reason)) " " (w.change(*points))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn deadlines(s: &Shell, view: &Today) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("today-deadlines")) }
            @if view.deadlines.is_empty() { p.faint { (w.t("today-no-deadlines")) } }
            @else {
                table.bare {
                    tbody {
                        @for deadline in &view.deadlines {
                            tr {
                                td.nowrap { (w.day(deadline.day, s.today)) }
                                td { (mark(w, deadline.colour)) " " a.plain href={ "/customers/" (deadline.customer) } { (deadline.name) }
                                    div.small.faint { (w.word("deadline", &deadline.kind)) @if let Some(mrr) = deadline.mrr { " · " (w.monthly(mrr)) } }
                                }
                                td.num.ink2 { (w.away(deadline.day, s.today)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn silent(s: &Shell, view: &Today) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("today-silent")) }
            @if view.silent.is_empty() { p.faint { (w.t("today-no-silent")) } }
            ul.moves {
                @for feed in &view.silent {
                    li.feed {
                        strong { (feed.source) }
                        div {
                            (w.with("silent-days", &[("n", feed.days.into())]))
                            div.split { (w.with("silent-reach", &[("customers", feed.customers.into()), ("metrics", feed.metrics.into())])) " " a.go href="/data" { (w.t("silent-mend")) } }
                        }
                    }
                }
            }
        }
    }
}

fn quieted(s: &Shell, view: &Today) -> Markup {
    let w = &s.words;
    html! {
        @if !view.quieted.is_empty() {
            section #quiet {
                details.quiet {
                    summary { (w.with("today-quieted-title", &[("n", view.quieted.len().into())])) }
                    p.faint.small { (w.t("today-quieted-help")) }
                    table.small {
                        tbody {
                            @for card in &view.quieted {
                                tr {
                                    td { a.plain href={ "/cards/" (card.card) } { (card.name) } }
                                    td { (card.what) }
                                    td.faint { (card.reason) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
