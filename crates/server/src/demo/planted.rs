//! Customers of the background to whom something happens that people work on: those that came in the last weeks and are on their way
//! through onboarding, and one whose champion left some months ago and was followed well.

use kizashi_domain::calendar::Calendar;
use kizashi_domain::time::Day;

use super::profile::{Habit, Profile, Scene, terms};
use super::story::StoryKind;
use super::{Company, month_of, month_start};

/// A customer that came lately.
struct Newcomer {
    index: usize,
    owner: usize,
    /// Business days since it came.
    came: i32,
    /// Business days after that on which a part of the set-up was done.
    setup: [Option<i32>; 4],
    /// Business days after that on which a step of the play was done.
    done: &'static [(&'static str, i32)],
}

const fn newcomer(
    index: usize,
    owner: usize,
    came: i32,
    setup: [Option<i32>; 4],
    done: &'static [(&'static str, i32)],
) -> Newcomer {
    Newcomer { index, owner, came, setup, done }
}

/// Those that are on their way. All come before the sixtieth: small companies have them too.
const NEWCOMERS: [Newcomer; 5] = [
    newcomer(
        21,
        0,
        29,
        [Some(1), Some(4), Some(9), Some(14)],
        &[
            ("prestudy", 1),
            ("kickoff", 2),
            ("hearing", 4),
            ("first_login", 5),
            ("roadmap", 6),
            ("setup_done", 14),
            ("training", 17),
            ("first_value", 24),
            ("questions", 25),
        ],
    ),
    newcomer(
        26,
        4,
        23,
        [Some(1), Some(5), Some(8), Some(12)],
        &[
            ("prestudy", 1),
            ("kickoff", 3),
            ("first_login", 4),
            ("hearing", 5),
            ("roadmap", 6),
            ("setup_done", 12),
            ("training", 15),
            ("questions", 22),
        ],
    ),
    newcomer(
        31,
        2,
        15,
        [Some(1), Some(5), Some(11), None],
        &[("prestudy", 1), ("kickoff", 2), ("hearing", 4), ("first_login", 5), ("roadmap", 6)],
    ),
    newcomer(
        38,
        0,
        8,
        [Some(1), Some(5), None, None],
        &[("prestudy", 1), ("kickoff", 3), ("first_login", 4), ("hearing", 5), ("roadmap", 7)],
    ),
    newcomer(44, 5, 2, [Some(1), None, None, None], &[]),
];
/// Steps of the named customer whose set-up stands still.
const STUCK: [(&str, i32); 5] = [("prestudy", 1), ("kickoff", 4), ("hearing", 6), ("first_login", 7), ("roadmap", 8)];
/// Something that began in the last weeks and that people work on now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Worry {
    /// Logins fell: so many days ago they had.
    Fewer(i32),
    /// Reports are exported no more since so many days.
    NoExports(i32),
    /// An answer of few points so many business days ago.
    Answered(i32),
}

/// The worries: customer, owner, what. All come before the sixtieth: small companies have them too.
const WORRIES: [(usize, usize, Worry); 6] = [
    (20, 3, Worry::Fewer(25)),
    (30, 4, Worry::Fewer(20)),
    (36, 5, Worry::NoExports(24)),
    (43, 5, Worry::Answered(4)),
    (48, 3, Worry::Answered(8)),
    (53, 4, Worry::Fewer(28)),
];
/// The customer whose champion left and was followed.
pub(super) const FOLLOWED: usize = 24;
/// Who looks after it.
const FOLLOWED_BY: usize = 0;

/// What was done of the onboarding of a customer that is on its way: steps and their days, in order.
pub(super) fn steps_done(calendar: &Calendar, p: &Profile) -> Option<Vec<(&'static str, Day)>> {
    let stuck = || (p.story == Some(StoryKind::OnboardingStuck)).then_some(STUCK.as_slice());
    let done = NEWCOMERS.iter().find(|n| n.index == p.index).map(|n| n.done).or_else(stuck)?;
    Some(done.iter().map(|(step, days)| (*step, calendar.add_business_days(p.since, *days))).collect())
}

/// Whom two letters went to by hand in the last days: the next waits, nobody gets more than that in a week.
pub(super) const WRITTEN_TO: usize = 38;

/// Whose champion asked to be spared hints.
pub(super) const SPARED: usize = 31;

