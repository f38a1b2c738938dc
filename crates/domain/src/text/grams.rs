//! Pairs of characters, by which a part of any word is found in any text: 解約 inside a sentence, ミナト inside a name.
//!
//! A pair becomes a token of ASCII letters and figures, four for each character, so that no sign of a text or of a query means
//! anything to a database. Whoever asks checks what is found with [`Needle::is_in`]: that all pairs occur does not mean that
//! they follow each other.

use std::collections::BTreeSet;

use super::{FORMS, fold, fold_company};

/// What can be found by its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Searchable {
    /// A customer, by code, name, reading and domain.
    Customer,
    /// A person, by name, reading and mail address.
    Contact,
    /// An activity or note, by subject and text.
    Activity,
    /// An inquiry, by category, subject and text.
    Ticket,
    /// A deal, by title, next step, promise and the reason for which it was lost.
    Deal,
    /// What a customer is after and works with.
    Aim,
}

impl Searchable {
    /// All.
    pub const ALL: [Self; 6] = [Self::Customer, Self::Contact, Self::Activity, Self::Ticket, Self::Deal, Self::Aim];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Contact => "contact",
            Self::Activity => "activity",
            Self::Ticket => "ticket",
            Self::Deal => "deal",
            Self::Aim => "aim",
        }
    }

    /// Short texts are also found by how they begin, and by one character.
    pub const fn is_name(self) -> bool {
        matches!(self, Self::Customer | Self::Contact)
    }
}

/// Words of one query; more say nothing more.
const WORDS_MAX: usize = 8;
/// Pairs of one query that the index is asked for; the rest is checked against the text.
const TOKENS_MAX: usize = 24;

/// Four letters or figures for a character; the largest code point is `nvnj`.
fn push_code(c: char, out: &mut String) {
    let mut n = u32::from(c);
    let mut digits = ['0'; 4];
    for digit in digits.iter_mut().rev() {
        *digit = char::from_digit(n % 36, 36).unwrap_or('0');
        n /= 36;
    }
    out.extend(digits);
}

fn token(chars: &[char]) -> String {
    let mut out = String::with_capacity(8);
    chars.iter().for_each(|c| push_code(*c, &mut out));
    out
}

/// The tokens of a folded text (parts between blanks stand alone), with blanks between them: every pair, the last character
/// of each part alone, and of names how each part begins.
pub fn index_tokens(folded: &str, kind: Searchable) -> String {
    let mut tokens = BTreeSet::new();
    for part in folded.split(' ').filter(|part| !part.is_empty()) {
        let chars: Vec<char> = part.chars().collect();
        tokens.extend(chars.windows(2).map(token));
        tokens.extend(chars.last().map(|c| token(&[*c])));
        if kind.is_name() {
            tokens.insert(begin(&chars));
        }
    }
    tokens.into_iter().collect::<Vec<_>>().join(" ")
}

/// `s` and the first pair: no code of a character begins with an `s`.
fn begin(chars: &[char]) -> String {
    format!("s{}", token(chars.get(..2).unwrap_or(chars)))
}

/// What is looked for: every word must occur, in any spelling.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needle {
    /// Folded words with and without the legal form of a company.
    words: Vec<(String, String)>,
}

impl Needle {
    /// Reads what a person typed.
    pub fn read(text: &str) -> Self {
        let words = text.split_whitespace().map(|w| (fold(w), fold_company(w))).filter(|(w, _)| !w.is_empty());
        Self { words: words.take(WORDS_MAX).collect() }
    }

