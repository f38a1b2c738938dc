//! One step of the editor: what kind it is, and only the fields of that kind.

use kizashi_app::plays::books::Sample;
use kizashi_domain::measure::Metric;
use kizashi_domain::pack::Pack;
use kizashi_domain::pack::labels::label_side;
use kizashi_domain::plays::{Anchor, Doing, DueBefore, Kind, Mode, Play, Step, Until, Who};
use kizashi_domain::signals::SCORE;
use kizashi_domain::time::Day;
use maud::{Markup, html};

use super::form::{FROM_OPENING, SIDES, TIMEOUTS};
use crate::settings::fields::{Line, Pen, is_percent};
use crate::shell::Shell;

/// What a step is drawn with.
pub struct Frame<'a> {
    /// Shell.
    pub s: &'a Shell,
    /// Fields.
    pub pen: Pen<'a>,
    /// The pack in force.
    pub pack: &'a Pack,
    /// The whole play.
    pub play: &'a Play,
    /// By when each step would be due if the play began today.
    pub days: &'a [Option<Day>],
    /// The stages of a customer's life, and none.
    pub stages: &'a [String],
    /// A customer to preview letters with.
    pub sample: Option<&'a Sample>,
    /// How often each step that is newly automatic was done by hand.
    pub by_hand: &'a [(String, i64)],
    /// The step to look at.
    pub at: &'a str,
    /// Whether the reader may write.
    pub may: bool,
}

/// What a step is, in a few words: `5営業日` `顧客の担当`.
pub fn gist(f: &Frame<'_>, step: &Step) -> String {
    let w = &f.s.words;
    let days = |n: u32| w.with("book-in-days", &[("n", n.into())]);
    let bound = |b: &kizashi_domain::plays::Bound| {
        let limit = crate::settings::fields::shown(f.pack.metric(&b.of), b.limit);
        let unit = if is_percent(f.pack.metric(&b.of)) { "%" } else { "" };
        let side = w.text(&label_side(b.side)).to_owned();
        w.with(
            "book-bound",
            &[("of", name_of(f, &b.of).into()), ("limit", format!("{limit}{unit}").into()), ("side", side.into())],
        )
    };
    match &step.doing {
        Doing::Wait(Until::Days(n)) => w.with("book-wait-days-gist", &[("n", (*n).into())]),
        Doing::Wait(Until::Before(before)) => {
            w.with("book-wait-before-gist", &[("day", say_before(f.s, *before).into())])
        }
        Doing::Wait(Until::Holds { bound: b, timeout_business_days: n, .. }) => {
            w.with("book-wait-until-gist", &[("bound", bound(b).into()), ("n", (*n).into())])
        }
        Doing::Branch { when, .. } => bound(when),
        Doing::Milestone { expected_business_days: n, .. } => w.with("book-expected-gist", &[("n", (*n).into())]),
        _ => {
            let who = w.word("book-who", step.who.word());
            let due = match step.due_before {
                Some(before) => say_before(f.s, before),
                None => step.due_business_days.map_or_else(|| w.t("book-with-play"), days),
            };
            let mode = if step.kind().has_mode() { w.word("book-mode", step.mode.word()) } else { String::new() };
            [due, who, mode].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" · ")
        }
    }
}

/// A due day that is counted back: `通知期限の30営業日前`.
pub fn say_before(s: &Shell, before: DueBefore) -> String {
    let date = s.words.word("anchor", before.date.word());
    s.words.with("run-before", &[("date", date.into()), ("n", before.business_days.into())])
}

fn name_of(f: &Frame<'_>, of: &str) -> String {
    if of == SCORE {
        f.s.words.t("history-score")
    } else {
        f.pack.metric(of).map_or(of, |m| m.name(f.s.lang())).to_owned()
    }
}

