//! A flow of boxes from top to bottom: what comes after what, where ways part and meet.

use maud::{Markup, html};

use super::{at, f};

const BOX_WIDTH: f64 = 168.0;
const BOX_HEIGHT: f64 = 46.0;
const BETWEEN: f64 = 24.0;
const DOWN: f64 = 30.0;
const MARGIN: f64 = 20.0;
/// Lines that run beside each other between two columns.
const LANES: usize = 3;
/// More columns than these are too small to read beside something else: the picture then takes the whole width.
const COLUMNS_BESIDE_MAX: usize = 2;
/// Units of a line of a box: a full-width letter is two.
const LINE_UNITS: usize = 24;

/// Units of the small line.
const NOTE_UNITS: usize = 31;

/// How a box looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Where it begins.
    Start,
    /// Work of a person.
    Work,
    /// The product does it.
    Alone,
    /// Nothing happens for a while.
    Wait,
    /// One way or the other.
    Fork,
    /// Something is reached.
    Goal,
}

impl Shape {
    const fn class(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Work => "work",
            Self::Alone => "alone",
            Self::Wait => "wait",
            Self::Fork => "fork",
            Self::Goal => "goal",
        }
    }
}

/// A box.
pub struct FlowBox {
    /// What it says; cut when it is too long.
    pub title: String,
    /// A smaller line below.
    pub note: String,
    /// How it looks.
    pub shape: Shape,
    /// Where it leads in the page, such as `#step-call`.
    pub link: String,
}

/// A flow. Arrows lead from one box to another, by their places, with a word on them where ways part.
pub struct Flow<'a> {
    /// What it shows, for those who do not see it.
    pub label: &'a str,
    /// The boxes.
    pub boxes: &'a [FlowBox],
    /// The arrows.
    pub arrows: &'a [(usize, usize, Option<String>)],
}

