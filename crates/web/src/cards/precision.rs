//! How right each signal is, and what would make the noisy ones better.

use axum::extract::State;
use axum::response::Response;
use kizashi_app::plays::{self, Precision, SignalPrecision};
use kizashi_domain::pack::Pack;
use kizashi_domain::pack::labels::show_of;
use kizashi_domain::signals::{Advice, Change, FALSE_MIN, JUDGED_MIN, Proposal};
use maud::{Markup, html};

use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Page, Place, Shell, Visit};

/// `GET /cards/precision`.
pub(crate) async fn open_precision(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    let view = plays::open_precision(&web.app, visit.viewer.workspace).await?;
    Ok(visit.shell.page(&draw(&visit.shell, &view, &visit.settings.pack)))
}

fn percent(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}

fn name(s: &Shell, signal: &SignalPrecision) -> Markup {
    let w = &s.words;
    html! {
        @match &signal.title {
            Some(title) => a.plain href={ "/settings/signals/" (signal.rule) } { (w.text(title)) },
            None => span.faint { (w.with("card-rule-gone", &[("rule", signal.rule.clone().into())])) },
        }
    }
}

fn draw(s: &Shell, view: &Precision, pack: &Pack) -> Page {
    let w = &s.words;
    let title = w.t("precision-title");
    let noisy: Vec<&SignalPrecision> = view.signals.iter().filter(|x| x.tally.is_noisy()).collect();
    let body = html! {
        p.small { a.plain href="/cards" { "← " (w.t("nav-cards")) } }
        h1 { (title) }
        p.prose { (w.with("precision-help", &[("since", w.day_year(view.since).into()), ("n", i64::from(JUDGED_MIN).into())])) }
        @if !noisy.is_empty() {
            section {
                h2 { (w.t("precision-noisy")) }
                ul.moves { @for signal in noisy { (noisy_one(s, signal, pack)) } }
            }
        }
        (table(s, view))
    };
    Page { title, place: Place::Cards, body }
}

fn noisy_one(s: &Shell, signal: &SignalPrecision, pack: &Pack) -> Markup {
    let w = &s.words;
    html! {
        li.wide {
            div {
                strong { (name(s, signal)) }
                @if let Some(share) = signal.tally.share() {
                    " " span.ink2 { (w.with("precision-of", &[("share", percent(share.share).into()), ("real", i64::from(share.real).into()), ("judged", i64::from(share.judged).into())])) }
                }
                (reasons(s, signal))
                @match &signal.advice {
                    Some(Advice::Change(p)) => {
                        p { (say_change(s, &p.change, &signal.of, pack)) }
                        p.small.ink2 { (say_effect(s, p)) " " a.go href={ "/settings/signals/" (signal.rule) "?proposed=1" } { (w.t("precision-take")) } }
                    },
                    Some(Advice::MendData) => p.ink2 { (w.t("precision-mend-data")) " " a.go href="/data" { (w.t("precision-open-data")) } },
                    Some(Advice::MendCalendar) => p.ink2 { (w.t("precision-mend-calendar")) " " a.go href="/settings/calendar" { (w.t("precision-open-calendar")) } },
                    Some(Advice::Few) => p.ink2 { (w.with("precision-few", &[("n", i64::from(FALSE_MIN).into())])) " " (open_rule(s, signal)) },
                    Some(Advice::Alike) | None => p.ink2 { (w.t("precision-alike")) " " (open_rule(s, signal)) },
                }
            }
        }
    }
}

fn open_rule(s: &Shell, signal: &SignalPrecision) -> Markup {
    html! { @if signal.title.is_some() { a.go href={ "/settings/signals/" (signal.rule) } { (s.words.t("precision-change")) } } }
}

/// Why people say that its false alarms were false, and how many did not say.
fn reasons(s: &Shell, signal: &SignalPrecision) -> Markup {
    let w = &s.words;
    let said: u32 = signal.reasons.iter().map(|(_, n)| n).sum();
    let unsaid = signal.tally.false_alarms.saturating_sub(said);
    html! {
        @if signal.tally.false_alarms > 0 {
            p.small.ink2.reasons {
                span.label { (w.t("precision-reasons")) }
                @for (reason, n) in &signal.reasons { " " span.nowrap { (w.with("precision-reason", &[("reason", w.word("false", reason.word()).into()), ("n", i64::from(*n).into())])) } }
                @if unsaid > 0 { " " span.nowrap.faint { (w.with("precision-reason", &[("reason", w.t("card-false-unsaid").into()), ("n", i64::from(unsaid).into())])) } }
            }
        }
    }
}

