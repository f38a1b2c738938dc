//! Which card comes first, and how several causes become one card.

use super::notice::Firing;
use super::rule::{CardKind, Rule};
use crate::time::Day;

/// What a priority is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stake {
    /// How serious, 0–1: see [`risk_of`].
    pub risk: f64,
    /// Monthly recurring revenue in minor units.
    pub mrr_minor: i64,
    /// MRR of the middle customer of the workspace, in minor units; at least 1.
    pub typical_mrr_minor: i64,
    /// Days until the date that presses (the notice deadline); `None` when there is none.
    pub days_left: Option<i32>,
    /// Whether someone can do something: there is an owner, a person to talk to, time left.
    pub can_act: bool,
}

/// risk × MRR × time left × can-we-act, as a number from 0 to 1000; the higher, the sooner.
///
/// MRR counts by its logarithm against the workspace's middle customer, so that one large customer does not hide all
/// others. A date counts double when it is here, and no more than nothing when it is half a year away.
pub fn rank(stake: &Stake) -> u32 {
    let typical = stake.typical_mrr_minor.max(1) as f64;
    let money = (1.0 + stake.mrr_minor.max(0) as f64 / typical).log2().clamp(0.25, 4.0) / 4.0;
    let time = match stake.days_left {
        Some(left) if left < 0 => 1.0,
        Some(left) => 1.0 + (1.0 - f64::from(left) / 180.0).clamp(0.0, 1.0),
        None => 1.0,
    } / 2.0;
    let act = if stake.can_act { 1.0 } else { 0.5 };
    let product = stake.risk.clamp(0.0, 1.0) * money * time * act;
    // The cube root spreads the product over the scale without changing the order.
    (1000.0 * product.cbrt()).round() as u32
}

/// How serious a customer's state is, 0–1: the rule's severity, and the score where it is judged (half each).
pub fn risk_of(severity: f64, points: Option<i32>) -> f64 {
    let severity = severity.clamp(0.0, 1.0);
    points.map_or(severity, |p| f64::midpoint(severity, 1.0 - f64::from(p.clamp(0, 100)) / 100.0).max(severity * 0.7))
}

/// Several causes as one card of a customer and kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft<'a> {
    /// The kind.
    pub kind: CardKind,
    /// The causes, most serious first.
    pub causes: Vec<(&'a Rule, Firing)>,
    /// In how many business days it is due: the earliest of its causes.
    pub due_business_days: u32,
    /// The severity: that of the most serious cause, raised a little by each further one.
    pub severity: f64,
}

/// Merges the firings of one customer on one day: one draft a kind, the most serious kinds first.
pub fn merge<'a>(firings: Vec<(&'a Rule, Firing)>) -> Vec<Draft<'a>> {
    let mut drafts: Vec<Draft<'a>> = Vec::new();
    for (rule, firing) in firings {
        match drafts.iter_mut().find(|d| d.kind == rule.card) {
            Some(draft) => draft.causes.push((rule, firing)),
            None => drafts.push(Draft {
                kind: rule.card,
                causes: vec![(rule, firing)],
                due_business_days: 0,
                severity: 0.0,
            }),
        }
    }
    for draft in &mut drafts {
        draft.causes.sort_by(|a, b| b.0.severity.total_cmp(&a.0.severity).then_with(|| a.0.id.cmp(&b.0.id)));
        draft.due_business_days = draft.causes.iter().map(|(r, _)| r.due_business_days).min().unwrap_or(0);
        draft.severity = joint_severity(draft.causes.iter().map(|(r, _)| r.severity));
    }
    drafts.sort_by(|a, b| b.severity.total_cmp(&a.severity).then(a.kind.cmp(&b.kind)));
    drafts
}

/// The severity of several causes together: the largest, and a quarter of what is left to 1 for each other one,
/// weighed by its own severity.
pub fn joint_severity(severities: impl Iterator<Item = f64>) -> f64 {
    let mut all: Vec<f64> = severities.map(|s| s.clamp(0.0, 1.0)).collect();
    all.sort_by(|a, b| b.total_cmp(a));
    all.into_iter().enumerate().fold(0.0, |sum, (i, s)| if i == 0 { s } else { sum + (1.0 - sum) * s / 4.0 })
}

/// Whether a customer is a key account: at or above the line, when there is one.
pub fn is_key_account(mrr_minor: i64, from_minor: Option<i64>) -> bool {
    from_minor.is_some_and(|line| mrr_minor >= line)
}

/// Whether a card may never be kept quiet: a key account whose notice deadline is within its lead time.
pub fn is_never_quiet(
    mrr_minor: i64,
    key_account_from_minor: i64,
    notice_deadline: Option<Day>,
    lead_days: i32,
    today: Day,
) -> bool {
    is_key_account(mrr_minor, Some(key_account_from_minor))
        && notice_deadline.is_some_and(|d| d >= today && d.0.saturating_sub(today.0) <= lead_days)
}
