//! The editor of a play: what begins it, its steps as a list, and the picture of the flow beside it.

use kizashi_app::plays::books::{BookRow, Hindrance, OpenBook, Reminder, Sample};
use kizashi_app::settings::Settings;
use kizashi_domain::lang::Lang;
use kizashi_domain::pack::Fault;
use kizashi_domain::pack::titles::rule_title;
use kizashi_domain::plays::{Anchor, Doing, Kind, Play, Record, Way, find_hints, name_steps};
use kizashi_domain::time::Day;
use maud::{Markup, html};

use super::step::{self, Frame};
use crate::parts::chart::{Flow, FlowBox, Shape, flow};
use crate::parts::form::{post_button, token};
use crate::settings::audience;
use crate::settings::fields::{Line, Pen, Sheet, Wrongs};
use crate::shell::{Page, Place, Shell};

/// What the page is drawn with.
pub struct Editor<'a> {
    /// The play.
    pub open: &'a OpenBook,
    /// Settings in force.
    pub settings: &'a Settings,
    /// The fields.
    pub sheet: &'a Sheet,
    /// What is wrong with them.
    pub wrongs: &'a Wrongs,
    /// What keeps it from being published.
    pub hindrance: Option<&'a Hindrance>,
    /// Somebody else wrote meanwhile.
    pub is_stale: bool,
    /// Dates as if it began today.
    pub days: &'a [Option<Day>],
    /// The stages that may begin it, and none.
    pub stages: &'a [String],
    /// A customer to preview letters with.
    pub sample: Option<&'a Sample>,
    /// Steps that are newly automatic, and how often each was done by hand.
    pub by_hand: &'a [(String, i64)],
    /// How it has gone so far.
    pub record: &'a Record,
    /// The step to look at.
    pub at: &'a str,
    /// What is known of the card that it is made of.
    pub reminder: Option<&'a Reminder>,
    /// Whether the reader may write.
    pub may: bool,
}

/// What the button of a rehearsal does with the fields.
pub const REHEARSE: &str = "rehearse";

/// The address of a play's editor.
pub fn address(id: &str) -> String {
    format!("/settings/plays/{id}")
}

/// The place in the page that a fault is about; empty when it is not about this play.
fn place_of(play: &Play, fault: &Fault) -> String {
    let named = |id: &str| {
        fault.reason.en.contains(&format!("step {id:?}")) || fault.reason.en.contains(&format!("branch {id:?}"))
    };
    let step = play.steps.iter().position(|s| named(&s.id) || (!fault.near.is_empty() && s.id == fault.near));
    match step.and_then(|n| play.steps.get(n)) {
        _ if fault.section != "play" || fault.id != play.id => String::new(),
        Some(step) => format!("step-{}", step.id),
        None => if fault.key == "title" { "title.ja" } else { "due" }.to_owned(),
    }
}

