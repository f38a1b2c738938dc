//! The page.

use kizashi_app::plays::Nobodys;
use kizashi_app::today::{ChangeRow, DeadlineRow, QuietSource, Today};
use kizashi_domain::health::Change;
use maud::{Markup, html};

use crate::parts::form::post_button;
use crate::parts::health::{delta, mark};
use crate::parts::state::empty;
use crate::parts::work::{Named, signs_sentence, work};
use crate::shell::{Page, Place, Shell};

/// Rows of each list beside the work; the rest is one click away.
const ROWS_SHOWN: usize = 6;
/// Characters of a note that show.
const MENTION_CHARS_SHOWN: usize = 200;

/// `GET /today`.
pub fn today(s: &Shell, view: &Today) -> Page {
    let w = &s.words;
    let body = html! {
        header.lede {
            h1 { (w.day_long(view.day)) }
            p { (sentence(s, view)) }
            div.budget {
                @let (count, capacity) = (i64::try_from(view.cards.len()).unwrap_or(0), view.capacity);
                @let beyond = count - capacity;
                span { (w.with("today-budget", &[("used", count.min(capacity).into()), ("of", capacity.into())])) }
                @if beyond > 0 { span title=(w.t("today-beyond-tip")) { (w.with("today-beyond", &[("n", beyond.into())])) } }
                @if view.nobodys.total > 0 { a href="/cards?tab=nobody" { (w.with("today-nobodys", &[("n", view.nobodys.total.into())])) } }
                @if view.quiet_total > 0 { a href="/cards/quiet" { (w.with("today-quieted", &[("n", view.quiet_total.into())])) } }
            }
        }
        @if view.customers == 0 {
            (empty(&w.t("today-nothing-yet"), Some(("/data", &w.t("today-nothing-yet-button")))))
        } @else {
            (crate::handover::banner(s, &view.left_behind, view.taken_over))
            (mentions(s, view))
            section aria-label=(w.t("today-cards")) {
                @for card in &view.cards { (work(s, card, Named::Here)) }
                @if view.cards.is_empty() {
                    @let key = if view.scored { "today-no-cards" } else { "today-not-scored" };
                    (empty(&w.t(key), Some(("/customers?sort=notice", &w.t("today-no-cards-button")))))
                }
            }
            (nobodys(s, &view.nobodys))
            (crate::rooms::mine(s, &view.rooms))
            (crate::plays::my_tasks(s, &view.tasks, view.tasks_due))
            div.cols { (changes(s, view)) (deadlines(s, view)) (quiet_sources(s, view)) }
            (crate::access::drifted(s, &view.drifted))
            (quieted(s, view))
        }
    };
    Page { title: w.t("nav-today"), place: Place::Today, body }
}

/// Cards of nobody, for whoever can give them to somebody.
fn nobodys(s: &Shell, found: &Nobodys) -> Markup {
    let w = &s.words;
    html! {
        @if !found.cards.is_empty() {
            section #nobodys {
                h2 { (w.t("today-nobodys-title")) " " span.faint { (found.total) } }
                p.faint.small { (w.t("today-nobodys-help")) }
                @for card in &found.cards { (work(s, card, Named::Here)) }
                p.small { a href="/cards?tab=nobody" { (w.t("today-nobodys-all")) } }
            }
        }
    }
}

/// Notes in which the reader is meant, until they say that they have seen them.
fn mentions(s: &Shell, view: &Today) -> Markup {
    let w = &s.words;
    html! {
        @if !view.mentions.is_empty() || !view.card_mentions.is_empty() {
            section.mentions #mentions {
                h2 { (w.t("today-mentions")) }
                @for row in &view.mentions {
                    @let short: String = row.text.chars().take(MENTION_CHARS_SHOWN).collect();
                    article.mention data-row {
                        div {
                            a.plain href={ "/customers/" (row.customer) "/history?kind=activity&before=" (row.at.micros().saturating_add(1)) } data-open { (row.customer_name) }
                            span.by { (row.who) " " (w.day(s.zone.day_of(row.at), s.today)) }
                            p.body { (short) @if short.len() < row.text.len() { "…" } }
                        }
                        (post_button(&s.csrf, &format!("/notes/{}/seen", row.note), &[("back", "/today")], html! { button.btn { (w.t("mention-seen")) } }))
                    }
                }
                @for row in &view.card_mentions {
                    @let short: String = row.text.chars().take(MENTION_CHARS_SHOWN).collect();
                    article.mention data-row {
                        div {
                        div {
                            a.plain href={ "/cards/" (row.card) } data-open { (w.with("mention-card", &[("name", row.subject.clone().into())])) }
                            span.by { (row.who) " " (w.day(s.zone.day_of(row.at), s.today)) }
                            p.body { (short) @if short.len() < row.text.len() { "…" } }
                        }
                        (post_button(&s.csrf, &format!("/card-mentions/{}/seen", row.step), &[("back", "/today")], html! { button.btn { (w.t("mention-seen")) } }))
                        }
                    }
                }
            }
        }
    }
}

