//! Which repeated manual work might become a play.

use kizashi_app::plays::CardRow;
use kizashi_app::plays::books::{Proposal, is_worth_a_play};
use kizashi_domain::plays::{Advice, REPEATED_MIN, label_done};
use maud::{Markup, html};

use super::editor::address;
use crate::parts::form::post_button;
use crate::shell::{Page, Place, Shell};

/// `GET /settings/proposals`.
pub fn page(s: &Shell, list: &[Proposal], may: bool) -> Page {
    let w = &s.words;
    let title = w.t("book-proposals");
    let body = html! {
        p.small { a.plain href="/settings/plays" { "← " (w.t("book-plays")) } }
        div.page-head { h1 { (title) } }
        p.prose { (w.with("book-proposals-text", &[("n", REPEATED_MIN.into())])) }
        @if list.is_empty() { p.note { (w.with("book-proposals-none", &[("n", REPEATED_MIN.into())])) } }
        ul.proposals { @for one in list { li { (proposal(s, one, may)) } } }
    };
    Page { title, place: Place::Settings, body }
}

/// Rounded; 0 and 100 are said of nothing and of everything alone.
fn percent(part: usize, whole: usize) -> String {
    let rounded = (part * 200 + whole).checked_div(whole * 2).unwrap_or(0);
    let is_some = part > 0 && part < whole;
    format!("{}%", if is_some { rounded.clamp(1, 99) } else { rounded })
}

fn proposal(s: &Shell, one: &Proposal, may: bool) -> Markup {
    let w = &s.words;
    let r = &one.repeated;
    let advice = match r.advice {
        Advice::Ready => "book-advice-ready",
        Advice::AgreeFirst => "book-advice-agree",
        Advice::CompleteFirst => "book-advice-complete",
    };
    html! {
        h2 { (one.title.get(w.lang())) }
        ol.did { @for kind in &r.did { li { (w.text(&label_done(kind))) } } }
        p { (w.with("book-repeated", &[("n", r.times.into()), ("of", r.of.into()), ("days", r.business_days.into())])) }
        dl.book-figures {
            div { dt { (w.t("book-same-way")) } dd { (percent(r.times, r.of)) } }
            div { dt { (w.t("book-complete")) } dd { (percent(r.complete, r.times)) } }
            div { dt { (w.t("book-solved")) } dd { (r.solved) " / " (r.times) } }
        }
        p { strong { (w.t(advice)) } }
        @if let Some((id, title)) = &one.current { p.note { (w.t("book-has-play")) " " a href=(address(id)) { (title.get(w.lang())) } " " span.small.faint { (w.t("book-has-play-why")) } } }
        @if may {
            (post_button(&s.csrf, "/settings/proposals", &[("rule", &r.rule)], html! { button.btn.main[r.advice == Advice::Ready && one.current.is_none()] { (w.t(if one.current.is_none() { "book-make" } else { "book-make-another" })) } }))
        }
    }
}

/// What a card that went well offers: to become a play.
pub fn offer(s: &Shell, card: &CardRow) -> Markup {
    let w = &s.words;
    html! {
        @if is_worth_a_play(card) {
            section {
                p.help { (w.t("book-make-of-card-text")) }
                (post_button(&s.csrf, &format!("/cards/{}/play", card.id), &[], html! { button.btn { (w.t("book-make-of-card")) } }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn a_share_is_rounded_and_is_nothing_or_everything_only_when_it_is() {
        let cases = [
            (17, 35, "49%"),
            (0, 9, "0%"),
            (9, 9, "100%"),
            (1, 1000, "1%"),
            (999, 1000, "99%"),
            (1, 2, "50%"),
            (0, 0, "0%"),
        ];
        for (part, whole, told) in cases {
            assert_eq!(percent(part, whole), told, "{part}/{whole}");
        }
    }
}