/// Whether a customer is on its way through onboarding.
pub(super) fn is_new(index: usize) -> bool {
    NEWCOMERS.iter().any(|n| n.index == index)
}

/// Whether anything of this kind happens to a customer.
pub(super) fn is_told(index: usize) -> bool {
    is_new(index) || index == FOLLOWED || WORRIES.iter().any(|(at, ..)| *at == index)
}

/// The person who became champion at a customer, and the day on which the CRM says so.
pub(super) fn successor(p: &Profile) -> Option<(usize, Day)> {
    Some((1, p.champion_left.filter(|_| p.index == FOLLOWED)?.plus(36)))
}

/// Lets what is planted happen to a drawn profile; `false` when nothing is.
pub(super) fn plant(scene: &Scene<'_>, index: usize, p: &mut Profile) -> bool {
    if let Some(new) = NEWCOMERS.iter().find(|n| n.index == index) {
        come(scene, new, p);
        return true;
    }
    if index == FOLLOWED {
        follow(scene, p);
        return true;
    }
    if let Some((_, owner, worry)) = WORRIES.iter().find(|(at, ..)| *at == index) {
        p.owner = *owner;
        trouble(scene, *worry, p);
        return true;
    }
    false
}

fn come(scene: &Scene<'_>, new: &Newcomer, p: &mut Profile) {
    let (plan, seats) = p.terms.first().map_or((1, 5), |term| (term.plan, term.seats));
    p.since = scene.calendar.add_business_days(scene.today, -new.came);
    p.owner = new.owner;
    p.setup = new.setup.map(|days| days.map(|n| scene.calendar.add_business_days(p.since, n)));
    let people = p.people.last().map_or(3.0, |(_, people)| people.max(3.0));
    p.people = vec![(p.since, 2.0), (p.since.plus(30), people)];
    p.trend = vec![(p.since, 0.7), (p.since.plus(30), 1.05)];
    p.warmth = p.warmth.max(0.1);
    p.long_holidays_off = false;
    p.terms = terms(scene, p.since, p.months, plan, |_| seats);
}

/// The day of an answer of few points.
pub(super) fn answered_on(company: &Company, p: &Profile) -> Option<Day> {
    WORRIES.iter().find_map(|(at, _, worry)| match worry {
        Worry::Answered(days) if *at == p.index => Some(company.calendar.add_business_days(company.today, -days)),
        _ => None,
    })
}

/// All was well until some weeks ago.
fn trouble(scene: &Scene<'_>, worry: Worry, p: &mut Profile) {
    let (plan, seats) = p.terms.first().map_or((1, 10), |term| (term.plan, term.seats.max(10)));
    p.since = month_start(month_of(scene.today) - 29);
    p.months = 12;
    p.setup = [None; 4];
    p.terms = terms(scene, p.since, p.months, plan, |_| seats);
    p.warmth = 0.2;
    p.long_holidays_off = false;
    let began = p.since.max(scene.first);
    p.people = vec![(began, 9.0)];
    p.trend = vec![(began, 1.0)];
    match worry {
        Worry::Fewer(days) => {
            p.trend.extend([(scene.today.plus(-days - 14), 1.0), (scene.today.plus(-days), 0.3)]);
        }
        Worry::NoExports(days) => {
            p.habit = Habit::Reporting;
            p.export_stopped = Some(scene.calendar.next_business_day(scene.today.plus(-days)));
        }
        Worry::Answered(_) => {}
    }
}

/// The champion left some months ago; the one who followed learned it, and use came back.
fn follow(scene: &Scene<'_>, p: &mut Profile) {
    let left: Day = scene.calendar.previous_business_day(scene.today.plus(-78));
    let (plan, seats) = p.terms.first().map_or((1, 10), |term| (term.plan, term.seats));
    p.since = month_start(month_of(scene.today) - 28);
    p.setup = [None; 4];
    p.terms = terms(scene, p.since, p.months, plan, |_| seats);
    p.owner = FOLLOWED_BY;
    p.champion_gone = Some(scene.calendar.previous_business_day(left.plus(-12)));
    p.champion_left = Some(left);
    p.contacts = p.contacts.max(4);
    p.warmth = p.warmth.max(0.2);
    p.long_holidays_off = false;
    let began = p.since.max(scene.first);
    p.people = vec![(began, 8.0)];
    p.trend = vec![(began, 1.0), (left.plus(-10), 1.0), (left.plus(12), 0.72), (left.plus(45), 1.05)];
}
