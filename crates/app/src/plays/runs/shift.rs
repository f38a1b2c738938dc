//! Open steps moved to other days or to another person: those of one run by hand, or those of the runs that moved cards began.
//! A move is kept with what was before, so that it is taken back as a whole.

use kizashi_db::Tx;
use kizashi_domain::calendar::Calendar;
use kizashi_domain::id::{Customer, Id, Staff, Workspace};
use kizashi_domain::plays::{Standing, Who};
use kizashi_domain::time::{Day, Time};
use uuid::Uuid;

use super::advance::{Scene, go_on};
use super::again::settled;
use super::load::{Run, find_run, find_run_of, open_run};
use super::shifts::{self, MovedRun, MovedStep, Place};
use super::store::Said;
use crate::access::Grant;
use crate::plays::many::{Batch, undo_in};
use crate::plays::store::{Turned, list_turned};
use crate::settings::open_settings;
use crate::{App, Refused, Result};

/// A move of open steps that is taken back as a whole.
#[derive(Debug)]
pub enum Shift {}

/// What a move did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shifted {
    /// Takes it back.
    pub shift: Id<Shift>,
    /// Open steps that are somebody's work and moved.
    pub steps: usize,
}

/// How open steps move.
#[derive(Clone, Copy, Debug)]
struct Move {
    business_days: i32,
    /// From whom to whom.
    owner: Option<(Option<Id<Staff>>, Id<Staff>)>,
    /// Whether steps that are dated back from a contract go to other days as well.
    with_dated: bool,
}

/// Moves the open steps of a run; how many that are somebody's work.
fn apply(run: &mut Run, how: Move, calendar: &Calendar) -> usize {
    let steps = run.play.steps();
    let was_nobodys = run.owner.is_none();
    let (mut moved, mut later) = (0, false);
    for ((step, state), task) in steps.iter().zip(&mut run.state.steps).zip(&mut run.tasks) {
        if state.standing != Standing::Open {
            continue;
        }
        let before = (state.due_on, task.owner);
        if how.business_days != 0 && (how.with_dated || state.dated_from.is_none()) {
            state.due_on = state.due_on.map(|due| calendar.add_business_days(due, how.business_days));
        }
        if let Some((from, to)) = how.owner.filter(|_| state.asks) {
            // What nobody looked after fell to a manager.
            let fell = from.is_none() && was_nobodys && step.who == Who::Owner;
            if task.owner == from || fell {
                task.owner = Some(to);
            }
        }
        if state.due_on != before.0 {
            (state.escalated_on, later) = (None, true);
        }
        moved += usize::from(state.asks && before != (state.due_on, task.owner));
    }
    if later {
        run.state.due_on = calendar.add_business_days(run.state.due_on, how.business_days);
    }
    if let Some((_, to)) = how.owner.filter(|(from, _)| run.owner == *from) {
        run.owner = Some(to);
    }
    moved
}

/// Moves the open steps of a run by some business days, or gives them to another person.
pub async fn shift_run(
    app: &App,
    grant: &Grant,
    id: Uuid,
    business_days: i32,
    owner: Option<Id<Staff>>,
) -> Result<Shifted> {
    const SHIFT_DAYS_MAX: i32 = 250;
    if business_days.abs() > SHIFT_DAYS_MAX {
        return Err(Refused::Field { field: "days", reason: "not-a-number" }.into());
    }
    if business_days == 0 && owner.is_none() {
        return Err(Refused::Field { field: "days", reason: "nothing-to-move" }.into());
    }
    let settings = open_settings(app, grant.workspace()).await?;
    let scene = Scene::now(app, &settings);
    let mut tx = app.db.write().await?;
    let Some(before) = find_run(&mut tx, grant.workspace(), id).await? else { return Err(Refused::NotFound.into()) };
    if before.state.ended.is_some() {
        return Err(Refused::Changed.into());
    }
    let mut run = before.clone();
    let how = Move { business_days, owner: owner.map(|to| (before.owner, to)), with_dated: true };
    let steps = apply(&mut run, how, &settings.calendar);
    let due_before =
        |run: &Run, at: usize| run.state.steps.get(at).and_then(|s| s.due_on).is_some_and(|d| d < scene.today);
    if business_days < 0 && (0..run.state.steps.len()).any(|at| due_before(&run, at) && !due_before(&before, at)) {
        return Err(Refused::Field { field: "days", reason: "shift-into-past" }.into());
    }
    let after = go_on(&mut tx, &scene, &before, run, Said::default()).await?;
    let shift = shifts::keep_shift(&mut tx, grant, None, app.now()).await?;
    shifts::keep_row(&mut tx, grant.workspace(), shift, &compare(&before, &after)).await?;
    tx.commit().await?;
    Ok(Shifted { shift, steps })
}

