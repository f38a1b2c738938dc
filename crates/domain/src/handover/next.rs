//! What a newcomer does first.

use crate::health::Band;
use crate::time::Day;

/// What an open item is. The earlier one comes first on the same day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NextKind {
    /// 通知期限.
    Notice,
    /// An inquiry that nobody has closed.
    Ticket,
    /// An open card.
    Card,
    /// An action of a red account room.
    Action,
    /// A task of a running play.
    Task,
    /// The next step of a deal.
    Deal,
    /// A decision that is to be looked at again.
    Review,
    /// The next meeting of a red account room.
    Meeting,
    /// The day by which the customer wants to have reached its goal.
    Goal,
    /// Proposed: its new owner has not been in touch.
    Greet,
    /// Proposed: a card asks for a red account room.
    Room,
    /// Proposed: it is not well, and no card says what is done about it.
    Start,
    /// Proposed: its key person has not been heard of.
    Silent,
    /// Proposed: what it means to do when the contract ends.
    Renewal,
    /// Proposed: what it is after, now or next.
    Aim,
}

/// Something that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next<T> {
    /// What it is.
    pub kind: NextKind,
    /// Until when; `None` = nobody said.
    pub due: Option<Day>,
    /// What it says, and where it is.
    pub item: T,
}

/// The first `count` of what is open: by their days, what is overdue first; what has no day comes last.
pub fn choose_next<T>(mut open: Vec<Next<T>>, count: usize) -> Vec<Next<T>> {
    open.sort_by_key(|next| (next.due.is_none(), next.due, next.kind));
    open.truncate(count);
    open
}

/// What is known of a customer with which little or nothing is open.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet {
    /// Its colour.
    pub band: Option<Band>,
    /// It was handed over, and its new owner has not been in touch since.
    pub is_ungreeted: bool,
    /// A card asks for a room, and none is open.
    pub asks_room: bool,
    /// A risk is being worked on, by a card or in a room.
    pub is_worked_on: bool,
    /// So many days its key person has not been heard of; `None` = there is none; the largest number = never.
    pub silent_days: Option<i32>,
    /// Its notice deadline is still to come, and nothing else says so.
    pub renews: bool,
}

/// Whoever has not been heard of for so many days is spoken to.
pub const SILENT_DAYS: i32 = 30;

/// What can be done where nothing presses, the most sensible first; only what follows from what is known.
pub fn propose(known: Quiet) -> Vec<NextKind> {
    let is_unwell = matches!(known.band, Some(Band::Red | Band::Amber));
    [
        (NextKind::Greet, known.is_ungreeted),
        (NextKind::Room, known.asks_room),
        (NextKind::Start, is_unwell && !known.is_worked_on),
        (NextKind::Silent, known.silent_days.is_some_and(|days| days > SILENT_DAYS)),
        (NextKind::Renewal, known.renews),
        (NextKind::Aim, true),
    ]
    .into_iter()
    .filter_map(|(kind, holds)| holds.then_some(kind))
    .collect()
}

/// Within so many days a notice deadline is near.
const NEAR_DAYS: i32 = 60;

/// In which order a newcomer reads: who is in the red or has a notice deadline near, then who is in between, then the others; among
/// equals the larger amount first. The smaller key comes first.
pub fn reading_key(band: Option<Band>, notice_on: Option<Day>, mrr_minor: i64, today: Day) -> (u8, i64) {
    let is_near = notice_on.is_some_and(|day| (today..=today.plus(NEAR_DAYS)).contains(&day));
    let rank = match band {
        Some(Band::Red) => 0,
        _ if is_near => 0,
        Some(Band::Amber) => 1,
        _ => 2,
    };
    (rank, -mrr_minor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_reads_of_those_in_danger_first() {
        let today = Day(1000);
        let red = reading_key(Some(Band::Red), None, 1, today);
        let near = reading_key(Some(Band::Green), Some(Day(1060)), 2, today);
        let amber = reading_key(Some(Band::Amber), Some(Day(1061)), 99, today);
        let past = reading_key(None, Some(Day(999)), 100, today);
        assert!(near < red && red < amber && amber < past);
    }

    #[test]
    fn where_nothing_presses_something_is_proposed_and_never_without_a_reason() {
        let red = Quiet { band: Some(Band::Red), ..Quiet::default() };
        assert_eq!(propose(red), [NextKind::Start, NextKind::Aim]);
        assert_eq!(propose(Quiet { is_worked_on: true, ..red }), [NextKind::Aim]);
        let whole = Quiet { is_ungreeted: true, asks_room: true, silent_days: Some(31), renews: true, ..red };
        let all =
            [NextKind::Greet, NextKind::Room, NextKind::Start, NextKind::Silent, NextKind::Renewal, NextKind::Aim];
        assert_eq!(propose(whole), all);
        let green = Quiet { band: Some(Band::Green), silent_days: Some(30), ..Quiet::default() };
        assert_eq!(propose(green), [NextKind::Aim], "heard of thirty days ago");
    }

    #[test]
    fn the_nearest_day_is_first_and_what_has_none_is_last() {
        let open = [
            (NextKind::Deal, Some(12)),
            (NextKind::Ticket, None),
            (NextKind::Card, Some(10)),
            (NextKind::Notice, Some(10)),
            (NextKind::Task, Some(3)),
        ];
        let open = open.map(|(kind, due)| Next { kind, due: due.map(Day), item: () });
        let order = |count| choose_next(open.to_vec(), count).into_iter().map(|n| n.kind).collect::<Vec<_>>();
        assert_eq!(order(3), [NextKind::Task, NextKind::Notice, NextKind::Card]);
        assert_eq!(order(9).last(), Some(&NextKind::Ticket));
    }

    #[test]
    fn nothing_that_is_left_out_presses_more_than_what_is_chosen() {
        const KINDS: [NextKind; 9] = [
            NextKind::Notice,
            NextKind::Ticket,
            NextKind::Card,
            NextKind::Action,
            NextKind::Task,
            NextKind::Deal,
            NextKind::Review,
            NextKind::Meeting,
            NextKind::Goal,
        ];
        // Every mix of five items out of three days, none among them, and of kinds that meet.
        for mix in 0..4_usize.pow(5) {
            let open: Vec<Next<usize>> = (0..5)
                .map(|i| {
                    let at = mix / 4_usize.pow(i) % 4;
                    let due = [Some(Day(7)), Some(Day(8)), Some(Day(9)), None][at];
                    let kind = KINDS[(mix + i as usize * 4) % KINDS.len()];
                    Next { kind, due, item: i as usize }
                })
                .collect();
            let chosen = choose_next(open.clone(), 3);
            assert_eq!(chosen.len(), 3);
            let presses = |n: &Next<usize>| (n.due.map_or(i32::MAX, |day| day.0), n.kind);
            let left = open.iter().filter(|n| !chosen.contains(n)).map(presses).min().unwrap();
            assert!(chosen.iter().map(presses).max().unwrap() <= left, "{mix}");
            assert!(chosen.is_sorted_by_key(presses), "{mix}");
        }
    }
}
