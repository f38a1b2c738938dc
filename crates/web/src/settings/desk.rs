//! What can be edited: the form of each, and the pack that comes out of it.

use kizashi_app::dictionary::Census;
use kizashi_domain::health::{Bands, Measure, Model};
use kizashi_domain::lang::Text;
use kizashi_domain::measure::{Kind, Metric};
use kizashi_domain::pack::titles::rule_title;
use kizashi_domain::pack::{Fault, Pack, Section};
use kizashi_domain::signals::{CardKind, Rule, SCORE, Side, Trigger};
use maud::{Markup, html};

use super::fields::{Line, Pen, Reader, Sheet};
use super::{calendar, card_rules, measure, metric, model, signal};
use crate::shell::Shell;

/// A thing to edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A model, by id.
    Model(String),
    /// A measure of a model: model, metric.
    Measure(String, String),
    /// A metric, by id.
    Metric(String),
    /// A signal, by id.
    Signal(String),
    /// The company's calendar.
    Calendar,
    /// What is settled about cards.
    Cards,
    /// The order of the models.
    Order,
    /// A new entry.
    New(Section),
    /// Taking an entry out.
    Removal(Section, String),
}

/// The word of a section in addresses.
pub const fn section_word(section: Section) -> &'static str {
    match section {
        Section::Metric => "metrics",
        Section::Model => "models",
        Section::Signal => "signals",
        Section::Play => "plays",
        Section::Pack | Section::Calendar | Section::DealStage | Section::Cards => "",
    }
}

/// The sections that can have a new entry.
pub const NEW: [(&str, Section); 3] =
    [("model", Section::Model), ("metric", Section::Metric), ("signal", Section::Signal)];

impl What {
    /// The address of its form.
    pub fn address(&self) -> String {
        match self {
            Self::Model(id) => format!("/settings/models/{id}"),
            Self::Measure(model, metric) => format!("/settings/models/{model}/measures/{metric}"),
            Self::Metric(id) => format!("/settings/metrics/{id}"),
            Self::Signal(id) => format!("/settings/signals/{id}"),
            Self::Calendar => "/settings/calendar".into(),
            Self::Cards => "/settings/cards".into(),
            Self::Order => "/settings/order".into(),
            Self::New(section) => {
                let word = NEW.iter().find(|(_, s)| s == section).map_or("", |(word, _)| word);
                format!("/settings/new/{word}")
            }
            Self::Removal(section, id) => format!("/settings/{}/{id}/removal", section_word(*section)),
        }
    }

    /// What its page is called.
    pub fn title(&self, s: &Shell, pack: &Pack) -> String {
        let w = &s.words;
        let of = |section: Section, name: Text| format!("{} {}", w.text(&section.label()), w.text(&name));
        match self {
            Self::Model(id) => pack.model(id).map_or_else(String::new, |m| of(Section::Model, m.title.clone())),
            Self::Measure(_, metric) => {
                let name = pack.metric(metric).map_or(metric.as_str(), |m| m.name(w.lang()));
                format!("{} {name}", w.t("settings-measure"))
            }
            Self::Metric(id) => {
                let name = pack.metric(id).map_or(id.as_str(), |m| m.name(w.lang()));
                format!("{} {name}", w.text(&Section::Metric.label()))
            }
            Self::Signal(id) => {
                pack.rule(id).map_or_else(String::new, |r| of(Section::Signal, rule_title(r, &pack.metrics)))
            }
            Self::Calendar => w.text(&Section::Calendar.label()).to_owned(),
            Self::Cards => w.text(&Section::Cards.label()).to_owned(),
            Self::Order => w.t("settings-order"),
            Self::New(section) => w.with("settings-new-one", &[("what", w.text(&section.label()).to_owned().into())]),
            Self::Removal(section, id) => {
                w.with("settings-remove-one", &[("what", name_of(*section, id, pack).get(w.lang()).to_owned().into())])
            }
        }
    }
}

/// What an entry is called.
pub(super) fn name_of(section: Section, id: &str, pack: &Pack) -> Text {
    let name = match section {
        Section::Model => pack.model(id).map(|m| m.title.clone()),
        Section::Metric => pack.metric(id).map(|m| m.title.clone()),
        Section::Signal => pack.rule(id).map(|r| rule_title(r, &pack.metrics)),
        Section::Play => pack.play(id).map(|p| p.title.clone()),
        _ => None,
    };
    name.filter(|n| !n.is_empty()).unwrap_or_else(|| Text::new(id, id))
}

