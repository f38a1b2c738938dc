//! The fields of a letter of a play, and how it would look.

use kizashi_domain::lang::Lang;
use kizashi_domain::plays::{Doing, Filling, Purpose, Step, fill};
use maud::{Markup, html};

use super::step::Frame;
use crate::shell::Shell;

/// The fields of a letter.
pub(super) fn mail(f: &Frame<'_>, n: usize, step: &Step) -> Markup {
    let (w, pen) = (&f.s.words, f.pen);
    let name = |part: &str| format!("s{n}.{part}");
    let mut roles: Vec<(String, String)> =
        ["champion", "key_person", "admin", "user"].iter().map(|r| ((*r).to_owned(), w.word("role", r))).collect();
    let to = pen.sheet.text(&name("to"));
    if !to.is_empty() && roles.iter().all(|(role, _)| role != to) {
        roles.push((to.to_owned(), to.to_owned()));
    }
    let purposes: Vec<(String, String)> =
        Purpose::ALL.iter().map(|p| (p.word().to_owned(), w.word("book-purpose", p.word()))).collect();
    html! {
        div.grid {
            div { (pen.choice(&name("to"), &w.t("book-to"), None, &roles)) }
            div { (pen.choice(&name("purpose"), &w.t("book-purpose"), Some(&w.t("book-purpose-help")), &purposes)) }
        }
        (pen.both(w, &name("subject"), &w.t("book-subject"), None))
        p.help { (w.t("book-fields-help")) }
        div.pair {
            (pen.area(&name("body.ja"), &w.with("settings-in-ja", &[("what", w.t("book-body").into())]), None, 8))
            (pen.area(&name("body.en"), &w.with("settings-in-en", &[("what", w.t("book-body").into())]), None, 8))
        }
        p.help { (sent_in(f.s, "book-sent-in", f.pack.letters_in)) }
        (preview(f, step))
    }
}

/// In which language customers are written to.
pub(super) fn sent_in(s: &Shell, key: &str, lang: Lang) -> String {
    let language = s.words.word("letter-language", if lang == Lang::En { "en" } else { "ja" });
    s.words.with(key, &[("language", language.into())])
}

/// The letter as a real customer would get it.
fn preview(f: &Frame<'_>, step: &Step) -> Markup {
    let w = &f.s.words;
    let Doing::Mail { to, subject, body, .. } = &step.doing else { return html! {} };
    let Some(sample) = f.sample.filter(|_| !body.is_empty()) else { return html! {} };
    let filling = Filling { person: sample.people.get(to).cloned().unwrap_or_default(), ..sample.filling.clone() };
    html! {
        details.letter {
            summary { (w.with("book-preview", &[("customer", sample.filling.customer.clone().into())])) }
            @if filling.person.is_empty() { p.help { (w.t("book-no-person")) } }
            div.paper { p { strong { (fill(subject.get(f.pack.letters_in), &filling)) } } div.pre { (fill(body.get(f.pack.letters_in), &filling)) } }
        }
    }
}
