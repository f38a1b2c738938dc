//! The handover of some weeks ago: what was open with a colleague went to two others, who have read about all of it since.

use std::collections::HashMap;
use std::sync::Arc;

use kizashi_app::Result;
use kizashi_app::access::{Grant, StaffRow, leave_staff};
use kizashi_app::handover::{Ask, hand_over, list_received, note_read, plan_handover};
use kizashi_app::signals::PastFiring;
use kizashi_domain::handover::Rule;
use kizashi_domain::id::{Id, Staff};
use kizashi_domain::time::Time;

use super::super::rng::Rng;
use super::super::usage::MINUTE_US;
use super::super::{Company, leaver, words};
use super::{Stage, viewer_of};

/// Who does it.
const MANAGER: &str = "igarashi@minamo.example";

/// Whose customers are handed over, and when.
pub(super) struct Moved {
    pub(super) at: Time,
    /// The new owners by the places of customers.
    pub(super) to: HashMap<usize, Id<Staff>>,
}

fn find_staff(staff: &[StaffRow], place: usize) -> Option<&StaffRow> {
    let mail = words::STAFF.get(place)?.mail;
    staff.iter().find(|s| s.email == mail)
}

impl Moved {
    pub(super) fn of(company: &Company, staff: &[StaffRow]) -> Self {
        let to = company.profiles.iter().filter(|p| leaver::is_handed(company, p));
        let to = to.filter_map(|p| Some((p.index, find_staff(staff, p.owner)?.id))).collect();
        Self { at: company.at(leaver::handed_on(company), (13 * 60 + 20) * MINUTE_US), to }
    }

    /// What was noticed since then was noticed by the new owners.
    pub(super) fn pass_on(&self, company: &Company, firings: &mut [PastFiring]) {
        let day = company.zone.day_of(self.at);
        let owners: HashMap<&str, Id<Staff>> =
            self.to.iter().filter_map(|(at, id)| Some((company.profiles.get(*at)?.code.as_str(), *id))).collect();
        for past in firings.iter_mut().filter(|past| past.firing.day >= day) {
            if let Some(owner) = owners.get(past.subject.external_id.as_str()) {
                Arc::make_mut(&mut past.subject).owner_id = Some(*owner);
            }
        }
    }
}

impl Stage {
    /// Hands everything over, with a word to the new owners, who read about it in the days after.
    pub(super) async fn play_handover(&self, company: &Company) -> Result<()> {
        let staff = &self.staff;
        let (Some(gone), Some(manager)) = (find_staff(staff, words::LEAVER), staff.iter().find(|s| s.email == MANAGER))
        else {
            return Ok(());
        };
        let viewer = viewer_of(self.workspace, manager);
        let by_code: HashMap<&str, Id<Staff>> =
            company.profiles.iter().filter_map(|p| Some((p.name.as_str(), *self.moved.to.get(&p.index)?))).collect();
        let to = leaver::TAKERS.iter().filter_map(|place| Some(find_staff(staff, *place)?.id)).collect();
        let note = words::HANDED_OVER.to_owned();
        let mut ask =
            Ask { from: gone.id, customer: None, to, rule: Rule::Count, by_hand: Vec::new(), rest: None, note };
        self.clock.set(self.moved.at);
        let plan = plan_handover(&self.app, &viewer, &ask).await?;
        if plan.rows.is_empty() {
            return Ok(());
        }
        ask.by_hand = plan.rows.iter().filter_map(|r| Some((r.customer, *by_code.get(r.name.as_str())?))).collect();
        let id = hand_over(&self.app, &viewer, &ask, plan.rows.len()).await?;
        self.post().await?;
        self.clock
            .set(company.at(company.calendar.add_business_days(leaver::handed_on(company), 1), 18 * 60 * MINUTE_US));
        leave_staff(&self.app, &Grant::of_console(self.workspace), gone.id).await?;
        for to in ask.to {
            let Some(grant) = self.grants.get(&to) else { continue };
            // Not from the page of the handover, which scores first what waits: on that past day, by facts of today.
            let received = list_received(&self.app, self.workspace, to).await?;
            let mut rng = Rng::of(company.seed, &[40, received.len() as u64]);
            // Some each day, before the day's work.
            for (nth, one) in (0..).zip(&received) {
                let day = company.calendar.add_business_days(leaver::handed_on(company), 1 + nth / 4);
                self.clock.set(company.at(day, i64::from(8 * 60 + 40 + nth % 4 * 9 + rng.between(0, 5)) * MINUTE_US));
                note_read(&self.app, grant, (id, one.customer), true).await?;
            }
        }
        Ok(())
    }
}
