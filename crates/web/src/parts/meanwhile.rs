//! What became of a card between the look and the press, in words, and the way to take it over all the same.

use kizashi_app::plays::{CardState, Meanwhile};
use kizashi_domain::id::{Card, Id};
use kizashi_domain::time::{Day, Time, Zone};
use maud::{Markup, html};

use super::form::post_button;
use crate::words::Words;

/// What a card is now, and since when.
pub fn meanwhile(w: &Words, (zone, today): (&Zone, Day), card: &Meanwhile, now: Time) -> String {
    let who = card.who.clone().unwrap_or_else(|| w.t("card-nobody"));
    let when = || card.at.map(|since| ago(w, (zone, today), since, now)).unwrap_or_default();
    match (card.state, card.at) {
        (CardState::Closed, _) => {
            let outcome = card.outcome.map(|outcome| w.word("outcome", outcome.word())).unwrap_or_default();
            let key = if card.who.is_some() { "meanwhile-closed" } else { "meanwhile-closed-itself" };
            w.with(key, &[("who", who.into()), ("when", when().into()), ("outcome", outcome.into())])
        }
        (CardState::Taken, Some(_)) => w.with("meanwhile-taken", &[("who", who.into()), ("when", when().into())]),
        (CardState::Waiting, _) => w.with("meanwhile-waiting", &[("who", who.into())]),
        _ => w.with("meanwhile-owner", &[("who", who.into())]),
    }
}

/// 3分前, or the day and the hour.
fn ago(w: &Words, (zone, today): (&Zone, Day), since: Time, now: Time) -> String {
    const MINUTE_US: i64 = 60_000_000;
    match now.micros().saturating_sub(since.micros()) / MINUTE_US {
        ..1 => w.t("ago-now"),
        minutes @ 1..60 => w.with("ago-minutes", &[("n", minutes.into())]),
        _ => w.with(
            "ago-at",
            &[("day", w.day(zone.day_of(since), today).into()), ("clock", w.clock(since, zone).into())],
        ),
    }
}

/// The button that takes work over from whoever began it.
pub fn take_over(w: &Words, csrf: &str, card: Id<Card>, back: &str) -> Markup {
    let button = html! { button.btn { (w.t("card-take-over")) } };
    post_button(csrf, &format!("/cards/{card}/taking"), &[("back", back)], button)
}
