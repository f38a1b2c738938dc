//! Two versions of a pack compared in words.
//!
//! Every field of every entry is looked at: the entries are taken apart without `..`, so that a new field does not
//! compile until it has its words here.

mod calendar;
mod cards;
mod metric;
mod model;
mod play;
mod signal;
#[cfg(test)]
mod tests;

use super::Pack;
use super::labels::both;
use super::titles::rule_title;
use crate::deals::Stage;
use crate::health::Model;
use crate::lang::{Lang, Text};
use crate::measure::Metric;
use crate::plays::Play;
use crate::signals::Rule;

/// What an edit is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// The pack's own name, its time zone and its words.
    Pack,
    /// The company's calendar.
    Calendar,
    /// A metric.
    Metric,
    /// A model.
    Model,
    /// A signal.
    Signal,
    /// A standard answer.
    Play,
    /// A stage of deals.
    DealStage,
    /// What is settled about cards.
    Cards,
}

impl Section {
    /// What it is called.
    pub fn label(self) -> Text {
        match self {
            Self::Pack => Text::new("呼び名", "Words"),
            Self::Calendar => Text::new("会社の暦", "Company calendar"),
            Self::Metric => Text::new("指標", "Metric"),
            Self::Model => Text::new("モデル", "Model"),
            Self::Signal => Text::new("兆し", "Signal"),
            Self::Play => Text::new("プレイブック", "Playbook"),
            Self::DealStage => Text::new("商談の段階", "Deal stage"),
            Self::Cards => Text::new("カードの決まり", "Rules of cards"),
        }
    }
}

/// One edit, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What it is about.
    pub section: Section,
    /// Id of the entry; empty for the pack as a whole and for the order of entries.
    pub id: String,
    /// Name of the entry, such as 標準; empty for the pack as a whole.
    pub subject: Text,
    /// What was edited: 席の使用率：重み 30% → 20%.
    pub text: Text,
}

/// What was edited from one version to another; nothing when they are the same.
pub fn compare(before: &Pack, after: &Pack) -> Vec<Difference> {
    let Pack { id, title, time_zone, letters_in, terms, calendar, metrics, models, signals, plays, deal_stages, cards } =
        before;
    let mut out = Vec::new();
    let mut notes = Notes::new(&mut out, Section::Pack, "", Text::default());
    notes.note_text(("id", "id"), &plain(id), &plain(&after.id));
    notes.note_title(title, &after.title);
    notes.note_text(("タイムゾーン", "time zone"), &plain(time_zone), &plain(&after.time_zone));
    let language = |lang: Lang| match lang {
        Lang::Ja => Text::new("日本語", "Japanese"),
        Lang::En => Text::new("英語", "English"),
    };
    let said = (language(*letters_in), language(after.letters_in));
    notes.note_text(("顧客へのメールの言語", "language of letters to customers"), &said.0, &said.1);
    for word in terms.keys().chain(after.terms.keys().filter(|k| !terms.contains_key(*k))) {
        let none = Text::new("（言い換えなし）", "(as it ships)");
        let of = |pack: &Pack| pack.terms.get(word).cloned().unwrap_or_else(|| none.clone());
        notes.note_both_languages((word, word), &of(before), &of(after));
    }
    calendar::compare(calendar, &after.calendar, &mut Notes::new(&mut out, Section::Calendar, "", Text::default()));
    let both_metrics = (metrics.as_slice(), after.metrics.as_slice());
    let name = |m: &Metric| both(|lang| m.name(lang).to_owned());
    compare_list(&mut out, Section::Metric, both_metrics, &|m| &m.id, &name, &|a, b, notes| {
        metric::compare(a, b, both_metrics, notes);
    });
    let both_models = (models.as_slice(), after.models.as_slice());
    compare_list(&mut out, Section::Model, both_models, &|m: &Model| &m.id, &|m| m.title.clone(), &|a, b, notes| {
        model::compare(a, b, both_metrics, notes);
    });
    let both_rules = (signals.as_slice(), after.signals.as_slice());
    compare_list(
        &mut out,
        Section::Signal,
        both_rules,
        &|r: &Rule| &r.id,
        &|r| rule_title(r, &after.metrics),
        &|a, b, notes| {
            signal::compare(a, b, both_metrics, notes);
            signal::compare_plays((a, before), (b, after), notes);
        },
    );
    let both_plays = (plays.as_slice(), after.plays.as_slice());
    compare_list(&mut out, Section::Play, both_plays, &|p: &Play| &p.id, &|p| p.title.clone(), &|a, b, notes| {
        play::compare(a, b, both_metrics, notes);
    });
    let both_stages = (deal_stages.as_slice(), after.deal_stages.as_slice());
    compare_list(&mut out, Section::DealStage, both_stages, &|s: &Stage| &s.id, &|s| s.title.clone(), &compare_stages);
    cards::compare(cards, &after.cards, &mut Notes::new(&mut out, Section::Cards, "", Text::default()));
    out
}

fn compare_stages(before: &Stage, after: &Stage, notes: &mut Notes<'_>) {
    let Stage { id: _, title, probability } = before;
    notes.note_title(title, &after.title);
    let percent = |p: Option<u32>| plain(&p.map_or_else(|| "–".to_owned(), |p| format!("{p}%")));
    notes.note_text(("確度", "probability"), &percent(*probability), &percent(after.probability));
}

/// A text of our own kind that is the same in both languages.
fn plain(text: &str) -> Text {
    Text::new(text, text)
}