/// Draws the page.
pub fn page(s: &Shell, e: &Editor<'_>) -> Page {
    let w = &s.words;
    let play = &e.open.book.play;
    let id = play.id.as_str();
    let title = play.title.get(w.lang()).to_owned();
    let pen = Pen { sheet: e.sheet, wrongs: e.wrongs };
    let frame = Frame {
        s,
        pen,
        pack: &e.settings.pack,
        play,
        days: e.days,
        stages: e.stages,
        sample: e.sample,
        by_hand: e.by_hand,
        at: e.at,
        may: e.may,
    };
    let body = html! {
        p.small { a.plain href="/settings/plays" { "← " (w.t("book-plays")) } }
        div.page-head {
            h1 { (title) }
            div.rest.btns {
                // Enter in a field saves: it presses the first button of the form.
                @if e.may { button.sr name="do" value="save" form="book" tabindex="-1" aria-hidden="true" { (w.t("book-save")) } }
                (rehearse(s, e, "btn main"))
                @if e.may && e.open.draft.is_some() {
                    (post_button(&s.csrf, &format!("{}/draft/removal", address(id)), &[], html! { button.btn.quiet { (w.t("book-drop")) } }))
                }
                @if e.open.published.is_some() { a.btn.quiet href={ (address(id)) "/removal" } { (w.t("settings-remove")) } }
            }
        }
        p.faint { (standing(s, e.open)) }
        @if !e.may { p.note.warn { (w.t("book-may-not")) } }
        @if e.is_stale { div.wrongs role="alert" { p { strong { (w.t("book-stale")) } } p { (w.t("book-stale-text")) } } }
        (wrongs(s, e))
        (hints(s, e))
        div.book {
            form.settings #book method="post" action=(address(id)) novalidate {
                (token(&s.csrf))
                input type="hidden" name="revision" value=(e.open.revision);
                @if let Some(reminder) = e.reminder { input type="hidden" name="card" value=(reminder.card); }
                fieldset.all disabled[!e.may] {
                    (head(s, pen))
                    h2 { (w.t("book-steps")) }
                    @if play.steps.is_empty() { p.help { (w.t("book-no-steps")) } }
                    ol.book-steps { @for (n, one) in play.steps.iter().enumerate() { (step::draw(&frame, n, one)) } }
                    @if e.may {
                        div.add-step role="group" aria-label=(w.t("book-add")) {
                            span.faint { (w.t("book-add")) }
                            @for kind in Kind::ALL { button.btn.quiet name="do" value={ "add." (kind.word()) } { "＋ " (w.word("book-kind", kind.word())) } }
                        }
                    }
                    (beginning(s, e, pen))
                    @if e.may { div.save-bar { div.btns { button.btn.main name="do" value="save" { (w.t("book-save")) } (rehearse(s, e, "btn")) } p.help { (w.t("book-save-help")) } } }
                }
            }
            aside.flow-side aria-label=(w.t("book-flow")) {
                @if let Some(reminder) = e.reminder { (remind(s, reminder)) }
                h2 { (w.t("book-flow")) }
                (picture(&frame, e))
            }
        }
    };
    Page { title, place: Place::Settings, body }
}

/// The card that the play is made of, to look at while it is written.
fn remind(s: &Shell, reminder: &Reminder) -> Markup {
    let w = &s.words;
    html! {
        section.note.reminder {
            h2 { (w.t("book-card")) }
            p { a href={ "/cards/" (reminder.card) } { (reminder.subject) } }
            @if !reminder.note.is_empty() { p.pre { (reminder.note) } }
            @if !reminder.did.is_empty() {
                ul.small { @for (kind, subject) in &reminder.did { li { (w.word("moment", kind)) @if !subject.is_empty() { " · " (subject) } } } }
            }
            p.help { (w.t("book-card-help")) }
        }
    }
}

/// The way to the rehearsal. Who may write takes along what stands in the fields: it is kept as the draft first.
fn rehearse(s: &Shell, e: &Editor<'_>, class: &str) -> Markup {
    let label = s.words.t("book-rehearse");
    html! {
        @if e.may {
            button class=(class) name="do" value=(REHEARSE) form="book" { (label) }
        } @else {
            a class=(class) href={ (address(&e.open.book.play.id)) "/rehearsal" } { (label) }
        }
    }
}

/// Where the play stands: published, a draft of whom.
pub fn standing(s: &Shell, open: &OpenBook) -> String {
    told(s, open.published.is_some(), open.draft.as_ref())
}

pub fn told(s: &Shell, is_published: bool, draft: Option<&(Option<String>, kizashi_domain::time::Time)>) -> String {
    let w = &s.words;
    let Some((who, at)) = draft else { return w.t("book-published") };
    let key = if is_published { "book-drafted" } else { "book-drafted-new" };
    let who = who.clone().unwrap_or_else(|| w.t("settings-console"));
    let (day, clock) = (w.day(s.zone.day_of(*at), s.today), w.clock(*at, &s.zone));
    w.with(key, &[("who", who.into()), ("day", day.into()), ("clock", clock.into())])
}

/// The step that a field belongs to: its number and its title.
fn step_of(s: &Shell, e: &Editor<'_>, field: &str) -> Option<String> {
    let row = field.strip_prefix('s')?.split_once('.')?.0;
    let shown = (0..row.parse().ok()?).filter(|n| !e.sheet.text(&format!("s{n}.id")).is_empty()).count();
    let [own, other] = match s.words.lang() {
        Lang::Ja => ["ja", "en"],
        Lang::En => ["en", "ja"],
    };
    let titles = [own, other].map(|lang| e.sheet.text(&format!("s{row}.title.{lang}")));
    let title = titles.into_iter().find(|title| !title.is_empty()).unwrap_or_default();
    Some(s.words.with("book-wrong-step", &[("n", (shown + 1).into()), ("title", title.to_owned().into())]))
}