    /// Nothing is looked for.
    pub const fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The folded words.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|(word, _)| word.as_str())
    }

    /// The words as the texts of a kind must hold them. Of names no legal form is asked beside another word: 株式会社 may be
    /// written ㈱, or not at all.
    fn wanted(&self, kind: Searchable) -> impl Iterator<Item = &str> {
        let is_form = |word: &String| FORMS.contains(&word.as_str());
        let has_other = self.words.iter().any(|(word, _)| !is_form(word));
        let asked = self.words.iter().filter(move |(word, _)| !(kind.is_name() && has_other && is_form(word)));
        asked.map(move |(word, bare)| if kind.is_name() { bare.as_str() } else { word.as_str() })
    }

    /// Whether a folded text holds every word.
    pub fn is_in(&self, folded: &str, kind: Searchable) -> bool {
        self.wanted(kind).all(|word| folded.contains(word))
    }

    /// Tokens that all must occur; one that ends with `*` is a beginning. `None` when the index cannot answer: no word, or only
    /// single characters, which are found in names alone.
    pub fn tokens(&self, kind: Searchable) -> Option<Vec<String>> {
        let mut tokens = BTreeSet::new();
        for word in self.wanted(kind) {
            let chars: Vec<char> = word.chars().collect();
            if chars.len() == 1 && kind.is_name() {
                tokens.insert(format!("{}*", token(&chars)));
            }
            tokens.extend(chars.windows(2).map(token));
        }
        (!tokens.is_empty()).then(|| tokens.into_iter().take(TOKENS_MAX).collect())
    }

    /// [`Needle::tokens`] of names that have a part which begins with the first word.
    pub fn tokens_at_start(&self, kind: Searchable) -> Option<Vec<String>> {
        let mut tokens = self.tokens(kind).filter(|_| kind.is_name())?;
        let chars: Vec<char> = self.wanted(kind).next()?.chars().collect();
        let start = begin(&chars);
        tokens.push(if chars.len() == 1 { format!("{start}*") } else { start });
        Some(tokens)
    }

    /// Where the first word stands in a text as people wrote it: its first and last byte, as a range. Spelled otherwise in
    /// parts that fold together (a half-width kana and its mark), it is found all the same.
    pub fn find_in(&self, text: &str) -> Option<(usize, usize)> {
        let (mut folded, mut places) = (String::new(), Vec::new());
        let mut chars = text.char_indices().peekable();
        while let Some((start, c)) = chars.next() {
            let mut end = start + c.len_utf8();
            while let Some((at, mark)) = chars.peek().copied().filter(|(_, c)| is_mark(*c)) {
                end = at + mark.len_utf8();
                chars.next();
            }
            let piece = fold(text.get(start..end)?);
            places.extend(std::iter::repeat_n((start, end), piece.len()));
            folded.push_str(&piece);
        }
        self.words.iter().flat_map(|(word, bare)| [word, bare]).find_map(|word| {
            let at = folded.find(word.as_str())?;
            Some((places.get(at)?.0, places.get(at + word.len() - 1)?.1))
        })
    }
}

/// Marks that belong to the character before them.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{ff9e}' | '\u{ff9f}' | '\u{3099}' | '\u{309a}' | '\u{300}'..='\u{36f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text() -> impl Strategy<Value = String> {
        proptest::string::string_regex("[あいかがパﾊﾟｶﾞカ株式会社(㈱)解約ABaｂ '\"*^:%\\\\\u{1f600}\n\u{10ffff}]{0,14}")
            .unwrap()
    }

    proptest! {
        /// Whatever holds a word has all its tokens: the index leaves nothing out.
        #[test]
        fn the_index_leaves_nothing_out(body in text(), query in text(), as_name in any::<bool>()) {
            let kind = if as_name { Searchable::Customer } else { Searchable::Activity };
            let folded = format!("{} {}", fold(&body), fold_company(&body));
            let needle = Needle::read(&query);
            let tokens: Vec<String> = index_tokens(&folded, kind).split(' ').map(str::to_owned).collect();
            let has = |token: &String| match token.strip_suffix('*') {
                Some(front) => tokens.iter().any(|t| t.starts_with(front)),
                None => tokens.contains(token),
            };
            if let Some(wanted) = needle.tokens(kind).filter(|_| needle.is_in(&folded, kind)) {
                prop_assert!(wanted.iter().all(has), "{query:?} in {body:?}");
            }
            for token in &tokens {
                prop_assert!(token.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase()));
            }
            if let Some((from, to)) = needle.find_in(&body) {
                prop_assert!(body.get(from..to).is_some_and(|hit| !hit.is_empty()));
            }
        }
    }

    #[test]
    fn a_company_is_found_with_and_without_its_form_and_a_word_where_it_stands() {
        let name = |n: &str| format!("{} {}", fold(n), fold_company(n));
        let is_in = |query: &str, n: &str| Needle::read(query).is_in(&name(n), Searchable::Customer);
        assert!(
            is_in("株式会社ミナト", "ミナト製作所")
                && is_in("みなと", "㈱ミナト製作所")
                && is_in("ﾐﾅﾄ製作", "ミナト製作所")
        );
        assert!(is_in("ミナト製作所 株式会社", "株式会社ミナト製作所") && !is_in("港", "ミナト製作所"));
        assert!(
            is_in("ミナト ㈱", "株式会社ミナト製作所")
                && is_in("㈱ ミナト", "ミナト製作所")
                && is_in("株式会社", "株式会社泉")
        );
        let body = "先日のｶﾞｲﾄﾞについて、解約も検討";
        let hit = |query: &str| Needle::read(query).find_in(body).and_then(|(a, b)| body.get(a..b));
        assert_eq!((hit("ガイド"), hit("解約 検討"), hit("更新")), (Some("ｶﾞｲﾄﾞ"), Some("解約"), None));
        assert_eq!(Needle::read("約").tokens(Searchable::Activity), None, "one character says nothing in a body");
        assert!(Needle::read(" 　\n").is_empty());
        assert!(Needle::read(&"解約".repeat(500)).tokens(Searchable::Ticket).unwrap().len() <= TOKENS_MAX);
    }
}
