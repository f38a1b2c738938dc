//! Why a score differs between two days: the customer, the data, another model, an override or the settings, adding up exactly.

use serde::{Deserialize, Serialize};

use super::share::share_out;
use super::verdict::{Contribution, Item, LineKind, Verdict, biting_cap, shares, total};
use crate::measure::State;

/// Why a part of a difference came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// 顧客の変化.
    Customer,
    /// データの欠損・到着.
    Data,
    /// 上書き.
    Override,
    /// モデルの移行: the customer passed to another model under the same settings, by its age or what it is.
    Model,
    /// 設定変更.
    Settings,
}

/// One part of a difference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangeLine {
    /// Why.
    pub cause: Cause,
    /// Id of the metric; empty when it is not about one.
    pub metric: String,
    /// Whether it is a cap that began or ceased to bite.
    pub is_cap: bool,
    /// Points, with sign; the lines add up to the total.
    pub points: i32,
    /// Points before rounding.
    pub exact: f64,
    /// The value before.
    pub before: Option<f64>,
    /// The value after.
    pub after: Option<f64>,
    /// What the value before was worth.
    pub state_before: State,
    /// What the value after is worth.
    pub state_after: State,
    /// Ids of the models before and after, when it is about a move between them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub models: Option<(String, String)>,
}

/// A difference between two verdicts, in shown points.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// After − before.
    pub total: i32,
    /// 顧客の変化.
    pub customer: i32,
    /// データの欠損・到着.
    pub data: i32,
    /// 上書き.
    pub overridden: i32,
    /// モデルの移行. Changes that were kept before it was told have none.
    #[serde(default)]
    pub model: i32,
    /// 設定変更.
    pub settings: i32,
    /// The parts, largest first, without those that are nothing.
    pub lines: Vec<ChangeLine>,
}

/// The new facts judged as before, which parts what the facts did from what else changed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Between<'a> {
    /// By the model of the earlier day and its settings, when the customer is judged by another one now.
    pub old_model: Option<&'a Verdict>,
    /// By the settings of the earlier day and the model that they choose now, when the settings are others.
    pub old_settings: Option<&'a Verdict>,
}

/// Splits the difference: what the facts did, then the move to another model, then the settings. Without the verdict by the old
/// model the whole difference between two models is their move.
pub fn explain(before: &Verdict, after: &Verdict, between: Between<'_>) -> Change {
    let mut lines = Vec::new();
    let under_old = between.old_settings.unwrap_or(after);
    if before.model == under_old.model {
        let same_rules = before.groups == under_old.groups && before.caps == under_old.caps;
        if same_rules || between.old_settings.is_some() {
            split_facts(before, under_old, &mut lines);
        } else {
            lines.push(line(Cause::Settings, under_old.exact - before.exact));
        }
    } else {
        if let Some(kept) = between.old_model {
            split_facts(before, kept, &mut lines);
        }
        let models = Some((before.model.clone(), under_old.model.clone()));
        let from = between.old_model.unwrap_or(before).exact;
        lines.push(ChangeLine { models, ..line(Cause::Model, under_old.exact - from) });
    }
    if between.old_settings.is_some() {
        lines.push(line(Cause::Settings, after.exact - under_old.exact));
    }
    let laid_over = |v: &Verdict| f64::from(v.points - v.computed);
    lines.push(line(Cause::Override, laid_over(after) - laid_over(before)));
    let total = after.points - before.points;
    let points = share_out(total, &lines.iter().map(|l| l.exact).collect::<Vec<_>>());
    for (line, points) in lines.iter_mut().zip(points) {
        line.points = points;
    }
    let sum = |cause| lines.iter().filter(|l| l.cause == cause).map(|l| l.points).sum();
    let mut change = Change {
        total,
        customer: sum(Cause::Customer),
        data: sum(Cause::Data),
        overridden: sum(Cause::Override),
        model: sum(Cause::Model),
        settings: sum(Cause::Settings),
        lines: Vec::new(),
    };
    lines.retain(|l| l.points != 0 || l.exact.abs() > 0.05);
    lines.sort_by(|a, b| b.exact.abs().total_cmp(&a.exact.abs()));
    change.lines = lines;
    change
}

