//! What points did from the beginning of a play on, and how its cards ended by what was done. Before and after: no more is claimed.

use axum::extract::{Path, State};
use axum::response::Response;
use kizashi_app::plays::books::{self, AFTER_DAYS, Effect, Side, StepEnds};
use kizashi_domain::health::{MOVED_MIN, Moved};
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
    Ok(visit.shell.page(&page(&visit.shell, play, &effect, &record)))
}

fn page(s: &Shell, play: &Play, effect: &Effect, record: &Record) -> Page {
    let w = &s.words;
    let name = play.title.get(w.lang());
    let since = effect.since.map_or_else(String::new, |day| w.day_year(day));
    let title = w.with("effect-title", &[("play", name.to_owned().into())]);
    let body = html! {
        p.small { a.plain href={ "/settings/plays/" (play.id) } { "← " (name) } }
        h1 { (title) }
        p.prose { (w.with("effect-text", &[("since", since.into())])) }
        (sides(s, effect))
        section {
            h2 { (w.t("effect-steps")) }
            (most_skipped(s, play, &record.steps))
            (steps(s, play, &effect.steps))
        }
    };
    Page { title, place: Place::Settings, body }
}

fn sides(s: &Shell, effect: &Effect) -> Markup {
    let w = &s.words;
    let rows = [("effect-ran", &effect.ran), ("effect-others", &effect.others)];
    html! {
        section #changes {
            h2 { (w.t("effect-changes")) }
            div.scroll tabindex="0" role="region" aria-label=(w.t("effect-changes")) {
                table.list.folds {
                    thead { tr {
                        th scope="col" { (w.t("effect-cases")) }
                        th.num scope="col" { (w.t("effect-start")) }
                        th.num scope="col" { (w.t("effect-until-end")) }
                        th.num scope="col" { (w.with("effect-until-after", &[("n", AFTER_DAYS.into())])) }
                    } }
                    tbody { @for (key, side) in rows { tr data-row {
                        th scope="row" { (w.t(key)) " " span.faint { (w.with("effect-n", &[("n", side.cases.into())])) } }
                        td.num data-label=(w.t("effect-start")) { (start(s, side)) }
                        td.num data-label=(w.t("effect-until-end")) { (moved(s, side.until_end.as_ref(), side.with_end)) }
                        td.num data-label=(w.with("effect-until-after", &[("n", AFTER_DAYS.into())])) { (moved(s, side.until_after.as_ref(), side.with_after)) }
                    } } }
                }
            }
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

fn start(s: &Shell, side: &Side) -> Markup {
    match &side.start {
        Some(of) => html! { (shown(of.median)) },
        None => html! { span.faint { (s.words.t("precision-unknown")) } },
    }
}

/// The middle with its range and how many cases; nothing is said of few, and of a range over zero that it says little.
fn moved(s: &Shell, moved: Option<&Moved>, cases: usize) -> Markup {
    let w = &s.words;
    let n = w.with("effect-n", &[("n", cases.into())]);
    #[allow(clippy::cast_precision_loss)]
    let range = |m: &Moved| {
        w.with("effect-range", &[("low", signed(m.low as f64).into()), ("high", signed(m.high as f64).into())])
    };
    html! {
        @match moved {
            Some(m) => {
                strong { (signed(m.median)) } " " span.nowrap.ink2 { (range(m)) } " " span.faint.nowrap { (n) }
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
                    td data-label=(w.t("effect-step-done")) { (solved(s, ends.done)) }
                    td data-label=(w.t("effect-step-left")) { (solved(s, ends.left)) }
                } } }
            }
        }
        p.help.after-table { (w.with("effect-steps-how", &[("n", i64::from(JUDGED_MIN).into())])) }
    }
}

fn solved(s: &Shell, (solved, closed): (u32, u32)) -> Markup {
    let w = &s.words;
    let of = [("real", i64::from(solved).into()), ("judged", i64::from(closed).into())];
    html! {
        @if closed == 0 { span.faint { "–" } }
        @else if closed < JUDGED_MIN { span.faint { (w.t("precision-unknown")) " " (w.with("precision-count", &of)) } }
        @else {
            @let share = wilson(solved, closed);
            (percent(share.share)) " " span.ink2.nowrap { (percent(share.low)) "–" (percent(share.high)) } " " span.faint.nowrap { (w.with("precision-count", &of)) }
        }
    }
}

fn percent(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}
