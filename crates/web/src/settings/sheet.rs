//! The page around every form: who may, what was changed meanwhile, what is wrong, what would change, why, and the buttons.

use kizashi_app::dictionary::{Census, Effect};
use kizashi_domain::health::Band;
use kizashi_domain::pack::{Difference, Pack};
use maud::{Markup, html};

use super::desk::{self, What};
use super::fields::{Pen, Sheet, Wrongs};
use super::taking::Found;
use super::versions::differences;
use crate::parts::form::token;
use crate::parts::health::{BANDS, badge, word};
use crate::shell::{Page, Place, Shell};

/// What a preview says.
#[derive(Default)]
pub struct Preview {
    /// What would be edited, in words; `None` when nobody asked yet.
    pub differences: Option<Vec<Difference>>,
    /// What today's scores would be.
    pub effect: Option<Effect>,
    /// For how many customers a rule holds today: before and with the edit.
    pub held: Option<(usize, usize)>,
    /// Where a signal begins another play: what that would have done.
    pub begins: Option<Found>,
}

/// A form with everything around it.
pub struct Draft<'a> {
    /// What is edited.
    pub what: &'a What,
    /// The pack in force.
    pub pack: &'a Pack,
    /// Version of the settings that the form is based on.
    pub base: i64,
    /// What was entered.
    pub sheet: &'a Sheet,
    /// What is wrong.
    pub wrongs: &'a Wrongs,
    /// What somebody else saved meanwhile.
    pub stale: Option<Vec<Difference>>,
    /// What would change.
    pub preview: Preview,
    /// Whether the reader may save.
    pub may: bool,
    /// What customers have today, where the form wants it.
    pub census: Option<&'a Census>,
    /// What is said before the form: why it is filled in as it is.
    pub lead: Option<Markup>,
}

/// Draws it; `None` when the thing is not there.
pub fn page(s: &Shell, draft: &Draft<'_>) -> Option<Page> {
    let w = &s.words;
    let pen = Pen { sheet: draft.sheet, wrongs: draft.wrongs };
    let title = draft.what.title(s, draft.pack);
    let is_removal = matches!(draft.what, What::Removal(..));
    let body = html! {
        p.small { (back(s, draft.what, draft.pack)) }
        div.page-head {
            h1 { (title) }
            @if draft.may && !is_removal { div.rest { (removal(s, draft)) } }
        }
        @if !draft.may { p.note.warn { (w.t("settings-may-not")) } }
        (stale(s, draft))
        (wrongs(s, draft))
        @if let Some(lead) = &draft.lead { (lead) }
        form.settings method="post" action=(draft.what.address()) novalidate {
            (token(&s.csrf))
            input type="hidden" name="base" value=(draft.base);
            input type="hidden" name="blank" value=(draft.sheet.blank_rows());
            // Enter in a field checks; it never saves.
            @if draft.may { button.sr name="do" value="preview" tabindex="-1" aria-hidden="true" { (w.t("settings-preview")) } }
            fieldset.all disabled[!draft.may] {
                (preview(s, draft))
                (desk::draw(draft.what, s, pen, draft.pack, draft.census)?)
                @if draft.may {
                    div.save-bar {
                        (pen.area("comment", &w.t("settings-comment"), Some(&w.t("settings-comment-help")), 2))
                        div.btns {
                            button.btn.main name="do" value="save" { (w.t(if is_removal { "settings-remove" } else { "settings-save" })) }
                            @if let What::Removal(section, id) = draft.what {
                                a.btn.quiet href={ "/settings/" (desk::section_word(*section)) "/" (id) } { (w.t("cancel")) }
                            } @else { button.btn name="do" value="preview" { (w.t("settings-preview")) } }
                            @if has_rows(draft.what) { button.btn.quiet name="do" value="more" { (w.t("settings-more-rows")) } }
                            @if !is_removal { a.btn.quiet href=(draft.what.address()) { (w.t("settings-start-over")) } }
                        }
                    }
                }
            }
        }
    };
    Some(Page { title, place: Place::Settings, body })
}

const fn has_rows(what: &What) -> bool {
    matches!(what, What::Model(_) | What::Measure(..) | What::Calendar)
}

fn back(s: &Shell, what: &What, pack: &Pack) -> Markup {
    let w = &s.words;
    let name = match what {
        What::Removal(section, id) => desk::name_of(*section, id, pack).get(w.lang()).to_owned(),
        _ => String::new(),
    };
    html! {
        @if let What::Removal(section, id) = what {
            a.plain href={ "/settings/" (desk::section_word(*section)) "/" (id) } { "← " (name) } " · "
        }
        a.plain href="/settings" { "← " (w.t("nav-settings")) }
        @if let What::Measure(model, _) = what { " · " a.plain href=(What::Model(model.clone()).address()) { (w.t("settings-back-to-model")) } }
    }
}