/// Splits the difference between what was said of a day then and what is said of it now: the facts of the same day can only
/// differ because of data that arrived or were corrected.
pub fn relearn(then: &Verdict, now: &Verdict, under_old: Option<&Verdict>) -> Change {
    let mut change = explain(then, now, Between { old_model: None, old_settings: under_old });
    for line in change.lines.iter_mut().filter(|l| l.cause == Cause::Customer) {
        line.cause = Cause::Data;
    }
    change.data += change.customer;
    change.customer = 0;
    change
}

fn line(cause: Cause, exact: f64) -> ChangeLine {
    ChangeLine {
        cause,
        metric: String::new(),
        is_cap: false,
        points: 0,
        exact,
        before: None,
        after: None,
        state_before: State::Missing,
        state_after: State::Missing,
        models: None,
    }
}

fn about(cause: Cause, exact: f64, before: Option<&Contribution>, after: Option<&Contribution>) -> ChangeLine {
    ChangeLine {
        metric: after.or(before).map(|c| c.metric.clone()).unwrap_or_default(),
        before: before.and_then(|c| c.value),
        after: after.and_then(|c| c.value),
        state_before: before.map_or(State::Missing, |c| c.state),
        state_after: after.map_or(State::Missing, |c| c.state),
        ..line(cause, exact)
    }
}

/// A set of measures that can be totalled.
struct Sheet<'a> {
    like: &'a Verdict,
    metrics: Vec<&'a str>,
    items: Vec<Item>,
    groups: Vec<f64>,
}

impl<'a> Sheet<'a> {
    fn new(like: &'a Verdict) -> Self {
        let place = |group: &str| like.groups.iter().position(|(id, _)| id == group).unwrap_or(usize::MAX);
        let items = like.measures().map(|l| Item { group: place(&l.group), weight: l.weight, score: l.score });
        Self {
            like,
            metrics: like.measures().map(|l| l.metric.as_str()).collect(),
            items: items.collect(),
            groups: like.groups.iter().map(|(_, w)| *w).collect(),
        }
    }

    fn set(&mut self, index: usize, score: Option<f64>) {
        if let Some(item) = self.items.get_mut(index) {
            item.score = score;
        }
    }

    fn uncapped(&self) -> f64 {
        total(&self.items, &self.groups)
    }

    fn capped(&self) -> f64 {
        let sum = self.uncapped();
        let score_of = |metric: &str| {
            let place = self.metrics.iter().position(|m| *m == metric);
            place.and_then(|i| self.items.get(i)).and_then(|i| i.score)
        };
        let cap = biting_cap(sum, &self.like.caps, &self.like.bands, &score_of);
        cap.and_then(|i| self.like.caps.get(i)).map_or(sum, |c| c.at_most).clamp(0.0, 100.0)
    }
}

/// First the data that came or went, one measure after the other, then the values that changed.
fn split_facts(before: &Verdict, after: &Verdict, lines: &mut Vec<ChangeLine>) {
    let mut sheet = Sheet::new(before);
    let old: Vec<&Contribution> = before.measures().collect();
    let new: Vec<Option<&Contribution>> = old.iter().map(|o| after.measures().find(|n| n.metric == o.metric)).collect();
    let is_data = |o: &Contribution, n: Option<&Contribution>| {
        n.is_none_or(|n| o.score.is_none() || n.score.is_none() || o.assumed || n.assumed)
    };
    let mut so_far = sheet.capped();
    for (i, (o, n)) in old.iter().zip(&new).enumerate().filter(|(_, (o, n))| is_data(o, **n)) {
        sheet.set(i, n.and_then(|n| n.score));
        let now = sheet.capped();
        lines.push(about(Cause::Data, now - so_far, Some(*o), *n));
        so_far = now;
    }
    let shares = shares(&sheet.items, &sheet.groups);
    let cap_before = so_far - sheet.uncapped();
    for (i, ((o, n), share)) in old.iter().zip(&new).zip(&shares).enumerate() {
        if let Some((from, to)) = o.score.zip(n.and_then(|n| n.score)).filter(|_| !is_data(o, *n)) {
            lines.push(about(Cause::Customer, share * (to - from), Some(*o), *n));
            sheet.set(i, Some(to));
        }
    }
    let cap = sheet.capped() - sheet.uncapped() - cap_before;
    let biting = |v: &Verdict| v.lines.iter().find(|l| l.kind == LineKind::Cap).map(|l| l.metric.clone());
    let metric = biting(after).or_else(|| biting(before)).unwrap_or_default();
    lines.push(ChangeLine { metric, is_cap: true, ..line(Cause::Customer, cap) });
}
