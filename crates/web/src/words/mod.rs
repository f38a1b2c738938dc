//! Words of the pages: Fluent messages in Japanese and English, with terms that a pack or workspace may rename.

mod figures;
#[cfg(test)]
mod tests;

use std::sync::{Arc, LazyLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::langid;

pub use figures::Unit;

const JA: &str = include_str!("../../locales/ja.ftl");
const EN: &str = include_str!("../../locales/en.ftl");

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Locale {
    /// 日本語.
    #[default]
    Ja,
    /// English.
    En,
}

impl Locale {
    /// The tag in `lang` attributes and cookies.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }

    /// Reads [`Locale::tag`].
    pub fn parse(tag: &str) -> Option<Self> {
        match tag {
            "ja" => Some(Self::Ja),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The first language of an Accept-Language header that we speak.
    pub fn wanted(header: &str) -> Option<Self> {
        header.split(',').filter_map(|part| part.split([';', '-']).next()).find_map(|tag| Self::parse(tag.trim()))
    }
}

/// Terms renamed by a pack or workspace: Fluent text such as `-customer = 住民`, one string a language.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// Overrides in Japanese.
    pub ja: String,
    /// Overrides in English.
    pub en: String,
}

/// The words of one language, cheap to clone.
#[derive(Clone)]
pub struct Words {
    locale: Locale,
    bundle: Arc<FluentBundle<FluentResource>>,
}

static PLAIN: LazyLock<[Words; 2]> =
    LazyLock::new(|| [Words::renamed(Locale::Ja, &Terms::default()), Words::renamed(Locale::En, &Terms::default())]);

impl Words {
    /// The words as they ship.
    pub fn plain(locale: Locale) -> Self {
        let [ja, en] = &*PLAIN;
        match locale {
            Locale::Ja => ja.clone(),
            Locale::En => en.clone(),
        }
    }

    /// The words with terms of a workspace. A faulty override is left out and logged; the page stays readable.
    pub fn renamed(locale: Locale, terms: &Terms) -> Self {
        let (tag, text, own) = match locale {
            Locale::Ja => (langid!("ja"), JA, &terms.ja),
            Locale::En => (langid!("en"), EN, &terms.en),
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
        Self { locale, bundle: Arc::new(bundle) }
    }

    /// The language.
    pub const fn locale(&self) -> Locale {
        self.locale
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

    /// A message of a family (`stage-…`) if there is one, else the word as it was given.
    pub fn word(&self, family: &str, word: &str) -> String {
        let key = format!("{family}-{}", word.replace('_', "-"));
        if self.bundle.has_message(&key) { self.t(&key) } else { word.to_owned() }
    }
}
