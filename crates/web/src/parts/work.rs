//! A card of work: who it is about, why, what to do, by when, who; and the answers to it.

use kizashi_app::plays::{CardRow, CardState, Late, NEW_SIGNS_MAX, Outcome, Seen};
use kizashi_domain::health::Band;
use kizashi_domain::limits::SNOOZE_DAYS_MAX;
use kizashi_domain::signals::CardKind;
use kizashi_domain::time::Day;
use maud::{Markup, html};

use super::closing::{close_menu, false_menu};
use super::form::token;
use super::health::{delta, mark, word};
use super::icon::icon;
use crate::shell::Shell;
use crate::words::Words;

/// Causes shown in a list; the card's own page shows all.
const CAUSES_SHOWN: usize = 4;

/// The word of a kind in keys and addresses.
pub const fn kind_word(kind: CardKind) -> &'static str {
    match kind {
        CardKind::Risk => "risk",
        CardKind::Opportunity => "opportunity",
        CardKind::Milestone => "milestone",
        CardKind::Goal => "goal",
        CardKind::Activity => "activity",
        CardKind::Data => "data",
    }
}

/// How many customers have shown signs since an evening, above the cards of a day.
pub fn signs_sentence(w: &Words, since: &str, n: i64) -> String {
    let key = match n {
        0 => "today-no-signs",
        NEW_SIGNS_MAX.. => "today-many-signs",
        _ => "today-signs",
    };
    w.with(key, &[("since", since.into()), ("n", n.into())])
}

/// The key of a state's word.
pub const fn state_key(state: CardState) -> &'static str {
    match state {
        CardState::New => "card-step-new",
        CardState::Taken => "card-step-working",
        CardState::Waiting => "card-step-waiting",
        CardState::Closed => "card-step-done",
    }
}

/// States that a press may have seen, with their words in forms.
const SEEN: [(&str, CardState); 4] = [
    ("new", CardState::New),
    ("taken", CardState::Taken),
    ("waiting", CardState::Waiting),
    ("closed", CardState::Closed),
];

/// What a form says that was seen of a card: its state and whose it is.
pub fn seen_of(card: &CardRow) -> String {
    let state = SEEN.into_iter().find(|(_, state)| *state == card.state).map_or("", |(word, _)| word);
    format!("{state}.{}", card.owner_id.map(|id| id.to_string()).unwrap_or_default())
}

/// Reads [`seen_of`].
pub fn read_seen(text: &str) -> Option<Seen> {
    let (word, owner) = text.split_once('.')?;
    let state = SEEN.into_iter().find(|(known, _)| *known == word)?.1;
    Some(Seen { state, owner: if owner.is_empty() { None } else { Some(owner.parse().ok()?) } })
}

/// Where a card is shown: in a list with the customer's name, or where the name stands above it already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// With the name.
    Here,
    /// With the name, and a box that picks it for a change of many at once.
    ToPick,
    /// Without.
    Above,
    /// Without, on the card's own page.
    Itself,
}

impl Named {
    /// Whether the name stands above it already.
    const fn is_above(self) -> bool {
        matches!(self, Self::Above | Self::Itself)
    }
}

/// The card as a row of a list.
pub fn work(s: &Shell, card: &CardRow, named: Named) -> Markup {
    let w = &s.words;
    let kind = w.word("card-kind", kind_word(card.kind));
    html! {
        article.work.done[card.state == CardState::Closed] data-row id={ "card-" (card.id) } aria-label={ (card.subject) " " (kind) } {
            (mark(w, if card.customer_id.is_some() { card.band } else { None }))
            div {
                div.head {
                    @if named == Named::ToPick && card.state != CardState::Closed {
                        label.pick-card { input.pick type="checkbox" name="id" value=(card.id) form="many" aria-label=(w.with("pick-one", &[("name", card.subject.clone().into())])); }
                    }
                    @if !named.is_above() { (name(card)) }
                    @if named == Named::Itself { span.kind { (kind) } } @else { (opening(s, card, &kind)) }
                    @if card.state != CardState::New { span.small.faint { (w.t(state_key(card.state))) } }
                    @if card.customer_id.is_some() { (movement(s, card)) }
                    @if let Some(day) = card.notice_on { span.nowrap title=(w.day_year(day)) { (notice(s, day)) } }
                    @if let Some(mrr) = card.mrr { span.money { (w.monthly(mrr)) } }
                    (flags(s, card))
                }
                dl.why-what {
                    @if !card.why.is_empty() { dt { (w.t("card-why")) } }
                    @if !card.why.is_empty() { dd { ul.causes {
                        @for (at, cause) in card.why.iter().take(CAUSES_SHOWN).enumerate() { li { (w.text(cause)) (stumble(s, card, at)) } }
                        @if card.why.len() > CAUSES_SHOWN { li { a.plain.faint href={ "/cards/" (card.id) "#causes" } { (w.with("card-more-causes", &[("n", (card.why.len() - CAUSES_SHOWN).into())])) } } }
                    } } }
                    dt { (w.t("card-what")) }
                    dd.by {
                        span { (w.text(&card.what)) }
                        span.nowrap { span.label { (w.t("card-by-when")) } (due(s, card)) }
                        span.nowrap { span.label { (w.t("card-who")) } (owner(s, card)) }
                    }
                    (ending(s, card))
                }
                (proposal(s, card))
                @if !named.is_above() { (room_proposal(s, card)) }
            }
            div.acts { @if s.may_work() { (answers(s, card)) } }
        }
    }
}

