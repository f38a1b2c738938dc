//! Joins the intake of `app` with the reader of Segment calls in `connectors`.

use std::collections::BTreeSet;

use kizashi_connectors::Groups;
use kizashi_connectors::segment::{BodyError, Call, parse_body};
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
        let read = |groups: &Groups| {
            parse_body(call, body, received_at, &self.zone, groups).map_err(|e| match e {
                BodyError::NotJson { detail } => whole(Reason::NotJson { detail }),
                BodyError::TooLarge { max } => whole(Reason::TooLarge { max }),
            })
        };
        let mut parsed = read(&Groups::default())?;
        // Clients that name the customer in each call are read once; for those that said it in an earlier group call, the
        // users of this body are looked up and it is read again.
        if parsed.refused.iter().any(|r| r.refusal.reason == Reason::NoCustomer) {
            let known: Groups = users_of(body).into_iter().filter_map(|u| customer_of(&u).map(|c| (u, c))).collect();
            if !known.is_empty() {
                parsed = read(&known)?;
            }
        }
        Ok(Message {
            events: parsed.events,
            records: parsed.records,
            groups: parsed.groups,
            refused: parsed.refused.into_iter().map(|r| r.refusal).collect(),
        })
    }
}

/// The users that a body names.
fn users_of(body: &[u8]) -> BTreeSet<String> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Ids {
        #[serde(default)]
        user_id: Option<serde_json::Value>,
        #[serde(default)]
        anonymous_id: Option<serde_json::Value>,
        #[serde(default)]
        batch: Vec<Ids>,
    }
    let Ok(ids) = serde_json::from_slice::<Ids>(body) else { return BTreeSet::new() };
    let mut out = BTreeSet::new();
    for one in ids.batch.iter().chain(std::iter::once(&ids)) {
        for id in [&one.user_id, &one.anonymous_id].into_iter().flatten() {
            match id {
                serde_json::Value::String(text) => out.insert(text.clone()),
                serde_json::Value::Number(n) => out.insert(n.to_string()),
                _ => false,
            };
        }
    }
    out
}