/// Entries by id: taken away, added, edited, and in another order.
fn compare_list<T: PartialEq>(
    out: &mut Vec<Difference>,
    section: Section,
    (before, after): (&[T], &[T]),
    id: &dyn Fn(&T) -> &str,
    name: &dyn Fn(&T) -> Text,
    edit: &dyn Fn(&T, &T, &mut Notes<'_>),
) {
    let find = |list: &'_ [T], wanted: &str| list.iter().position(|e| id(e) == wanted);
    for entry in before.iter().filter(|e| find(after, id(e)).is_none()) {
        Notes::new(out, section, id(entry), name(entry)).say(Text::new("削除", "taken out"));
    }
    for entry in after {
        let mut notes = Notes::new(out, section, id(entry), name(entry));
        match find(before, id(entry)).and_then(|i| before.get(i)) {
            None => notes.say(Text::new("追加", "added")),
            Some(old) if old != entry => {
                let so_far = notes.out.len();
                edit(old, entry, &mut notes);
                debug_assert!(notes.out.len() > so_far, "an edit without words");
            }
            Some(_) => {}
        }
    }
    let kept = |list: &[T], other: &[T]| -> Vec<Text> {
        list.iter().filter(|e| find(other, id(e)).is_some()).map(|e| plain(id(e))).collect()
    };
    let named = |ids: &[Text]| {
        let names: Vec<Text> = ids.iter().filter_map(|i| after.iter().find(|e| id(e) == i.ja)).map(name).collect();
        super::labels::join(&names)
    };
    let (old, new) = (kept(before, after), kept(after, before));
    if old != new {
        let moved = (named(&old), named(&new));
        Notes::new(out, section, "", Text::default()).note_text(("順番", "order"), &moved.0, &moved.1);
    }
}

/// Writes differences of one entry.
struct Notes<'a> {
    out: &'a mut Vec<Difference>,
    section: Section,
    id: &'a str,
    subject: Text,
}

impl<'a> Notes<'a> {
    fn new(out: &'a mut Vec<Difference>, section: Section, id: &'a str, subject: Text) -> Self {
        Self { out, section, id, subject }
    }

    fn say(&mut self, text: Text) {
        let (id, subject) = (self.id.to_owned(), self.subject.clone());
        self.out.push(Difference { section: self.section, id, subject, text });
    }

    /// しきい値 20 → 25, when the two are not shown as the same.
    fn note_text(&mut self, label: (&str, &str), before: &Text, after: &Text) {
        if before != after {
            self.note_always(label, before, after);
        }
    }

    fn note_always(&mut self, (ja, en): (&str, &str), before: &Text, after: &Text) {
        let shown = |text: &Text, lang: Lang| {
            let shown = text.get(lang).to_owned();
            match (shown.is_empty(), lang) {
                (false, _) => shown,
                (true, Lang::Ja) => "なし".to_owned(),
                (true, Lang::En) => "none".to_owned(),
            }
        };
        self.say(Text {
            ja: format!("{ja} {} → {}", shown(before, Lang::Ja), shown(after, Lang::Ja)),
            en: format!("{en} {} → {}", shown(before, Lang::En), shown(after, Lang::En)),
        });
    }

    /// A text that people write in both languages: each language that was edited is shown in both.
    fn note_both_languages(&mut self, label: (&str, &str), before: &Text, after: &Text) {
        let langs = [(&before.ja, &after.ja, "日本語", "Japanese"), (&before.en, &after.en, "英語", "English")];
        for (old, new, ja, en) in langs.into_iter().filter(|(old, new, ..)| old != new) {
            let label = (format!("{}（{ja}）", label.0), format!("{} ({en})", label.1));
            self.note_always((&label.0, &label.1), &quoted(old), &quoted(new));
        }
    }

    fn note_title(&mut self, before: &Text, after: &Text) {
        self.note_both_languages(("名前", "name"), before, after);
    }

    fn note_days(&mut self, label: (&str, &str), before: Option<u32>, after: Option<u32>) {
        let shown = |days: Option<u32>| {
            days.map_or_else(Text::default, |n| Text { ja: format!("{n}日"), en: format!("{n} d") })
        };
        self.note_text(label, &shown(before), &shown(after));
    }

    /// A number, shown plainly.
    fn note_number(&mut self, label: (&str, &str), before: f64, after: f64) {
        let equal = before == after;
        if !equal {
            self.note_always(label, &plain(&before.to_string()), &plain(&after.to_string()));
        }
    }

    /// A value of a metric, shown with its unit as long as that tells the two apart.
    fn note_value(&mut self, label: (&str, &str), metrics: [Option<&Metric>; 2], before: f64, after: f64) {
        let [old, new] = metrics;
        let shown = |metric, value| both(|lang| super::labels::show_of(metric, value, lang));
        let (a, b) = (shown(old, before), shown(new, after));
        let equal = before == after;
        if equal {
        } else if a == b {
            self.note_number(label, before, after);
        } else {
            self.note_always(label, &a, &b);
        }
    }
}

fn quoted(text: &str) -> Text {
    if text.is_empty() { Text::default() } else { Text { ja: format!("「{text}」"), en: format!("“{text}”") } }
}

/// For two that read the same although they are not, such as metrics of one name or figures that round alike.
fn exact(what: &impl std::fmt::Debug) -> Text {
    plain(&format!("{what:?}"))
}
