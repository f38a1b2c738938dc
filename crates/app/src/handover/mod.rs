//! Handing work over: what would move, all of it moved at once, all of it taken back. It owns no open item itself: every owner of such
//! gives those of one person to another, inside of this transaction.

mod letters;
mod read;
mod store;

use std::collections::HashMap;

use kizashi_db::Tx;
use kizashi_domain::handover::{Portion, reading_key, split, tell_letters, tell_new_owner, tell_taken_back};
use kizashi_domain::id::{Customer, Handover, Id, Staff, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::limits::{BRIEFINGS_MAX, TEXT_CHARS_MAX};
use kizashi_domain::time::Day;

use crate::access::{Action, Grant, Role, Viewer, permit, record_audit};
use crate::customers::Briefing;
use crate::health::parse_band;
use crate::intake::{Handing, OWN_SOURCE, list_field_owners};
use crate::reactions::{StaffNotice, announce_notice};
use crate::taken_over::{AGAIN, Again, find_taker};
use crate::{App, Refused, Result, customers, plays, rooms};

pub use read::{Ask, Due, HandoverPage, HandoverRow, Load, Pack, Plan, PlanRow, Received};

/// Asks whether somebody may hand over what another person has: their own work, or anybody's as a manager.
fn permit_from(viewer: &Viewer, from: Id<Staff>) -> Result<Grant> {
    let action = if viewer.staff == from { Action::Work } else { Action::Configure };
    permit(viewer, action)
}

/// What a handover would do. Nothing is kept.
pub async fn plan_handover(app: &App, viewer: &Viewer, ask: &Ask) -> Result<Plan> {
    permit_from(viewer, ask.from)?;
    let ws = viewer.workspace;
    let today = crate::settings::open_settings(app, ws).await?.day_of(app.now());
    let from = store::find_person(app, ws, ask.from).await?.ok_or(Refused::NotFound)?;
    let takers: Vec<Load> = list_loads(app, ws).await?.into_iter().filter(|l| l.staff != ask.from).collect();
    let to: Vec<Id<Staff>> = ask.to.iter().copied().filter(|id| takers.iter().any(|t| t.staff == *id)).collect();
    let owned = store::list_owned(app, ws, ask.from, ask.customer, today).await?;
    let portion = |o: &store::Owned| Portion {
        customer: o.id,
        mrr_minor: o.mrr_minor.unwrap_or(0),
        segment: o.segment.clone(),
        region: o.region.clone(),
    };
    let given = split(&owned.iter().map(portion).collect::<Vec<_>>(), &to, ask.rule);
    let by_hand = |id| ask.by_hand.iter().find(|(customer, _)| *customer == id).map(|(_, staff)| *staff);
    let taker = |id: Id<Customer>| {
        let chosen = by_hand(id).filter(|staff| takers.iter().any(|t| t.staff == *staff));
        chosen.or_else(|| given.iter().find(|(customer, _)| *customer == id).map(|(_, staff)| *staff))
    };
    let mut rows = owned
        .into_iter()
        .map(|o| PlanRow {
            to: taker(o.id),
            customer: o.id,
            mrr: store::money(o.mrr_minor, o.currency.as_deref()),
            band: o.band.as_deref().and_then(parse_band),
            name: o.name,
            segment: o.segment,
            region: o.region,
            points: o.points,
            notice_on: o.notice_on,
            cards: o.cards,
            deals: o.deals,
            source: o.owner_source.filter(|source| source != OWN_SOURCE),
        })
        .collect::<Vec<PlanRow>>();
    // What presses comes first, as the new owner will read it; names part what is equal.
    rows.sort_by_key(|r| reading_key(r.band, r.notice_on, r.mrr.map_or(0, |m| m.minor), today));
    Ok(Plan {
        from: ask.from,
        from_name: from.name,
        left_at: from.left_at,
        rows,
        items: store::count_open(app, ws, ask.from, ask.customer).await?,
        stays: store::count_staying(app, ws, ask.from, ask.customer, today).await?,
        owned_by: list_field_owners(app, ws).await?.remove("owner").filter(|owner| owner != OWN_SOURCE),
        takers,
    })
}

/// Whether anything of a customer is open with a person: what a new owner of it would be offered.
pub async fn has_open(app: &App, ws: Id<Workspace>, from: Id<Staff>, customer: Id<Customer>) -> Result<bool> {
    Ok(!store::count_open(app, ws, from, Some(customer)).await?.is_empty())
}

/// Moves everything that is open with a person to others, all of it or nothing. `seen` = how many customers the person who asks saw:
/// when they are another number by now, nothing moves.
///
/// # Errors
/// Refused without a taker for every customer.
pub async fn hand_over(app: &App, viewer: &Viewer, ask: &Ask, seen: usize) -> Result<Id<Handover>> {
    let grant = permit_from(viewer, ask.from)?;
    let note = ask.note.trim();
    if note.chars().count() > TEXT_CHARS_MAX {
        return Err(Refused::Field { field: "note", reason: "too-long" }.into());
    }
    let plan = plan_handover(app, viewer, ask).await?;
    if plan.rows.len() != seen {
        return Err(Refused::Changed.into());
    }
    let takes = |staff: &Id<Staff>| plan.takers.iter().any(|t| t.staff == *staff);
    let first = ask.rest.filter(takes).or_else(|| ask.to.iter().copied().find(takes));
    let rest = first.or_else(|| plan.rows.iter().find_map(|row| row.to));
    let Some(rest) = rest else { return Err(Refused::Field { field: "to", reason: "no-taker" }.into()) };
    if plan.rows.is_empty() && plan.items.is_empty() {
        return Err(Refused::Field { field: "from", reason: "nothing-to-hand-over" }.into());
    }
    let mut given: Vec<(Id<Customer>, Id<Staff>)> = Vec::new();
    for row in &plan.rows {
        given.push((row.customer, row.to.ok_or(Refused::Field { field: "to", reason: "no-taker" })?));
    }
    if let (true, Some(customer)) = (given.is_empty(), ask.customer) {
        given.push((customer, rest));
    }
    let id: Id<Handover> = App::new_id();
    let day = crate::settings::open_settings(app, viewer.workspace).await?.day_of(app.now());
    let mut tx = app.db.write().await?;
    let mut work =
        Work { app, grant: &grant, from: ask.from, handing: Handing::new(app, &grant, day), items: Vec::new() };
    for (customer, to) in given {
        work.items.push((AGAIN.to_owned(), customer.uuid(), to));
        if plan.owned_by.is_none() && work.handing.customer(&mut tx, customer, (ask.from, to)).await?.is_some() {
            work.items.push(("customer".to_owned(), customer.uuid(), to));
        }
        work.give(&mut tx, Some(customer), to).await?;
    }
    if ask.customer.is_none() {
        work.items.push((AGAIN.to_owned(), id.uuid(), rest));
        work.give(&mut tx, None, rest).await?;
    }
    let items = work.items;
    store::insert_handover(&mut tx, app, &grant, (id, ask.from), note, &items).await?;
    let waiting = letters::list_letters(app, viewer.workspace, ask.from).await?;
    let tell = |(customers, items): (usize, usize), own: &[Id<Customer>]| {
        let count = waiting.iter().filter(|(customer, _)| own.contains(customer)).map(|(_, n)| n).sum::<i64>();
        let count = usize::try_from(count).unwrap_or(0);
        (tell_new_owner(&plan.from_name, customers, items), tell_letters(&plan.from_name, count))
    };
    tell_takers(&mut tx, app, &grant, (id, "handover"), &items, tell).await?;
    record_audit(&mut tx, app, &grant, "handover", &id.to_string()).await?;
    tx.commit().await?;
    Ok(id)
}

/// A handover while it is done.
struct Work<'a> {
    app: &'a App,
    grant: &'a Grant,
    from: Id<Staff>,
    handing: Handing<'a>,
    items: Vec<store::Item>,
}

