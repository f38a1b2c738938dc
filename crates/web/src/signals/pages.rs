//! The page of a signal.

use kizashi_app::plays::{COUNTED_DAYS, CardState, Fate, FiringView, SignalPage};
use kizashi_app::signals::FiringQuery;
use kizashi_domain::pack::Pack;
use kizashi_domain::pack::labels::{label_also, label_audience, label_facet, label_subject, label_trigger, show_of};
use kizashi_domain::pack::titles::rule_title;
use kizashi_domain::signals::{Because, Rule, Trigger};
use maud::{Markup, html};

use crate::parts::state::{empty, pager};
use crate::shell::{Page, Place, Shell};

/// A signal as it is drawn.
pub struct View<'a> {
    /// What was asked for.
    pub query: &'a FiringQuery,
    /// What was found.
    pub page: &'a SignalPage,
    /// The pack in force.
    pub pack: &'a Pack,
    /// Whether it is the first page.
    pub is_first: bool,
}

/// `GET /signals/{id}`.
pub fn signal(s: &Shell, view: &View<'_>) -> Page {
    let w = &s.words;
    let rule = view.page.rule.as_ref();
    let name = rule.map_or_else(|| view.query.rule.clone(), |r| w.text(&rule_title(r, &view.pack.metrics)).to_owned());
    let address = format!("/signals/{}", view.query.rule);
    let body = html! {
        p.small { a.plain href="/settings" { "← " (w.t("nav-settings")) } }
        div.page-head {
            h1 { (name) }
            @if rule.is_some() { div.rest { a.btn href={ "/settings/signals/" (view.query.rule) } { (w.t("signal-settings")) } } }
        }
        @match rule {
            Some(rule) => { (answer(s, view, rule)) (condition(s, view.pack, rule)) }
            None => p.note { (w.t("signal-gone")) },
        }
        section #firings {
            h2 { (w.t("signal-firings")) }
            @if let Some(row) = view.page.rows.first().filter(|_| view.query.customer.is_some()) {
                p.small { (w.with("signal-only", &[("name", row.row.name.clone().into())])) " " a.go href=(address) { (w.t("signal-all")) } }
            }
            @if view.page.rows.is_empty() {
                (empty(&w.t("signal-none"), view.query.customer.is_some().then(|| (address.clone(), w.t("signal-all"))).as_ref().map(|(a, t)| (a.as_str(), t.as_str()))))
            } @else {
                ul.firings { @for firing in &view.page.rows { (line(s, view, firing)) } }
                @let only = view.query.customer.map_or_else(String::new, |c| format!("customer={c}&"));
                @let next = view.page.next.as_ref().map(|(day, key)| format!("{address}?{only}after={day}.{key}"));
                @let start = (!view.is_first).then(|| format!("{address}?{}", only.trim_end_matches('&')));
                @if next.is_some() || start.is_some() { (pager(w, "", start.as_deref(), next.as_deref())) }
            }
        }
    };
    Page { title: name, place: Place::Settings, body }
}

fn answer(s: &Shell, view: &View<'_>, rule: &Rule) -> Markup {
    let w = &s.words;
    let tally = view.page.tally;
    html! {
        p.answer {
            (w.with("signal-fired", &[("n", tally.fired.into()), ("days", COUNTED_DAYS.into())]))
            @if !rule.when.is_arrival() && tally.standing > 0 { (w.t("between-sentences")) (w.with("signal-standing", &[("n", tally.standing.into())])) }
        }
    }
}

/// What is looked for, in words.
fn condition(s: &Shell, pack: &Pack, rule: &Rule) -> Markup {
    let w = &s.words;
    let days = |n: u32| w.with("signal-days", &[("n", n.into())]);
    html! {
        dl.facts.condition {
            dt { (w.t("settings-condition")) }
            @if rule.when.views().is_empty() { dd { (w.text(&label_trigger(&rule.when, &pack.metrics))) } }
            @else {
                dd {
                    (w.t(if matches!(rule.when, Trigger::RedAccount { .. }) { "settings-when-red" } else { "settings-when-apart" }))
                    ul { @for facet in rule.when.views() { li { (w.text(&label_facet(facet, &pack.metrics))) } } }
                }
            }
            @for also in &rule.also { dt { (w.t("settings-also")) } dd { (w.text(&label_also(also, &pack.metrics))) } }
            dt { (w.t("settings-for")) } dd { (w.text(&label_audience(&rule.audience))) }
            @if rule.dwell_days > 1 { dt { (w.t("settings-dwell")) } dd { (days(rule.dwell_days)) } }
            @if rule.cooldown_days > 0 { dt { (w.t("settings-cooldown")) } dd { (days(rule.cooldown_days)) } }
            dt { (w.t("card-kind")) } dd { (rule.card.label(w.lang())) }
        }
    }
}

