//! A step as files have it: one table with the keys of every kind.

use serde::{Deserialize, Serialize};

use super::due::DueBefore;
use super::step::{Bound, Doing, Kind, Mode, OnTimeout, Purpose, Step, Until, Who};
use crate::lang::Text;

/// A step as files have it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    id: String,
    kind: Option<Kind>,
    title: Text,
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    what: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mode: Option<Mode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due_business_days: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due_before: Option<DueBefore>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    who: Option<Who>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    escalate_business_days: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    business_days: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Bound>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until_before: Option<DueBefore>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    timeout_business_days: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    on_timeout: Option<OnTimeout>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    when: Option<Bound>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    yes: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    no: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    purpose: Option<Purpose>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expected_business_days: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    evidence: Option<Bound>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    missed: Option<String>,
}

fn need<T>(given: Option<T>, kind: Kind, key: &str) -> Result<T, String> {
    given.ok_or_else(|| format!("a step of kind {} needs {key}", kind.word()))
}

impl Written {
    fn wait(&mut self) -> Result<Until, String> {
        match (self.business_days.take(), self.until.take(), self.until_before.take()) {
            (Some(days), None, None) => Ok(Until::Days(days)),
            (None, None, Some(before)) => Ok(Until::Before(before)),
            (None, Some(bound), None) => Ok(Until::Holds {
                bound,
                timeout_business_days: need(self.timeout_business_days.take(), Kind::Wait, "timeout_business_days")?,
                on_timeout: self.on_timeout.take().unwrap_or_default(),
            }),
            _ => Err("a step of kind wait needs one of business_days, until and until_before".to_owned()),
        }
    }

    /// Takes what the kind needs; what is left does not belong to it.
    fn doing(&mut self, kind: Kind) -> Result<Doing, String> {
        Ok(match kind {
            Kind::Task => Doing::Task,
            Kind::Approval => Doing::Approval,
            Kind::Wait => Doing::Wait(self.wait()?),
            Kind::Branch => {
                Doing::Branch { when: need(self.when.take(), kind, "when")?, yes: self.yes.take(), no: self.no.take() }
            }
            Kind::Mail => Doing::Mail {
                to: self.to.take().unwrap_or_else(|| "champion".to_owned()),
                purpose: self.purpose.take().unwrap_or(Purpose::Tips),
                subject: need(self.subject.take(), kind, "subject")?,
                body: need(self.body.take(), kind, "body")?,
            },
            Kind::Field => Doing::Field {
                field: need(self.field.take(), kind, "field")?,
                value: need(self.value.take(), kind, "value")?,
            },
            Kind::Webhook => Doing::Webhook { text: self.text.take().unwrap_or_default() },
            Kind::Milestone => Doing::Milestone {
                expected_business_days: need(self.expected_business_days.take(), kind, "expected_business_days")?,
                evidence: self.evidence.take(),
                missed: self.missed.take(),
            },
        })
    }

    fn left_over(&self) -> Option<&'static str> {
        let left = [
            (self.business_days.is_some(), "business_days"),
            (self.until.is_some(), "until"),
            (self.until_before.is_some(), "until_before"),
            (self.timeout_business_days.is_some(), "timeout_business_days"),
            (self.on_timeout.is_some(), "on_timeout"),
            (self.when.is_some(), "when"),
            (self.yes.is_some(), "yes"),
            (self.no.is_some(), "no"),
            (self.to.is_some(), "to"),
            (self.purpose.is_some(), "purpose"),
            (self.subject.is_some(), "subject"),
            (self.body.is_some(), "body"),
            (self.field.is_some(), "field"),
            (self.value.is_some(), "value"),
            (self.text.is_some(), "text"),
            (self.expected_business_days.is_some(), "expected_business_days"),
            (self.evidence.is_some(), "evidence"),
            (self.missed.is_some(), "missed"),
        ];
        left.into_iter().find(|(is_left, _)| *is_left).map(|(_, key)| key)
    }
}

impl TryFrom<Written> for Step {
    type Error = String;

    fn try_from(mut w: Written) -> Result<Self, String> {
        let kind = w.kind.unwrap_or(Kind::Task);
        let doing = w.doing(kind)?;
        if let Some(key) = w.left_over() {
            return Err(format!("{key} does not belong to a step of kind {}", kind.word()));
        }
        Ok(Self {
            id: w.id,
            title: w.title,
            what: w.what,
            mode: w.mode.unwrap_or_default(),
            after: w.after,
            due_business_days: w.due_business_days,
            due_before: w.due_before,
            who: w.who.unwrap_or(if kind == Kind::Approval { Who::Manager } else { Who::Owner }),
            escalate_business_days: w.escalate_business_days,
            doing,
        })
    }
}

impl From<Step> for Written {
    fn from(step: Step) -> Self {
        let kind = step.kind();
        let usual = if kind == Kind::Approval { Who::Manager } else { Who::Owner };
        let mut w = Self {
            id: step.id,
            kind: Some(kind),
            title: step.title,
            what: step.what,
            mode: (step.mode != Mode::Manual).then_some(step.mode),
            after: step.after,
            due_business_days: step.due_business_days,
            due_before: step.due_before,
            who: (step.who != usual).then_some(step.who),
            escalate_business_days: step.escalate_business_days,
            ..Self::default()
        };
        match step.doing {
            Doing::Task | Doing::Approval => {}
            Doing::Wait(Until::Days(days)) => w.business_days = Some(days),
            Doing::Wait(Until::Before(before)) => w.until_before = Some(before),
            Doing::Wait(Until::Holds { bound, timeout_business_days, on_timeout }) => {
                w.until = Some(bound);
                w.timeout_business_days = Some(timeout_business_days);
                w.on_timeout = (on_timeout != OnTimeout::GoOn).then_some(on_timeout);
            }
            Doing::Branch { when, yes, no } => (w.when, w.yes, w.no) = (Some(when), yes, no),
            Doing::Mail { to, purpose, subject, body } => {
                (w.to, w.purpose) = (Some(to), Some(purpose));
                (w.subject, w.body) = (Some(subject), Some(body));
            }
            Doing::Field { field, value } => (w.field, w.value) = (Some(field), Some(value)),
            Doing::Webhook { text } => w.text = (!text.is_empty()).then_some(text),
            Doing::Milestone { expected_business_days, evidence, missed } => {
                w.expected_business_days = Some(expected_business_days);
                (w.evidence, w.missed) = (evidence, missed);
            }
        }
        w
    }
}
