//! Where each metric stands in a row of readings.

use std::collections::HashMap;

use super::metric::Metric;

/// Where each metric stands in a row.
#[derive(Clone, Debug, Default)]
pub struct Places(HashMap<String, usize>);

impl Places {
    /// Of metrics in the order of a row.
    pub fn of(metrics: &[Metric]) -> Self {
        Self(metrics.iter().enumerate().rev().map(|(at, m)| (m.id.clone(), at)).collect())
    }

    /// The place of a metric.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.0.get(id).copied()
    }
}