/// The fields of a form as the pack has them; `None` when there is no such thing.
pub fn fill(what: &What, pack: &Pack) -> Option<Sheet> {
    Some(match what {
        What::Model(id) => model::fill(pack.model(id)?, pack),
        What::Measure(id, metric) => measure::fill(pack.model(id)?.measure(metric)?, pack),
        What::Metric(id) => metric::fill(pack.metric(id)?),
        What::Signal(id) => signal::fill(pack.rule(id)?, pack),
        What::Calendar => calendar::fill(&pack.calendar),
        What::Cards => card_rules::fill(&pack.cards, pack.letters_in),
        What::Order => {
            let mut sheet = Sheet::default();
            for (n, model) in pack.models.iter().enumerate() {
                sheet.put(format!("o{n}.id"), &model.id);
                sheet.put(format!("o{n}.place"), n + 1);
            }
            sheet
        }
        What::New(_) => Sheet::default(),
        What::Removal(section, id) => {
            let is_there = match section {
                Section::Model => pack.model(id).is_some(),
                Section::Metric => pack.metric(id).is_some(),
                Section::Signal => pack.rule(id).is_some(),
                Section::Play => pack.play(id).is_some(),
                _ => false,
            };
            is_there.then(Sheet::default)?
        }
    })
}

/// The pack with the form's edits; what is wrong goes to the reader. `None` when the thing is no longer there.
pub fn edit(what: &What, pack: &Pack, r: &mut Reader<'_>, census: Option<&Census>) -> Option<Pack> {
    let mut edited = pack.clone();
    match what {
        What::Model(id) => {
            let suggest = |metric: &str| {
                let values = census.map_or_else(Vec::new, |c| c.values(metric, Some(id)));
                measure::suggest(&values, pack.metric(metric))
            };
            let model = model::read(r, pack.model(id)?, pack, &suggest);
            *edited.models.iter_mut().find(|m| m.id == *id)? = model;
        }
        What::Measure(id, metric) => {
            let read = measure::read(r, pack.model(id)?.measure(metric)?, pack);
            let groups = &mut edited.models.iter_mut().find(|m| m.id == *id)?.groups;
            *groups.iter_mut().flat_map(|g| &mut g.measures).find(|m| m.metric == *metric)? = read;
        }
        What::Metric(id) => {
            let read = metric::read(r, pack.metric(id)?);
            *edited.metrics.iter_mut().find(|m| m.id == *id)? = read;
        }
        What::Signal(id) => {
            let read = signal::read(r, pack.rule(id)?, pack);
            *edited.signals.iter_mut().find(|s| s.id == *id)? = read;
        }
        What::Calendar => edited.calendar = calendar::read(r),
        What::Cards => {
            edited.cards = card_rules::read(r);
            edited.letters_in = card_rules::read_language(r);
        }
        What::Order => order(r, &mut edited),
        What::New(section) => add(*section, r, &mut edited),
        What::Removal(section, id) => match section {
            Section::Model => edited.models.retain(|m| m.id != *id),
            Section::Metric => edited.metrics.retain(|m| m.id != *id),
            Section::Signal => edited.signals.retain(|r| r.id != *id),
            Section::Play => {
                edited.plays.retain(|p| p.id != *id);
                // Signals stay, without an answer.
                edited.signals.iter_mut().filter(|r| r.play.as_ref() == Some(id)).for_each(|r| r.play = None);
            }
            _ => return None,
        },
    }
    if r.wrongs.is_empty()
        && let Err(fault) = edited.check().and_then(|()| edited.check_after(pack))
    {
        let text = format!("{}{}", r.words.text(&fault.reason), r.words.text(&fault.fix));
        let field = field_of(what, &fault, r.sheet).unwrap_or_default();
        let text = if field.is_empty() && !fault.id.is_empty() { format!("{}: {text}", fault.id) } else { text };
        r.wrongs.note(field, text);
    }
    Some(edited)
}

/// The field that a fault of the pack is about, when it is one of this form.
fn field_of(what: &What, fault: &Fault, sheet: &Sheet) -> Option<String> {
    match (what, fault.section) {
        (What::Model(id), "model") if fault.id == *id => model::field_of(fault, sheet),
        (What::Measure(id, _), "model") if fault.id == *id => measure::field_of(fault),
        (What::Metric(id), "metric") if fault.id == *id => metric::field_of(fault),
        (What::Signal(id), "signal") if fault.id == *id => signal::field_of(fault, sheet),
        (What::Calendar, "calendar") if fault.key == "closing_day" => Some("closing".into()),
        (What::Calendar, "calendar") => Some("day0".into()),
        (What::Cards, "cards") => Some(card_rules::field_of(fault)),
        (What::New(_), _) if fault.key == "id" => Some("id".into()),
        _ => None,
    }
}

/// Reads the order of the models: by the number entered, as they were where it is the same.
fn order(r: &mut Reader<'_>, pack: &mut Pack) {
    let mut places: Vec<(String, f64)> = Vec::new();
    for n in 0..r.sheet.rows("o") {
        let place = r.must_number(&format!("o{n}.place"), None);
        places.push((r.sheet.text(&format!("o{n}.id")).to_owned(), place));
    }
    let place = |id: &str| places.iter().find(|(known, _)| known == id).map_or(f64::MAX, |(_, place)| *place);
    pack.models.sort_by(|a, b| place(&a.id).total_cmp(&place(&b.id)));
}

