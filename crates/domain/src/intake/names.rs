//! Customers by their names, for rows that bring no code; colleagues and contacts by theirs.

use std::collections::{HashMap, HashSet};

use crate::text::{fold, fold_company};

/// Codes kept of customers that share a name.
const CODES_MAX: usize = 5;

/// Who is called what: names without their legal form, widths and spaces, so that `㈱ミナト` is `ミナト 株式会社`.
#[derive(Clone, Debug, Default)]
pub struct CustomerNames {
    by_name: HashMap<String, Vec<String>>,
    codes: HashSet<String>,
}

/// Who is called by a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named<'a> {
    /// Nobody.
    Nobody,
    /// This external id.
    One(&'a str),
    /// Several; some of their external ids.
    Several(&'a [String]),
}

impl CustomerNames {
    /// Adds a customer. An empty name is nobody's.
    pub fn add(&mut self, external_id: &str, name: &str) {
        if !self.codes.contains(external_id) {
            self.codes.insert(external_id.to_owned());
        }
        let folded = fold_company(name);
        if folded.is_empty() {
            return;
        }
        let codes = self.by_name.entry(folded).or_default();
        if codes.len() < CODES_MAX && !codes.iter().any(|c| c == external_id) {
            codes.push(external_id.to_owned());
        }
    }

    /// Who is called by this name, however it is written.
    pub fn find(&self, name: &str) -> Named<'_> {
        match self.by_name.get(&fold_company(name)).map(Vec::as_slice) {
            None | Some([]) => Named::Nobody,
            Some([one]) => Named::One(one),
            Some(several) => Named::Several(several),
        }
    }

    /// Whether a customer has this code.
    pub fn has_code(&self, code: &str) -> bool {
        self.codes.contains(code)
    }
}

/// People by their names, each with what stands for them.
#[derive(Clone, Debug)]
pub struct PeopleNames<T> {
    whole: HashMap<String, Option<T>>,
    family: HashMap<String, Option<T>>,
}

impl<T> Default for PeopleNames<T> {
    fn default() -> Self {
        Self { whole: HashMap::new(), family: HashMap::new() }
    }
}

impl<T: Copy + PartialEq> PeopleNames<T> {
    /// Adds a person. A name that two have is nobody's.
    pub fn add(&mut self, who: T, name: &str) {
        let note = |names: &mut HashMap<String, Option<T>>, name: String| {
            if !name.is_empty() {
                let known = names.entry(name).or_insert(Some(who));
                *known = known.filter(|other| *other == who);
            }
        };
        note(&mut self.whole, fold(name));
        note(&mut self.family, name.split_whitespace().next().map(fold).unwrap_or_default());
    }

    /// Who is called so: by the whole name, else by the family name that only one has, with or without さん behind it.
    pub fn find(&self, name: &str) -> Option<T> {
        const POLITE: [&str; 6] = ["様", "さん", "さま", "氏", "殿", "先生"];
        let folded = fold(name);
        let bare = POLITE.iter().find_map(|end| folded.strip_suffix(fold(end).as_str()));
        let find = |text: &str| match self.whole.get(text) {
            Some(found) => *found,
            None => self.family.get(text).copied().flatten(),
        };
        find(&folded).or_else(|| bare.and_then(find))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_however_it_is_written() {
        let mut names = CustomerNames::default();
        names.add("C1", "株式会社ミナト製作所");
        names.add("C2", "しらかば会");
        names.add("C3", "㈲しらかば会");
        names.add("C4", "");
        for written in
            ["ミナト製作所", "㈱ミナト製作所", "ミナト製作所(株)", "ﾐﾅﾄ製作所　株式会社", "（株）みなと製作所"]
        {
            assert_eq!(names.find(written), Named::One("C1"), "{written}");
        }
        assert_eq!(names.find("ミナト"), Named::Nobody);
        assert_eq!(names.find(""), Named::Nobody);
        assert_eq!(names.find("しらかば会"), Named::Several(&["C2".to_owned(), "C3".to_owned()]));
        assert!(names.has_code("C4") && !names.has_code("ミナト製作所"));
    }

    #[test]
    fn people_are_found_by_whole_name_or_by_a_family_name_of_one() {
        let mut names = PeopleNames::default();
        for (n, name) in [(1, "早瀬 美緒"), (2, "北見　亮介"), (3, "佐藤 一"), (4, "佐藤 花"), (5, "Mary Ann")]
        {
            names.add(n, name);
        }
        for (written, who) in [
            ("早瀬 美緒", Some(1)),
            ("早瀬美緒", Some(1)),
            ("早瀬", Some(1)),
            ("早瀬さん", Some(1)),
            ("北見様", Some(2)),
            ("佐藤", None),
            ("佐藤 花", Some(4)),
            ("佐藤一", Some(3)),
            ("mary", Some(5)),
            ("美緒", None),
            ("", None),
        ] {
            assert_eq!(names.find(written), who, "{written}");
        }
    }
}
