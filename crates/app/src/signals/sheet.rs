//! The memories of all rules about one subject as one text: most rules remember only that they looked, and are named alone.

use std::borrow::Cow;
use std::collections::BTreeMap;

use kizashi_domain::signals::RuleState;
use kizashi_domain::time::Day;
use serde::{Deserialize, Serialize};

use super::Memory;

/// The name under which a sheet is stored among the states of single rules.
pub(super) const SHEET: &str = "*";

/// Names of rules are borrowed: they are plain, so that nothing in them is escaped.
#[derive(Debug, Serialize, Deserialize)]
struct Sheet<'a> {
    day: Day,
    /// The day of the look before, of the rules in `looked`.
    before: Option<Day>,
    /// Rules that looked and saw nothing, with a blank between.
    #[serde(borrow)]
    looked: Cow<'a, str>,
    /// Rules that looked and know what they knew before, such as those that fired and stand.
    #[serde(borrow, default, skip_serializing_if = "BTreeMap::is_empty")]
    steady: BTreeMap<&'a str, RuleState>,
    #[serde(borrow)]
    rules: BTreeMap<&'a str, Memory>,
}

fn looked_on(state: &RuleState, day: Option<Day>) -> RuleState {
    RuleState { looked_on: day, ..state.clone() }
}

fn blank(looked_on: Option<Day>) -> RuleState {
    RuleState { looked_on, ..RuleState::default() }
}

/// Memories as a text.
pub(super) fn write(memories: &[(&str, &Memory)]) -> serde_json::Result<String> {
    let day = memories.iter().map(|(_, m)| m.day).max().unwrap_or_default();
    let saw_nothing = |m: &Memory, before| m.day == day && m.after == blank(Some(day)) && m.before == blank(before);
    let learned_nothing = |m: &Memory, before| {
        m.day == day
            && m.after.looked_on == Some(day)
            && m.before.looked_on == before
            && m.before == looked_on(&m.after, before)
    };
    let before = memories.iter().map(|(_, m)| *m).find(|m| learned_nothing(m, m.before.looked_on));
    let before = before.and_then(|m| m.before.looked_on);
    let (mut looked, mut steady, mut rules) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    for (rule, memory) in memories.iter().copied() {
        if saw_nothing(memory, before) && !rule.contains(' ') {
            looked.push(rule);
        } else if learned_nothing(memory, before) {
            steady.insert(rule, looked_on(&memory.after, None));
        } else {
            rules.insert(rule, memory.clone());
        }
    }
    serde_json::to_string(&Sheet { day, before, looked: looked.join(" ").into(), steady, rules })
}

/// Reads what [`write`] wrote, as it is on the day of the last look: a look that learns nothing is not written. A text that cannot
/// be read is as if no rule had ever looked.
pub(super) fn read(text: &str, looked_last: Option<Day>, each: &mut dyn FnMut(&str, Memory)) {
    let Ok(sheet) = serde_json::from_str::<Sheet<'_>>(text) else { return };
    let through = |memory: Memory| match looked_last {
        Some(day) if memory.day == sheet.day => memory.through(day),
        _ => memory,
    };
    let nothing = through(Memory { day: sheet.day, before: blank(sheet.before), after: blank(Some(sheet.day)) });
    for rule in sheet.looked.split(' ').filter(|rule| !rule.is_empty()) {
        each(rule, nothing.clone());
    }
    for (rule, state) in sheet.steady {
        let (before, after) = (looked_on(&state, sheet.before), looked_on(&state, Some(sheet.day)));
        each(rule, through(Memory { day: sheet.day, before, after }));
    }
    for (rule, memory) in sheet.rules {
        each(rule, through(memory));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn read_all(text: &str, looked_last: Option<Day>) -> HashMap<String, Memory> {
        let mut found = HashMap::new();
        read(text, looked_last, &mut |rule, memory| {
            found.insert(rule.to_owned(), memory);
        });
        found
    }

    #[test]
    fn memories_come_back_as_they_were() {
        let quiet = Memory { day: Day(9), before: blank(Some(Day(8))), after: blank(Some(Day(9))) };
        let fresh = Memory { day: Day(9), before: blank(None), after: blank(Some(Day(9))) };
        let fired = Memory {
            day: Day(9),
            before: blank(Some(Day(8))),
            after: RuleState { fired: true, fired_on: Some(Day(9)), ..blank(Some(Day(9))) },
        };
        let old = Memory { day: Day(5), before: blank(Some(Day(4))), after: blank(Some(Day(5))) };
        let stood = RuleState { fired: true, fired_on: Some(Day(3)), ..RuleState::default() };
        let stands =
            Memory { day: Day(9), before: looked_on(&stood, Some(Day(8))), after: looked_on(&stood, Some(Day(9))) };
        let counts = Memory { after: RuleState { seen_days: 2, ..blank(Some(Day(9))) }, ..quiet.clone() };
        let all = [
            ("quiet", &quiet),
            ("fired", &fired),
            ("fresh", &fresh),
            ("also_quiet", &quiet),
            ("old", &old),
            ("stands", &stands),
            ("counts", &counts),
        ];
        let text = write(&all).unwrap();
        let known: HashMap<String, Memory> = all.map(|(rule, m)| (rule.to_owned(), m.clone())).into_iter().collect();
        assert_eq!([read_all(&text, None), read_all(&text, Some(Day(9)))], [known.clone(), known]);
        assert!(
            text.contains("quiet also_quiet") && text.contains(r#""steady":{"stands":{"fired":true,"fired_on":3}}"#),
            "{text}"
        );
        assert_eq!(read_all("{", None), HashMap::new());
        let later = read_all(&text, Some(Day(12)));
        let fired = RuleState { fired: true, fired_on: Some(Day(9)), ..RuleState::default() };
        let through =
            Memory { day: Day(12), before: looked_on(&fired, Some(Day(11))), after: looked_on(&fired, Some(Day(12))) };
        assert_eq!(later["fired"], through);
        assert_eq!(later["old"], old, "a rule that did not look with the others has looked no later");
    }
}
