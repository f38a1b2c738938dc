//! Words of the pages: Fluent messages in Japanese and English, with terms that a pack or workspace may rename.

mod figures;
#[cfg(test)]
mod tests;

use std::sync::{Arc, LazyLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use kizashi_domain::lang::Text;
use kizashi_domain::pack::Pack;
use unic_langid::langid;

pub use kizashi_domain::lang::Lang;

const JA: &str = concat!(
    include_str!("../../locales/ja.ftl"),
    "\n",
    include_str!("../../locales/ja/signals.ftl"),
    "\n",
    include_str!("../../locales/ja/cards.ftl"),
    "\n",
    include_str!("../../locales/ja/plays.ftl"),
    "\n",
    include_str!("../../locales/ja/rooms.ftl"),
    "\n",
    include_str!("../../locales/ja/notices.ftl"),
    "\n",
    include_str!("../../locales/ja/use.ftl"),
);
const EN: &str = concat!(
    include_str!("../../locales/en.ftl"),
    "\n",
    include_str!("../../locales/en/signals.ftl"),
    "\n",
    include_str!("../../locales/en/cards.ftl"),
    "\n",
    include_str!("../../locales/en/plays.ftl"),
    "\n",
    include_str!("../../locales/en/rooms.ftl"),
    "\n",
    include_str!("../../locales/en/notices.ftl"),
    "\n",
    include_str!("../../locales/en/use.ftl"),
);

/// The tag of a language in `lang` attributes and cookies.
pub const fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::Ja => "ja",
        Lang::En => "en",
    }
}

/// Reads [`tag`].
pub fn parse_lang(tag: &str) -> Option<Lang> {
    match tag {
        "ja" => Some(Lang::Ja),
        "en" => Some(Lang::En),
        _ => None,
    }
}

/// The first language of an Accept-Language header that we speak.
pub fn wanted_lang(header: &str) -> Option<Lang> {
    header.split(',').filter_map(|part| part.split([';', '-']).next()).find_map(|tag| parse_lang(tag.trim()))
}

/// Terms renamed by a pack: Fluent text such as `-customer = 住民`, one string a language.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// Overrides in Japanese.
    pub ja: String,
    /// Overrides in English.
    pub en: String,
}

impl Terms {
    /// The terms that a pack renames. Text that Fluent would read as code is left as it ships.
    pub fn of(pack: &Pack) -> Self {
        let is_plain = |word: &str| !word.is_empty() && !word.contains(['{', '}', '\n', '\r']);
        let is_key = |key: &str| key.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        let lines = |lang: Lang| {
            pack.terms
                .iter()
                .filter(|(key, text)| is_key(key) && is_plain(text.get(lang)))
                .map(|(key, text)| format!("-{key} = {}\n", text.get(lang)))
                .collect()
        };
        Self { ja: lines(Lang::Ja), en: lines(Lang::En) }
    }
}

/// The words of one language, cheap to clone.
#[derive(Clone)]
pub struct Words {
    lang: Lang,
    bundle: Arc<FluentBundle<FluentResource>>,
}

static PLAIN: LazyLock<[Words; 2]> =
    LazyLock::new(|| [Words::renamed(Lang::Ja, &Terms::default()), Words::renamed(Lang::En, &Terms::default())]);

impl Words {
    /// The words as they ship.
    pub fn plain(lang: Lang) -> Self {
        let [ja, en] = &*PLAIN;
        match lang {
            Lang::Ja => ja.clone(),
            Lang::En => en.clone(),
        }
    }

    /// The words with terms of a workspace. A faulty override is left out and logged; the page stays readable.
    pub fn renamed(lang: Lang, terms: &Terms) -> Self {
        let (tag, text, own) = match lang {
            Lang::Ja => (langid!("ja"), JA, &terms.ja),
            Lang::En => (langid!("en"), EN, &terms.en),
        };
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        bundle.set_use_isolating(false);
        for source in [text, own.as_str()] {
            let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(part, errors)| {
                tracing::warn!(errors = errors.len(), "words: some messages could not be read");
                part
            });
            bundle.add_resource_overriding(resource);
        }
        Self { lang, bundle: Arc::new(bundle) }
    }

    /// The language.
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// A message without arguments; the key itself when there is none, which a test excludes.
    pub fn t(&self, key: &str) -> String {
        self.with(key, &[])
    }

    /// A message with arguments.
    pub fn with(&self, key: &str, args: &[(&str, FluentValue<'_>)]) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|m| m.value()) else { return key.to_owned() };
        let args: FluentArgs<'_> = args.iter().map(|(name, value)| (*name, value.clone())).collect();
        self.bundle.format_pattern(pattern, Some(&args), &mut vec![]).into_owned()
    }

    /// A text that comes in both languages.
    pub fn text<'a>(&self, text: &'a Text) -> &'a str {
        text.get(self.lang)
    }

    /// A message of a family (`stage-…`) if there is one, else the word as it was given.
    pub fn word(&self, family: &str, word: &str) -> String {
        let key = format!("{family}-{}", word.replace('_', "-"));
        if self.bundle.has_message(&key) { self.t(&key) } else { word.to_owned() }
    }
}