/// Row and column of each box: below everything that leads to it, as near to what leads to it as there is room.
fn place(boxes: usize, arrows: &[(usize, usize, Option<String>)]) -> Vec<(usize, usize)> {
    let mut rows = vec![0_usize; boxes];
    // A flow has no loops; a broken draft may, and then this stops all the same.
    for _ in 0..boxes {
        let mut moved = false;
        for (from, to, _) in arrows {
            let below = rows.get(*from).copied().unwrap_or(0) + 1;
            if let Some(row) = rows.get_mut(*to)
                && *row < below
                && below < boxes
            {
                *row = below;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    let mut columns = vec![0_usize; boxes];
    for row in 0..=rows.iter().copied().max().unwrap_or(0) {
        let mut here: Vec<(usize, usize)> = (0..boxes)
            .filter(|i| rows.get(*i) == Some(&row))
            .map(|i| {
                let parents = arrows.iter().filter(|(_, to, _)| *to == i);
                (parents.filter_map(|(from, ..)| columns.get(*from)).min().copied().unwrap_or(0), i)
            })
            .collect();
        here.sort_unstable();
        let mut free = 0;
        for (wanted, i) in here {
            let column = wanted.max(free);
            free = column + 1;
            if let Some(slot) = columns.get_mut(i) {
                *slot = column;
            }
        }
    }
    rows.into_iter().zip(columns).collect()
}

/// A text in at most two lines, the rest as an ellipsis.
fn lines(text: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut units = 0;
    for letter in text.chars() {
        let wide = if letter.is_ascii() { 1 } else { 2 };
        if units + wide > LINE_UNITS {
            if out.len() == 2 {
                if let Some(last) = out.last_mut() {
                    last.pop();
                    last.push('…');
                }
                break;
            }
            out.push(String::new());
            units = 0;
        }
        units += wide;
        if let Some(last) = out.last_mut() {
            last.push(letter);
        }
    }
    out
}

/// A text in one line of the small letters, the rest as an ellipsis.
fn cut(text: &str) -> String {
    let mut units = 0;
    let mut fits = |letter: &char| {
        units += if letter.is_ascii() { 1 } else { 2 };
        units <= NOTE_UNITS
    };
    let out: String = text.chars().take_while(|c| fits(c)).collect();
    if out.len() == text.len() { out } else { format!("{}…", out.trim_end_matches([' ', '·'])) }
}

/// Draws a [`Flow`].
pub fn flow(chart: &Flow<'_>) -> Markup {
    let places = place(chart.boxes.len(), chart.arrows);
    let columns = places.iter().map(|p| p.1).max().unwrap_or(0) + 1;
    let rows = places.iter().map(|p| p.0).max().unwrap_or(0) + 1;
    let width = f(columns).mul_add(BOX_WIDTH + BETWEEN, 2.0 * MARGIN - BETWEEN);
    let height = f(rows).mul_add(BOX_HEIGHT + DOWN, 2.0 * 4.0 - DOWN);
    let left = |column: usize| f(column).mul_add(BOX_WIDTH + BETWEEN, MARGIN);
    let top = |row: usize| f(row).mul_add(BOX_HEIGHT + DOWN, 4.0);
    html! {
        svg.chart.flow.wide[columns > COLUMNS_BESIDE_MAX] width=(at(width)) height=(at(height)) viewBox={ "0 0 " (at(width)) " " (at(height)) } role="group" aria-label=(chart.label) {
            @for (from, to, word) in chart.arrows {
                @if let (Some(a), Some(b)) = (places.get(*from), places.get(*to)) {
                    @let start = (left(a.1) + BOX_WIDTH / 2.0, top(a.0) + BOX_HEIGHT);
                    @let end = (left(b.1) + BOX_WIDTH / 2.0, top(b.0));
                    @let passes = places.iter().any(|p| p.1 == a.1.max(b.1) && p.0 > a.0 && p.0 < b.0);
                    path.arrow d=(arrow(start, end, passes.then(|| lane(*to)))) {}
                    path.head d={ "M" (at(end.0 - 4.0)) " " (at(end.1 - 6.0)) "L" (at(end.0)) " " (at(end.1)) "L" (at(end.0 + 4.0)) " " (at(end.1 - 6.0)) } {}
                    @if let Some(word) = word { text.way x=(at(end.0 + 7.0)) y=(at(end.1 - 7.0)) { (word) } }
                }
            }
            @for (one, (row, column)) in chart.boxes.iter().zip(&places) {
                a href=(one.link) {
                    g.box class=(one.shape.class()) {
                        title { (one.title) @if !one.note.is_empty() { " · " (one.note) } }
                        rect x=(at(left(*column))) y=(at(top(*row))) width=(at(BOX_WIDTH)) height=(at(BOX_HEIGHT)) rx=(if matches!(one.shape, Shape::Wait | Shape::Start) { "20" } else { "4" }) {}
                        @let text = lines(&one.title);
                        @let first = top(*row) + if one.note.is_empty() { 28.0 - 7.0 * f(text.len() - 1) } else if text.len() > 1 { 14.0 } else { 20.0 };
                        @for (n, line) in text.iter().enumerate() {
                            text.name x=(at(left(*column) + BOX_WIDTH / 2.0)) y=(at(f(n).mul_add(13.0, first))) text-anchor="middle" { (line) }
                        }
                        @if !one.note.is_empty() {
                            text.note x=(at(left(*column) + BOX_WIDTH / 2.0)) y=(at(top(*row) + BOX_HEIGHT - 6.0)) text-anchor="middle" { (cut(&one.note)) }
                        }
                    }
                }
            }
        }
    }
}

/// Where between two columns a line to a box runs, so that lines to others stay apart from it.
fn lane(to: usize) -> f64 {
    f(to % LANES).mul_add(BETWEEN / f(LANES + 1), BETWEEN / f(LANES + 1))
}

/// A line down, with a bend when the boxes do not stand below each other, and in a lane around what lies between.
fn arrow(a: (f64, f64), b: (f64, f64), around: Option<f64>) -> String {
    if let Some(lane) = around {
        let side = a.0.max(b.0) + BOX_WIDTH / 2.0 + lane;
        let (high, low) = (a.1 + DOWN / 3.0, b.1 - DOWN / 2.0);
        return format!("M{} {}V{}H{}V{}H{}V{}", at(a.0), at(a.1), at(high), at(side), at(low), at(b.0), at(b.1));
    }
    if a.0.to_bits() == b.0.to_bits() {
        return format!("M{} {}V{}", at(a.0), at(a.1), at(b.1));
    }
    // The long part runs in the column that was looked at: down the right one of both.
    let across = if b.0 > a.0 { a.1 + DOWN / 2.0 } else { b.1 - DOWN / 2.0 };
    format!("M{} {}V{}H{}V{}", at(a.0), at(a.1), at(across), at(b.0), at(b.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrows(list: &[(usize, usize)]) -> Vec<(usize, usize, Option<String>)> {
        list.iter().map(|(a, b)| (*a, *b, None)).collect()
    }

    #[test]
    fn ways_part_and_meet_again_below_both() {
        let placed = place(5, &arrows(&[(0, 1), (1, 2), (1, 3), (2, 4), (3, 4)]));
        assert_eq!(placed, [(0, 0), (1, 0), (2, 0), (2, 1), (3, 0)]);
        // A loop of a broken draft ends.
        assert_eq!(place(2, &arrows(&[(0, 1), (1, 0)])).len(), 2);
    }

    #[test]
    fn no_two_boxes_lie_on_each_other() {
        for shape in 0..64_usize {
            let list: Vec<_> = (1..7).map(|to| ((shape >> (to - 1) & 1) * (to - 1) / 2, to)).collect();
            let placed = place(7, &arrows(&list));
            let mut seen = placed.clone();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), placed.len(), "{list:?}");
        }
    }

    #[test]
    fn long_titles_are_cut() {
        assert_eq!(lines("短い"), ["短い"]);
        let long = lines("とても長い題名はふたつの行に入るだけにして残りは点にします");
        assert_eq!(long.len(), 2);
        assert!(long[1].ends_with('…'));
        let drawn = flow(&Flow {
            label: "<b>",
            boxes: &[FlowBox { title: "<i>".into(), note: String::new(), shape: Shape::Work, link: "#x".into() }],
            arrows: &[],
        })
        .into_string();
        assert!(!drawn.contains("<i>") && !drawn.contains("NaN"));
    }
}
