//! A champion who left some months ago: the card, the play that went with it, and how it ended.

use kizashi_app::Result;
use kizashi_app::plays::{
    Closing, Outcome, Recalled, close_explained, list_runs_of_card, recall_card, stop_run, take_card,
};
use kizashi_app::signals::PastFiring;

use super::super::dialogue::fill;
use super::super::paperwork::person;
use super::super::profile::Profile;
use super::super::rng::Rng;
use super::super::usage::MINUTE_US;
use super::super::{Company, planted, words};
use super::Stage;
use super::walk::Walk;

/// Business days from the sign to the end: the play waits a month.
const TOOK_DAYS: i32 = 34;

/// Takes the firings about champions who left out; what is left of them is told by itself, of others by today's cards.
pub(super) fn take(company: &Company, firings: &mut Vec<PastFiring>) -> Vec<PastFiring> {
    let code = company.profiles.get(planted::FOLLOWED).map(|p| p.code.clone()).unwrap_or_default();
    let (mut told, others): (Vec<_>, Vec<_>) =
        std::mem::take(firings).into_iter().partition(|f| f.firing.rule == words::CHAMPION_LEFT);
    told.retain(|f| f.subject.external_id == code);
    *firings = others;
    told
}

/// `{who}` is whom one meets once the champion has left.
pub(super) fn say(company: &Company, p: &Profile, text: &str, rng: &mut Rng) -> String {
    let who = format!("{}様", person(company, p, p.met(0, company.today)).surname.0);
    fill(text, &who, p, rng)
}

impl Stage {
    /// Opens its card, goes through its play and closes it.
    pub(super) async fn play_followed(
        &self,
        company: &Company,
        firings: &[PastFiring],
        typical_mrr_minor: i64,
    ) -> Result<()> {
        let Some(first) = firings.first() else { return Ok(()) };
        let Some(p) = company.profiles.get(planted::FOLLOWED) else { return Ok(()) };
        let Some(grant) = first.subject.owner_id.and_then(|id| self.grants.get(&id)) else { return Ok(()) };
        let calendar = &company.calendar;
        let end = calendar.add_business_days(first.firing.day, TOOK_DAYS);
        if end >= company.today {
            return Ok(());
        }
        let mut rng = Rng::of(company.seed, &[33]);
        let note = |step: &str| {
            let text = words::FOLLOWED.iter().find(|(id, _)| *id == step).map_or("", |(_, note)| note);
            say(company, p, text, &mut Rng::of(company.seed, &[33, 1]))
        };
        self.clock.set(company.at(first.firing.day, 340 * MINUTE_US));
        let recalled = Recalled { firings: firings.get(..1).unwrap_or_default(), typical_mrr_minor, begins_play: true };
        let Some(card) = recall_card(&self.app, grant, &recalled).await? else { return Ok(()) };
        self.clock.set(company.at(calendar.next_business_day(first.firing.day), 9 * 60 * MINUTE_US + 20 * MINUTE_US));
        take_card(&self.app, grant, card).await?;
        let run = list_runs_of_card(&self.app, grant.workspace(), card).await?.first().map(|run| run.id);
        let closed_at = company.at(end, 16 * 60 * MINUTE_US);
        if let Some(run) = run {
            // After the month nothing is left to decide: the one who followed had become champion by then.
            let walk = Walk { until: end, leaves_from: end, note: &note };
            self.walk((company, &mut rng), grant, run, &walk).await?;
            self.clock.set(closed_at.plus_us(-5 * MINUTE_US));
            stop_run(&self.app, grant, run, words::ROOTED).await?;
        }
        self.clock.set(closed_at);
        let said = say(company, p, words::FOLLOWED_END, &mut rng);
        close_explained(&self.app, grant, card, &Closing::with(Outcome::Solved, &said)).await
    }
}
