//! What points and metrics did from the beginning of a play on, and how its cards ended, by what was done too. Before and after: no more is
//! claimed.

use axum::extract::{Path, State};
use axum::response::Response;
use kizashi_app::plays::Outcome;
use kizashi_app::plays::books::{self, AFTER_DAYS, Effect, Ends, Side, StepEnds};
use kizashi_domain::health::{MOVED_MIN, Moved};
use kizashi_domain::limits::EFFECT_MEASURED_MAX;
use kizashi_domain::measure::{Better, Metric, show_difference, show_value};
use kizashi_domain::plays::{Play, Record, StepRecord};
use kizashi_domain::signals::{JUDGED_MIN, wilson};
use maud::{Markup, html};

use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Page, Place, Shell, Visit};

/// `GET /settings/plays/{id}/effect`.
pub(crate) async fn open_effect(
    State(web): State<Web>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let settings = &visit.settings;
    let play = settings.pack.play(&id).ok_or(Problem::NotFound)?;
    let effect = books::open_effect(&web.app, settings, &id).await?;
    let record = books::open_record(&web.app, settings, &id).await?;
    Ok(visit.shell.page(&page(&visit.shell, (play, &settings.pack.metrics), &effect, &record)))
}

fn page(s: &Shell, (play, metrics): (&Play, &[Metric]), effect: &Effect, record: &Record) -> Page {
    let w = &s.words;
    let name = play.title.get(w.lang());
    let since = effect.since.map_or_else(String::new, |day| w.day_year(day));
    let title = w.with("effect-title", &[("play", name.to_owned().into())]);
    let body = html! {
        p.small { a.plain href={ "/settings/plays/" (play.id) } { "← " (name) } }
        h1 { (title) }
        p.prose { (w.with("effect-text", &[("since", since.into())])) }
        (points(s, effect))
        (measured(s, metrics, effect))
        (ends(s, effect))
        section {
            h2 { (w.t("effect-steps")) }
            (most_skipped(s, play, &record.steps))
            (steps(s, play, &effect.steps))
        }
    };
    Page { title, place: Place::Settings, body }
}

fn points(s: &Shell, effect: &Effect) -> Markup {
    let w = &s.words;
    html! {
        section #changes {
            h2 { (w.t("effect-changes")) }
            (sides(s, &w.t("effect-changes"), (&effect.ran, &effect.others), &Shown { value: &shown, change: &signed }))
            p.note.after-table { (w.t("effect-no-cause")) }
            details {
                summary { (w.t("effect-how")) }
                ul.prose {
                    li { (w.t("effect-how-ran")) }
                    li { (w.t("effect-how-others")) }
                    li { (w.with("effect-how-points", &[("n", AFTER_DAYS.into())])) }
                    li { (w.with("effect-how-range", &[("n", MOVED_MIN.into())])) }
                }
            }
        }
    }
}

/// The metrics by which the signs were noticed.
fn measured(s: &Shell, metrics: &[Metric], effect: &Effect) -> Markup {
    let w = &s.words;
    let lang = w.lang();
    let known = effect.measured.iter().filter_map(|m| Some((metrics.iter().find(|metric| metric.id == m.metric)?, m)));
    let (told, few): (Vec<_>, Vec<_>) = known.partition(|(_, m)| m.ran.start.is_some() || m.others.start.is_some());
    html! {
        section #metrics {
            h2 { (w.t("effect-metrics")) }
            @if effect.measured.is_empty() { p.faint { (w.t("effect-no-metrics")) } }
            @for (metric, of) in told {
                @let name = metric.name(lang);
                h3 { (name) " " span.faint.small { (better(s, metric)) } }
                (sides(s, name, (&of.ran, &of.others), &Shown {
                    value: &|value| show_value(metric, value, lang),
                    change: &|by| show_difference(metric, by, lang),
                }))
            }
            @if !few.is_empty() {
                ul.prose { @for (metric, of) in few {
                    li.faint { (w.with("effect-metric-few", &[("metric", metric.name(lang).to_owned().into()), ("ran", of.ran.cases.into()), ("others", of.others.cases.into())])) }
                } }
            }
            @if !effect.measured.is_empty() {
                p.help.after-table {
                    (w.with("effect-metrics-how", &[("n", AFTER_DAYS.into())]))
                    @if effect.is_cut { " " (w.with("effect-metrics-cut", &[("n", EFFECT_MEASURED_MAX.into())])) }
                }
            }
        }
    }
}

fn better(s: &Shell, metric: &Metric) -> String {
    match metric.better {
        Better::Higher => s.words.t("effect-better-higher"),
        Better::Lower => s.words.t("effect-better-lower"),
        Better::Neither => String::new(),
    }
}

/// What came of the cards.
fn ends(s: &Shell, effect: &Effect) -> Markup {
    let w = &s.words;
    let rows = [("effect-ran", &effect.ends.0), ("effect-others", &effect.ends.1)];
    let count = |ends: &Ends| ends.iter().sum::<u32>();
    html! {
        section #ends {
            h2 { (w.t("effect-ends")) }
            div.scroll tabindex="0" role="region" aria-label=(w.t("effect-ends")) {
                table.list.folds {
                    thead { tr {
                        th scope="col" { (w.t("effect-cases")) }
                        @for outcome in Outcome::ALL { th.num scope="col" { (w.word("outcome", outcome.word())) } }
                    } }
                    tbody { @for (key, ends) in rows { tr data-row {
                        th scope="row" { (w.t(key)) " " span.faint { (w.with("effect-n", &[("n", count(ends).into())])) } }
                        @for (outcome, n) in Outcome::ALL.into_iter().zip(ends) {
                            td.num data-label=(w.word("outcome", outcome.word())) { (share(s, (*n, count(ends)))) }
                        }
                    } } }
                }
            }
            p.help.after-table { (w.with("effect-ends-how", &[("n", i64::from(JUDGED_MIN).into())])) }
        }
    }
}

