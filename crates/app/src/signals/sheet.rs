//! The memories of all rules about one subject as one text. Most rules remember only that they looked: those are not even named, a rule is
//! its place in a list of rules that is kept once ([`RuleList`]), and words are short. A night writes most of these texts anew.

use std::collections::{BTreeMap, HashMap};

use kizashi_domain::signals::RuleState;
use kizashi_domain::time::Day;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Memory;

/// The name under which a sheet is stored among the states of single rules.
pub(super) const SHEET: &str = "*";
const DIGEST_CHARS: usize = 16;
/// So long it is known what a rule knew that was taken out of the pack.
const GONE_DAYS_MAX: i32 = 400;

/// The rules that looked together, in the order of the pack. Its id follows from what it says: two processes find the same one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RuleList {
    pub id: String,
    pub rules: Vec<String>,
}

impl RuleList {
    pub fn new(rules: Vec<String>) -> Self {
        let digest = Sha256::digest(rules.join("\n"));
        let id: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Self { id: id.chars().take(DIGEST_CHARS).collect(), rules }
    }
}

/// Where a rule of a list stands in the pack, or its id when it is there no more.
#[derive(Debug)]
enum Place {
    Here(usize),
    Gone(String),
}

/// Where the rules of lists stand in the pack.
#[derive(Debug, Default)]
pub(super) struct Places {
    of_rule: HashMap<String, usize>,
    of_list: HashMap<String, Vec<Place>>,
}

/// What a sheet says.
#[derive(Debug, Default)]
pub(super) struct Recalled {
    /// Of rules of the pack, by their places.
    pub known: Vec<(usize, Memory)>,
    /// Of rules that are gone and had fired: they come back with what they knew.
    pub gone: Vec<(String, Memory)>,
    /// Of how many rules the sheet knows.
    pub count: usize,
}

impl Recalled {
    fn tell_gone(&mut self, rule: &str, memory: Memory) {
        if memory.after.fired || memory.after.fired_on.is_some() {
            self.gone.push((rule.to_owned(), memory));
        }
    }
}

impl Places {
    /// Of the rules of a pack, in its order, and of lists that were kept.
    pub fn new<'a>(pack: impl Iterator<Item = &'a str>, lists: &[RuleList]) -> Self {
        let of_rule: HashMap<String, usize> = pack.enumerate().map(|(place, id)| (id.to_owned(), place)).collect();
        let of_list = lists.iter().map(|list| {
            let place = |rule: &String| match of_rule.get(rule) {
                Some(place) => Place::Here(*place),
                None => Place::Gone(rule.clone()),
            };
            let places = list.rules.iter().map(place).collect();
            (list.id.clone(), places)
        });
        Self { of_list: of_list.collect(), of_rule }
    }

    /// Of how many rules of the pack.
    pub fn len(&self) -> usize {
        self.of_rule.len()
    }
}

/// What a rule knows, but for the day of its look.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Known {
    #[serde(rename = "f", skip_serializing_if = "std::ops::Not::not")]
    fired: bool,
    #[serde(rename = "n", skip_serializing_if = "is_zero")]
    seen_days: u32,
    #[serde(rename = "o", skip_serializing_if = "Option::is_none")]
    fired_on: Option<Day>,
    #[serde(rename = "k", skip_serializing_if = "Option::is_none")]
    last_key: Option<String>,
    #[serde(rename = "t", skip_serializing_if = "Vec::is_empty")]
    told: Vec<String>,
    #[serde(rename = "r", skip_serializing_if = "Vec::is_empty")]
    rests_on: Vec<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
const fn is_zero(n: &u32) -> bool {
    *n == 0
}

impl Known {
    fn of(state: &RuleState) -> Self {
        let RuleState { fired, seen_days, fired_on, looked_on: _, last_key, told, rests_on } = state.clone();
        Self { fired, seen_days, fired_on, last_key, told, rests_on }
    }

    fn state(self, looked_on: Option<Day>) -> RuleState {
        let Self { fired, seen_days, fired_on, last_key, told, rests_on } = self;
        RuleState { fired, seen_days, fired_on, looked_on, last_key, told, rests_on }
    }
}

