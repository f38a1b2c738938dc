//! The page of one card.

use kizashi_app::access::StaffRow;
use kizashi_app::plays::{CardPage, CardRow, CardState, CauseRow, FALSE_REASONS, Late, Outcome};
use kizashi_app::rooms::RoomRow;
use kizashi_domain::lang::Text;
use kizashi_domain::measure::Metric;
use kizashi_domain::pack::labels::show_of;
use kizashi_domain::pack::{Pack, labels::label_subject};
use kizashi_domain::signals::{CardKind, Occurrence, SCORE, Trigger};
use maud::{Markup, html};

use crate::parts::closing::chips_by_outcome;
use crate::parts::form::{post_button, token};
use crate::parts::work::{Named, kind_word, room_proposal, work};
use crate::shell::{Page, Place, Shell};

/// A form of the page that cannot be taken, and what was typed into it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tried<'a> {
    /// Which form; empty = none.
    pub form: &'static str,
    /// Why, in words.
    pub wrong: &'a str,
    /// Its fields as they were sent.
    pub pairs: &'a [(String, String)],
}

impl Tried<'_> {
    /// Why this form cannot be taken.
    pub(super) fn wrong(&self, form: &str) -> Markup {
        html! { @if self.form == form { div.wrongs role="alert" { (self.wrong) } } }
    }

    /// A form of a row of forms, with why it cannot be taken above it.
    fn around(&self, form: &str, drawn: Markup) -> Markup {
        if self.form == form {
            html! { div { (self.wrong(form)) (drawn) } }
        } else {
            drawn
        }
    }

    /// What was typed into a field of this form.
    pub(super) fn typed(&self, form: &str, name: &str) -> Option<&str> {
        self.pairs.iter().filter(|_| self.form == form).find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// `GET /cards/{id}`. With who may work with it, whether the reader may say a word, and a form that cannot be taken.
pub fn card(
    s: &Shell,
    card: &CardPage,
    room: Option<&RoomRow>,
    pack: &Pack,
    (workers, may_comment, tried): (&[StaffRow], bool, &Tried<'_>),
) -> Page {
    let w = &s.words;
    let row = &card.row;
    let is_open = row.state != CardState::Closed;
    let body = html! {
        p.small { a.plain href="/cards" { "← " (w.t("nav-cards")) } }
        h1 {
            @match row.customer_id {
                Some(id) => a.plain href={ "/customers/" (id) } { (row.subject) },
                None => (row.subject),
            }
        }
        p.faint {
            (w.text(&row.title)) " · " (w.with("card-opened", &[("day", w.day(s.zone.day_of(row.opened_at), s.today).into())]))
            @if let Some((limit, at)) = row.limit.filter(|_| row.late.is_none()) {
                " · " (w.with(match limit { Late::Answer => "card-limit-answer", Late::Closing => "card-limit-closing" }, &[("at", format!("{} {}", w.day(s.zone.day_of(at), s.today), w.clock(at, &s.zone)).into())]))
            }
        }
        (tried.wrong("state"))
        // The forms of an open card are not on the page of a closed one.
        @if !is_open { @for form in ["closure", "owner", "due", "helper"] { (tried.wrong(form)) } }
        section { (work(s, row, Named::Itself)) (room_proposal(s, row)) }
        @if !card.runs.is_empty() { section { h2 { (w.t("card-runs")) } (crate::plays::of_card(s, &card.runs)) } }
        @if let Some(customer) = row.customer_id.filter(|_| row.kind == CardKind::Risk && is_open && s.may_work()) {
            p.btns {
                @match room {
                    Some(room) => (crate::rooms::go_link(s, room)),
                    None if row.asks_room => {}
                    None => (crate::rooms::open_link(s, customer, Some(row.id))),
                }
                " " a.btn.quiet href={ "/customers/" (customer) "#review" } { (w.t("review-title")) }
            }
        }
        @let under_way = card.runs.iter().filter(|run| run.ended.is_none()).count();
        @if is_open { (hands(s, card, workers, tried)) }
        @if is_open && s.may_work() { (ending(s, row, under_way, tried)) }
        @if row.outcome == Some(Outcome::FalseAlarm) && s.may_work() { (why_false(s, row, tried)) }
        @if s.may_work() { (crate::books::offer(s, row)) }
        div.cols {
            (causes(s, card, pack))
            @if let Some((title, steps)) = &card.play {
                section { h2 { (w.t("card-play")) } p { strong { (w.text(title)) } } (play(s, steps)) }
            }
            (life(s, card, may_comment, tried))
        }
    };
    Page { title: format!("{} {}", row.subject, w.word("card-kind", kind_word(row.kind))), place: Place::Cards, body }
}

/// The standard answer, a step a line. A pack may write its steps in one text, told apart by ① ② ③.
fn play(s: &Shell, steps: &[Text]) -> Markup {
    let is_number = |c: char| ('\u{2460}'..='\u{2473}').contains(&c);
    let told: Vec<&str> = steps
        .iter()
        .flat_map(|step| s.words.text(step).split(is_number))
        .map(str::trim)
        .filter(|t| !t.is_empty())
        .collect();
    html! {
        @if told.len() == 1 { p.prose { (told.concat()) } } @else { ol.steps { @for step in told { li { (step) } } } }
    }
}

/// Whose it is, until when, and who helps.
fn hands(s: &Shell, card: &CardPage, workers: &[StaffRow], tried: &Tried<'_>) -> Markup {
    let w = &s.words;
    let row = &card.row;
    html! {
        section.hands aria-label=(w.t("card-hands")) {
            @if s.may_work() { (owner_form(s, row, workers, tried)) (due_form(s, row, tried)) }
            (helpers(s, card, workers, tried))
            @if !card.snooze_reason.is_empty() && row.snoozed_until.is_some() { p.small.ink2 { (w.t("card-later")) " · " (card.snooze_reason) } }
        }
    }
}

fn owner_form(s: &Shell, row: &CardRow, workers: &[StaffRow], tried: &Tried<'_>) -> Markup {
    let w = &s.words;
    let now = row.owner_id.filter(|_| !row.has_owner_left).map(|id| id.to_string()).unwrap_or_default();
    let chosen = tried.typed("owner", "owner").unwrap_or(&now);
    // Whoever has it stays to be seen, also when their role is another by now.
    let other = row.owner_id.filter(|id| !row.has_owner_left && !workers.iter().any(|p| p.id == *id));
    let form = html! {
        form.row-form method="post" action={ "/cards/" (row.id) "/owner" } {
            (token(&s.csrf))
            input type="hidden" name="back" value=(s.address);
            label for="owner" { (w.t("card-who")) }
            select #owner name="owner" {
                option value="" selected[chosen.is_empty()] { (w.t("card-nobody")) }
                @if let Some((id, name)) = other.zip(row.owner.as_ref()) { option value=(id) selected[chosen == id.to_string()] { (name) } }
                @for person in workers { option value=(person.id) selected[chosen == person.id.to_string()] { (person.name) } }
            }
            button.btn { (w.t("card-hand-over")) }
        }
    };
    tried.around("owner", form)
}

fn due_form(s: &Shell, row: &CardRow, tried: &Tried<'_>) -> Markup {
    let w = &s.words;
    let now = row.due_day.to_string();
    let form = html! {
        form.row-form method="post" action={ "/cards/" (row.id) "/due" } {
            (token(&s.csrf))
            input type="hidden" name="back" value=(s.address);
            label for="due" { (w.t("card-by-when")) }
            input #due type="date" name="due" value=(tried.typed("due", "due").unwrap_or(&now)) required;
            button.btn { (w.t("card-move")) }
        }
    };
    tried.around("due", form)
}

/// Who helps; one who has left is marked.
fn helpers(s: &Shell, card: &CardPage, workers: &[StaffRow], tried: &Tried<'_>) -> Markup {
    let w = &s.words;
    let path = format!("/cards/{}/associates", card.row.id);
    let form = html! {
        div.helpers {
            span.label { (w.t("card-helpers")) }
            @if card.associates.is_empty() { span.faint { (w.t("card-no-helpers")) } }
            @for helper in &card.associates {
                span.helper {
                    @if helper.has_left { (w.with("card-helper-left", &[("name", helper.name.clone().into())])) } @else { (helper.name) }
                    @if s.may_work() {
                        (post_button(&s.csrf, &format!("{path}/removal"), &[("staff", &helper.id.to_string()), ("back", &s.address)],
                            html! { button.btn.quiet aria-label=(w.with("card-part-one", &[("name", helper.name.clone().into())])) { "×" } }))
                    }
                }
            }
            @if s.may_work() {
                form.row-form method="post" action=(path) {
                    (token(&s.csrf))
                    input type="hidden" name="back" value=(s.address);
                    label.sr for="helper" { (w.t("card-helpers")) }
                    select #helper name="staff" required {
                        option value="" { (w.t("card-helper-choose")) }
                        @for person in workers.iter().filter(|p| !card.associates.iter().any(|helper| helper.id == p.id)) { option value=(person.id) { (person.name) } }
                    }
                    button.btn { (w.t("card-join")) }
                }
            }
        }
    };
    tried.around("helper", form)
}