/// Moves one open step to a day, or gives it to another person; the run, and the move.
pub async fn shift_step(
    app: &App,
    grant: &Grant,
    task: Uuid,
    due: Option<Day>,
    owner: Option<Id<Staff>>,
) -> Result<(Uuid, Shifted)> {
    const DUE_DAYS_MAX: i32 = 366;
    let (ws, settings) = (grant.workspace(), open_settings(app, grant.workspace()).await?);
    let scene = Scene::now(app, &settings);
    if due.is_some_and(|day| day < scene.today || day > scene.today.plus(DUE_DAYS_MAX)) {
        return Err(Refused::Field { field: "due", reason: "step-due-out-of-range" }.into());
    }
    let mut tx = app.db.write().await?;
    let Some((before, at)) = find_run_of(&mut tx, ws, task).await? else { return Err(Refused::NotFound.into()) };
    let mut run = before.clone();
    let is_over = run.state.ended.is_some();
    let open = run.state.steps.get_mut(at).zip(run.tasks.get_mut(at));
    let Some((state, task)) = open.filter(|(s, _)| !is_over && s.standing == Standing::Open && s.asks) else {
        return Err(Refused::Changed.into());
    };
    if let Some(day) = due.map(|day| settings.calendar.next_business_day(day)).filter(|day| state.due_on != Some(*day))
    {
        (state.due_on, state.escalated_on) = (Some(day), None);
    }
    task.owner = owner.or(task.owner);
    let after = go_on(&mut tx, &scene, &before, run, Said::default()).await?;
    let shift = shifts::keep_shift(&mut tx, grant, None, app.now()).await?;
    shifts::keep_row(&mut tx, ws, shift, &compare(&before, &after)).await?;
    tx.commit().await?;
    Ok((before.id, Shifted { shift, steps: 1 }))
}

/// What the move of a card means for the steps of the runs that it began: as many business days, or from the one to the other. What is
/// dated back from a contract stays where it is.
fn move_of(card: &Turned, calendar: &Calendar) -> Option<Move> {
    let (before, with_dated) = (&card.before, false);
    match card.act.as_str() {
        "moved" => {
            let business_days = calendar.business_days_between(before.due_day, card.due_day);
            (business_days != 0).then_some(Move { business_days, owner: None, with_dated })
        }
        "assigned" => {
            let to = card.owner.filter(|to| before.owner_id != Some(*to))?;
            Some(Move { business_days: 0, owner: Some((before.owner_id, to)), with_dated })
        }
        _ => None,
    }
}

/// The open runs that the cards of a batch began, and how each moves with its card.
async fn list_following(
    app: &App,
    ws: Id<Workspace>,
    batch: Id<Batch>,
    calendar: &Calendar,
) -> Result<Vec<(Uuid, Move)>> {
    let mut out = Vec::new();
    if shifts::is_followed(app, ws, batch).await? {
        return Ok(out);
    }
    for card in list_turned(app, ws, batch).await? {
        let Some(how) = move_of(&card, calendar) else { continue };
        let runs = super::lists::list_open_of_card(app, ws, card.card).await?;
        out.extend(runs.into_iter().map(|run| (run, how)));
    }
    Ok(out)
}

/// How many open steps would move with the cards of a batch; 0 = none, or they did.
pub async fn count_following(app: &App, ws: Id<Workspace>, batch: Id<Batch>) -> Result<usize> {
    let settings = open_settings(app, ws).await?;
    let mut steps = 0;
    for (id, how) in list_following(app, ws, batch, &settings.calendar).await? {
        if let Some(mut run) = open_run(app, ws, id).await? {
            steps += apply(&mut run, how, &settings.calendar);
        }
    }
    Ok(steps)
}

/// Moves the open steps of the runs that the cards of a batch began as the cards were moved: once.
pub async fn move_following(app: &App, grant: &Grant, batch: Id<Batch>) -> Result<Shifted> {
    let ws = grant.workspace();
    let settings = open_settings(app, ws).await?;
    let scene = Scene::now(app, &settings);
    let following = list_following(app, ws, batch, &settings.calendar).await?;
    let mut tx = app.db.write().await?;
    let shift = shifts::keep_shift(&mut tx, grant, Some(batch), app.now()).await?;
    let mut steps = 0;
    for (id, how) in following {
        let Some(before) = find_run(&mut tx, ws, id).await?.filter(|run| run.state.ended.is_none()) else { continue };
        let mut run = before.clone();
        let moved = apply(&mut run, how, &settings.calendar);
        if moved > 0 {
            let after = go_on(&mut tx, &scene, &before, run, Said::default()).await?;
            shifts::keep_row(&mut tx, ws, shift, &compare(&before, &after)).await?;
            steps += moved;
        }
    }
    if steps == 0 {
        return Err(Refused::Changed.into());
    }
    tx.commit().await?;
    Ok(Shifted { shift, steps })
}