fn sentence(s: &Shell, view: &Today) -> String {
    let w = &s.words;
    if view.customers == 0 {
        return String::new();
    }
    let since = w.weekday_name(view.since);
    let mut said = vec![signs_sentence(w, &since, view.new_signs)];
    if view.deadlines_near > 0 {
        said.push(w.with("today-near-notices", &[("n", view.deadlines_near.into())]));
    }
    if !view.quiet_sources.is_empty() {
        said.push(w.with("today-silent-feeds", &[("n", view.quiet_sources.len().into())]));
    }
    said.join(&w.t("between-sentences"))
}

fn changes(s: &Shell, view: &Today) -> Markup {
    let w = &s.words;
    if !view.week.is_empty() {
        return week(s, view);
    }
    html! {
        section {
            h2 { (w.with("today-changes", &[("since", w.weekday_name(view.since).into())])) }
            @if view.changes.is_empty() { p.faint { (w.t("today-no-changes")) } }
            ul.moves { @for row in view.changes.iter().take(ROWS_SHOWN) { (change(s, row)) } }
            @if view.changes_total > i64::try_from(view.changes.len().min(ROWS_SHOWN)).unwrap_or_default() {
                p.small { a href="/customers?sort=change" { (w.with("today-all-changes", &[("n", view.changes_total.into())])) } }
            }
        }
    }
}

