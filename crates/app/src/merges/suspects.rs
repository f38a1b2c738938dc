//! Who may be in the list twice.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::text::{fold, fold_company};

use super::refuse;
use super::store::{self, Known};
use crate::access::Grant;
use crate::{App, Result};
use kizashi_domain::intake::mail::is_anybodys;

/// Pairs that are shown.
const PAIRS_MAX: usize = 200;
/// What more customers than these have in common says that they belong together, not that they are one.
const ALIKE_MAX: usize = 5;
const ROWS_PER_PAGE: i64 = 20_000;

/// What two customers have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The name, without legal form and width.
    Name,
    /// The code, without marks and leading zeros.
    Code,
    /// The reading.
    Reading,
    /// The mail domain.
    Domain,
    /// Somebody's mail address.
    Mail,
}

impl Reason {
    /// The word in the language files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Code => "code",
            Self::Reading => "reading",
            Self::Domain => "domain",
            Self::Mail => "mail",
        }
    }

    const fn weight(self) -> u32 {
        match self {
            Self::Name => 4,
            Self::Code | Self::Reading | Self::Mail => 3,
            Self::Domain => 2,
        }
    }
}

/// One of a pair.
#[derive(Clone, Debug)]
pub struct Suspect {
    /// Customer.
    pub id: Id<Customer>,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Who looks after it.
    pub owner: Option<String>,
}

/// Pairs that may be one.
#[derive(Clone, Debug, Default)]
pub struct Suspected {
    /// Both, and what they have in common; those that have most in common first.
    pub pairs: Vec<(Suspect, Suspect, Vec<Reason>)>,
    /// How many pairs there are.
    pub all: usize,
}

/// Looks through all customers for those that may be in the list twice. Pairs that somebody said are two are left out, and so are
/// a parent and its child that only share a domain.
pub async fn list_suspects(app: &App, workspace: Id<Workspace>) -> Result<Suspected> {
    let mut known: Vec<Known> = Vec::new();
    loop {
        let after = known.last().map_or_else(|| Id::from_uuid(uuid::Uuid::nil()), |last| last.id);
        let page = store::list_known(app, workspace, after, ROWS_PER_PAGE).await?;
        let is_last = page.len() < usize::try_from(ROWS_PER_PAGE).unwrap_or(usize::MAX);
        known.extend(page);
        if is_last {
            break;
        }
    }
    let mails = store::list_shared_mails(app, workspace).await?;
    let apart: HashSet<_> = store::list_apart(app, workspace).await?.into_iter().collect();
    Ok(find_pairs(&known, &mails, &apart))
}

fn find_pairs(
    known: &[Known],
    mails: &[(String, Id<Customer>)],
    apart: &HashSet<(Id<Customer>, Id<Customer>)>,
) -> Suspected {
    let mut alike: HashMap<(Reason, String), Vec<usize>> = HashMap::new();
    let place: HashMap<Id<Customer>, usize> = known.iter().enumerate().map(|(at, c)| (c.id, at)).collect();
    for (at, customer) in known.iter().enumerate() {
        for key in keys(customer) {
            alike.entry(key).or_default().push(at);
        }
    }
    for (mail, id) in mails {
        if let Some(at) = place.get(id) {
            alike.entry((Reason::Mail, mail.clone())).or_default().push(*at);
        }
    }
    let mut pairs: BTreeMap<(usize, usize), BTreeSet<Reason>> = BTreeMap::new();
    for ((reason, _), group) in alike.iter().filter(|(_, group)| (2..=ALIKE_MAX).contains(&group.len())) {
        for (n, one) in group.iter().enumerate() {
            for other in group.iter().skip(n + 1) {
                pairs.entry((*one.min(other), *one.max(other))).or_default().insert(*reason);
            }
        }
    }
    let mut found: Vec<(u32, &Known, &Known, Vec<Reason>)> = Vec::new();
    for ((one, other), reasons) in pairs {
        let (Some(one), Some(other)) = (known.get(one), known.get(other)) else { continue };
        let related = one.parent == Some(other.id)
            || other.parent == Some(one.id)
            || (one.parent.is_some() && one.parent == other.parent);
        let only_domain = reasons.iter().all(|r| *r == Reason::Domain);
        if apart.contains(&ordered(one.id, other.id)) || (related && only_domain) {
            continue;
        }
        found.push((reasons.iter().map(|r| r.weight()).sum(), one, other, reasons.into_iter().collect()));
    }
    found.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.name.cmp(&b.1.name)).then_with(|| a.1.id.cmp(&b.1.id)));
    let suspect = |c: &Known| Suspect { id: c.id, code: c.code.clone(), name: c.name.clone(), owner: c.owner.clone() };
    let all = found.len();
    let pairs = found.into_iter().take(PAIRS_MAX).map(|(_, one, other, why)| (suspect(one), suspect(other), why));
    Suspected { pairs: pairs.collect(), all }
}