/// Rules that are not mentioned looked on the day and saw nothing.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Sheet<'a> {
    /// The list that places are of.
    #[serde(rename = "of")]
    list: &'a str,
    #[serde(rename = "d")]
    day: Day,
    /// The day of the look before.
    #[serde(rename = "b")]
    before: Option<Day>,
    /// Rules that looked on these days and know what they knew before, such as those that fired and stand.
    #[serde(rename = "s", default, skip_serializing_if = "Vec::is_empty")]
    steady: Vec<(usize, Known)>,
    /// Rules that looked on these days and learned something: what they knew, and know.
    #[serde(rename = "l", default, skip_serializing_if = "Vec::is_empty")]
    learned: Vec<(usize, Known, Known)>,
    /// Rules that looked on other days.
    #[serde(rename = "x", default, skip_serializing_if = "Vec::is_empty")]
    apart: Vec<(usize, Memory)>,
    /// Rules that were taken out of the pack, as they were then.
    #[serde(rename = "g", default, skip_serializing_if = "BTreeMap::is_empty")]
    gone: BTreeMap<String, Memory>,
}

fn looked_on(state: &RuleState, day: Option<Day>) -> RuleState {
    RuleState { looked_on: day, ..state.clone() }
}

fn blank(looked_on: Option<Day>) -> RuleState {
    RuleState { looked_on, ..RuleState::default() }
}

/// Memories of the rules of a list, in its order, and of rules that are gone, as a text.
pub(super) fn write(list: &RuleList, memories: &[&Memory], gone: &[(String, Memory)]) -> serde_json::Result<String> {
    let day = memories.iter().map(|m| m.day).max().unwrap_or_default();
    let is_of_day = |m: &Memory| m.day == day && m.after.looked_on == Some(day);
    let before = memories.iter().find(|m| is_of_day(m)).and_then(|m| m.before.looked_on);
    let kept = gone.iter().filter(|(_, memory)| day.0 - memory.day.0 < GONE_DAYS_MAX).cloned();
    let mut sheet = Sheet { list: &list.id, day, before, gone: kept.collect(), ..Sheet::default() };
    let (was_blank, is_blank) = (blank(before), blank(Some(day)));
    for (place, memory) in memories.iter().copied().enumerate() {
        if !is_of_day(memory) || memory.before.looked_on != before {
            sheet.apart.push((place, memory.clone()));
        } else if looked_on(&memory.before, Some(day)) != memory.after {
            sheet.learned.push((place, Known::of(&memory.before), Known::of(&memory.after)));
        } else if memory.before != was_blank || memory.after != is_blank {
            sheet.steady.push((place, Known::of(&memory.after)));
        }
    }
    serde_json::to_string(&sheet)
}

/// Reads what [`write`] wrote, as it is on the day of the last look: a look that learns nothing is not written. A text that cannot be read
/// is as if no rule had ever looked.
pub(super) fn read(text: &str, places: &Places, looked_last: Option<Day>) -> Recalled {
    let Ok(sheet) = serde_json::from_str::<Sheet<'_>>(text) else {
        return named::read(text, &places.of_rule, looked_last);
    };
    let Some(list) = places.of_list.get(sheet.list) else { return Recalled::default() };
    let (day, before) = (sheet.day, sheet.before);
    let through = through(day, looked_last);
    let mut out = Recalled { known: Vec::with_capacity(list.len()), count: list.len(), ..Recalled::default() };
    for (rule, memory) in sheet.gone {
        match places.of_rule.get(&rule) {
            Some(place) => out.known.push((*place, memory)),
            None => out.gone.push((rule, memory)),
        }
    }
    let mut mentioned = vec![false; list.len()];
    let mut tell = |at: usize, memory: Memory| {
        if let Some(mentioned) = mentioned.get_mut(at) {
            *mentioned = true;
        }
        match list.get(at) {
            Some(Place::Here(place)) => out.known.push((*place, through(memory))),
            Some(Place::Gone(rule)) => out.tell_gone(rule, through(memory)),
            None => {}
        }
    };
    for (place, known) in sheet.steady {
        let after = known.state(Some(day));
        tell(place, Memory { day, before: looked_on(&after, before), after });
    }
    for (place, knew, knows) in sheet.learned {
        tell(place, Memory { day, before: knew.state(before), after: knows.state(Some(day)) });
    }
    for (place, memory) in sheet.apart {
        tell(place, memory);
    }
    let nothing = through(Memory { day, before: blank(before), after: blank(Some(day)) });
    for (place, _) in list.iter().zip(&mentioned).filter(|(_, mentioned)| !**mentioned) {
        if let Place::Here(place) = place {
            out.known.push((*place, nothing.clone()));
        }
    }
    out
}