fn causes(s: &Shell, card: &CardPage, pack: &Pack) -> Markup {
    let w = &s.words;
    html! {
        section #causes {
            h2 { (w.t("card-causes")) }
            @if card.row.is_made_by_hand { p.faint { (w.t("card-by-hand")) } }
            ul.moves {
                @for cause in &card.causes {
                    li.wide {
                        span.faint.nowrap { (w.day(cause.day, s.today)) }
                        div {
                            (w.text(&cause.why))
                            div.small.facts {
                                @match card.rules.iter().find(|(id, _)| *id == cause.rule) {
                                    Some((id, title)) => a href={ "/signals/" (id) @if let Some(of) = card.row.customer_id { "?customer=" (of) } } { (w.text(title)) },
                                    None => span.faint { (w.with("card-rule-gone", &[("rule", cause.rule.clone().into())])) },
                                }
                                (facts(s, card, cause, pack))
                                " " a.go href={ "/signals/" (cause.rule) @if let Some(id) = card.row.customer_id { "?customer=" (id) } } { (s.words.t("signal-why")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The figures and the record behind a cause, each with its page.
fn facts(s: &Shell, card: &CardPage, cause: &CauseRow, pack: &Pack) -> Markup {
    let w = &s.words;
    let metric = |of: &str| -> Option<&Metric> { pack.metric(of) };
    html! {
        @for b in cause.figures.iter().filter(|b| !b.of.is_empty()) {
            @let name = label_subject(&b.of, &pack.metrics);
            @let value = b.value.map(|v| show_of(metric(&b.of), v, w.lang()));
            " " a href=(if b.of == SCORE { score_page(card) } else { format!("/dictionary#{}", b.of) }) {
                (w.text(&name)) @if let Some(value) = value { " " (value) }
            }
        }
        @if let Some((address, key)) = record_of(s, card, cause, pack) { " " a.go href=(address) { (w.t(key)) } }
    }
}

fn score_page(card: &CardPage) -> String {
    card.row.customer_id.map_or_else(|| "/customers".into(), |id| format!("/customers/{id}"))
}

/// The page of the record that an arrival is about.
fn record_of(s: &Shell, card: &CardPage, cause: &CauseRow, pack: &Pack) -> Option<(String, &'static str)> {
    let customer = card.row.customer_id?;
    let Trigger::Arrival { what } = pack.rule(&cause.rule)?.when else { return None };
    let day = cause.figures.first().and_then(|b| b.date).unwrap_or(cause.day);
    let before = s.zone.end_of(day).micros().saturating_add(1);
    let history = |kind: &str| format!("/customers/{customer}/history?kind={kind}&before={before}");
    Some(match what {
        Occurrence::ChampionLeft => (format!("/customers/{customer}/relations"), "fact-contact"),
        Occurrence::Detractor => (history("response"), "fact-answer"),
        Occurrence::CancelWords => (history("ticket"), "fact-ticket"),
        Occurrence::ContractShrank | Occurrence::ContractGrew => {
            (format!("/customers/{customer}/relations"), "fact-contract")
        }
        _ => (format!("/customers/{customer}/history?before={before}"), "fact-history"),
    })
}

fn life(s: &Shell, card: &CardPage, may_comment: bool, tried: &Tried<'_>) -> Markup {
    let w = &s.words;
    // What was typed about the end of a card that somebody else ended is not lost.
    let of_end = tried.typed("closure", "came_of_it").filter(|_| card.row.state == CardState::Closed);
    html! {
        section {
            h2 { (w.t("card-past")) }
            (tried.wrong("note"))
            @if may_comment {
                form.talk method="post" action={ "/cards/" (card.row.id) "/notes" } {
                    (token(&s.csrf))
                    label.sr for="card-note" { (w.t("card-note")) }
                    textarea #card-note name="text" rows="2" maxlength="20000" required autocomplete="off" placeholder=(w.t("card-note-hint")) data-mentions=(w.t("colleagues-title")) { (tried.typed("note", "text").or(of_end).unwrap_or_default()) }
                    @if of_end.is_some() { p.help.small { (w.t("card-typed-kept")) } }
                    button.btn { (w.t("card-note")) }
                }
            }
            ul.moves {
                @for step in &card.steps {
                    li.wide {
                        span.faint.nowrap { (w.day(s.zone.day_of(step.at), s.today)) " " (w.clock(step.at, &s.zone)) }
                        div { (w.word("step", &step.step)) @if let Some(staff) = &step.staff { span.faint { " " (staff) } } @if !step.note.is_empty() { div.ink2.said { (step.note) } } }
                    }
                }
            }
        }
    }
}

/// Ending a card, in full, on its own page.
fn ending(s: &Shell, card: &CardRow, under_way: usize, tried: &Tried<'_>) -> Markup {
    let w = &s.words;
    let typed = |name| tried.typed("closure", name).unwrap_or_default();
    html! {
        section {
            h2 { (w.t("card-close")) }
            (tried.wrong("closure"))
            form.hunch.closing method="post" action={ "/cards/" (card.id) "/closure" } {
                (token(&s.csrf))
                input type="hidden" name="back" value=(s.address);
                div.feel role="radiogroup" aria-label=(w.t("card-outcome")) {
                    @for outcome in Outcome::ALL {
                        label { input type="radio" name="outcome" value=(outcome.word()) required checked[typed("outcome") == outcome.word()]; (w.word("outcome", outcome.word())) }
                    }
                }
                div.only-false_alarm {
                    label.small for="false-reason" { (w.t("card-false-why")) }
                    (false_reasons(s, "false-reason", typed("false_reason")))
                }
                label.small for="came" { (w.t("close-came-of-it")) }
                (chips_by_outcome(s, Some(card.kind)))
                div {
                    textarea #came name="came_of_it" rows="2" maxlength="2000" placeholder=(w.t("close-or-type")) { (typed("came_of_it")) }
                    p.help.small.faint { (w.t("close-demands")) " " (w.t("close-help")) }
                }
                @if under_way > 0 {
                    div {
                        label.check { input type="checkbox" name="ends_plays" value="1" checked[!typed("ends_plays").is_empty()]; " " span { (w.with("close-ends-plays-n", &[("n", under_way.into())])) } }
                        p.help.small.faint { (w.t("close-ends-plays-help")) }
                    }
                }
                div.btns { button.btn.main { (w.t("card-close")) } }
            }
        }
    }
}

/// The reasons of a false alarm to choose from.
pub(super) fn false_reasons(s: &Shell, id: &str, chosen: &str) -> Markup {
    let w = &s.words;
    html! {
        select id=(id) name="false_reason" {
            option value="" { (w.t("card-false-unsaid")) }
            @for reason in FALSE_REASONS { option value=(reason) selected[reason == chosen] { (w.word("false", reason)) } }
        }
    }
}

/// Why a closed card was a false alarm, which may be said later too.
fn why_false(s: &Shell, card: &CardRow, tried: &Tried<'_>) -> Markup {
    let w = &s.words;
    html! {
        section {
            (tried.wrong("false"))
            form.row-form method="post" action={ "/cards/" (card.id) "/false-reason" } {
                (token(&s.csrf))
                input type="hidden" name="back" value=(s.address);
                label for="false-reason" { (w.t("card-false-why")) }
                (false_reasons(s, "false-reason", &card.false_reason))
                button.btn { (w.t("save")) }
            }
        }
    }
}