/// Draws one step.
pub fn draw(f: &Frame<'_>, n: usize, step: &Step) -> Markup {
    let (w, pen) = (&f.s.words, f.pen);
    let name = |part: &str| format!("s{n}.{part}");
    let title = step.title.get(w.lang());
    let is_open = pen.wrongs.is_about(&format!("s{n}.")) || step.title.is_empty() || f.at == step.id;
    let kinds: Vec<(String, String)> =
        Kind::ALL.iter().map(|k| (k.word().to_owned(), w.word("book-kind", k.word()))).collect();
    // When a contract ends is known of a customer only.
    let day = f.days.get(n).copied().flatten().filter(|_| step.due_before.is_none());
    html! {
        li.book-step #{ "step-" (step.id) } {
            details open[is_open] {
                summary {
                    span.n { (n + 1) }
                    span.tag { (w.word("book-kind", step.kind().word())) }
                    strong { @if title.is_empty() { span.faint { (w.t("book-untitled")) } } @else { (title) } }
                    span.gist { (gist(f, step)) @if let Some(day) = day { @if !step.kind().runs_itself() { " → " (w.day(day, f.s.today)) } } }
                }
                div.in data-switch={ (name("kind")) " " (name("wait")) } {
                    input type="hidden" name=(name("id")) value=(step.id);
                    div.kind-line {
                        (pen.choice(&name("kind"), &w.t("book-kind-label"), None, &kinds))
                        @if f.may {
                            button.btn.quiet.nojs name="do" value={ "fit." (n) } { (w.t("book-fit")) }
                            div.moves-row {
                                @if n > 0 { button.btn.quiet name="do" value={ "up." (n) } { (w.t("book-up")) } }
                                @if n + 1 < f.play.steps.len() { button.btn.quiet name="do" value={ "down." (n) } { (w.t("book-down")) } }
                                button.btn.quiet name="do" value={ "add.task." (n) } { (w.t("book-add-below")) }
                                button.btn.quiet name="do" value={ "remove." (n) } { (w.t("book-remove-step")) }
                            }
                        }
                    }
                    p.help { (w.word("book-kind-help", step.kind().word())) }
                    (pen.both(w, &name("title"), &w.t("settings-title"), None))
                    (case(step, &[Kind::Mail], super::letter::mail(f, n, step)))
                    (wait(f, n, step))
                    (case(step, &[Kind::Branch], ways(f, n)))
                    (case(step, &[Kind::Milestone], expected(f, n)))
                    (case(step, &[Kind::Field], field(f, n, step)))
                    (case(step, &[Kind::Webhook], html! { (pen.line(&name("text"), &w.t("book-webhook-text"), Line { help: Some(&w.t("book-webhook-help")), is_wide: true, ..Line::default() })) }))
                    (case(step, &[Kind::Mail, Kind::Field, Kind::Webhook], mode(f, n, step)))
                    (case(step, &[Kind::Task, Kind::Mail, Kind::Field, Kind::Webhook, Kind::Approval, Kind::Milestone], work(f, n, step, day)))
                    (after(f, n, step))
                    (pen.both(w, &name("what"), &w.t("book-how"), Some(&w.t("book-how-help"))))
                }
            }
        }
    }
}

/// Fields of some kinds; a script shows and hides them with the choice.
fn case(step: &Step, kinds: &[Kind], fields: Markup) -> Markup {
    let words: Vec<&str> = kinds.iter().map(|k| k.word()).collect();
    html! { div data-case=(words.join(" ")) hidden[!kinds.contains(&step.kind())] { (fields) } }
}

fn number(f: &Frame<'_>, name: &str, key: &str, help: &str) -> Markup {
    let w = &f.s.words;
    let (help, unit) = (w.t(help), w.t("settings-business-days"));
    f.pen.line(name, &w.t(key), Line { help: Some(&help), unit: Some(&unit), is_number: true, ..Line::default() })
}

fn work(f: &Frame<'_>, n: usize, step: &Step, day: Option<Day>) -> Markup {
    let (w, pen) = (&f.s.words, f.pen);
    let whos: Vec<(String, String)> =
        Who::ALL.iter().map(|who| (who.word().to_owned(), w.word("book-who", who.word()))).collect();
    let help = match day {
        _ if step.due_before.is_some() => w.t("book-due-otherwise"),
        Some(day) => w.with("book-due-example", &[("day", w.day(day, f.s.today).into())]),
        None => w.t("book-due-help"),
    };
    let unit = w.t("settings-business-days");
    let line = Line { help: Some(&help), unit: Some(&unit), is_number: true, ..Line::default() };
    html! {
        @if step.kind() != Kind::Milestone { (back(f, n, step)) }
        div.grid {
            @if step.kind() != Kind::Milestone { div { (pen.line(&format!("s{n}.due"), &w.t("book-due"), line)) } }
            div { (pen.choice(&format!("s{n}.who"), &w.t("book-who"), None, &whos)) }
            div { (number(f, &format!("s{n}.escalate"), "book-escalate", "book-escalate-help")) }
        }
    }
}

/// Whether the due day is counted back from a date of the contract, and how far.
fn back(f: &Frame<'_>, n: usize, step: &Step) -> Markup {
    let (w, name) = (&f.s.words, format!("s{n}.due_from"));
    let froms = std::iter::once(FROM_OPENING).chain(Anchor::AHEAD.iter().map(|date| date.word()));
    let froms: Vec<(String, String)> = froms.map(|from| (from.to_owned(), w.word("book-due-from", from))).collect();
    let dates = Anchor::AHEAD.map(Anchor::word).join(" ");
    html! {
        div.grid data-switch=(name) {
            div { (f.pen.choice(&name, &w.t("book-due-from"), None, &froms)) }
            div data-case=(dates) hidden[step.due_before.is_none()] { (number(f, &format!("s{n}.due_back"), "book-due-back", "book-due-back-help")) }
        }
    }
}

