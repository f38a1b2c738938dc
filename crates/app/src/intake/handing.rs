//! Customers and deals go from one person to another.

use kizashi_db::Tx;
use kizashi_domain::id::{Customer, Id, Staff};
use kizashi_domain::time::Day;
use serde_json::json;
use uuid::Uuid;

use super::keep::{Keeping, Origin};
use super::{OWN_SOURCE, store};
use crate::access::Grant;
use crate::subscriptions::{Happened, Occurrence, tell};
use crate::{App, Result};

/// Hands over inside of somebody's transaction.
pub(crate) struct Handing<'a> {
    k: Keeping<'a>,
    app: &'a App,
    day: Day,
}

impl<'a> Handing<'a> {
    /// Written by the person of the grant, from `day` on.
    pub fn new(app: &'a App, grant: &Grant, day: Day) -> Self {
        let origin = Origin { source: OWN_SOURCE, run: None, author: grant.staff() };
        Self { k: Keeping::new(app, grant.workspace(), origin), app, day }
    }

    /// Gives a customer to another owner; its code, unless somebody else owns it by now.
    pub async fn customer(&self, tx: &mut Tx, id: Id<Customer>, of: (Id<Staff>, Id<Staff>)) -> Result<Option<String>> {
        let code = store::hand_customer(tx, &self.k, (id, self.day), of).await?;
        if let Some(code) = &code {
            let data = json!({ "external_id": code, "source": OWN_SOURCE });
            let changed = Happened::new(Occurrence::CustomerChanged, self.k.received_at, &data);
            tell(tx, self.app, self.k.workspace, &[changed]).await?;
        }
        Ok(code)
    }

    /// Gives open deals to another person: those of one customer, or all. Which.
    pub async fn deals(
        &self,
        tx: &mut Tx,
        customer: Option<Id<Customer>>,
        of: (Id<Staff>, Id<Staff>),
    ) -> Result<Vec<Uuid>> {
        store::hand_deals(tx, &self.k, customer, of).await
    }

    /// Gives one deal to another person; whether it went.
    pub async fn deal(&self, tx: &mut Tx, id: Uuid, of: (Id<Staff>, Id<Staff>)) -> Result<bool> {
        store::hand_deal(tx, &self.k, id, of).await
    }
}
