//! Whether a letter names somebody.

use crate::text::fold;

/// Whether a text names a person: by the family name, by the whole name, or by the mail address. A family name of one letter stands in
/// many words; it counts all the same: whoever is asked once too often loses less than a customer who answers somebody that is gone.
pub fn names_person(text: &str, name: &str, email: &str) -> bool {
    let text = fold(text);
    let family = name.split_whitespace().next().unwrap_or_default();
    [name, family, email].iter().map(|word| fold(word)).any(|word| !word.is_empty() && text.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::names_person;

    #[test]
    fn a_person_is_named_by_family_name_whole_name_or_address() {
        let names = |text: &str| names_person(text, "北見 涼", "kitami@minamo.example");
        for text in ["担当の北見です。", "北見　涼", "北見涼より", "KITAMI@minamo.example まで"] {
            assert!(names(text), "{text}");
        }
        for text in ["", "お世話になっております。", "北海道の見学"] {
            assert!(!names(text), "{text}");
        }
        assert!(!names_person("本文", "", ""), "who has no name is not named");
    }
}
