//! Customers by their names, for rows that bring no code.

use std::collections::HashMap;

use crate::text::fold_company;

/// Codes kept of customers that share a name.
const CODES_MAX: usize = 5;

/// Who is called what: names without their legal form, widths and spaces, so that `㈱ミナト` is `ミナト 株式会社`.
#[derive(Clone, Debug, Default)]
pub struct CustomerNames(HashMap<String, Vec<String>>);

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
        let folded = fold_company(name);
        if folded.is_empty() {
            return;
        }
        let codes = self.0.entry(folded).or_default();
        if codes.len() < CODES_MAX && !codes.iter().any(|c| c == external_id) {
            codes.push(external_id.to_owned());
        }
    }

    /// Who is called by this name, however it is written.
    pub fn find(&self, name: &str) -> Named<'_> {
        match self.0.get(&fold_company(name)).map(Vec::as_slice) {
            None | Some([]) => Named::Nobody,
            Some([one]) => Named::One(one),
            Some(several) => Named::Several(several),
        }
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
    }
}
