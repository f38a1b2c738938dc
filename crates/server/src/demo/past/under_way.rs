//! What people are in the middle of today: cards that were opened some days ago and taken, with the first steps of their plays done, and
//! work that they set themselves.

use std::collections::HashMap;

use kizashi_app::Result;
use kizashi_app::access::{Grant, list_staff};
use kizashi_app::measure::Subject;
use kizashi_app::plays::{
    Act, NewByHand, Press, Recalled, add_card, change_cards, count_following, list_runs_of_card, move_following,
    note_card, open_card, open_run, pause_run, recall_card, snooze_card, take_card, wait_for_customer,
};
use kizashi_domain::id::{Card, Id};
use kizashi_domain::signals::CardKind;
use kizashi_domain::time::Time;
use uuid::Uuid;

use super::super::profile::Profile;
use super::super::rng::Rng;
use super::super::usage::MINUTE_US;
use super::super::{Company, scenes, words};
use super::Stage;
use super::cases::Standing;
use super::followed::say;
use super::presence::stopped_on;
use super::walk::Walk;

/// Cards of today were opened at least so many business days ago, and at most.
const AGE_DAYS: (i32, i32) = (2, 20);
/// A step that is late is so by at most so many business days.
const LATE_DAYS: i32 = 5;

/// How far people are with a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Taken; of the first one that has a step of the last days, taken or waiting, this step is past its day.
    Taken,
    Waiting,
    Asleep,
    Paused,
    Handed,
    /// Nobody has looked yet: the first look of today opens it.
    New,
}

/// The parts, in the order of the cards; those after the first round are taken, waiting and new in turn.
const FIRST: [Part; 6] = [Part::Waiting, Part::Taken, Part::Asleep, Part::Handed, Part::Paused, Part::New];
const REST: [Part; 4] = [Part::Taken, Part::New, Part::Waiting, Part::New];

/// A card under way, and who has it.
struct Desk<'a> {
    company: &'a Company,
    p: &'a Profile,
    grant: &'a Grant,
    card: Id<Card>,
    run: Option<Uuid>,
}

impl Stage {
    /// Opens the cards of what stands and goes as far with each as people are.
    pub(super) async fn play_standing(
        &self,
        company: &Company,
        standing: &[Standing],
        typical_mrr_minor: i64,
    ) -> Result<()> {
        let gone = list_staff(&self.app, self.workspace).await?.into_iter().find(|s| s.email == scenes::LEFT);
        let gone = gone.map(|s| s.id);
        let (mut nth, mut has_late) = (0, false);
        let mut wanted: Vec<Part> = FIRST.into_iter().rev().collect();
        let mut standing: Vec<&Standing> = standing.iter().collect();
        // Every part falls to every kind of sign, not one part to the oldest.
        standing.sort_by_cached_key(|sign| Rng::of(company.seed, &[37, sign.index as u64]).next());
        for sign in standing {
            let age = company.calendar.business_days_between(sign.since, company.today);
            let owner = sign.days.first().and_then(|day| day.first()?.subject.owner_id);
            let Some(p) = company.profiles.get(sign.index) else { continue };
            let Some(grant) = owner.filter(|o| Some(*o) != gone).and_then(|o| self.grants.get(&o)) else { continue };
            if age < AGE_DAYS.0 || age > AGE_DAYS.1 || stopped_on(company, p.owner).is_some() {
                continue;
            }
            let part = wanted.pop().or_else(|| REST.get(nth % REST.len()).copied()).unwrap_or(Part::New);
            nth += 1;
            if part == Part::New {
                continue;
            }
            let mut opened = None;
            for firings in &sign.days {
                let day = firings.first().map_or(sign.since, |f| f.firing.day);
                self.clock.set(company.at(day, 340 * MINUTE_US));
                let recalled = Recalled { firings, typical_mrr_minor, begins_play: opened.is_none() };
                let card = recall_card(&self.app, grant, &recalled).await?;
                opened = opened.or(card);
            }
            let Some(card) = opened else { continue };
            let run = list_runs_of_card(&self.app, grant.workspace(), card).await?.first().map(|run| run.id);
            let desk = Desk { company, p, grant, card, run };
            let (at, is_late) = self.work(&desk, sign, (part, has_late)).await?;
            has_late |= is_late;
            // What cannot be left so is somebody's work; the next one is.
            if !self.leave(&desk, part, at).await? {
                wanted.push(part);
            }
        }
        Ok(())
    }

