//! On which days the staff had the product open: almost all, but for one colleague who stopped two weeks ago.

use kizashi_app::Result;
use kizashi_app::access::{keep_presence, list_staff};
use kizashi_domain::time::Day;

use super::super::rng::Rng;
use super::super::usage::MINUTE_US;
use super::super::{Company, StaffRole, leaver, words};
use super::Stage;

/// Days of the past that are told.
const DAYS: i32 = 60;
/// Who stopped, and so many business days ago.
const STOPPED: (usize, i32) = (6, 12);

/// The day from which on the work of a CSM rests, if it does.
pub(super) fn stopped_on(company: &Company, owner: usize) -> Option<Day> {
    (owner == STOPPED.0).then(|| company.calendar.add_business_days(company.today, -STOPPED.1))
}

impl Stage {
    /// Keeps the days, a colleague each.
    pub(super) async fn play_presence(&self, company: &Company) -> Result<()> {
        let staff = list_staff(&self.app, self.workspace).await?;
        for (place, person) in words::STAFF.iter().enumerate() {
            let Some(row) = staff.iter().find(|s| s.email == person.mail) else { continue };
            let mut rng = Rng::of(company.seed, &[38, place as u64]);
            let often = match person.role {
                StaffRole::Csm => 0.94,
                StaffRole::Manager => 0.85,
                StaffRole::Admin => 0.45,
                StaffRole::Other => continue,
            };
            let left = (place == words::LEAVER).then(|| leaver::handed_on(company));
            let until = left.or_else(|| stopped_on(company, place)).unwrap_or(company.today);
            for day in (company.today.0 - DAYS..until.0).map(Day) {
                if company.calendar.is_business_day(day) && rng.is(often) {
                    self.clock.set(company.at(day, i64::from(rng.between(8 * 60 + 20, 9 * 60 + 30)) * MINUTE_US));
                    keep_presence(&self.app, self.workspace, row.id).await?;
                }
            }
        }
        Ok(())
    }
}
