//! Who is meant by `@` in a note: a name, a family name that one person alone has, or a mail address or what stands before its `@`.

use crate::lang::Text;
use crate::text::fold;

/// Somebody who can be meant.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// Name, family name first, with a blank between.
    pub name: &'a str,
    /// Mail address.
    pub email: &'a str,
}

/// Who is meant in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meant {
    /// Places in the list of people, each once, in its order.
    pub people: Vec<usize>,
    /// What stands behind an `@` and means nobody, or more than one.
    pub unclear: Vec<String>,
}

/// Characters behind an `@` that are looked at.
const REACH_CHARS: usize = 80;
/// Characters of what means nobody that are said again.
const SAID_CHARS: usize = 20;

fn is_of_address(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '@')
}

/// What somebody who is meant is told.
pub fn title_of_mention(author: &str) -> Text {
    Text {
        ja: format!("{author}さんの記録に、あなたへのことが書かれました"),
        en: format!("{author} wrote something for you in a note"),
    }
}

/// Everybody who is meant in a text.
pub fn find_meant(text: &str, people: &[Person<'_>]) -> Meant {
    let mut meant = Meant::default();
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let last = std::mem::replace(&mut before, c);
        if !matches!(c, '@' | '＠') || is_of_address(last) {
            continue;
        }
        let rest: String = text.get(at + c.len_utf8()..).unwrap_or_default().chars().take(REACH_CHARS).collect();
        // `@ 100円` and `@100円` mean nobody, and are not meant to.
        if !rest.starts_with(char::is_alphabetic) {
            continue;
        }
        match find_person(&rest, people) {
            Some(person) => meant.people.push(person),
            None => {
                let said = rest.chars().take_while(|c| c.is_alphanumeric() || is_of_address(*c));
                meant.unclear.push(said.take(SAID_CHARS).collect());
            }
        }
    }
    meant.people.sort_unstable();
    meant.people.dedup();
    meant.unclear.dedup();
    meant
}

/// The one who is meant by the beginning of a text; of several names that fit, the longest.
fn find_person(rest: &str, people: &[Person<'_>]) -> Option<usize> {
    let word: String = rest.chars().take_while(|c| is_of_address(*c)).collect::<String>().to_lowercase();
    let word = word.trim_end_matches(['.', '-', '@']);
    let folded = fold(rest);
    let words: Vec<String> = rest.split_whitespace().take(2).map(fold).collect();
    let reach = |person: &Person<'_>| -> usize {
        let email = person.email.to_lowercase();
        let local = email.split('@').next().unwrap_or_default();
        if !word.is_empty() && (word == email || word == local) {
            return word.chars().count() + 1;
        }
        let whole = fold(person.name);
        let family = fold(person.name.split_whitespace().next().unwrap_or_default());
        // Letters need an end: Sato is not Satomi. Japanese is written without blanks.
        let begins = |name: &str| match name.is_ascii() {
            true => words.first().is_some_and(|w| w == name) || words.concat() == name,
            false => folded.starts_with(name),
        };
        [whole, family]
            .iter()
            .filter(|name| !name.is_empty() && begins(name))
            .map(|n| n.chars().count())
            .max()
            .unwrap_or(0)
    };
    let reached: Vec<usize> = people.iter().map(reach).collect();
    let best = reached.iter().copied().max().filter(|n| *n > 0)?;
    let mut fitting = reached.iter().enumerate().filter(|(_, n)| **n == best).map(|(i, _)| i);
    fitting.next().filter(|_| fitting.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PEOPLE: [Person<'static>; 4] = [
        Person { name: "佐藤 健", email: "sato@example.jp" },
        Person { name: "佐藤 葵", email: "aoi.sato@example.jp" },
        Person { name: "早瀬 美緒", email: "hayase@example.jp" },
        Person { name: "Sato Ken", email: "ken@example.jp" },
    ];

    #[test]
    fn people_are_found_by_name_and_address_and_nobody_by_a_price() {
        for (text, people, unclear) in [
            ("@早瀬さん、確認お願いします", vec![2], vec![]),
            ("＠早瀬 美緒 と @佐藤葵", vec![1, 2], vec![]),
            ("@佐藤 どちら?", vec![], vec!["佐藤"]),
            ("@hayase, @AOI.SATO@example.jp.", vec![1, 2], vec![]),
            ("@Sato Ken please", vec![3], vec![]),
            ("@Satomi", vec![], vec!["Satomi"]),
            ("hayase@example.jp に送った", vec![], vec![]),
            ("単価 @1,200円、@ なし", vec![], vec![]),
            ("@", vec![], vec![]),
        ] {
            let meant = find_meant(text, &PEOPLE);
            assert_eq!(
                (meant.people, meant.unclear),
                (people, unclear.into_iter().map(str::to_owned).collect()),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[@＠a佐藤 健.\\PC]{0,60}") {
            let meant = find_meant(&text, &PEOPLE);
            prop_assert!(meant.people.iter().all(|i| *i < PEOPLE.len()));
        }
    }
}
