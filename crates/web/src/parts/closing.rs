//! How a card is closed from where it stands: an outcome, and what came of it in a word or two, chosen or typed.

use kizashi_app::plays::{CardRow, FALSE_REASONS, Outcome};
use kizashi_domain::signals::CardKind;
use maud::{Markup, html};

use super::form::token;
use super::icon::icon;
use crate::shell::Shell;

/// Keys of what may have come of a card, the commonest first. Of several kinds at once: what may come of any.
const fn choices(kind: Option<CardKind>, outcome: Outcome) -> &'static [&'static str] {
    match (outcome, kind) {
        (Outcome::Solved, Some(CardKind::Risk)) => &["came-talked", "came-use-back", "came-next"],
        (Outcome::Solved, Some(CardKind::Opportunity)) => &["came-proposed", "came-ordered", "came-next"],
        (Outcome::Solved, Some(CardKind::Milestone)) => &["came-renewed", "came-met", "came-next"],
        (Outcome::Solved, Some(CardKind::Goal)) => &["came-reached", "came-met"],
        (Outcome::Solved, Some(CardKind::Data)) => &["came-mended", "came-asked"],
        (Outcome::Solved, _) => &["came-done", "came-talked", "came-met"],
        (Outcome::Unsolved, Some(CardKind::Data)) => &["came-no-way"],
        (Outcome::Unsolved, Some(CardKind::Risk | CardKind::Milestone)) => {
            &["came-no-answer", "came-leaves", "came-postponed"]
        }
        (Outcome::Unsolved, _) => &["came-no-answer", "came-declined", "came-postponed"],
        (Outcome::Recovered, Some(CardKind::Data)) => &["came-flows"],
        (Outcome::Recovered, _) => &["came-settled", "came-by-themselves"],
        (Outcome::FalseAlarm, _) => &[],
    }
}

/// What may have come of a card, to choose from instead of typing.
fn chips(s: &Shell, name: &str, keys: impl Iterator<Item = &'static str>) -> Markup {
    let w = &s.words;
    html! {
        div.chips.came role="radiogroup" aria-label=(w.t("close-came-of-it")) {
            @for key in keys { @let text = w.t(key); label.chip { input type="radio" name=(name) value=(text); (text) } }
        }
    }
}

/// The same for a form in which the outcome is chosen first: those of the outcome that is chosen.
pub fn chips_by_outcome(s: &Shell, kind: Option<CardKind>) -> Markup {
    html! {
        @for outcome in Outcome::ALL.into_iter().filter(|o| *o != Outcome::FalseAlarm) {
            div class={ "only-" (outcome.word()) } { (chips(s, &format!("came_{}", outcome.word()), choices(kind, outcome).iter().copied())) }
        }
    }
}

/// The menu of a card that is worked on: what came of it, and the outcome; of a false alarm its reason stands for both.
pub fn close_menu(s: &Shell, path: &str, card: &CardRow) -> Markup {
    let w = &s.words;
    let kind = Some(card.kind);
    let keys = choices(kind, Outcome::Solved).iter().chain(choices(kind, Outcome::Unsolved)).copied();
    html! {
        details.menu {
            summary.btn.main-line data-key="1" title={ (w.t("card-close")) " (1)" } { (w.t("card-close")) (icon("chevron-down")) }
            form.sheet.closing method="post" action={ (path) "/closure" } hx-post={ (path) "/closure" } hx-target="closest .work" hx-swap="outerHTML" {
                (token(&s.csrf))
                input type="hidden" name="back" value=(s.address);
                div.pad {
                    p.small.faint { (w.t("close-came-of-it")) }
                    (chips(s, "came", keys))
                    textarea name="came_of_it" rows="2" maxlength="2000" aria-label=(w.t("close-came-of-it")) placeholder=(w.t("close-or-type")) {}
                }
                @for outcome in Outcome::ALL.into_iter().filter(|o| *o != Outcome::FalseAlarm) {
                    button.item name="outcome" value=(outcome.word()) { (w.word("outcome", outcome.word())) }
                }
                (reasons(s))
            }
        }
    }
}

/// The menu of a card that nobody works on yet: why it is a false alarm.
pub fn false_menu(s: &Shell, path: &str) -> Markup {
    let w = &s.words;
    html! {
        details.menu {
            summary.btn data-key="3" title={ (w.t("outcome-false-alarm")) " (3)" } { (w.t("outcome-false-alarm")) (icon("chevron-down")) }
            form.sheet method="post" action={ (path) "/closure" } hx-post={ (path) "/closure" } hx-target="closest .work" hx-swap="outerHTML" {
                (token(&s.csrf))
                input type="hidden" name="back" value=(s.address);
                (reasons(s))
            }
        }
    }
}

fn reasons(s: &Shell) -> Markup {
    let w = &s.words;
    html! {
        p.small.faint.pad { (w.t("close-false-because")) }
        @for reason in FALSE_REASONS { button.item name="false_reason" value=(reason) { (w.word("false", reason)) } }
    }
}
