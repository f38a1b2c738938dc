//! Noticing what arrived: each thing is answered once, however late it is known and however many come on one day.

use super::notice::{Because, Firing, Happening, RuleState, View, also_holds, because};
use super::rule::{Occurrence, Rule};
use crate::time::Day;

/// Arrivals of one firing that are told one by one.
const ARRIVALS_SHOWN_MAX: usize = 8;
/// How far back an arrival is still answered.
pub const ARRIVAL_DAYS: i32 = 14;

/// Everything that arrived and was not answered yet is answered by one firing: three bad answers of one day are three reasons.
pub(super) fn notice_arrival(
    rule: &Rule,
    mut state: RuleState,
    what: Occurrence,
    within: bool,
    view: &View<'_>,
) -> (RuleState, Option<Firing>) {
    let first_look = state.looked_on.is_none();
    let since = state.looked_on.unwrap_or(view.day.plus(-ARRIVAL_DAYS));
    state.looked_on = Some(view.day);
    state.seen_days = 0;
    state.told.retain(|key| view.happenings.iter().any(|h| h.key == *key));
    if !within {
        return (state, None);
    }
    // What was learned late still counts while it is recent; the keys keep it from counting twice. A memory of old knows the last one
    // alone: what happened before that had been answered.
    let answered = state.fired_on.filter(|_| state.told.is_empty()).unwrap_or(Day(i32::MIN));
    let oldest = if first_look { since } else { since.plus(-ARRIVAL_DAYS).max(answered) };
    let is_told = |key: &str| {
        state.told.iter().any(|told| told == key) || state.last_key.iter().any(|keys| keys.lines().any(|k| k == key))
    };
    let is_open = |h: &&Happening| h.what == what && h.day <= view.day && h.day >= oldest && !is_told(&h.key);
    let mut open: Vec<&Happening> = view.happenings.iter().filter(is_open).collect();
    open.sort_by(|a, b| b.day.cmp(&a.day).then_with(|| a.key.cmp(&b.key)));
    open.dedup_by(|a, b| a.key == b.key);
    let (Some(also), false) = (also_holds(&rule.also, view), open.is_empty()) else { return (state, None) };
    if !view.is_never_quiet && state.cools(rule, view.day) {
        // It waits for the end of the cooldown, and is listed until then.
        state.seen_days = 1;
        return (state, None);
    }
    state.fired_on = Some(view.day);
    let keys: Vec<String> = open.iter().map(|h| h.key.clone()).collect();
    state.last_key = Some(keys.join("\n"));
    state.told.extend(keys);
    let reasons = open.iter().take(ARRIVALS_SHOWN_MAX).map(|h| Because {
        days: Some(view.day.0 - h.day.0),
        date: Some(h.day),
        detail: h.detail.clone(),
        ..because("", None)
    });
    let because = reasons.chain(also).collect();
    (state, Some(Firing { rule: rule.id.clone(), day: view.day, because }))
}

impl Firing {
    /// Of an arrival that was looked at again on its day: what came since the earlier look leads, with its key.
    #[must_use]
    pub fn with_news_first(mut self, state: &mut RuleState, earlier: &RuleState) -> Self {
        let Some(keys) = state.last_key.take() else { return self };
        let mut keys: Vec<&str> = keys.lines().collect();
        let shown = keys.len().min(ARRIVALS_SHOWN_MAX).min(self.because.len());
        let mut reasons: Vec<(&str, Because)> = keys.iter().copied().zip(self.because.drain(..shown)).collect();
        let is_known = |key: &str| earlier.told.iter().any(|told| told == key);
        reasons.sort_by_key(|(key, _)| is_known(key));
        keys.splice(..shown, reasons.iter().map(|(key, _)| *key));
        state.last_key = Some(keys.join("\n"));
        self.because.splice(..0, reasons.into_iter().map(|(_, because)| because));
        self
    }
}