/// What a run was before a move and since.
fn compare(before: &Run, after: &Run) -> MovedRun {
    let place = |run: &Run, at: usize| {
        let (state, task) = run.state.steps.get(at).zip(run.tasks.get(at))?;
        let is_open = state.standing == Standing::Open;
        is_open.then_some((task.id, Place { due: state.due_on, owner: task.owner, escalated: state.escalated_on }))
    };
    let step = |at: usize| {
        let ((task, before), (_, after)) = place(before, at).zip(place(after, at))?;
        (before != after).then_some(MovedStep { task, before, after })
    };
    let head = |run: &Run| (run.state.due_on, run.owner);
    MovedRun {
        run: before.id,
        before: head(before),
        after: head(after),
        steps: (0..before.tasks.len()).filter_map(step).collect(),
    }
}

/// Puts back what was not changed since; how many steps are as they were, and how many are left as they are.
fn put_back(run: &mut Run, moved: &MovedRun) -> (usize, usize) {
    let (mut back, mut left) = (0, 0);
    for step in &moved.steps {
        let at = run.tasks.iter().position(|t| t.id == step.task);
        let found = at.and_then(|at| run.state.steps.get_mut(at).zip(run.tasks.get_mut(at)));
        let same = |due: Option<Day>, owner| (due, owner) == (step.after.due, step.after.owner);
        match found {
            Some((state, task)) if state.standing == Standing::Open && same(state.due_on, task.owner) => {
                (state.due_on, state.escalated_on) = (step.before.due, step.before.escalated);
                task.owner = step.before.owner;
                back += 1;
            }
            _ => left += 1,
        }
    }
    if run.state.due_on == moved.after.0 {
        run.state.due_on = moved.before.0;
    }
    if run.owner == moved.after.1 {
        run.owner = moved.before.1;
    }
    (back, left)
}

/// Whoever had what moved may have handed it over since.
async fn settle(
    tx: &mut Tx,
    ws: Id<Workspace>,
    customer: Id<Customer>,
    (moved, since): (&mut MovedRun, Time),
) -> Result<()> {
    moved.before.1 = settled(tx, ws, customer, (moved.before.1, since)).await?;
    for step in &mut moved.steps {
        step.before.owner = settled(tx, ws, customer, (step.before.owner, since)).await?;
    }
    Ok(())
}

/// What taking a move back did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unshifted {
    /// Steps that are as they were.
    pub steps: usize,
    /// Cards that are as they were; `None` = no card had moved with them.
    pub cards: Option<usize>,
    /// Steps and cards that were changed since, and are left as they are.
    pub left: usize,
}

/// Takes a move back: each step is as it was, unless it was answered or moved again since. The cards with which they moved are as they
/// were too, unless they were changed since.
pub async fn undo_shift(app: &App, grant: &Grant, shift: Id<Shift>) -> Result<Unshifted> {
    let ws = grant.workspace();
    let settings = open_settings(app, ws).await?;
    let scene = Scene::now(app, &settings);
    let mut tx = app.db.write().await?;
    let undone = shifts::keep_undone(&mut tx, ws, shift, app.now()).await?;
    let (since, batch) = undone.ok_or(Refused::Changed)?;
    let mut did = Unshifted::default();
    for mut moved in shifts::list_rows(&mut tx, ws, shift).await? {
        let found = find_run(&mut tx, ws, moved.run).await?.filter(|run| run.state.ended.is_none());
        let Some(before) = found else {
            did.left += moved.steps.len();
            continue;
        };
        settle(&mut tx, ws, before.customer, (&mut moved, since)).await?;
        let mut run = before.clone();
        let counts = put_back(&mut run, &moved);
        (did.steps, did.left) = (did.steps + counts.0, did.left + counts.1);
        go_on(&mut tx, &scene, &before, run, Said::default()).await?;
    }
    if let Some(batch) = batch {
        // Taken back by itself before: then only the steps were left.
        let cards = undo_in(&mut tx, (app, &settings), grant, batch).await?;
        (did.cards, did.left) = (cards.map(|(back, _)| back), did.left + cards.map_or(0, |(_, left)| left));
    }
    tx.commit().await?;
    Ok(did)
}