impl Work<'_> {
    /// Gives what is open of one customer, or all that is left, to somebody.
    async fn give(&mut self, tx: &mut Tx, customer: Option<Id<Customer>>, to: Id<Staff>) -> Result<()> {
        let (app, grant, of) = (self.app, self.grant, (self.from, to));
        let ws = grant.workspace();
        let mut note = |kind: &str, ids: Vec<uuid::Uuid>| {
            self.items.extend(ids.into_iter().map(|id| (kind.to_owned(), id, to)));
        };
        note("card", plays::hand_cards(tx, app, grant, customer, of).await?);
        for (kind, id) in plays::hand_beside(tx, app, grant, customer, of).await? {
            note(kind, vec![id]);
        }
        for (kind, id) in plays::hand_tasks(tx, app, grant, customer, of).await? {
            note(kind, vec![id]);
        }
        note("deal", self.handing.deals(tx, customer, of).await?);
        note("mention", customers::hand_mentions(tx, app, ws, customer, of).await?);
        for (kind, id) in rooms::hand_rooms(tx, app, grant, customer, of).await? {
            note(kind, vec![id]);
        }
        Ok(())
    }
}

/// Everybody who takes something over, or took it, is told once: by `tell`, from how many customers and other things, and which customers.
async fn tell_takers(
    tx: &mut Tx,
    app: &App,
    grant: &Grant,
    (id, key): (Id<Handover>, &str),
    items: &[store::Item],
    tell: impl Fn((usize, usize), &[Id<Customer>]) -> (Text, Text),
) -> Result<()> {
    let mut takers: Vec<Id<Staff>> = items.iter().filter(|(kind, ..)| kind != AGAIN).map(|(_, _, to)| *to).collect();
    takers.sort_unstable();
    takers.dedup();
    for staff in takers.into_iter().filter(|staff| Some(*staff) != grant.staff()) {
        let own = items.iter().filter(|(kind, _, to)| *to == staff && kind != AGAIN);
        let (customers, others): (Vec<_>, Vec<_>) = own.partition(|(kind, ..)| kind == "customer");
        let ids: Vec<Id<Customer>> = customers.iter().map(|(_, id, _)| Id::from_uuid(*id)).collect();
        let (title, text) = tell((customers.len(), others.len()), &ids);
        let notice = StaffNotice {
            key: format!("{key}:{id}:{staff}"),
            staff,
            card: None,
            customer: None,
            title,
            text,
            page: format!("/handovers/{id}"),
            work: None,
        };
        announce_notice(tx, app, grant.workspace(), &notice).await?;
    }
    Ok(())
}