/// How long a stumble has lasted today; its sentence stands still at the day on which it was noticed.
fn stumble(s: &Shell, card: &CardRow, at: usize) -> Markup {
    let since = card.stumbling.get(at).copied().flatten();
    html! { @if let Some(since) = since { " " span.tag { (s.words.with("card-stumbles", &[("n", (s.today.0 - since.0).max(0).into())])) } } }
}

/// The way to the card's page: its kind and its title.
fn opening(s: &Shell, card: &CardRow, kind: &str) -> Markup {
    let w = &s.words;
    let title = w.text(&card.title);
    html! {
        a.kind href={ "/cards/" (card.id) } data-key="o" title=(w.t("card-open-tip")) {
            (kind) @if !title.is_empty() { (w.t("card-kind-mark")) (title) }
        }
    }
}

/// Whose it is; nobody's when its owner has left.
pub fn owner(s: &Shell, card: &CardRow) -> String {
    match &card.owner {
        Some(name) => owner_name(s, name, card.has_owner_left),
        None => s.words.t("card-nobody"),
    }
}

/// Somebody by name; nobody's work, and whose it was, when that person has left.
pub fn owner_name(s: &Shell, name: &str, has_left: bool) -> String {
    if has_left { s.words.with("card-owner-left", &[("name", name.to_owned().into())]) } else { name.to_owned() }
}

/// What must be known of a card at once: a limit that has passed, and that it is never kept quiet.
pub fn flags(s: &Shell, card: &CardRow) -> Markup {
    let w = &s.words;
    html! {
        @match card.late {
            Some(Late::Answer) => strong.late { (w.t("card-late-answer")) },
            Some(Late::Closing) => strong.late { (w.t("card-late-closing")) },
            None if has_come(s, card) => span.kept-loud title=(w.t("card-due-come-tip")) { (w.t("card-due-come")) },
            None => {},
        }
        @if let Some(day) = card.leaves_on.filter(|_| card.state != CardState::Closed) {
            span.kept-loud { (w.with(if day < s.today { "card-left" } else { "card-leaves" }, &[("day", w.day(day, s.today).into())])) }
        }
        @if card.is_never_quiet { span.kept-loud title=(w.t("card-never-quiet-tip")) { (w.t("card-never-quiet")) } }
    }
}

/// Whether its day has come: then it is shown today whatever the day holds.
fn has_come(s: &Shell, card: &CardRow) -> bool {
    card.state != CardState::Closed
        && card.due_day <= s.today
        && card.snoozed_until.is_none_or(|until| until <= s.today)
}

/// A card whose causes are over is proposed for closing.
fn proposal(s: &Shell, card: &CardRow) -> Markup {
    let w = &s.words;
    let path = format!("/cards/{}", card.id);
    html! {
        @if s.may_work() && card.state != CardState::Closed && card.leaves_on.is_some_and(|day| day < s.today) {
            div.over {
                span { (w.t("card-left-over")) }
                (answer(s, &path, "closure", &[("outcome", Outcome::Unsolved.word()), ("came_of_it", &w.t("came-left"))], "btn", &w.t("card-close-left"), "5"))
            }
        } @else if card.is_over && s.may_work() {
            div.over {
                span { @if card.customer_id.is_some() { (w.with("card-is-over", &[("n", card.healthy_days.into())])) } @else { (w.t("card-feed-back")) } }
                @let came = if card.customer_id.is_some() { w.with("came-over", &[("n", card.healthy_days.into())]) } else { w.t("came-flows") };
                (answer(s, &path, "closure", &[("outcome", Outcome::Recovered.word()), ("came_of_it", &came)], "btn", &w.t("card-close-over"), "5"))
            }
        }
    }
}

/// A red account proposes a room.
pub fn room_proposal(s: &Shell, card: &CardRow) -> Markup {
    let w = &s.words;
    let customer = card.customer_id.filter(|_| card.asks_room && s.may_work());
    html! {
        @if let Some(customer) = customer {
            div.over.no-print {
                span { (w.t("room-proposed")) }
                (crate::rooms::open_link(s, customer, Some(card.id)))
            }
        }
    }
}

fn name(card: &CardRow) -> Markup {
    html! {
        h3.name {
            @match card.customer_id {
                Some(id) => a href={ "/customers/" (id) } data-open title=(card.subject) { (card.subject) },
                None => a href="/data" data-open title=(card.subject) { (card.subject) },
            }
        }
    }
}