/// A memory of the day of a sheet as it is on the day of the last look.
fn through(day: Day, looked_last: Option<Day>) -> impl Fn(Memory) -> Memory {
    move |memory| match looked_last {
        Some(last) if memory.day == day => memory.through(last),
        _ => memory,
    }
}

/// Sheets as they were before there were lists: rules by their names.
mod named {
    use std::borrow::Cow;

    use super::{BTreeMap, Day, Deserialize, HashMap, Memory, Recalled, RuleState, blank, looked_on, through};

    #[derive(Deserialize)]
    struct Sheet<'a> {
        day: Day,
        before: Option<Day>,
        /// Rules that looked and saw nothing, with a blank between.
        #[serde(borrow)]
        looked: Cow<'a, str>,
        #[serde(borrow, default)]
        steady: BTreeMap<&'a str, RuleState>,
        #[serde(borrow)]
        rules: BTreeMap<&'a str, Memory>,
    }

    pub(super) fn read(text: &str, places: &HashMap<String, usize>, looked_last: Option<Day>) -> Recalled {
        let Ok(sheet) = serde_json::from_str::<Sheet<'_>>(text) else { return Recalled::default() };
        let through = through(sheet.day, looked_last);
        let mut out = Recalled::default();
        let mut tell = |rule: &str, memory: Memory| {
            out.count += 1;
            match places.get(rule) {
                Some(place) => out.known.push((*place, through(memory))),
                None => out.tell_gone(rule, through(memory)),
            }
        };
        let nothing = Memory { day: sheet.day, before: blank(sheet.before), after: blank(Some(sheet.day)) };
        for rule in sheet.looked.split(' ').filter(|rule| !rule.is_empty()) {
            tell(rule, nothing.clone());
        }
        for (rule, state) in sheet.steady {
            let (before, after) = (looked_on(&state, sheet.before), looked_on(&state, Some(sheet.day)));
            tell(rule, Memory { day: sheet.day, before, after });
        }
        for (rule, memory) in sheet.rules {
            tell(rule, memory);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RULES: [&str; 4] = ["logins_falling", "score_red", "detractor", "views_apart"];

    fn list() -> RuleList {
        RuleList::new(RULES.map(str::to_owned).to_vec())
    }

    fn read_all(text: &str, pack: &[&str], looked_last: Option<Day>) -> (Vec<Option<Memory>>, usize) {
        let places = Places::new(pack.iter().copied(), &[list()]);
        let mut found = vec![None; pack.len()];
        let recalled = read(text, &places, looked_last);
        for (place, memory) in recalled.known {
            found[place] = Some(memory);
        }
        (found, recalled.count)
    }

    fn state() -> impl Strategy<Value = RuleState> {
        let day = || proptest::option::of((5..9).prop_map(Day));
        let keys = || proptest::collection::vec("[a\"\\\\ ]{0,2}", 0..2);
        let some = (any::<bool>(), 0..3_u32, day(), day(), proptest::option::of("[k\n]{0,2}"), keys(), keys());
        let known = some.prop_map(|(fired, seen_days, fired_on, looked_on, last_key, told, rests_on)| RuleState {
            fired,
            seen_days,
            fired_on,
            looked_on,
            last_key,
            told,
            rests_on,
        });
        prop_oneof![known, day().prop_map(blank)]
    }

    fn memory() -> impl Strategy<Value = Memory> {
        let any =
            ((6..9).prop_map(Day), state(), state()).prop_map(|(day, before, after)| Memory { day, before, after });
        let steady = state().prop_map(|state| Memory {
            day: Day(8),
            before: looked_on(&state, Some(Day(7))),
            after: looked_on(&state, Some(Day(8))),
        });
        prop_oneof![any, steady]
    }

    proptest! {
        #[test]
        fn memories_come_back_as_they_were(memories in proptest::collection::vec(memory(), RULES.len())) {
            let text = write(&list(), &memories.iter().collect::<Vec<_>>(), &[]).unwrap();
            let day = memories.iter().map(|m| m.day).max();
            let known: Vec<_> = memories.iter().cloned().map(Some).collect();
            prop_assert_eq!(read_all(&text, &RULES, None), (known.clone(), RULES.len()));
            prop_assert_eq!(read_all(&text, &RULES, day), (known.clone(), RULES.len()));
            // A pack with other rules, in another order.
            let pack = ["views_apart", "new", "score_red"];
            let expected = vec![known[3].clone(), None, known[1].clone()];
            prop_assert_eq!(read_all(&text, &pack, None), (expected, RULES.len()));
        }
    }

    #[test]
    fn rules_that_saw_nothing_take_no_room_and_days_without_news_are_passed_over() {
        let quiet = Memory { day: Day(9), before: blank(Some(Day(8))), after: blank(Some(Day(9))) };
        let stood = RuleState { fired: true, fired_on: Some(Day(3)), ..RuleState::default() };
        let stands =
            Memory { day: Day(9), before: looked_on(&stood, Some(Day(8))), after: looked_on(&stood, Some(Day(9))) };
        let old = Memory { day: Day(5), before: blank(Some(Day(4))), after: blank(Some(Day(5))) };
        let text = write(&list(), &[&quiet, &stands, &old, &quiet], &[]).unwrap();
        let of = &list().id;
        assert_eq!(
            text,
            format!(
                r#"{{"of":"{of}","d":9,"b":8,"s":[[1,{{"f":true,"o":3}}]],"x":[[2,{{"day":5,"before":{{"looked_on":4}},"after":{{"looked_on":5}}}}]]}}"#
            )
        );
        let (later, _) = read_all(&text, &RULES, Some(Day(12)));
        let through =
            Memory { day: Day(12), before: looked_on(&stood, Some(Day(11))), after: looked_on(&stood, Some(Day(12))) };
        assert_eq!(later[1], Some(through));
        assert_eq!(later[2], Some(old), "a rule that did not look with the others has looked no later");
        assert_eq!(read_all("{", &RULES, None), (vec![None; 4], 0));
        assert_eq!(read_all(&text.replace(of.as_str(), "0"), &RULES, None), (vec![None; 4], 0), "a list that is gone");
    }

    #[test]
    fn a_rule_that_was_taken_out_comes_back_with_what_it_knew() {
        let quiet = Memory { day: Day(9), before: blank(Some(Day(8))), after: blank(Some(Day(9))) };
        let stood = RuleState { fired: true, fired_on: Some(Day(3)), ..RuleState::default() };
        let stands =
            Memory { day: Day(9), before: looked_on(&stood, Some(Day(8))), after: looked_on(&stood, Some(Day(9))) };
        let text = write(&list(), &[&quiet, &stands, &quiet, &quiet], &[]).unwrap();
        // Without it for some days: only what had fired is kept.
        let without = ["logins_falling", "detractor", "views_apart"];
        let places = Places::new(without.iter().copied(), &[list()]);
        let recalled = read(&text, &places, Some(Day(10)));
        assert_eq!(recalled.gone, [("score_red".to_owned(), stands.through(Day(10)))]);
        let shorter = RuleList::new(without.map(str::to_owned).to_vec());
        let later = Memory { day: Day(11), before: blank(Some(Day(10))), after: blank(Some(Day(11))) };
        let text = write(&shorter, &[&later; 3], &recalled.gone).unwrap();
        // It is back: it looks from the day after its last look on.
        let places = Places::new(RULES.iter().copied(), &[list(), shorter.clone()]);
        let back = read(&text, &places, Some(Day(20)));
        assert!(back.gone.is_empty());
        assert!(back.known.contains(&(1, stands.through(Day(10)))), "{back:?}");
        // What is gone for more than a year is forgotten.
        let later = Memory { day: Day(500), ..later };
        assert!(!write(&shorter, &[&later; 3], &recalled.gone).unwrap().contains("score_red"));
    }

    #[test]
    fn sheets_with_names_are_read() {
        let text = r#"{"day":9,"before":8,"looked":"detractor gone","steady":{"score_red":{"fired":true,"fired_on":3}},"rules":{"views_apart":{"day":5,"before":{},"after":{"seen_days":1,"looked_on":5}}}}"#;
        let (found, count) = read_all(text, &RULES, None);
        assert_eq!(count, 4);
        assert_eq!(found[0], None);
        assert_eq!(found[2].as_ref().unwrap().after, blank(Some(Day(9))));
        let stood = RuleState { fired: true, fired_on: Some(Day(3)), looked_on: Some(Day(8)), ..RuleState::default() };
        assert_eq!(found[1].as_ref().unwrap().before, stood);
        assert_eq!(found[3].as_ref().unwrap().day, Day(5));
    }
}