    /// Takes a card and does the first steps of its play: since when it lies, and whether a step was left past its day.
    async fn work(&self, desk: &Desk<'_>, sign: &Standing, (part, has_late): (Part, bool)) -> Result<(Time, bool)> {
        let (company, calendar) = (desk.company, &desk.company.calendar);
        let mut rng = Rng::of(company.seed, &[34, desk.p.index as u64]);
        let first = calendar.next_business_day(sign.since);
        let taken = company.at(first, i64::from(rng.between(9 * 60 + 10, 11 * 60 + 40)) * MINUTE_US);
        self.clock.set(taken);
        take_card(&self.app, desk.grant, desk.card).await?;
        let (mut last, mut is_late) = (None, false);
        if let Some(run) = desk.run {
            let note = |step: &str| {
                say(company, desk.p, words::note_of(step), &mut Rng::of(company.seed, &[34, desk.p.index as u64, 1]))
            };
            let today = company.today;
            let mut walk =
                Walk { until: today, leaves_from: calendar.add_business_days(today, -LATE_DAYS), note: &note };
            last = self.walk((company, &mut rng), desk.grant, run, &walk).await?;
            let row = open_run(&self.app, self.workspace, run).await?.row;
            let can_be = !has_late && row.done > 0 && matches!(part, Part::Taken | Part::Waiting);
            is_late = can_be && row.next_due.is_some_and(|due| due < today);
            if !is_late {
                walk.leaves_from = today;
                last = self.walk((company, &mut rng), desk.grant, run, &walk).await?.or(last);
            }
        }
        let at = last.unwrap_or(taken).plus_us(25 * MINUTE_US);
        self.clock.set(at);
        // Who sees that it takes longer sets another day, while something can still be changed.
        let row = open_card(&self.app, self.workspace, desk.card).await?.row;
        if row.due_day < company.today {
            let day = calendar.add_business_days(company.today, rng.between(1, 6));
            let day = row.notice_on.map_or(day, |deadline| day.min(deadline.max(company.today)));
            change_cards(&self.app, desk.grant, &[desk.card], &Act::Move(day)).await?;
        }
        Ok((at, is_late))
    }

    /// How the card is left for today; `false` when it cannot be left so.
    async fn leave(&self, desk: &Desk<'_>, part: Part, at: Time) -> Result<bool> {
        let (company, grant, card) = (desk.company, desk.grant, desk.card);
        let mut rng = Rng::of(company.seed, &[35, desk.p.index as u64]);
        match part {
            Part::Waiting => wait_for_customer(&self.app, grant, card).await?,
            Part::Asleep => {
                let until = company.calendar.add_business_days(company.today, rng.between(2, 5));
                snooze_card(&self.app, grant, card, until, &say(company, desk.p, words::ASLEEP, &mut rng)).await?;
            }
            Part::Paused => match desk.run {
                Some(run) if open_run(&self.app, self.workspace, run).await?.row.ended.is_none() => {
                    pause_run(&self.app, grant, run, words::PAUSED).await?;
                }
                _ => return Ok(false),
            },
            Part::Handed => self.hand(desk, at, &mut rng).await?,
            Part::Taken | Part::New => {}
        }
        Ok(true)
    }

    /// Gives the card to the next colleague, with a word.
    async fn hand(&self, desk: &Desk<'_>, at: Time, rng: &mut Rng) -> Result<()> {
        let works = |place: usize| {
            words::STAFF.get(place).filter(|s| s.mail != scenes::LEFT && stopped_on(desk.company, place).is_none())
        };
        let near = (1..words::CSM_COUNT).find_map(|n| works((desk.p.owner + n) % words::CSM_COUNT));
        let Some(colleague) = near else { return Ok(()) };
        let staff = list_staff(&self.app, self.workspace).await?;
        let Some(to) = staff.iter().find(|s| s.email == colleague.mail) else { return Ok(()) };
        let text = words::HANDED.replace("{colleague}", colleague.name);
        note_card(&self.app, desk.grant, desk.card, &say(desk.company, desk.p, &text, rng)).await?;
        self.clock.set(at.plus_us(3 * MINUTE_US));
        let changed = change_cards(&self.app, desk.grant, &[desk.card], &Act::Hand(Some(to.id))).await?;
        // The open steps go along, as the page offers.
        if count_following(&self.app, self.workspace, changed.batch).await? > 0 {
            move_following(&self.app, desk.grant, changed.batch).await?;
        }
        self.clock.set(at.plus_us(70 * MINUTE_US));
        let Some(grant) = self.grants.get(&to.id) else { return Ok(()) };
        take_card(&self.app, grant, desk.card).await
    }

    /// Writes down what people planned by themselves.
    pub(super) async fn play_plans(&self, company: &Company, subjects: &HashMap<String, Subject>) -> Result<()> {
        let calendar = &company.calendar;
        for plan in &words::PLANS {
            let Some(p) = company.profiles.get(plan.index) else { continue };
            let Some(subject) = subjects.get(&p.code) else { continue };
            let Some(grant) = subject.owner_id.and_then(|id| self.grants.get(&id)) else { continue };
            let day = calendar.add_business_days(company.today, plan.made);
            self.clock.set(company.at(day, 11 * 60 * MINUTE_US));
            let new = NewByHand {
                customer: subject.id,
                kind: if plan.is_goal { CardKind::Goal } else { CardKind::Activity },
                what: plan.what.to_owned(),
                due: calendar.add_business_days(company.today, plan.due),
                owner: None,
                press: Press::default(),
            };
            let card = add_card(&self.app, grant, &new).await?.card();
            self.clock.set(company.at(day, 11 * 60 * MINUTE_US + 5 * MINUTE_US));
            take_card(&self.app, grant, card).await?;
            let next = calendar.add_business_days(day, 2);
            self.clock.set(company.at(next, 15 * 60 * MINUTE_US));
            let mut rng = Rng::of(company.seed, &[39, plan.index as u64]);
            note_card(&self.app, grant, card, &say(company, p, plan.note, &mut rng)).await?;
            if plan.sleeps > 0 {
                let until = calendar.add_business_days(company.today, plan.sleeps);
                snooze_card(&self.app, grant, card, until, &say(company, p, words::ASLEEP, &mut rng)).await?;
            }
            if plan.waits {
                self.clock.set(company.at(next, 15 * 60 * MINUTE_US + 2 * MINUTE_US));
                wait_for_customer(&self.app, grant, card).await?;
            }
        }
        Ok(())
    }
}
