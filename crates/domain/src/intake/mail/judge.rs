//! Whose a letter is. The sender's or receiver's address decides, then the domain, then the letter that it answers.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Letter, Nature, Party};
use crate::limits::MAIL_CUSTOMERS_MAX;

/// Mail domains that tell nothing about a company.
const ANYBODYS: [&str; 34] = [
    "gmail.com",
    "googlemail.com",
    "yahoo.co.jp",
    "yahoo.ne.jp",
    "yahoo.com",
    "ymail.ne.jp",
    "outlook.com",
    "outlook.jp",
    "hotmail.com",
    "hotmail.co.jp",
    "live.jp",
    "live.com",
    "msn.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "docomo.ne.jp",
    "ezweb.ne.jp",
    "au.com",
    "softbank.ne.jp",
    "i.softbank.jp",
    "ymobile.ne.jp",
    "rakumail.jp",
    "nifty.com",
    "biglobe.ne.jp",
    "ocn.ne.jp",
    "so-net.ne.jp",
    "plala.or.jp",
    "dion.ne.jp",
    "infoseek.jp",
    "aol.com",
    "proton.me",
    "protonmail.com",
    "gmx.net",
];

/// Whether a mail domain is one at which anybody has an address: `docomo.ne.jp`, `abc.ocn.ne.jp`.
pub fn is_anybodys(domain: &str) -> bool {
    list_domains(domain).any(|d| ANYBODYS.contains(&d))
}

/// A mail domain and those above it, down to two parts: `mail.minato.co.jp`, `minato.co.jp`, `co.jp`.
pub fn list_domains(domain: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(domain), |d| d.split_once('.').map(|(_, above)| above)).filter(|d| d.contains('.'))
}

/// Our own addresses and domains.
#[derive(Clone, Debug, Default)]
pub struct House {
    /// Addresses in lower case: staff, mailboxes.
    pub addresses: HashSet<String>,
    /// Domains in lower case.
    pub domains: HashSet<String>,
}

impl House {
    /// Adds an address, and its domain unless anybody has one there.
    pub fn add_address(&mut self, address: &str) {
        let address = address.trim().to_lowercase();
        if let Some((_, domain)) = address.rsplit_once('@').filter(|(_, domain)| !is_anybodys(domain)) {
            self.domains.insert(domain.to_owned());
        }
        self.addresses.insert(address);
    }

    fn is_own_domain(&self, domain: &str) -> bool {
        list_domains(domain).any(|d| self.domains.contains(d))
    }

    /// Whether somebody is one of us.
    pub fn is_own(&self, party: &Party) -> bool {
        self.addresses.contains(&party.address) || self.is_own_domain(party.domain())
    }
}

/// A person of a customer, by codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The customer's code.
    pub customer: String,
    /// The person's id in its source.
    pub contact: String,
}

/// What is known of the addresses in some letters.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// Ourselves.
    pub house: House,
    /// People by their addresses.
    pub people: HashMap<String, Vec<Person>>,
    /// Customers by their mail domains.
    pub domains: HashMap<String, Vec<String>>,
    /// Customers of letters that are there, by the letters' ids.
    pub letters: HashMap<String, Vec<String>>,
}

/// Which way a letter went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To us.
    In,
    /// From us.
    Out,
}

impl Direction {
    /// The word of activities.
    pub const fn word(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

/// A customer whom a letter concerns, and the person there, when known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addressed {
    /// The customer's code.
    pub customer: String,
    /// The person's id.
    pub contact: Option<String>,
}

/// Why a letter waits for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// Nobody is known by the address or its domain.
    Unknown,
    /// Several customers have this address or domain.
    Several,
}

impl Waiting {
    /// Its word in keys and in the table.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Several => "several",
        }
    }
}

/// Why a letter is no contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// A program wrote it.
    Automatic,
    /// A server says that something was not delivered.
    Bounce,
    /// It is of a mailing list.
    List,
    /// It went to more customers than one writes to oneself.
    Mass,
    /// It stayed among ourselves.
    Internal,
}

/// What a letter is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Contact with these customers.
    Keep {
        /// Which way.
        direction: Direction,
        /// With whom; at least one.
        customers: Vec<Addressed>,
        /// Address of our side, when it is one person's.
        staff: Option<String>,
    },
    /// Contact with somebody who is not known.
    Wait(Waiting),
    /// No contact.
    Leave(LeftOut),
}