/// Takes a handover back as a whole. What somebody gave on since stays where it is; how many those are. Who did it may, and managers.
pub async fn undo_handover(app: &App, viewer: &Viewer, id: Id<Handover>) -> Result<usize> {
    let row = store::find_handover(app, viewer.workspace, id).await?.ok_or(Refused::NotFound)?;
    let grant = permit_from(viewer, row.from)?;
    let day = crate::settings::open_settings(app, viewer.workspace).await?.day_of(app.now());
    let mut tx = app.db.write().await?;
    let (giver, items) = store::keep_undone(&mut tx, app, &grant, id).await?;
    // Whoever gave away everything since does not get it back here.
    let again = Again { owner: giver, customer: None, since: row.at };
    let from = find_taker(&mut tx, viewer.workspace, again).await?;
    let handing = Handing::new(app, &grant, day);
    let tell =
        |(customers, others), _: &[Id<Customer>]| (tell_taken_back(&row.from_name, customers, others), Text::default());
    tell_takers(&mut tx, app, &grant, (id, "handover-undone"), &items, tell).await?;
    let mut left = 0;
    for (kind, object, to) in items.into_iter().filter(|(kind, ..)| kind != AGAIN) {
        let back = (to, from);
        let went = match kind.as_str() {
            "customer" => handing.customer(&mut tx, Id::from_uuid(object), back).await?.is_some(),
            "card" => plays::return_card(&mut tx, app, &grant, object, back).await?,
            kind @ ("help" | "help_place" | "told") => {
                plays::return_beside(&mut tx, app, &grant, (kind, object), back).await?
            }
            kind @ ("task" | "run") => plays::return_task(&mut tx, app, &grant, (kind, object), back).await?,
            "deal" => handing.deal(&mut tx, object, back).await?,
            "mention" => customers::hand_mention(&mut tx, app, viewer.workspace, object, back).await?,
            kind => rooms::return_room(&mut tx, app, viewer.workspace, (kind, object), (from, to)).await?,
        };
        left += usize::from(!went);
    }
    record_audit(&mut tx, app, &grant, "handover_undo", &id.to_string()).await?;
    tx.commit().await?;
    Ok(left)
}

