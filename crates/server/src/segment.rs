//! Joins the intake of `app` with the reader of Segment calls in `connectors`.

use kizashi_connectors::segment::{BodyError, Call, parse_body_asking};
use kizashi_domain::intake::{Connector, Message, Reason, Refusal};
use kizashi_domain::time::{Time, Zone};

/// Understands Segment calls.
pub struct Segment {
    /// Zone of times that bring none.
    pub zone: Zone,
}

impl Connector for Segment {
    fn read_message(
        &self,
        kind: &str,
        body: &[u8],
        received_at: Time,
        customer_of: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Message, Refusal> {
        let whole = |reason| Refusal { line: 0, field: String::new(), value: String::new(), reason };
        let call = Call::parse(kind).ok_or_else(|| whole(Reason::UnknownType))?;
        let parsed =
            parse_body_asking(call, body, received_at, &self.zone, customer_of).map_err(|error| match error {
                BodyError::NotJson { detail } => whole(Reason::NotJson { detail }),
                BodyError::TooLarge { max } => whole(Reason::TooLarge { max }),
            })?;
        Ok(Message {
            events: parsed.events,
            records: parsed.records,
            groups: parsed.groups,
            refused: parsed.refused.into_iter().map(|r| r.refusal).collect(),
        })
    }
}