enum Found {
    One(Addressed),
    Several,
    Nobody,
}

/// Says whose a letter is.
pub fn judge(letter: &Letter, known: &Directory) -> Verdict {
    match &letter.nature {
        Nature::Automatic => return Verdict::Leave(LeftOut::Automatic),
        Nature::Bounce => return Verdict::Leave(LeftOut::Bounce),
        // A group address of our own (support@…) is a list to its server, and contact to us.
        Nature::List(of) if !known.house.is_own_domain(of) => return Verdict::Leave(LeftOut::List),
        Nature::List(_) | Nature::Personal => {}
    }
    let direction = if known.house.is_own(&letter.from) { Direction::Out } else { Direction::In };
    let others: Vec<&Party> = match direction {
        Direction::In => vec![&letter.from],
        Direction::Out => letter.to.iter().filter(|p| !known.house.is_own(p)).collect(),
    };
    if others.is_empty() {
        return Verdict::Leave(LeftOut::Internal);
    }
    let staff = match direction {
        Direction::Out => known.house.addresses.contains(&letter.from.address).then(|| letter.from.address.clone()),
        Direction::In => None,
    };
    let mut customers: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut has_several = false;
    for party in others {
        match find(party, known) {
            Found::One(one) => {
                let contact = customers.entry(one.customer).or_default();
                *contact = contact.take().or(one.contact);
            }
            Found::Several => has_several = true,
            Found::Nobody => {}
        }
    }
    if customers.is_empty() {
        let answered = letter.answers.iter().find_map(|id| known.letters.get(id)).into_iter().flatten();
        customers.extend(answered.map(|customer| (customer.clone(), None)));
    }
    match customers.len() {
        0 if has_several => Verdict::Wait(Waiting::Several),
        0 => Verdict::Wait(Waiting::Unknown),
        n if n > MAIL_CUSTOMERS_MAX => Verdict::Leave(LeftOut::Mass),
        _ => {
            let customers = customers.into_iter().map(|(customer, contact)| Addressed { customer, contact }).collect();
            Verdict::Keep { direction, customers, staff }
        }
    }
}

