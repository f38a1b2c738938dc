//! What pages show, as files.

use super::Routes;
use crate::{
    axes, cards, connections, customers, data, deals, dictionary, hooks, imports, letters, merges, records, settings,
    subscriptions, support,
};

/// What pages show, as files.
pub(super) fn of_downloads(routes: Routes) -> Routes {
    routes
        .get("/customers.csv", customers::download_list)
        .get("/customers/{id}/history.csv", customers::download_history)
        .get("/customers/{id}/contacts.csv", customers::download_contacts)
        .get("/customers/{id}/contracts.csv", customers::download_contracts)
        .get("/customers/{id}/fields.csv", customers::download_fields)
        .get("/customers/{id}/score.csv", customers::download_score)
        .get("/customers/{id}/days.csv", customers::download_days)
        .get("/contacts.csv", records::download_records)
        .get("/contracts.csv", records::download_records)
        .get("/activities.csv", records::download_records)
        .get("/tickets.csv", records::download_records)
        .get("/responses.csv", records::download_records)
        .get("/deals.csv", deals::download_deals)
        .get("/cards.csv", cards::download_cards)
        .get("/axes.csv", axes::download_axes)
        .get("/support.csv", support::download_support)
        .get("/dictionary.csv", dictionary::download_dictionary)
        .get("/data/customers.csv", records::download_records)
        .get("/data/deals.csv", records::download_records)
        .get("/data/sources.csv", data::download_sources)
        .get("/data/fields.csv", data::download_coverage)
        .get("/data/conflicts.csv", data::download_conflicts)
        .get("/data/merges.csv", merges::download_suspects)
        .get("/data/letters.csv", letters::download_letters)
        .get("/data/imports.csv", imports::download_imports)
        .get("/data/hooks.csv", hooks::download_hooks)
        .get("/data/hooks/{id}/refused.csv", hooks::download_refused)
        .get("/data/subscriptions.csv", subscriptions::download_subscriptions)
        .get("/data/connections.csv", connections::download_pulls)
        .get("/settings/versions.csv", settings::download_versions)
}