fn line(s: &Shell, view: &View<'_>, firing: &FiringView) -> Markup {
    let w = &s.words;
    let row = &firing.row;
    html! {
        li data-row {
            div.when.nowrap { (w.day(row.firing.day, s.today)) }
            div {
                p.who {
                    @if let Some(id) = row.customer { a href={ "/customers/" (id) } { (row.name) } } @else { (row.name) }
                    " " (standing(s, firing))
                }
                p { (w.text(&firing.why)) }
                p.small.became { (became(s, firing.fate.as_ref())) }
                details {
                    summary.small { (w.t("signal-why")) }
                    (figures(s, view, firing))
                    (circumstances(s, firing))
                }
            }
        }
    }
}

/// Whether what it fired for goes on, and for how long.
fn standing(s: &Shell, firing: &FiringView) -> Markup {
    let w = &s.words;
    let row = &firing.row;
    let is_no_show = firing.rule.as_ref().is_some_and(|r| r.when.is_no_show());
    if firing.rule.as_ref().is_none_or(|r| r.when.is_arrival()) {
        return html! {};
    }
    // A stumble lasts since the day on which it should have been done; anything else since it was noticed.
    let due = row.firing.because.first().and_then(|b| b.date).filter(|_| is_no_show);
    let since = due.unwrap_or(row.firing.day);
    let days = |until: kizashi_domain::time::Day| (until.0 - since.0).max(0);
    html! {
        @match row.ended_day {
            None => span.tag { (w.with(if is_no_show { "signal-stumbles" } else { "signal-goes-on" }, &[("n", days(s.today).into())])) },
            Some(day) => span.small.faint { (w.with("signal-over", &[("day", w.day(day, s.today).into()), ("n", days(day).into())])) },
        }
    }
}

/// What became of a firing.
fn became(s: &Shell, fate: Option<&Fate>) -> Markup {
    let w = &s.words;
    html! {
        @match fate {
            None => span.faint { (w.t("signal-no-card")) },
            Some(fate) => {
                (w.t(if fate.opened { "signal-opened" } else { "signal-joined" })) " "
                a.go href={ "/cards/" (fate.card) } { (w.t(match fate.state {
                    CardState::New => "signal-card-new",
                    CardState::Taken => "signal-card-taken",
                    CardState::Waiting => "signal-card-waiting",
                    CardState::Closed => "signal-card-closed",
                })) }
                @if let Some(outcome) = fate.outcome { " " span.faint { (w.word("outcome", outcome.word())) } }
            }
        }
    }
}

/// The values and limits on which it rested.
fn figures(s: &Shell, view: &View<'_>, firing: &FiringView) -> Markup {
    let w = &s.words;
    let metrics = &view.pack.metrics;
    let told: Vec<&Because> = firing.row.firing.because.iter().filter(|b| !b.of.is_empty()).collect();
    let shown = |b: &Because, value: Option<f64>| {
        let metric = metrics.iter().find(|m| m.id == b.of);
        value.map_or_else(|| "—".to_owned(), |v| show_of(metric, v, w.lang()))
    };
    let has_before = told.iter().any(|b| b.before.is_some());
    html! {
        @if !told.is_empty() {
            div.scroll tabindex="0" role="region" aria-label=(w.t("signal-why")) {
                table.sheet.narrow-sheet {
                    thead { tr {
                        th scope="col" { (w.t("settings-subject")) }
                        th.num scope="col" { (w.t("signal-value")) }
                        @if has_before { th.num scope="col" { (w.t("signal-before")) } }
                        th.num scope="col" { (w.t("settings-limit")) }
                    } }
                    tbody {
                        @for b in told {
                            tr {
                                th scope="row" { (w.text(&label_subject(&b.of, metrics))) @if let Some(good) = b.good { span.faint { " " (w.t(if good { "signal-good" } else { "signal-bad" })) } } }
                                td.num { (shown(b, b.value)) }
                                @if has_before { td.num { (shown(b, b.before)) } }
                                td.num { (shown(b, b.limit)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How long it was seen, when it fired last, under which settings, and when it was written down.
fn circumstances(s: &Shell, firing: &FiringView) -> Markup {
    let w = &s.words;
    let row = &firing.row;
    let Some(rule) = &firing.rule else { return html! {} };
    let seen = row.before.seen_days.saturating_add(1);
    let wanted = rule.wanted_days();
    html! {
        dl.facts {
            @if !rule.when.is_arrival() {
                dt { (w.t("signal-seen")) } dd { (w.with("signal-seen-of", &[("n", seen.min(wanted).into()), ("of", wanted.into())])) }
            }
            dt { (w.t("signal-last")) }
            dd {
                @match row.before.fired_on {
                    Some(day) => (w.with("signal-last-on", &[("day", w.day(day, s.today).into()), ("n", rule.cooldown_days.into())])),
                    None => (w.t("signal-first")),
                }
            }
            dt { (w.t("signal-version")) }
            dd { a href={ "/settings/versions/" (row.settings_version) } { (w.with("signal-version-n", &[("n", row.settings_version.into())])) } }
            dt { (w.t("signal-recorded")) }
            dd { (w.day(s.zone.day_of(row.recorded_at), s.today)) " " (w.clock(row.recorded_at, &s.zone)) }
        }
    }
}