fn find(party: &Party, known: &Directory) -> Found {
    if let Some(people) = known.people.get(&party.address).filter(|p| !p.is_empty()) {
        let Some(first) = people.first() else { return Found::Nobody };
        if people.iter().any(|p| p.customer != first.customer) {
            return Found::Several;
        }
        return Found::One(Addressed { customer: first.customer.clone(), contact: Some(first.contact.clone()) });
    }
    if is_anybodys(party.domain()) {
        return Found::Nobody;
    }
    let codes = list_domains(party.domain()).find_map(|d| known.domains.get(d).filter(|codes| !codes.is_empty()));
    match codes.map(Vec::as_slice) {
        None | Some([]) => Found::Nobody,
        Some([code]) => Found::One(Addressed { customer: code.clone(), contact: None }),
        Some(_) => Found::Several,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(address: &str) -> Party {
        Party { name: String::new(), address: address.into() }
    }

    fn letter(from: &str, to: &[&str]) -> Letter {
        Letter { from: party(from), to: to.iter().map(|a| party(a)).collect(), ..Letter::default() }
    }

    fn known() -> Directory {
        let mut known = Directory::default();
        known.house.add_address("sato@kizashi.example");
        known.house.add_address("cs.kizashi@gmail.com");
        let person = |customer: &str, contact: &str| Person { customer: customer.into(), contact: contact.into() };
        known.people.insert("hanako@gmail.com".into(), vec![person("minato", "p1")]);
        known.people.insert("advisor@tax.example".into(), vec![person("minato", "p2"), person("sora", "p3")]);
        known.domains.insert("minato.co.jp".into(), vec!["minato".into()]);
        known.domains.insert("group.example".into(), vec!["a".into(), "b".into()]);
        known.letters.insert("first@x".into(), vec!["umi".into()]);
        known
    }

    type Kept = (Direction, Vec<(String, Option<String>)>, Option<String>);

    fn kept(verdict: Verdict) -> Kept {
        match verdict {
            Verdict::Keep { direction, customers, staff } => {
                (direction, customers.into_iter().map(|a| (a.customer, a.contact)).collect(), staff)
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_address_decides_then_the_domain_then_the_letter_that_is_answered() {
        let known = known();
        let one = |customer: &str, contact: Option<&str>| vec![(customer.to_owned(), contact.map(str::to_owned))];
        let ours = "sato@kizashi.example";
        let verdict = judge(&letter("hanako@gmail.com", &[ours]), &known);
        assert_eq!(kept(verdict), (Direction::In, one("minato", Some("p1")), None));
        let verdict = judge(&letter("new@mail.minato.co.jp", &[ours]), &known);
        assert_eq!(kept(verdict), (Direction::In, one("minato", None), None));
        let verdict = judge(&letter(ours, &["new@minato.co.jp", "other@kizashi.example"]), &known);
        assert_eq!(kept(verdict), (Direction::Out, one("minato", None), Some(ours.into())));
        let reply =
            Letter { answers: vec!["other@x".into(), "first@x".into()], ..letter("who@nowhere.example", &[ours]) };
        assert_eq!(kept(judge(&reply, &known)).1, one("umi", None));
        // Of a colleague who is no member of staff it is known that it is one of us.
        assert_eq!(kept(judge(&letter("aoki@kizashi.example", &["hanako@gmail.com"]), &known)).2, None);
    }

    #[test]
    fn a_letter_to_several_customers_is_contact_with_each_and_one_to_very_many_is_none() {
        let mut known = known();
        let verdict =
            judge(&letter("sato@kizashi.example", &["x@minato.co.jp", "hanako@gmail.com", "y@z.example"]), &known);
        assert_eq!(kept(verdict).1, [("minato".to_owned(), Some("p1".to_owned()))]);
        let many: Vec<String> = (0..=MAIL_CUSTOMERS_MAX).map(|n| format!("a@c{n}.example")).collect();
        for n in 0..many.len() {
            known.domains.insert(format!("c{n}.example"), vec![format!("c{n}")]);
        }
        let to: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(judge(&letter("sato@kizashi.example", &to), &known), Verdict::Leave(LeftOut::Mass));
        let verdict = judge(&letter("sato@kizashi.example", &to[1..]), &known);
        assert_eq!(kept(verdict).1.len(), MAIL_CUSTOMERS_MAX);
    }

    #[test]
    fn what_nobody_can_tell_waits_and_what_is_no_contact_is_left_out() {
        let mut known = known();
        let ours = "sato@kizashi.example";
        known.domains.insert("docomo.ne.jp".into(), vec!["minato".into()]);
        for (from, want) in [
            ("x@unknown.example", Verdict::Wait(Waiting::Unknown)),
            // Whoever entered such a domain with a customer: it is everybody's.
            ("x@docomo.ne.jp", Verdict::Wait(Waiting::Unknown)),
            ("x@group.example", Verdict::Wait(Waiting::Several)),
            ("advisor@tax.example", Verdict::Wait(Waiting::Several)),
            ("aoki@kizashi.example", Verdict::Leave(LeftOut::Internal)),
        ] {
            assert_eq!(judge(&letter(from, &[ours]), &known), want, "{from}");
        }
        // A free address is ours only when it is named, and its domain never.
        assert_eq!(judge(&letter("cs.kizashi@gmail.com", &[ours]), &known), Verdict::Leave(LeftOut::Internal));
        for (nature, want) in [
            (Nature::Automatic, Some(LeftOut::Automatic)),
            (Nature::Bounce, Some(LeftOut::Bounce)),
            (Nature::List("news.example".into()), Some(LeftOut::List)),
            (Nature::List(String::new()), Some(LeftOut::List)),
            (Nature::List("support.kizashi.example".into()), None),
        ] {
            let verdict = judge(&Letter { nature, ..letter("hanako@gmail.com", &[ours]) }, &known);
            match want {
                Some(why) => assert_eq!(verdict, Verdict::Leave(why)),
                None => assert_eq!(kept(verdict).0, Direction::In),
            }
        }
    }

    #[test]
    fn domains_above_are_tried_down_to_two_parts() {
        assert_eq!(list_domains("a.b.co.jp").collect::<Vec<_>>(), ["a.b.co.jp", "b.co.jp", "co.jp"]);
        assert_eq!(list_domains("localhost").count(), 0);
        assert!(is_anybodys("abc.ocn.ne.jp") && is_anybodys("gmail.com") && !is_anybodys("minato.co.jp"));
    }
}