fn removal(s: &Shell, draft: &Draft<'_>) -> Markup {
    use kizashi_domain::pack::Section;
    let removal = match draft.what {
        What::Model(id) => Some(What::Removal(Section::Model, id.clone())),
        What::Metric(id) => Some(What::Removal(Section::Metric, id.clone())),
        What::Signal(id) => Some(What::Removal(Section::Signal, id.clone())),
        _ => None,
    };
    let firings = match draft.what {
        What::Signal(id) => Some(format!("/signals/{id}")),
        _ => None,
    };
    html! {
        @if let Some(firings) = firings { a.btn.quiet href=(firings) { (s.words.t("signal-firings")) } }
        @if let Some(removal) = removal { a.btn.quiet href=(removal.address()) { (s.words.t("settings-remove")) } }
    }
}

fn stale(s: &Shell, draft: &Draft<'_>) -> Markup {
    let w = &s.words;
    html! {
        @if let Some(list) = &draft.stale {
            div.wrongs role="alert" {
                p { strong { (w.t("settings-stale-form")) } }
                p { (w.t("settings-stale-form-text")) }
                (differences(s, list))
            }
        }
    }
}

fn wrongs(s: &Shell, draft: &Draft<'_>) -> Markup {
    let w = &s.words;
    html! {
        @if !draft.wrongs.is_empty() {
            div.wrongs role="alert" {
                p { strong { (w.with("settings-wrongs", &[("n", draft.wrongs.iter().count().into())])) } }
                ul { @for (field, text) in draft.wrongs.iter() { li { @if field.is_empty() { (text) } @else { a href={ "#" (field) } { (text) } } } } }
            }
        }
    }
}

fn preview(s: &Shell, draft: &Draft<'_>) -> Markup {
    let w = &s.words;
    let Some(list) = &draft.preview.differences else { return html! {} };
    html! {
        section.preview #preview aria-label=(w.t("settings-would-change")) {
            h2 { (w.t("settings-would-change")) }
            (differences(s, list))
            @if let Some(effect) = &draft.preview.effect {
                @if let What::Metric(id) | What::Measure(_, id) = draft.what { (super::spread::spread(s, id, &effect.census, &effect.edited)) }
                (effects(s, effect))
            }
            @if let Some((before, after)) = draft.preview.held {
                p { (w.with("settings-held", &[("before", before.into()), ("after", after.into())])) }
            }
            @if let Some(found) = &draft.preview.begins { (super::taken::rehearsals(s, found, draft.sheet)) }
        }
    }
}

/// What an edit would do to today's scores.
fn effects(s: &Shell, effect: &Effect) -> Markup {
    let w = &s.words;
    let place = |band: Band| BANDS.iter().position(|b| *b == band).and_then(|i| effect.bands.get(i)).copied();
    html! {
        @if effect.shifted == 0 { p { (w.t("settings-no-effect")) } }
        @else {
            p {
                (w.with("settings-shifted", &[("n", effect.shifted.into()), ("of", effect.census.customers().into())]))
                @for (from, to, n) in &effect.moves {
                    " " strong { (w.with("settings-moved", &[("from", word(w, *from).into()), ("to", word(w, *to).into()), ("n", (*n).into())])) }
                }
            }
            table.sheet.narrow-sheet.effect {
                thead { tr { th scope="col" { (w.t("settings-band")) } th.num scope="col" { (w.t("settings-now")) } th.num scope="col" { (w.t("settings-then")) } } }
                tbody { @for band in BANDS { @if let Some((before, after)) = place(band) {
                    tr { td { (badge(w, Some(band), None)) } td.num { (before) } td.num { (after) } }
                } } }
            }
            ul.moves {
                @for m in &effect.named {
                    li.named { a href={ "/customers/" (m.id) } { (m.name) } span { (badge(w, Some(m.before.0), m.before.1.map(i64::from))) " → " (badge(w, Some(m.after.0), m.after.1.map(i64::from))) } }
                }
            }
        }
        p.small.faint { (w.t("settings-computed")) " " (w.with("settings-counted-at", &[("day", w.day(effect.census.day, s.today).into()), ("clock", w.clock(effect.census.counted_at, &s.zone).into())])) }
    }
}