fn movement(s: &Shell, card: &CardRow) -> Markup {
    let w = &s.words;
    let band = card.band.unwrap_or(Band::Unknown);
    html! {
        span.move {
            span class={ "small " (super::health::class(band)) } { (word(w, band)) } " "
            @if let Some(points) = card.points {
                @if card.change != 0 { (points - card.change) " → " }
                (points)
                @if card.change != 0 { " " (delta(w, card.change)) }
            }
        }
    }
}

/// 通知期限まで18日, or how long ago it passed.
pub fn notice(s: &Shell, day: Day) -> String {
    match day.0 - s.today.0 {
        n if n < 0 => s.words.with("notice-passed", &[("n", (-n).into())]),
        0 => s.words.t("notice-today"),
        n => s.words.with("notice-left", &[("n", n.into())]),
    }
}

fn due(s: &Shell, card: &CardRow) -> Markup {
    let is_late = card.due_day < s.today && card.state != CardState::Closed;
    let text = s.words.day(card.due_day, s.today);
    html! {
        @if is_late { strong.red { (text) " " (s.words.away(card.due_day, s.today)) } } @else { (text) }
    }
}

fn ending(s: &Shell, card: &CardRow) -> Markup {
    let w = &s.words;
    html! {
        @if let Some(outcome) = card.outcome {
            dt { (w.t("card-outcome")) }
            dd {
                (w.word("outcome", outcome.word()))
                @if let Some(at) = card.closed_at { span.faint { " " (w.day(s.zone.day_of(at), s.today)) } }
                @if !card.false_reason.is_empty() { " · " (w.word("false", &card.false_reason)) }
                @if !card.outcome_note.is_empty() { " · " (card.outcome_note) }
            }
        }
        @if let Some(until) = card.snoozed_until.filter(|until| *until > s.today) {
            dt { (w.t("card-later")) }
            dd { (w.with("card-until", &[("day", w.day(until, s.today).into())])) }
        }
    }
}

/// The buttons of a card: take it, put it off, say that it was a false alarm; or end it once taken.
fn answers(s: &Shell, card: &CardRow) -> Markup {
    let w = &s.words;
    let path = format!("/cards/{}", card.id);
    html! {
        div.btns {
            @if card.snoozed_until.is_some_and(|until| until > s.today) {
                (answer(s, &path, "undo", &[("what", "snooze")], "btn", &w.t("card-wake"), "1"))
            } @else {
                @match card.state {
                    CardState::New => {
                        (answer(s, &path, "taking", &[("seen", &seen_of(card))], "btn main", &w.t("card-take"), "1"))
                        (later(s, &path))
                        (false_menu(s, &path))
                    },
                    CardState::Taken | CardState::Waiting => {
                        (close_menu(s, &path, card))
                        (later(s, &path))
                        @if card.state == CardState::Taken { (answer(s, &path, "waiting", &[], "btn quiet", &w.t("card-wait"), "4")) }
                    },
                    CardState::Closed => (answer(s, &path, "undo", &[("what", "closure")], "btn quiet", &w.t("card-reopen"), "1")),
                }
            }
        }
    }
}

fn answer(s: &Shell, path: &str, act: &str, fields: &[(&str, &str)], class: &str, label: &str, key: &str) -> Markup {
    html! {
        form method="post" action={ (path) "/" (act) } hx-post={ (path) "/" (act) } hx-target="closest .work" hx-swap="outerHTML" {
            (token(&s.csrf))
            input type="hidden" name="back" value=(s.address);
            @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
            button class=(class) data-key=(key) title={ (label) " (" (key) ")" } { (label) }
        }
    }
}

fn later(s: &Shell, path: &str) -> Markup {
    let w = &s.words;
    html! {
        details.menu {
            summary.btn data-key="2" title={ (w.t("card-later")) " (2)" } { (w.t("card-later")) (icon("chevron-down")) }
            form.sheet method="post" action={ (path) "/snooze" } hx-post={ (path) "/snooze" } hx-target="closest .work" hx-swap="outerHTML" {
                (token(&s.csrf))
                input type="hidden" name="back" value=(s.address);
                // Enter in a field takes the first button: the day that was chosen, else the shortest time.
                button.sr name="until" value="" tabindex="-1" aria-hidden="true" {}
                div.pad {
                    label.small.faint { (w.t("later-why")) input type="text" name="reason" maxlength="200" autocomplete="off"; }
                }
                p.small.faint.pad { (w.t("later-until")) }
                @for choice in ["tomorrow", "3-days", "next-week", "month"] {
                    button.item name="until" value=(choice) { (w.t(&format!("later-{choice}"))) }
                }
                div.pad {
                    label.small.faint { (w.t("later-day")) (day_field(s, None)) }
                    button.btn name="until" value="day" { (w.t("later-until-day")) }
                }
            }
        }
    }
}

/// A field for the day until which cards are put off.
pub fn day_field(s: &Shell, id: Option<&str>) -> Markup {
    let (first, last) = (s.today.plus(1), s.today.plus(SNOOZE_DAYS_MAX));
    html! { input id=[id] type="date" name="day" min=(first.to_string()) max=(last.to_string()); }
}
