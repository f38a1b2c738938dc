//! The numbers by which support desks are compared, each with one definition.

use super::desk::{Ending, Row};

/// A number of the support desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kpi {
    /// 応答率: calls that were answered ÷ calls of which the end is known.
    AnswerRate,
    /// 放棄呼率: calls that were given up ÷ calls of which the end is known.
    AbandonRate,
    /// ATT: mean seconds of conversation of an answered call.
    TalkTime,
    /// ACW: mean seconds of work after the conversation.
    WrapUpTime,
    /// Mean seconds of work in all.
    HandlingTime,
    /// Median seconds to the first answer of what is not a call, by the clock.
    FirstAnswer,
    /// Nine in ten were answered within so many seconds, by the clock.
    FirstAnswerMost,
    /// Median seconds to the first answer in business hours.
    FirstAnswerWorking,
    /// Nine in ten were answered within so many seconds of business hours.
    FirstAnswerWorkingMost,
    /// CSAT: answers of 4 and 5 ÷ answers.
    Csat,
}

/// How many values become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sum {
    Mean,
    Median,
    Most,
}

impl Kpi {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 10] = [
        Self::AnswerRate,
        Self::AbandonRate,
        Self::TalkTime,
        Self::WrapUpTime,
        Self::HandlingTime,
        Self::FirstAnswer,
        Self::FirstAnswerMost,
        Self::FirstAnswerWorking,
        Self::FirstAnswerWorkingMost,
        Self::Csat,
    ];

    /// Its word in language files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::AnswerRate => "answer-rate",
            Self::AbandonRate => "abandon-rate",
            Self::TalkTime => "talk-time",
            Self::WrapUpTime => "wrap-up-time",
            Self::HandlingTime => "handling-time",
            Self::FirstAnswer => "first-answer",
            Self::FirstAnswerMost => "first-answer-most",
            Self::FirstAnswerWorking => "first-answer-working",
            Self::FirstAnswerWorkingMost => "first-answer-working-most",
            Self::Csat => "csat",
        }
    }

    /// A share (0 to 1) and not seconds.
    pub const fn is_share(self) -> bool {
        matches!(self, Self::AnswerRate | Self::AbandonRate | Self::Csat)
    }

    const fn sum(self) -> Sum {
        match self {
            Self::FirstAnswer | Self::FirstAnswerWorking => Sum::Median,
            Self::FirstAnswerMost | Self::FirstAnswerWorkingMost => Sum::Most,
            _ => Sum::Mean,
        }
    }

    /// Whether the inquiry is one that the number is about, measured or not.
    pub(super) fn concerns(self, row: &Row) -> bool {
        let lost = row.ending == Ending::Abandoned;
        match self {
            Self::AnswerRate | Self::AbandonRate => row.is_call,
            Self::TalkTime => row.is_call && !lost,
            Self::WrapUpTime | Self::HandlingTime | Self::Csat => !lost,
            Self::FirstAnswer | Self::FirstAnswerMost | Self::FirstAnswerWorking | Self::FirstAnswerWorkingMost => {
                !row.is_call
            }
        }
    }

    /// What the inquiry says. `tells_ends`: some source of the period says which calls were given up; where none does, nobody
    /// knows how many were, and a rate of 100 % would be made up.
    pub(super) fn value(self, row: &Row, tells_ends: bool) -> Option<f64> {
        if !self.concerns(row) {
            return None;
        }
        let share = |yes: bool| if yes { 1.0 } else { 0.0 };
        match self {
            Self::AnswerRate | Self::AbandonRate => {
                let wanted = if self == Self::AnswerRate { Ending::Answered } else { Ending::Abandoned };
                (tells_ends && row.ending != Ending::Unknown).then(|| share(row.ending == wanted))
            }
            Self::TalkTime => row.talk_s.map(f64::from),
            Self::WrapUpTime => row.wrap_up_s.map(f64::from),
            Self::HandlingTime => row.handling_s.map(f64::from),
            Self::FirstAnswer | Self::FirstAnswerMost => row.first_s.map(f64::from),
            Self::FirstAnswerWorking | Self::FirstAnswerWorkingMost => row.first_work_s.map(f64::from),
            Self::Csat => row.satisfaction.map(|s| share(s >= 4)),
        }
    }

    /// One value of many; sorts them. `None` of none.
    fn sum_up(self, values: &mut [f64]) -> Option<f64> {
        match self.sum() {
            Sum::Mean => mean(values),
            Sum::Median => quantile(values, 0.5),
            Sum::Most => quantile(values, 0.9),
        }
    }

    /// A customer's own value: the middle one, so that each customer counts once.
    fn sum_up_customer(self, values: &mut [f64]) -> Option<f64> {
        if self.sum() == Sum::Mean { mean(values) } else { quantile(values, 0.5) }
    }

    /// The number over some inquiries.
    pub(super) fn gauge<'a>(self, rows: impl Iterator<Item = &'a Row>, tells_ends: bool) -> Gauge {
        let mut gauge = Gauge::default();
        let mut values = Vec::new();
        for row in rows.filter(|row| self.concerns(row)) {
            gauge.concerned += 1;
            values.extend(self.value(row, tells_ends));
        }
        gauge.measured = values.len() as u64;
        gauge.value = self.sum_up(&mut values);
        gauge
    }

    /// [`Kpi::gauge`] with what it is when each customer counts once. The rows come sorted by customer.
    pub(super) fn gauge_by_customer(self, rows: &[Row], tells_ends: bool) -> Gauge {
        let mut gauge = self.gauge(rows.iter(), tells_ends);
        let mut of_customers = Vec::new();
        let mut own = Vec::new();
        for group in rows.chunk_by(|a, b| a.customer == b.customer) {
            if group.first().is_none_or(|row| row.customer == super::desk::NONE) {
                continue;
            }
            own.clear();
            own.extend(group.iter().filter_map(|row| self.value(row, tells_ends)));
            of_customers.extend(self.sum_up_customer(&mut own));
        }
        gauge.customers = of_customers.len() as u64;
        gauge.by_customer = self.sum_up(&mut of_customers);
        gauge
    }
}

/// A number with what it rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gauge {
    /// The number, each inquiry counting once: a share, or seconds.
    pub value: Option<f64>,
    /// The number, each customer counting once.
    pub by_customer: Option<f64>,
    /// Inquiries that say something.
    pub measured: u64,
    /// Inquiries that could.
    pub concerned: u64,
    /// Customers behind `by_customer`.
    pub customers: u64,
}

/// Whether there is a number, and why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GaugeState {
    /// There is.
    Measured,
    /// 未取得: there were inquiries, but no source says it.
    Missing,
    /// 対象外: no inquiry that it would be about.
    NotApplicable,
}

impl Gauge {
    /// Whether there is a number.
    pub const fn state(&self) -> GaugeState {
        match (self.measured, self.concerned) {
            (_, 0) => GaugeState::NotApplicable,
            (0, _) => GaugeState::Missing,
            _ => GaugeState::Measured,
        }
    }
}

#[allow(clippy::cast_precision_loss)]
fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The smallest value that at least the share `q` of all values do not exceed (nearest rank). Sorts them.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn quantile(values: &mut [f64], q: f64) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let rank = (q * values.len() as f64).ceil().max(1.0) as usize;
    values.get(rank - 1).copied()
}