/// By what a customer may be recognised.
fn keys(c: &Known) -> Vec<(Reason, String)> {
    let mut keys = Vec::new();
    let name = fold_company(&c.name);
    // A customer known only from events is called like its code.
    if name.chars().count() > 1 && c.name != c.code {
        keys.push((Reason::Name, name));
    }
    let code: String = fold(&c.code).chars().filter(|ch| ch.is_alphanumeric()).collect();
    let bare = code.trim_start_matches('0');
    if bare.chars().count() > 2 {
        keys.push((Reason::Code, bare.to_owned()));
    }
    let reading = fold(&c.reading);
    if reading.chars().count() > 3 {
        keys.push((Reason::Reading, reading));
    }
    let domain = c.domain.trim().to_lowercase();
    if !domain.is_empty() && !is_anybodys(&domain) {
        keys.push((Reason::Domain, domain));
    }
    keys
}

fn ordered(one: Id<Customer>, other: Id<Customer>) -> (Id<Customer>, Id<Customer>) {
    if one.uuid() <= other.uuid() { (one, other) } else { (other, one) }
}

/// Somebody says that two customers are two: they are not suspected again.
pub async fn keep_apart(app: &App, grant: &Grant, one: Id<Customer>, other: Id<Customer>) -> Result<()> {
    if one == other {
        return Err(refuse("same-customer"));
    }
    store::insert_apart(app, grant, ordered(one, other)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(n: u128, code: &str, name: &str, domain: &str) -> Known {
        let id = Id::from_uuid(uuid::Uuid::from_u128(n));
        let (code, name, domain) = (code.to_owned(), name.to_owned(), domain.to_owned());
        Known { id, code, name, reading: String::new(), domain, parent: None, owner: None }
    }

    fn told(known: &[Known], mails: &[(String, Id<Customer>)]) -> Vec<(String, String, Vec<Reason>)> {
        let found = find_pairs(known, mails, &HashSet::new());
        found.pairs.into_iter().map(|(one, other, why)| (one.code, other.code, why)).collect()
    }

    #[test]
    fn names_codes_domains_and_mails_give_doubles_away() {
        let mut all = vec![
            known(1, "C-0012", "株式会社みなと", "minato.example"),
            known(2, "c12", "みなと(株)", ""),
            known(3, "x9", "別会社", "minato.example"),
            known(4, "k4", "k4", "gmail.com"),
            known(5, "k5", "k5", "gmail.com"),
        ];
        let mail = |n: usize| ("a@b.example".to_owned(), all[n].id);
        let mails = [mail(2), mail(3)];
        let pair = |a: &str, b: &str, why: &[Reason]| (a.to_owned(), b.to_owned(), why.to_vec());
        let expected = [
            pair("C-0012", "c12", &[Reason::Name]),
            pair("x9", "k4", &[Reason::Mail]),
            pair("C-0012", "x9", &[Reason::Domain]),
        ];
        assert_eq!(told(&all, &mails), expected, "codes of different letters are different: c0012 and c12");
        // A parent and its child share a domain and are two.
        all[2].parent = Some(all[0].id);
        assert_eq!(told(&all, &mails).len(), 2);
        // What many have in common says nothing.
        let many: Vec<Known> = (0..9).map(|n| known(n, &format!("m{n:03}"), "同じ名前", "")).collect();
        assert_eq!(told(&many, &[]), []);
    }

    #[test]
    fn who_said_that_two_are_two_is_heard() {
        let all = [known(1, "a", "みなと", ""), known(2, "b", "みなと", "")];
        let apart = HashSet::from([ordered(all[1].id, all[0].id)]);
        assert_eq!(find_pairs(&all, &[], &apart).all, 0);
        assert_eq!(find_pairs(&all, &[], &HashSet::new()).all, 1);
    }
}
