//! The port to those who understand messages of the outside world.

use super::{EventBatch, Record, Refusal};
use crate::time::Time;

/// What a message held.
#[derive(Debug, Default)]
pub struct Message {
    /// Events.
    pub events: EventBatch,
    /// Records (from identify and group calls).
    pub records: Vec<Record>,
    /// Which user, or code of the sender, belongs to which customer, by external ids.
    pub groups: Vec<(String, String)>,
    /// What was not taken; the rest was.
    pub refused: Vec<Refusal>,
}

/// Understands the body of an intake request. `connectors` implements it.
pub trait Connector: Send + Sync {
    /// Reads a body. `kind` is the last part of the address (`batch`, `track` …); `customer_of` tells the customer of a user
    /// seen in an earlier group call.
    ///
    /// # Errors
    /// The body as a whole is not understood (not JSON, too large).
    fn read_message(
        &self,
        kind: &str,
        body: &[u8],
        received_at: Time,
        customer_of: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Message, Refusal>;
}