/// The same on one line of the table.
fn top_reasons(s: &Shell, signal: &SignalPrecision) -> Markup {
    let w = &s.words;
    html! {
        @if signal.reasons.is_empty() { span.faint { "–" } }
        @for (at, (reason, n)) in signal.reasons.iter().enumerate() {
            @if at > 0 { (w.t("between-items")) }
            span.nowrap { (w.with("precision-reason", &[("reason", w.word("false", reason.word()).into()), ("n", i64::from(*n).into())])) }
        }
    }
}

/// A change of a rule in words.
pub(crate) fn say_change(s: &Shell, change: &Change, of: &str, pack: &Pack) -> String {
    let w = &s.words;
    let days =
        |key: &str, from: u32, to: u32| w.with(key, &[("from", i64::from(from).into()), ("to", i64::from(to).into())]);
    match change {
        Change::Limit { from, to } => {
            let shown = |v: f64| show_of(pack.metric(of), v, w.lang());
            w.with("precision-limit", &[("from", shown(*from).into()), ("to", shown(*to).into())])
        }
        Change::Dwell { from, to } => days("precision-dwell", *from, *to),
        Change::Cooldown { from, to } => days("precision-cooldown", *from, *to),
        Change::Age { from, to } => days("precision-age", *from, *to),
        Change::Segments { without, .. } => w.with("precision-segments", &[("without", without.clone().into())]),
    }
}

/// What a change would have done to the cards that were closed.
pub(crate) fn say_effect(s: &Shell, p: &Proposal) -> String {
    s.words.with(
        "precision-effect",
        &[
            ("dropped", i64::from(p.dropped).into()),
            ("false", i64::from(p.false_alarms).into()),
            ("lost", i64::from(p.lost).into()),
            ("real", i64::from(p.real).into()),
        ],
    )
}

fn table(s: &Shell, view: &Precision) -> Markup {
    let w = &s.words;
    let heads = [
        "precision-opened",
        "outcome-solved",
        "outcome-unsolved",
        "outcome-false-alarm",
        "outcome-recovered",
        "precision-unseen",
    ];
    html! {
        section aria-label=(w.t("precision-title")) {
            div.scroll tabindex="0" role="region" aria-label=(w.t("precision-title")) { table.list.precision.folds {
                thead { tr {
                    th scope="col" { (w.t("precision-signal")) }
                    th.num scope="col" { (w.t("precision-share")) }
                    th scope="col" { (w.t("precision-range")) }
                    @for key in heads { th.num scope="col" { (w.t(key)) } }
                    th scope="col" { (w.t("precision-reasons")) }
                } }
                tbody {
                    @for signal in &view.signals {
                        @let t = &signal.tally;
                        tr data-row {
                            td { (name(s, signal)) }
                            @match t.share() {
                                Some(share) => {
                                    td.num data-label=(w.t("precision-share")) { (percent(share.share)) }
                                    td.nowrap.ink2 data-label=(w.t("precision-range")) { (percent(share.low)) "–" (percent(share.high)) " " span.faint { (w.with("precision-count", &[("real", i64::from(share.real).into()), ("judged", i64::from(share.judged).into())])) } }
                                },
                                None => {
                                    td.num.faint data-label=(w.t("precision-share")) { "–" }
                                    td.faint { (w.t("precision-unknown")) " " (w.with("precision-judged", &[("n", i64::from(t.judged()).into())])) }
                                },
                            }
                            @for (key, n) in heads.iter().zip([t.opened, t.solved, t.unsolved, t.false_alarms, t.recovered, t.unseen]) { td.num data-label=(w.t(key)) { (n) } }
                            td.small.ink2 data-label=(w.t("precision-reasons")) { (top_reasons(s, signal)) }
                        }
                    }
                }
            } }
        }
    }
}
