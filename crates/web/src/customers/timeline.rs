//! Everything that happened with a customer, newest first, a day a line.

use kizashi_app::customers::{TimelineKind, TimelineRow};
use kizashi_domain::pack::Pack;
use maud::{Markup, html};

use crate::parts::icon::icon;
use crate::shell::Shell;

/// Characters of a text that show before it folds.
const TEXT_CHARS_SHOWN: usize = 220;

/// Draws what happened, newest first.
pub fn timeline(s: &Shell, pack: &Pack, rows: &[TimelineRow]) -> Markup {
    let w = &s.words;
    html! {
        div.timeline {
            @for day in rows.chunk_by(|a, b| s.zone.day_of(a.at) == s.zone.day_of(b.at)) {
                @if let Some(first) = day.first() {
                    @let on = s.zone.day_of(first.at);
                    div.day {
                        div.date title=(w.day_year(on)) { (w.day(on, s.today)) }
                        div { @for row in day { (moment(s, pack, row)) } }
                    }
                }
            }
        }
    }
}

fn moment(s: &Shell, pack: &Pack, row: &TimelineRow) -> Markup {
    let w = &s.words;
    let wall = s.zone.civil(row.at);
    let is_long = row.text.chars().count() > TEXT_CHARS_SHOWN;
    html! {
        div.moment {
            (icon(picture(row)))
            div {
                strong { (label(s, row)) }
                @if !row.title.is_empty() { " " (row.title) }
                (figure(s, pack, row))
                @if (wall.hour(), wall.minute()) != (0, 0) { span.by { (w.clock(row.at, &s.zone)) } }
                @if !row.who.is_empty() { span.by { (row.who) } }
                @if let Some(learned) = row.learned_at { span.by { (w.with("moment-learned", &[("day", w.day(s.zone.day_of(learned), s.today).into())])) } }
                @if is_long {
                    details { summary.body { (row.text.chars().take(TEXT_CHARS_SHOWN).collect::<String>()) "…" } div.body { (row.text) } }
                } @else if !row.text.is_empty() { div.body { (row.text) } }
            }
        }
    }
}

fn label(s: &Shell, row: &TimelineRow) -> String {
    let w = &s.words;
    match row.kind {
        TimelineKind::Activity => w.word("moment", &row.what),
        TimelineKind::Usage => row.what.clone(),
        TimelineKind::Card => format!("{} {}", w.t("filter-card"), w.word("step", &row.what)),
        TimelineKind::Contract => format!("{} {}", w.t("filter-contract"), w.word("moment", &row.what)),
        TimelineKind::Contact => format!("{} {}", w.t("filter-contact"), w.word("moment", &row.what)),
        TimelineKind::Ticket | TimelineKind::Response | TimelineKind::Hunch => {
            w.t(&format!("filter-{}", row.kind.word()))
        }
    }
}

fn figure(s: &Shell, _pack: &Pack, row: &TimelineRow) -> Markup {
    let w = &s.words;
    html! {
        @if let Some(figure) = row.figure {
            " "
            @match row.kind {
                TimelineKind::Usage => { @if figure > 1.0 { (w.with("unit-times", &[("n", format!("{figure:.0}").into())])) } },
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
