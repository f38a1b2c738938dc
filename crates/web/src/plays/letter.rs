//! The letter of a step: its words before it goes, and what went.

use kizashi_app::plays::{Letter, Sent, StepView, Wording};
use kizashi_domain::limits::{LETTER_SUBJECT_CHARS_MAX, TEXT_CHARS_MAX};
use kizashi_domain::plays::Mode;
use maud::{Markup, html};

use super::run::Draft;
use crate::parts::form::token;
use crate::shell::Shell;

/// The letter of a step: to be worded and sent while the step is open, to be read before and after.
pub(super) fn of_step(
    s: &Shell,
    view: &StepView,
    (is_live, is_paused): (bool, bool),
    draft: Option<&Draft<'_>>,
) -> Markup {
    if let Some(sent) = &view.sent {
        return html! { (left_over(s, draft)) (gone(s, sent)) };
    }
    match view.letter.as_ref().filter(|_| is_live) {
        Some(letter) if letter.to.is_some() && view.step.mode != Mode::Manual && !is_paused => {
            to_send(s, view, letter, draft)
        }
        Some(letter) => html! { (left_over(s, draft)) (to_read(s, letter)) },
        None => left_over(s, draft),
    }
}

fn to_read(s: &Shell, letter: &Letter) -> Markup {
    html! {
        div.letter {
            (head(s, letter))
            p { strong { (letter.subject) } }
            pre.prose { (letter.body) }
        }
    }
}

fn head(s: &Shell, letter: &Letter) -> Markup {
    let w = &s.words;
    html! {
        p.small.faint {
            @match &letter.to { Some(to) => (w.with("run-letter-to", &[("to", to.clone().into())])), None => (w.t("run-letter-nobody")) }
        }
    }
}

/// The words of the letter in fields, and the button that sends them.
fn to_send(s: &Shell, view: &StepView, letter: &Letter, draft: Option<&Draft<'_>>) -> Markup {
    let w = &s.words;
    let drafted = Wording { to: letter.contact, subject: letter.subject.clone(), body: letter.body.clone() };
    let words = draft.map_or(&drafted, |d| d.wording);
    let rows = words.body.lines().count().clamp(6, 18) + 1;
    let id = |field: &str| format!("{field}-{}", view.task);
    let wrong = |field: &str| draft.filter(|d| d.field == field).map(|_| "true");
    html! {
        form.letter.settings method="post" action={ "/plays/tasks/" (view.task) "/answer" } novalidate {
            (token(&s.csrf))
            input type="hidden" name="back" value=(s.address);
            @if let Some(contact) = letter.contact { input type="hidden" name="to" value=(contact); }
            (head(s, letter))
            @if let Some(draft) = draft { div.wrongs role="alert" { p { (draft.wrong) } } }
            div.field.wide {
                label for=(id("subject")) { (w.t("run-letter-subject")) }
                input id=(id("subject")) type="text" name="subject" value=(words.subject) maxlength=(LETTER_SUBJECT_CHARS_MAX) required autocomplete="off" aria-invalid=[wrong("subject")];
            }
            div.field.wide {
                label for=(id("body")) { (w.t("run-letter-body")) }
                textarea id=(id("body")) name="body" rows=(rows) maxlength=(TEXT_CHARS_MAX) required aria-invalid=[wrong("body")] { "\n" (words.body) }
            }
            p.help { (w.t("run-letter-help")) }
            div.btns { button.btn.main name="answer" value="confirm" { (w.t("run-send")) } }
        }
    }
}

/// What was typed for a letter that cannot go any more.
fn left_over(s: &Shell, draft: Option<&Draft<'_>>) -> Markup {
    html! {
        @if let Some(draft) = draft {
            div.wrongs role="alert" { p { (draft.wrong) } p { (s.words.t("run-letter-left-over")) } }
            div.letter { p { strong { (draft.wording.subject) } } pre.prose { (draft.wording.body) } }
        }
    }
}

/// What went, behind a line that says whether somebody changed it.
fn gone(s: &Shell, sent: &Sent) -> Markup {
    let w = &s.words;
    html! {
        @if sent.is_reworded { p.small { (w.t("run-letter-reworded")) } }
        details.letter {
            summary.small { (w.t("run-letter-gone")) }
            p.small.faint { (w.with("run-letter-to", &[("to", sent.to.clone().into())])) }
            p { strong { (sent.subject) } }
            pre.prose { (sent.body) }
        }
    }
}