fn wrongs(s: &Shell, e: &Editor<'_>) -> Markup {
    let w = &s.words;
    html! {
        @if !e.wrongs.is_empty() {
            div.wrongs role="alert" {
                p { strong { (w.with("settings-wrongs", &[("n", e.wrongs.iter().count().into())])) } }
                ul { @for (field, text) in e.wrongs.iter() { li { a href={ "#" (field) } { @if let Some(place) = step_of(s, e, field) { (place) " " } (text) } } } }
            }
        } @else if e.open.draft.is_some() {
            @match e.hindrance {
                Some(hindrance) => div.note.warn #hindrance { (w.t("book-before-publishing")) " " (say(s, &e.open.book.play, hindrance)) },
                None => p.note { (w.t("book-can-be-rehearsed")) },
            }
        }
    }
}

/// What keeps a play from being published, as a link to its place.
pub fn say(s: &Shell, play: &Play, hindrance: &Hindrance) -> Markup {
    let w = &s.words;
    match hindrance {
        Hindrance::Fault(fault) => {
            let place = place_of(play, fault);
            let text = format!("{}{}", w.text(&name_steps(play, &fault.reason)), w.text(&fault.fix));
            html! { @if place.is_empty() { (text) } @else { a href={ (address(&play.id)) "?at=" (place.trim_start_matches("step-")) "#" (place) } { (text) } } }
        }
        Hindrance::TooSoon { step, times } => {
            let id = play.steps.get(*step).map_or("", |s| s.id.as_str());
            html! { a href={ (address(&play.id)) "?at=" (id) "#step-" (id) } { (say_too_soon(s, *step, *times)) } }
        }
    }
}

/// A step that would run by itself though hardly anybody did it by hand.
pub fn say_too_soon(s: &Shell, step: usize, times: i64) -> String {
    let w = &s.words;
    let of = kizashi_app::plays::books::BY_HAND_MIN;
    let text = w.with("book-too-soon", &[("n", times.into()), ("of", of.into())]);
    w.with("book-in-step", &[("n", (step + 1).into()), ("text", text.into())])
}

fn head(s: &Shell, pen: Pen<'_>) -> Markup {
    let w = &s.words;
    let unit = w.t("settings-business-days");
    html! {
        (pen.both(w, "title", &w.t("settings-title"), None))
        (pen.both(w, "what", &w.t("book-what"), Some(&w.t("book-what-help"))))
        div.grid { div { (pen.line("due", &w.t("book-play-due"), Line { help: Some(&w.t("book-play-due-help")), unit: Some(&unit), is_number: true, ..Line::default() })) } }
    }
}

/// What begins the play, and for whom it is.
fn beginning(s: &Shell, e: &Editor<'_>, pen: Pen<'_>) -> Markup {
    let (w, pack) = (&s.words, &e.settings.pack);
    let reentries: Vec<(String, String)> =
        ["each_time", "after_days", "never"].iter().map(|r| ((*r).to_owned(), w.word("book-reentry", r))).collect();
    let other = |play: Option<&str>| {
        let play = play.filter(|id| *id != e.open.book.play.id).and_then(|id| pack.play(id))?;
        Some(w.with("book-instead-of", &[("play", play.title.get(w.lang()).to_owned().into())]))
    };
    let days = w.t("settings-days");
    html! {
        fieldset.part {
            legend { (w.t("book-begins")) }
            p.help { (w.t("book-begins-help")) }
            div.signal-ticks {
                @for rule in &pack.signals {
                    div {
                        (pen.tick(&format!("signal.{}", rule.id), w.text(&rule_title(rule, &pack.metrics))))
                        @if let Some(text) = other(rule.play.as_deref()) { " " span.small.faint { (text) } }
                    }
                }
            }
            (starts(s, e, pen))
            div.grid {
                div { (pen.choice("reentry", &w.t("book-reentry"), None, &reentries)) }
                div { (pen.line("reentry_days", &w.t("book-reentry-days"), Line { help: Some(&w.t("book-reentry-days-help")), unit: Some(&days), is_number: true, ..Line::default() })) }
            }
            (pen.tick("with_paused", &w.t("book-with-paused")))
        }
        (audience::draw(w, pen))
    }
}