fn mode(f: &Frame<'_>, n: usize, step: &Step) -> Markup {
    let (w, pen) = (&f.s.words, f.pen);
    let modes: Vec<(String, String)> =
        Mode::ALL.iter().map(|m| (m.word().to_owned(), w.word("book-mode", m.word()))).collect();
    let name = format!("s{n}.mode");
    let soon = f.by_hand.iter().find(|(id, _)| *id == step.id).map(|(_, times)| *times);
    html! {
        div.mode {
            (pen.choice(&name, &w.t("book-mode"), Some(&w.t("book-mode-help")), &modes))
            @if let Some(times) = soon {
                div.note.warn {
                    p { (w.with("book-too-soon", &[("n", times.into()), ("of", kizashi_app::plays::books::BY_HAND_MIN.into())])) }
                    (pen.tick(&format!("s{n}.looked"), &w.t("book-looked")))
                }
            }
        }
    }
}

fn after(f: &Frame<'_>, n: usize, step: &Step) -> Markup {
    let (w, pen) = (&f.s.words, f.pen);
    let name = format!("s{n}.after");
    let options: Vec<(String, String)> =
        ["above", "at_once", "chosen"].iter().map(|o| ((*o).to_owned(), w.word("book-after", o))).collect();
    let is_chosen = step.after.as_ref().is_some_and(|list| !list.is_empty());
    html! {
        div.after data-switch=(name) {
            (pen.choice(&name, &w.t("book-after"), None, &options))
            fieldset.ticks data-case="chosen" hidden[!is_chosen] {
                legend.sr { (w.t("book-after")) }
                @for other in f.play.steps.iter().filter(|o| o.id != step.id) {
                    (pen.tick(&format!("{name}.{}", other.id), title_of(f, other).as_str()))
                }
            }
        }
    }
}

fn title_of(f: &Frame<'_>, step: &Step) -> String {
    let title = step.title.get(f.s.lang());
    if title.is_empty() { f.s.words.t("book-untitled") } else { title.to_owned() }
}

fn subjects(f: &Frame<'_>, is_optional: bool) -> Vec<(String, String)> {
    let w = &f.s.words;
    let mut options = Vec::new();
    if is_optional {
        options.push((String::new(), w.t("book-by-person")));
    }
    options.push((SCORE.to_owned(), w.t("history-score")));
    let named = |m: &Metric| {
        let unit = if is_percent(Some(m)) { " (%)" } else { "" };
        (m.id.clone(), format!("{}{unit}", m.name(w.lang())))
    };
    options.extend(f.pack.metrics.iter().map(named));
    options
}

/// A metric, a limit and a side.
fn bound(f: &Frame<'_>, n: usize, step: &Step) -> Markup {
    let (w, pen) = (&f.s.words, f.pen);
    let sides: Vec<(String, String)> =
        SIDES.iter().map(|(word, side)| ((*word).to_owned(), w.text(&label_side(*side)).to_owned())).collect();
    let key = match step.kind() {
        Kind::Milestone => "book-evidence",
        Kind::Wait => "book-until",
        _ => "book-question",
    };
    html! {
        fieldset.bound {
            legend { (w.t(key)) }
            div.row-form {
                (pen.select(&format!("s{n}.of"), Some(&w.t("settings-subject")), &subjects(f, step.kind() == Kind::Milestone)))
                span.figure { (pen.input(&format!("s{n}.limit"), Some(&w.t("settings-limit")), true)) }
                (pen.select(&format!("s{n}.side"), Some(&w.t("settings-side")), &sides))
            }
            (pen.wrong(&format!("s{n}.of"))) (pen.wrong(&format!("s{n}.limit")))
        }
    }
}