/// Who owns a customer.
pub async fn find_owner(app: &App, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Option<Id<Staff>>> {
    store::find_owner(app, ws, customer).await
}

/// Those who have left and with whom something is open.
pub async fn list_due(app: &App, ws: Id<Workspace>) -> Result<Vec<Due>> {
    store::list_due(app, ws).await
}

/// How much everybody has who works with customers.
pub async fn list_loads(app: &App, ws: Id<Workspace>) -> Result<Vec<Load>> {
    let works = |l: &Load| matches!(Role::parse(&l.role), Some(Role::Admin | Role::Manager | Role::Csm));
    Ok(store::list_loads(app, ws).await?.into_iter().filter(works).collect())
}

/// Handovers, the newest first.
pub async fn list_handovers(app: &App, ws: Id<Workspace>) -> Result<Vec<HandoverRow>> {
    store::list_handovers(app, ws).await
}

/// Customers that somebody has taken over and still owns, those they have not read about first.
pub async fn list_received(app: &App, ws: Id<Workspace>, staff: Id<Staff>) -> Result<Vec<Received>> {
    let today = crate::settings::open_settings(app, ws).await?.day_of(app.now());
    let mut rows = store::list_received(app, ws, None, Some(staff)).await?;
    // The newest handover of a customer counts.
    let mut known = std::collections::HashSet::new();
    rows.retain(|r| known.insert(r.customer));
    rows.sort_by_key(|r| (r.seen_at.is_some(), r.key(today)));
    Ok(rows)
}

/// What a handover moved, as it is to be read.
async fn list_in_order(app: &App, ws: Id<Workspace>, id: Id<Handover>, today: Day) -> Result<Vec<Received>> {
    let mut received = store::list_received(app, ws, Some(id), None).await?;
    received.sort_by_key(|r| r.key(today));
    Ok(received)
}

/// One handover: who has what now, in the order of reading.
pub async fn open_handover(app: &App, ws: Id<Workspace>, id: Id<Handover>) -> Result<HandoverPage> {
    let row = store::find_handover(app, ws, id).await?.ok_or(Refused::NotFound)?;
    let today = crate::settings::open_settings(app, ws).await?.day_of(app.now());
    let mut received = list_in_order(app, ws, id, today).await?;
    // What waits to be scored is scored first, as on the page of a customer: the page tells of all of them by one state of things.
    let ids: Vec<Id<Customer>> = received.iter().map(|r| r.customer).collect();
    if crate::schedule::score_now(app, ws, &ids).await? {
        received = list_in_order(app, ws, id, today).await?;
    }
    let mut customers: Vec<(Id<Staff>, String, Vec<Received>)> = Vec::new();
    for one in received {
        match customers.iter_mut().find(|(staff, ..)| *staff == one.to) {
            Some((_, _, own)) => own.push(one),
            None => customers.push((one.to, one.to_name.clone(), vec![one])),
        }
    }
    let owned: Vec<Id<Customer>> = customers.iter().flat_map(|(_, _, own)| own).map(|r| r.customer).collect();
    let letters = letters::count_letters(app, ws, row.from, &owned).await?;
    let items = store::count_items(app, ws, id).await?;
    let items = items.into_iter().map(|(_, name, kind, n)| (name, kind, n)).collect();
    Ok(HandoverPage { row, customers, items, letters })
}

/// The briefings of what was handed over, [`BRIEFINGS_MAX`] customers a page: of everybody who took something over, or of one of them.
///
/// # Errors
/// Not found where that person took nothing over.
pub async fn open_pack(
    app: &App,
    ws: Id<Workspace>,
    id: Id<Handover>,
    (to, page): (Option<Id<Staff>>, usize),
) -> Result<Pack> {
    let mut cover = open_handover(app, ws, id).await?;
    if let Some(to) = to {
        cover.customers.retain(|(staff, ..)| *staff == to);
        if cover.customers.is_empty() {
            return Err(Refused::NotFound.into());
        }
    }
    let all: Vec<&Received> = cover.customers.iter().flat_map(|(_, _, own)| own).collect();
    let (customers, pages) = (all.len(), all.len().div_ceil(BRIEFINGS_MAX).max(1));
    let page = page.clamp(1, pages);
    let shown = all.chunks(BRIEFINGS_MAX).nth(page - 1).unwrap_or_default();
    let shown: Vec<Received> = shown.iter().copied().cloned().collect();
    let ids: Vec<Id<Customer>> = shown.iter().map(|received| received.customer).collect();
    let mut known: HashMap<Id<Customer>, Briefing> =
        customers::list_briefings(app, ws, &ids).await?.into_iter().map(|b| (b.page.row.id, b)).collect();
    let briefings = shown.into_iter().filter_map(|r| known.remove(&r.customer).map(|b| (r, b))).collect();
    Ok(Pack { cover, briefings, page, pages, customers })
}

/// The new owner has read about a customer, or not after all.
pub async fn note_read(app: &App, grant: &Grant, of: (Id<Handover>, Id<Customer>), is_read: bool) -> Result<()> {
    store::keep_seen(app, grant, of, is_read.then(|| app.now())).await
}