/// What moved within a week, where nothing did since the last business day.
fn week(s: &Shell, view: &Today) -> Markup {
    let w = &s.words;
    html! {
        section #week {
            h2 { (w.with("today-week", &[("since", w.weekday_name(view.since).into())])) }
            ul.moves {
                @for row in &view.week {
                    li data-row {
                        (delta(w, row.points.1 - row.points.0))
                        div {
                            a.plain href={ "/customers/" (row.id) } data-open { (row.name) }
                            " " span.to.faint { (row.points.0) " → " (row.points.1) }
                            div.split {
                                @if let Some((day, moved)) = row.most {
                                    (w.with("today-week-most", &[("day", w.day(day, s.today).into()), ("change", w.change(moved).into())])) " "
                                }
                                a.go href={ "/customers/" (row.id) "?against=" (view.week_from) "#breakdown" } { (w.t("today-week-why")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn change(s: &Shell, row: &ChangeRow) -> Markup {
    let w = &s.words;
    html! {
        li data-row {
            (delta(w, row.change.total.into()))
            div {
                a.plain href={ "/customers/" (row.id) } data-open { (row.name) }
                " " span.to.faint { (shown(s, row.points.0)) " → " (shown(s, row.points.1)) }
                div.split { (split(s, &row.change)) }
                div.small.ink2 { (w.text(&row.sentence)) }
            }
        }
    }
}

fn shown(s: &Shell, points: Option<i64>) -> String {
    points.map_or_else(|| s.words.t("health-unknown"), |n| n.to_string())
}

/// 顧客の変化 −2、設定変更 −6: the parts that are not nothing, when there is more than the customer itself.
pub fn split(s: &Shell, change: &Change) -> String {
    let w = &s.words;
    let parts = [
        ("change-customer", change.customer),
        ("change-data", change.data),
        ("change-model", change.model),
        ("change-override", change.overridden),
        ("change-settings", change.settings),
    ];
    let told: Vec<String> = parts
        .into_iter()
        .filter(|(_, points)| *points != 0)
        .map(|(key, points)| format!("{} {}", w.t(key), w.change(points.into())))
        .collect();
    told.join(&w.t("between-items"))
}

/// A word over a score that ends soon: said again by whoever still means it, or gone.
fn ending_overrides(s: &Shell, view: &Today) -> Markup {
    let w = &s.words;
    html! {
        @if !view.ending_overrides.is_empty() {
            h3 { (w.t("today-overrides")) }
            table.bare { tbody {
                @for o in &view.ending_overrides {
                    tr {
                        td.nowrap { (w.day(o.until_day, s.today)) }
                        td { a.plain href={ "/customers/" (o.customer) } { (o.customer_name) } div.small.faint { (o.author) " · " (w.word("override-reason", &o.reason)) } }
                        td.num.ink2 { (w.away(o.until_day, s.today)) }
                    }
                }
            } }
        }
    }
}

fn deadlines(s: &Shell, view: &Today) -> Markup {
    let w = &s.words;
    // A card above says the deadline of its customer too.
    let is_above = |d: &&DeadlineRow| view.cards.iter().any(|card| card.customer_id == Some(d.id));
    let (above, others): (Vec<&DeadlineRow>, Vec<&DeadlineRow>) = view.deadlines.iter().partition(is_above);
    let (heading, none) = match above.is_empty() {
        true => ("today-deadlines", "today-no-deadlines"),
        false => ("today-other-deadlines", "today-no-other-deadlines"),
    };
    html! {
        section {
            h2 { (w.t(heading)) }
            @if others.is_empty() { p.faint { (w.t(none)) } }
            @else {
                table.bare {
                    tbody {
                        @for deadline in others.iter().take(ROWS_SHOWN) {
                            tr {
                                td.nowrap { (w.day(deadline.notice_on, s.today)) }
                                td {
                                    (mark(w, deadline.band)) "\u{a0}" a.plain href={ "/customers/" (deadline.id) } { (deadline.name) }
                                    @if let Some(mrr) = deadline.mrr { div.small.faint { (w.monthly(mrr)) } }
                                }
                                td.num.ink2 { (w.away(deadline.notice_on, s.today)) }
                            }
                        }
                    }
                }
                @if others.len() > ROWS_SHOWN { p.small { a href="/customers?sort=notice" { (w.t("today-all-deadlines")) } } }
            }
            (ending_overrides(s, view))
        }
    }
}

fn quiet_sources(s: &Shell, view: &Today) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("today-silent")) }
            @if view.quiet_sources.is_empty() { p.faint { (w.t("today-no-silent")) } }
            ul.moves { @for source in &view.quiet_sources { (quiet_source(s, source)) } }
        }
    }
}

fn quiet_source(s: &Shell, source: &QuietSource) -> Markup {
    let w = &s.words;
    let titles: Vec<&str> = source.metrics.iter().map(|t| w.text(t)).collect();
    html! {
        li.feed {
            strong { (source.source) }
            div {
                (w.with("silent-days", &[("n", (s.today.0 - source.last_day.0).into())]))
                span.faint { " " (w.t("data-last")) " " (w.day(source.last_day, s.today)) }
                div.split title=(titles.join(&w.t("between-items"))) {
                    (w.with("silent-reach", &[("customers", source.customers.into()), ("metrics", source.metrics.len().into())]))
                    " " a.go href="/data" { (w.t("silent-mend")) }
                }
            }
        }
    }
}

fn quieted(s: &Shell, view: &Today) -> Markup {
    let w = &s.words;
    html! {
        @if view.quiet_total > 0 {
            section #quiet {
                details.quiet {
                    summary { (w.with("today-quieted-title", &[("n", view.quiet_total.into())])) }
                    p.faint.small { (w.t("today-quieted-help")) }
                    div.scroll { table.small {
                        tbody {
                            @for card in &view.quiet {
                                tr {
                                    td { a.plain href={ "/cards/" (card.row.id) } { (card.row.subject) } }
                                    td { (w.text(&card.row.what)) }
                                    td.faint { (crate::cards::reason(s, card)) }
                                }
                            }
                        }
                    } }
                    p.small { a href="/cards/quiet" { (w.t("quiet-all")) } }
                }
            }
        }
    }
}