/// How values and their changes are written.
struct Shown<'a> {
    value: &'a dyn Fn(f64) -> String,
    change: &'a dyn Fn(f64) -> String,
}

/// Both sides with what they began with and how far they moved.
fn sides(s: &Shell, label: &str, (ran, others): (&Side, &Side), how: &Shown<'_>) -> Markup {
    let w = &s.words;
    let after = w.with("effect-until-after", &[("n", AFTER_DAYS.into())]);
    html! {
        div.scroll tabindex="0" role="region" aria-label=(label) {
            table.list.folds {
                thead { tr {
                    th scope="col" { (w.t("effect-cases")) }
                    th.num scope="col" { (w.t("effect-start")) }
                    th.num scope="col" { (w.t("effect-until-end")) }
                    th.num scope="col" { (after) }
                } }
                tbody { @for (key, side) in [("effect-ran", ran), ("effect-others", others)] { tr data-row {
                    th scope="row" { (w.t(key)) " " span.faint { (w.with("effect-n", &[("n", side.cases.into())])) } }
                    td.num data-label=(w.t("effect-start")) { (start(s, side, how)) }
                    td.num data-label=(w.t("effect-until-end")) { (moved(s, (side.until_end.as_ref(), side.with_end), how)) }
                    td.num data-label=(after) { (moved(s, (side.until_after.as_ref(), side.with_after), how)) }
                } } }
            }
        }
    }
}

fn shown(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.1}") }
}

/// With its sign; a minus as wide as a plus.
fn signed(value: f64) -> String {
    match value {
        v if v < 0.0 => format!("−{}", shown(-v)),
        v if v > 0.0 => format!("+{}", shown(v)),
        _ => "±0".to_owned(),
    }
}

fn start(s: &Shell, side: &Side, how: &Shown<'_>) -> Markup {
    match &side.start {
        Some(of) => html! { ((how.value)(of.median)) },
        None => html! { span.faint { (s.words.t("precision-unknown")) } },
    }
}

/// The middle with its range and how many cases; nothing is said of few, and of a range over zero that it says little.
fn moved(s: &Shell, (moved, cases): (Option<&Moved>, usize), how: &Shown<'_>) -> Markup {
    let w = &s.words;
    let n = w.with("effect-n", &[("n", cases.into())]);
    let range = |m: &Moved| {
        w.with("effect-range", &[("low", (how.change)(m.low).into()), ("high", (how.change)(m.high).into())])
    };
    html! {
        @match moved {
            Some(m) => {
                strong { ((how.change)(m.median)) } " " span.nowrap.ink2 { (range(m)) } " " span.faint.nowrap { (n) }
                @if !m.is_sure() { div.small.faint { (w.t("effect-over-zero")) } }
            },
            None => span.faint { (w.t("precision-unknown")) " " (n) },
        }
    }
}

/// The step that people leave out most, where they do.
pub(super) fn most_skipped(s: &Shell, play: &Play, steps: &[StepRecord]) -> Markup {
    let w = &s.words;
    let most = steps.iter().filter(|r| r.skipped > 0).max_by_key(|r| r.skipped);
    let titled = most.and_then(|r| Some((r, play.steps.iter().find(|step| step.id == r.step)?)));
    html! {
        @if let Some((r, step)) = titled {
            p { (w.with("effect-most-skipped", &[("step", step.title.get(w.lang()).to_owned().into()), ("n", r.skipped.into()), ("of", (r.skipped + r.done).into())])) }
        }
    }
}

fn steps(s: &Shell, play: &Play, ends: &[StepEnds]) -> Markup {
    let w = &s.words;
    let known: Vec<_> =
        play.steps.iter().filter_map(|step| Some((step, ends.iter().find(|e| e.step == step.id)?))).collect();
    if known.is_empty() {
        return html! { p.faint { (w.t("effect-no-steps")) } };
    }
    html! {
        div.scroll tabindex="0" role="region" aria-label=(w.t("effect-steps")) {
            table.list.folds {
                thead { tr { th scope="col" { (w.t("book-step")) } th scope="col" { (w.t("effect-step-done")) } th scope="col" { (w.t("effect-step-left")) } } }
                tbody { @for (step, ends) in known { tr data-row {
                    th scope="row" { (step.title.get(w.lang())) }
                    td data-label=(w.t("effect-step-done")) { (share(s, ends.done)) }
                    td data-label=(w.t("effect-step-left")) { (share(s, ends.left)) }
                } } }
            }
        }
        p.help.after-table { (w.with("effect-steps-how", &[("n", i64::from(JUDGED_MIN).into())])) }
    }
}

fn share(s: &Shell, (part, closed): (u32, u32)) -> Markup {
    let w = &s.words;
    let of = [("real", i64::from(part).into()), ("judged", i64::from(closed).into())];
    html! {
        @if closed == 0 { span.faint { "–" } }
        @else if closed < JUDGED_MIN { span.faint { (w.t("precision-unknown")) " " (w.with("precision-count", &of)) } }
        @else {
            @let share = wilson(part, closed);
            (percent(share.share)) " " span.ink2.nowrap { (percent(share.low)) "–" (percent(share.high)) } " " span.faint.nowrap { (w.with("precision-count", &of)) }
        }
    }
}

fn percent(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}