/// Adds an entry that its own form then fills.
fn add(section: Section, r: &mut Reader<'_>, pack: &mut Pack) {
    let id = r.must("id");
    let title = r.both("title");
    match section {
        Section::Metric => {
            let mut new = Metric::new(&id, Kind::Count);
            new.title = title;
            new.event = kizashi_domain::measure::Events::One(r.must("event"));
            new.window_days = Some(28);
            // Its own form sets the unit: from then on it stays.
            pack.metrics.push(new);
        }
        Section::Model => {
            let from = r.must("copy");
            let like = pack.model(&from).cloned();
            if let Some(like) = like {
                // Before the others: the last one is for everybody, and behind it nothing would be reached.
                pack.models.insert(0, Model { id, title, when: super::audience::read(r), ..like });
            }
        }
        Section::Signal => pack.signals.push(Rule {
            id,
            title,
            what: r.both("what"),
            card: CardKind::Risk,
            when: Trigger::Threshold {
                of: SCORE.into(),
                side: Side::Below,
                fire: Bands::default().amber_from,
                clear: None,
            },
            also: Vec::new(),
            audience: kizashi_domain::customers::Audience::default(),
            dwell_days: 3,
            cooldown_days: 30,
            severity: 0.5,
            due_business_days: 3,
            play: None,
        }),
        Section::Pack | Section::Calendar | Section::Play | Section::DealStage | Section::Cards => {}
    }
}

/// What the form of a new entry leads on to once it is saved.
pub fn after(what: &What, sheet: &Sheet) -> Option<What> {
    let id = sheet.text("id").to_owned();
    match what {
        What::New(Section::Metric) => Some(What::Metric(id)),
        What::New(Section::Model) => Some(What::Model(id)),
        What::New(Section::Signal) => Some(What::Signal(id)),
        _ => None,
    }
}

/// Draws the fields.
pub fn draw(what: &What, s: &Shell, pen: Pen<'_>, pack: &Pack, census: Option<&Census>) -> Option<Markup> {
    let w = &s.words;
    Some(match what {
        What::Model(id) => model::draw(s, pen, pack.model(id)?, pack),
        What::Measure(id, metric) => {
            let model = pack.model(id)?;
            let measure: &Measure = model.measure(metric)?;
            measure::draw(s, pen, (model, measure), pack, census)
        }
        What::Metric(id) => metric::draw(s, pen, pack.metric(id)?, pack),
        What::Signal(_) => signal::draw(s, pen, pack),
        What::Calendar => calendar::draw(s, pen, pack),
        What::Cards => card_rules::draw(s, pen),
        What::Order => html! {
            p.prose { (w.t("settings-order-help")) }
            table.sheet.narrow-sheet {
                thead { tr { th scope="col" { (w.t("settings-place")) } th scope="col" { (w.text(&Section::Model.label())) } } }
                tbody {
                    @for n in 0..pen.sheet.rows("o") {
                        @let name = name_of(Section::Model, pen.sheet.text(&format!("o{n}.id")), pack);
                        tr {
                            td.figure {
                                input type="hidden" name={ "o" (n) ".id" } value=(pen.sheet.text(&format!("o{n}.id")));
                                (pen.input(&format!("o{n}.place"), Some(&format!("{} {}", w.text(&name), w.t("settings-place"))), true)) (pen.wrong(&format!("o{n}.place")))
                            }
                            td { (w.text(&name)) }
                        }
                    }
                }
            }
        },
        What::New(section) => draw_new(*section, s, pen, pack),
        What::Removal(section, _) => {
            html! { p.prose { (w.t(if *section == Section::Play { "settings-remove-play-help" } else { "settings-remove-help" })) } }
        }
    })
}

fn draw_new(section: Section, s: &Shell, pen: Pen<'_>, pack: &Pack) -> Markup {
    let w = &s.words;
    let models: Vec<(String, String)> =
        pack.models.iter().map(|m| (m.id.clone(), w.text(&m.title).to_owned())).collect();
    html! {
        p.prose { (w.t("settings-new-help")) }
        (pen.line("id", &w.t("settings-id"), Line { help: Some(&w.t("settings-id-help")), ..Line::default() }))
        (pen.both(w, "title", &w.t(if section == Section::Signal { "settings-lead" } else { "settings-title" }), None))
        @match section {
            Section::Metric => (pen.line("event", &w.t("settings-event"), Line { help: Some(&w.t("settings-event-help")), ..Line::default() })),
            Section::Model => {
                (pen.choice("copy", &w.t("settings-copy"), Some(&w.t("settings-copy-help")), &models))
                (super::audience::draw(w, pen))
            },
            _ => (pen.both(w, "what", &w.t("settings-what"), None)),
        }
    }
}