/// Whether a stage or a date begins it as well.
fn starts(s: &Shell, e: &Editor<'_>, pen: Pen<'_>) -> Markup {
    let w = &s.words;
    let options = |key: &str, words: &[&str]| -> Vec<(String, String)> {
        words
            .iter()
            .map(|word| ((*word).to_owned(), w.word(key, if word.is_empty() { "none" } else { word })))
            .collect()
    };
    let at = pen.sheet.text("start");
    let days = w.t("settings-business-days");
    let shift =
        Line { help: Some(&w.t("book-start-days-help")), unit: Some(&days), is_number: true, ..Line::default() };
    let months = w.t("book-months");
    let every =
        Line { help: Some(&w.t("book-start-every-help")), unit: Some(&months), is_number: true, ..Line::default() };
    let repeats = Anchor::BEHIND.map(Anchor::word).join(" ");
    let does_repeat = Anchor::parse(pen.sheet.text("start_date")).is_none_or(|date| Anchor::BEHIND.contains(&date));
    html! {
        div data-switch="start" {
            div.grid { div { (pen.choice("start", &w.t("book-start-by"), None, &options("book-start", &["", "stage", "date"]))) } }
            @if e.may { button.btn.quiet.nojs name="do" value="save" { (w.t("book-fit")) } }
            div.grid data-case="stage" hidden[at != "stage"] {
                div { (pen.choice("stage", &w.t("book-stage"), Some(&w.t("book-stage-help")), &stages(s, e))) }
            }
            div data-case="date" hidden[at != "date"] {
                div.grid data-switch="start_date" {
                    div { (pen.choice("start_date", &w.t("book-start-date-label"), None, &options("anchor", &Anchor::ALL.map(Anchor::word)))) }
                    div { (pen.line("start_days", &w.t("book-start-days"), shift)) }
                    div { (pen.choice("start_side", &w.t("book-start-side"), None, &options("book-start-side", &["after", "before"]))) }
                    div data-case=(repeats) hidden[!does_repeat] { (pen.line("start_every", &w.t("book-start-every"), every)) }
                }
            }
        }
    }
}

/// Stages to choose from.
fn stages(s: &Shell, e: &Editor<'_>) -> Vec<(String, String)> {
    let w = &s.words;
    let name = |id: &String| if id.is_empty() { w.t("book-no-stage") } else { w.word("stage", id) };
    e.stages.iter().map(|id| (id.clone(), name(id))).collect()
}

/// The picture of the flow.
fn picture(f: &Frame<'_>, e: &Editor<'_>) -> Markup {
    let w = &f.s.words;
    let steps = f.play.steps();
    let mut boxes =
        vec![FlowBox { title: w.t("book-start"), note: begins(f.s, e), shape: Shape::Start, link: "#start".into() }];
    boxes.extend(steps.iter().map(|one| {
        let shape = match (&one.doing, one.is_automatic()) {
            (Doing::Branch { .. }, _) => Shape::Fork,
            (Doing::Wait(_), _) => Shape::Wait,
            (Doing::Milestone { .. }, _) => Shape::Goal,
            (_, true) => Shape::Alone,
            _ => Shape::Work,
        };
        let title = one.title.get(w.lang());
        let title = if title.is_empty() { w.t("book-untitled") } else { title.to_owned() };
        let note = format!("{} · {}", w.word("book-kind", one.kind().word()), step::gist(f, one));
        FlowBox { title, note, shape, link: format!("#step-{}", one.id) }
    }));
    let mut arrows = Vec::new();
    for (to, ways) in f.play.ways().into_iter().enumerate() {
        if ways.is_empty() {
            arrows.push((0, to + 1, None));
        }
        for (from, way) in ways {
            let Some(from) = steps.iter().position(|s| s.id == from) else { continue };
            let word = match way {
                Way::After => None,
                Way::Yes => Some(w.t("book-way-yes")),
                Way::No => Some(w.t("book-way-no")),
                Way::Missed => Some(w.t("book-way-missed")),
            };
            arrows.push((from + 1, to + 1, word));
        }
    }
    flow(&Flow { label: &w.t("book-flow"), boxes: &boxes, arrows: &arrows })
}

/// What begins it, in a few words.
pub fn begins(s: &Shell, e: &Editor<'_>) -> String {
    let row = BookRow { book: e.open.book.clone(), is_published: true, draft: None };
    super::list::begins(s, &row, &e.settings.pack)
}

fn hints(s: &Shell, e: &Editor<'_>) -> Markup {
    let play = &e.open.book.play;
    let found = find_hints(e.record, play.due_business_days);
    super::record::section(s, play, e.record, &found)
}
