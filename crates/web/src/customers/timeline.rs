//! Everything that happened with a customer, newest first, a day a line.

use kizashi_app::customers::{TimelineKind, TimelineRow};
use kizashi_domain::intake::mail::split_reply;
use kizashi_domain::lang::Text;
use maud::{Markup, html};

use super::notes::note_tools;
use crate::csv;
use crate::parts::icon::icon;
use crate::shell::Shell;

/// Characters of a text that show before it folds.
const TEXT_CHARS_SHOWN: usize = 220;
/// So many days of nothing but usage in a row fold into one line.
const USAGE_DAYS_FOLDED: usize = 3;

/// Draws what happened, newest first. Days of nothing but usage fold into one line, so that people and events stand out.
pub fn timeline(s: &Shell, rows: &[TimelineRow]) -> Markup {
    let days: Vec<&[TimelineRow]> = rows.chunk_by(|a, b| s.zone.day_of(a.at) == s.zone.day_of(b.at)).collect();
    let is_usage = |day: &[TimelineRow]| day.iter().all(|row| row.kind == TimelineKind::Usage);
    html! {
        div.timeline {
            @for run in days.chunk_by(|a, b| is_usage(a) == is_usage(b)) {
                @if run.len() >= USAGE_DAYS_FOLDED && run.len() < days.len() && run.first().is_some_and(|day| is_usage(day)) { (folded(s, run)) }
                @else { @for day in run { (day_of(s, day)) } }
            }
        }
    }
}

fn folded(s: &Shell, run: &[&[TimelineRow]]) -> Markup {
    let w = &s.words;
    let on = |day: Option<&&[TimelineRow]>| {
        day.and_then(|d| d.first()).map(|row| w.day(s.zone.day_of(row.at), s.today)).unwrap_or_default()
    };
    let times: f64 = run.iter().flat_map(|day| day.iter()).filter_map(|row| row.figure).sum();
    html! {
        details.folded {
            summary {
                (on(run.last())) "–" (on(run.first())) " "
                (w.with("timeline-usage", &[("days", run.len().into()), ("times", format!("{times:.0}").into())]))
            }
            @for day in run { (day_of(s, day)) }
        }
    }
}

fn day_of(s: &Shell, day: &[TimelineRow]) -> Markup {
    let w = &s.words;
    html! {
        @if let Some(first) = day.first() {
            @let on = s.zone.day_of(first.at);
            div.day {
                div.date title=(w.day_year(on)) { (w.day(on, s.today)) }
                div { @for row in day { (moment(s, row)) } }
            }
        }
    }
}

/// What people used on a day, in one quiet line.
fn used(s: &Shell, row: &TimelineRow) -> Markup {
    let w = &s.words;
    html! {
        div.moment {
            (icon("clock"))
            div.used {
                (w.t("moment-usage")) " "
                @if let Some(times) = row.figure { (w.with("unit-times", &[("n", format!("{times:.0}").into())])) " " }
                (title(s, row))
            }
        }
    }
}

fn moment(s: &Shell, row: &TimelineRow) -> Markup {
    if row.kind == TimelineKind::Usage {
        return used(s, row);
    }
    let w = &s.words;
    let wall = s.zone.civil(row.at);
    // Of a letter, what was written now is shown; what it answers and the signature fold.
    let (new, below) = if row.what == "mail" { split_reply(&row.text) } else { (row.text.as_str(), "") };
    let is_cut = new.chars().count() > TEXT_CHARS_SHOWN;
    html! {
        div.moment {
            (icon(picture(row)))
            div {
                strong { (label(s, row)) }
                @if !row.title.is_empty() { " " (title(s, row)) }
                @if let Some((_, role)) = row.what.split_once('.') { span.by { (w.word("role", role)) } }
                (figure(row))
                @if (wall.hour(), wall.minute()) != (0, 0) { span.by { (w.clock(row.at, &s.zone)) } }
                @if !row.who.is_empty() { span.by { (row.who) } }
                @if let Some(learned) = row.learned_at { span.by { (w.with("moment-learned", &[("day", w.day(s.zone.day_of(learned), s.today).into())])) } }
                @if is_cut {
                    details { summary.body { (new.chars().take(TEXT_CHARS_SHOWN).collect::<String>()) "…" } div.body { (row.text) } }
                } @else if !below.is_empty() {
                    div.body { (new) }
                    details { summary.small.faint { (w.t("moment-quoted")) } div.body { (below) } }
                } @else if !row.text.is_empty() { div.body { (row.text) } }
                @if let Some(note) = &row.note { (note_tools(s, row, note)) }
            }
        }
    }
}

/// The same as a row of a file: when, kind, what, title, text, who, figure.
pub fn told(s: &Shell, row: &TimelineRow) -> Vec<String> {
    let w = &s.words;
    let kind = w.t(&format!("filter-{}", row.kind.word()));
    let at = csv::moment(s, Some(row.at));
    vec![at, kind, label(s, row), title(s, row), row.text.clone(), row.who.clone(), csv::number(row.figure)]
}

fn label(s: &Shell, row: &TimelineRow) -> String {
    let w = &s.words;
    // `left.champion`: what happened, then whom it happened to.
    let what = row.what.split('.').next().unwrap_or_default();
    match row.kind {
        TimelineKind::Activity => w.word("moment", &row.what),
        TimelineKind::Usage => w.t("moment-usage"),
        TimelineKind::Card => format!("{} {}", w.t("moment-card"), w.word("step", what)),
        TimelineKind::Contract => format!("{} {}", w.t("moment-contract"), w.word("moment", what)),
        TimelineKind::Contact => format!("{} {}", w.t("moment-contact"), w.word("moment", what)),
        TimelineKind::Ticket | TimelineKind::Response | TimelineKind::Hunch => {
            w.t(&format!("moment-{}", row.kind.word()))
        }
    }
}

/// The titles of cards and of usage come in both languages, everything else as somebody wrote it.
fn title(s: &Shell, row: &TimelineRow) -> String {
    let both = matches!(row.kind, TimelineKind::Card | TimelineKind::Usage)
        .then(|| serde_json::from_str::<Text>(&row.title).ok())
        .flatten();
    both.map_or_else(|| row.title.clone(), |text| s.words.text(&text).to_owned())
}

fn figure(row: &TimelineRow) -> Markup {
    html! {
        @if let Some(figure) = row.figure {
            " "
            @match row.kind {
                TimelineKind::Response => strong { (format!("{figure:.0}")) },
                TimelineKind::Hunch => {},
                _ => (format!("{figure:.0}")),
            }
        }
    }
}

fn picture(row: &TimelineRow) -> &'static str {
    match row.kind {
        TimelineKind::Activity => match row.what.as_str() {
            "call" => "phone",
            "mail" => "mail",
            "meeting" | "visit" => "users",
            _ => "pencil",
        },
        TimelineKind::Ticket | TimelineKind::Response => "message-square",
        TimelineKind::Card => "check",
        TimelineKind::Contract => "file-text",
        TimelineKind::Hunch => "lightbulb",
        TimelineKind::Contact => "users",
        TimelineKind::Usage => "clock",
    }
}