/// Until when a step waits. The fields of the other ways are there for whoever has no scripts, under a heading each; a script shows those
/// of the chosen one. A condition is asked by branches and milestones as well.
fn wait(f: &Frame<'_>, n: usize, step: &Step) -> Markup {
    let (w, pen) = (&f.s.words, f.pen);
    let options: Vec<(String, String)> =
        ["days", "before", "until"].iter().map(|o| ((*o).to_owned(), w.word("book-wait", o))).collect();
    let ends: Vec<(String, String)> =
        TIMEOUTS.iter().map(|(word, _)| ((*word).to_owned(), w.word("book-timeout", word))).collect();
    let dates: Vec<(String, String)> =
        Anchor::AHEAD.iter().map(|date| (date.word().to_owned(), w.word("anchor", date.word()))).collect();
    let head = |way: &str| html! { legend.nojs { (w.word("book-wait", way)) } };
    let before = html! {
        (head("before"))
        div.grid {
            div { (pen.choice(&format!("s{n}.wait_date"), &w.t("book-wait-date"), None, &dates)) }
            div { (number(f, &format!("s{n}.wait_back"), "book-due-back", "book-wait-back-help")) }
        }
    };
    let timeout = html! {
        div.grid {
            div { (number(f, &format!("s{n}.timeout"), "book-timeout", "book-timeout-help")) }
            div { (pen.choice(&format!("s{n}.on_timeout"), &w.t("book-on-timeout"), None, &ends)) }
        }
    };
    html! {
        (case(step, &[Kind::Wait], pen.choice(&format!("s{n}.wait"), &w.t("book-wait"), None, &options)))
        (way(step, "days", &[], html! { (head("days")) div.grid { div { (number(f, &format!("s{n}.days"), "book-wait-for", "book-wait-days-help")) } } }))
        (way(step, "before", &[], before))
        (way(step, "until", &[Kind::Branch, Kind::Milestone], html! { @if step.kind() == Kind::Wait { (head("until")) } (bound(f, n, step)) }))
        (way(step, "until", &[], timeout))
    }
}

/// Fields of one way to wait, and of some kinds.
fn way(step: &Step, way: &str, kinds: &[Kind], fields: Markup) -> Markup {
    let chosen = match step.doing {
        Doing::Wait(Until::Days(_)) => Some("days"),
        Doing::Wait(Until::Before(_)) => Some("before"),
        Doing::Wait(Until::Holds { .. }) => Some("until"),
        _ => None,
    };
    let own = kinds.iter().map(|kind| format!(" {}", kind.word())).collect::<String>();
    let is_there = chosen.is_some() || kinds.contains(&step.kind());
    html! {
        fieldset.way.off[chosen.is_some_and(|chosen| chosen != way)] data-case={ "wait:" (way) (own) } hidden[!is_there] { (fields) }
    }
}

/// The other steps, and none.
fn others(f: &Frame<'_>, n: usize) -> Vec<(String, String)> {
    let own = f.pen.sheet.text(&format!("s{n}.id"));
    let mut options = vec![(String::new(), f.s.words.t("book-nothing"))];
    options.extend(f.play.steps.iter().filter(|o| o.id != own).map(|o| (o.id.clone(), title_of(f, o))));
    options
}

/// When a milestone is expected, and what follows when it is not reached by then.
fn expected(f: &Frame<'_>, n: usize) -> Markup {
    let w = &f.s.words;
    html! {
        div.grid {
            div { (number(f, &format!("s{n}.expected"), "book-expected", "book-expected-help")) }
            div { (f.pen.choice(&format!("s{n}.missed"), &w.t("book-missed"), Some(&w.t("book-missed-help")), &others(f, n))) }
        }
    }
}

fn ways(f: &Frame<'_>, n: usize) -> Markup {
    let (w, pen) = (&f.s.words, f.pen);
    let options = others(f, n);
    html! {
        div.grid {
            div { (pen.choice(&format!("s{n}.yes"), &w.t("book-yes"), None, &options)) }
            div { (pen.choice(&format!("s{n}.no"), &w.t("book-no"), Some(&w.t("book-no-help")), &options)) }
        }
    }
}

fn field(f: &Frame<'_>, n: usize, step: &Step) -> Markup {
    let (w, pen) = (&f.s.words, f.pen);
    let name = format!("s{n}.field");
    let is_stage = matches!(&step.doing, Doing::Field { field, .. } if field == "stage");
    let mut stages: Vec<&str> = f.stages.iter().map(String::as_str).filter(|stage| !stage.is_empty()).collect();
    let given = pen.sheet.text(&format!("s{n}.value_stage"));
    if !given.is_empty() && !stages.contains(&given) {
        stages.push(given);
    }
    let stages: Vec<(String, String)> = std::iter::once((String::new(), w.t("book-value-choose")))
        .chain(stages.into_iter().map(|stage| (stage.to_owned(), w.word("stage", stage))))
        .collect();
    let fields: Vec<(String, String)> =
        Step::FIELDS.iter().map(|one| ((*one).to_owned(), w.word("book-field", one))).collect();
    html! {
        div.grid data-switch=(name) {
            div { (pen.choice(&name, &w.t("book-field"), None, &fields)) }
            div data-case="stage" hidden[!is_stage] { (pen.choice(&format!("s{n}.value_stage"), &w.t("book-value"), None, &stages)) }
            div data-case="segment region" hidden[is_stage] { (pen.line(&format!("s{n}.value"), &w.t("book-value"), Line { help: Some(&w.t("book-value-help")), ..Line::default() })) }
        }
    }
}
