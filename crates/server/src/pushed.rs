//! Joins the hooks of `app` with the readers of pushed messages in `connectors`.

use kizashi_connectors::hooks;
use kizashi_domain::intake::{HookCall, HookGround, HookItem, HookKind, Hooks, Message, Refusal, Unproven};
use kizashi_domain::time::{Time, Zone};

/// Understands pushed messages.
pub struct Pushed {
    /// Zone of times that bring none.
    pub zone: Zone,
}

impl Hooks for Pushed {
    fn prove(&self, kind: HookKind, secrets: &[&str], call: &HookCall<'_>, now: Time) -> Result<(), Unproven> {
        hooks::prove(kind, secrets, call, now)
    }

    fn split(&self, kind: HookKind, call: &HookCall<'_>) -> Vec<HookItem> {
        hooks::split(kind, call)
    }

    fn names_in(&self, kind: HookKind, body: &str) -> Vec<String> {
        hooks::names_in(kind, body)
    }

    fn read_item(
        &self,
        kind: HookKind,
        map: Option<&str>,
        item: &HookItem,
        ground: &HookGround<'_>,
    ) -> Result<Message, Refusal> {
        hooks::read_item(kind, map, item, ground, &self.zone)
    }

    fn check_map(&self, text: &str) -> Result<(), String> {
        hooks::check_map(text)
    }

    fn is_secret(&self, kind: HookKind, secret: &str) -> bool {
        hooks::is_secret(kind, secret)
    }
}
