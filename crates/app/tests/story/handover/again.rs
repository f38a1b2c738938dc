//! What becomes open again after a handover is with whoever took it over, whichever way it opens.

use kizashi_app::access::{Action, Role, leave_staff, permit};
use kizashi_app::deals::change_deal;
use kizashi_app::handover::{hand_over, open_handover, plan_handover, undo_handover};
use kizashi_app::merges::{merge, undo_merge};
use kizashi_app::plays::{
    self, Act, Closing, Outcome, StepAnswer, answer_step, change_cards, close_card, join_card, reopen_card, reopen_run,
    resume_run, shift_step, snooze_card, start_run, stop_run, take_card, undo_cards, undo_shift, wake_card,
};
use kizashi_app::rooms::{
    NewAction, NewRoom, add_action, close_room, finish_action, open_room, remove_action, reopen_room, start_room,
};
use kizashi_db::{args, sql};
use kizashi_domain::id::{Customer, Handover, Id, Room, Staff};
use kizashi_domain::intake::{CustomerRow, DealRow, Record};
use kizashi_domain::rooms::RoomOutcome;
use kizashi_testkit::On;
use uuid::Uuid;

use super::open::{list_open, of};
use super::{World, ask, card, keep, set};
use crate::BOTH;

/// A world in which aoki owns five customers more.
async fn with_own(on: On) -> (World, Vec<Id<Customer>>) {
    let world = set(on, 1).await;
    let row = |i: usize| CustomerRow {
        external_id: format!("own{i}"),
        name: Some(format!("青木の会社{i}")),
        owner: Some("aoki@shiken.example".into()),
        since: Some("2025-01-01".parse().unwrap()),
        ..CustomerRow::default()
    };
    keep(&world.stage, (0..5).map(|i| Record::Customer(row(i))).collect()).await;
    kizashi_app::schedule::score_all(&world.stage.app, world.stage.workspace).await.unwrap();
    let mut own = Vec::new();
    for i in 0..5 {
        own.push(super::pack::find(&world.stage, &format!("own{i}")).await);
    }
    (world, own)
}

async fn hand(world: &World, from: Id<Staff>, to: &[Id<Staff>]) -> Id<Handover> {
    let (app, wish) = (&world.stage.app, ask(from, to));
    let seen = plan_handover(app, &world.manager, &wish).await.unwrap().rows.len();
    hand_over(app, &world.manager, &wish, seen).await.unwrap()
}

async fn owner(world: &World, column: &str, id: Uuid) -> Option<Uuid> {
    list_open(&world.stage).await[column].iter().find(|(one, _)| *one == id).unwrap_or_else(|| panic!("{column}")).1
}

async fn nothing_is_with(world: &World, staff: Id<Staff>, on: On) {
    assert_eq!(of(&list_open(&world.stage).await, staff), [], "{on:?}: open with whoever gave it");
}

#[tokio::test]
async fn cards_that_open_again_are_with_whoever_took_them_over() {
    for on in BOTH {
        let (world, own) = with_own(on).await;
        let (app, stage) = (&world.stage.app, &world.stage);
        let [aoki, baba, chiba] = [0, 1, 2].map(|i| world.people[i].staff);
        let grant = permit(&world.manager, Action::Work).unwrap();
        let mut cards = Vec::new();
        for _ in 0..6 {
            cards.push(card(stage, Some(own[0]), aoki, false).await);
        }
        let [one, many, given, taken, asleep, moved] = cards.try_into().unwrap();
        let loose = card(stage, None, aoki, false).await;
        let helped = card(stage, Some(own[1]), chiba, false).await;
        join_card(app, &grant, helped, aoki).await.unwrap();

        close_card(app, &grant, one, Outcome::Solved, "話せた").await.unwrap();
        close_card(app, &grant, helped, Outcome::Solved, "話せた").await.unwrap();
        let close = Act::Close(Closing::with(Outcome::Solved, "まとめて"));
        let closed = change_cards(app, &grant, &[many, loose], &close).await.unwrap().batch;
        let gave = change_cards(app, &grant, &[given], &Act::Hand(Some(baba))).await.unwrap().batch;
        let theirs = permit(&world.people[2], Action::Work).unwrap();
        let took = change_cards(app, &theirs, &[taken], &Act::Take).await.unwrap().batch;
        let late = Act::Move(stage.today().plus(7));
        let shifted = change_cards(app, &grant, &[moved], &late).await.unwrap().batch;
        snooze_card(app, &grant, asleep, stage.today().plus(3), "返事を待つ").await.unwrap();

        let wish = ask(aoki, &[baba, chiba]);
        let plan = plan_handover(app, &world.manager, &wish).await.unwrap();
        let to = |customer| plan.rows.iter().find(|row| row.customer == customer).unwrap().to.unwrap().uuid();
        let (first, second) = (to(own[0]), to(own[1]));
        hand_over(app, &world.manager, &wish, plan.rows.len()).await.unwrap();

        reopen_card(app, &grant, one).await.unwrap();
        reopen_card(app, &grant, helped).await.unwrap();
        assert_eq!(undo_cards(app, &grant, closed).await.unwrap(), (2, 0), "{on:?}");
        assert_eq!(undo_cards(app, &grant, gave).await.unwrap(), (1, 0), "{on:?}");
        assert_eq!(undo_cards(app, &grant, took).await.unwrap(), (1, 0), "{on:?}");
        assert_eq!(undo_cards(app, &grant, shifted).await.unwrap(), (0, 1), "{on:?}: it was handed over since");
        wake_card(app, &grant, asleep).await.unwrap();
        nothing_is_with(&world, aoki, on).await;
        for card in [one, many, given, taken, asleep, moved] {
            assert_eq!(owner(&world, "card.owner_id", card.uuid()).await, Some(first), "{on:?}: {card}");
        }
        assert_eq!(owner(&world, "card.owner_id", loose.uuid()).await, Some(baba.uuid()), "{on:?}: of no customer");
        let helps = &list_open(stage).await["card_associate.staff_id"];
        let helper = helps.iter().filter(|(id, _)| *id == helped.uuid()).map(|(_, who)| who.unwrap());
        assert_eq!(helper.collect::<Vec<_>>(), [second], "{on:?}");
        let life = plays::open_card(app, stage.workspace, one).await.unwrap().steps;
        assert_eq!(life[..2].iter().map(|s| s.step.as_str()).collect::<Vec<_>>(), ["handed", "reopened"], "{on:?}");
    }
}

#[tokio::test]
async fn it_goes_through_every_handover_since_and_through_none_that_was_before_or_was_undone() {
    for on in BOTH {
        let (world, own) = with_own(on).await;
        let (app, stage) = (&world.stage.app, &world.stage);
        let [aoki, baba, chiba] = [0, 1, 2].map(|i| world.people[i].staff);
        let grant = permit(&world.manager, Action::Work).unwrap();
        let closed = card(stage, Some(own[0]), aoki, true).await;
        let whose = async || owner(&world, "card.owner_id", closed.uuid()).await.unwrap();
        let close = async || close_card(app, &grant, closed, Outcome::Solved, "話せた").await.unwrap();

        stage.go_to("2026-11-25");
        let undone = hand(&world, aoki, &[chiba]).await;
        undo_handover(app, &world.manager, undone).await.unwrap();
        reopen_card(app, &grant, closed).await.unwrap();
        assert_eq!(whose().await, aoki.uuid(), "{on:?}: undone");
        close().await;

        stage.go_to("2026-11-26");
        hand(&world, aoki, &[baba]).await;
        stage.go_to("2026-11-27");
        let second = hand(&world, baba, &[chiba]).await;
        reopen_card(app, &grant, closed).await.unwrap();
        assert_eq!(whose().await, chiba.uuid(), "{on:?}: twice");
        let page = open_handover(app, stage.workspace, second).await.unwrap();
        assert!(page.items.iter().all(|(_, kind, _)| kind != "again"), "{on:?}: {:?}", page.items);

        // What somebody takes again is theirs, also after they handed everything over.
        stage.go_to("2026-11-30");
        take_card(app, &permit(&world.people[0], Action::Work).unwrap(), closed).await.unwrap();
        close().await;
        reopen_card(app, &grant, closed).await.unwrap();
        assert_eq!(whose().await, aoki.uuid(), "{on:?}");

        // Nothing was handed over, but its owner is gone: whoever owns the customer has it.
        close().await;
        let admin = stage.staff("admin", Role::Admin).await.viewer;
        leave_staff(app, &permit(&admin, Action::Administer).unwrap(), aoki).await.unwrap();
        reopen_card(app, &grant, closed).await.unwrap();
        assert_eq!(whose().await, chiba.uuid(), "{on:?}: chiba owns the customer by now");
    }
}

#[tokio::test]
async fn steps_and_runs_that_open_again_are_with_whoever_took_them_over() {
    for on in BOTH {
        let (world, own) = with_own(on).await;
        let (app, ws) = (&world.stage.app, world.stage.workspace);
        let [aoki, baba, chiba] = [0, 1, 2].map(|i| world.people[i].staff);
        let grant = permit(&world.manager, Action::Work).unwrap();
        let (mut runs, mut tasks) = (Vec::new(), Vec::new());
        for customer in &own[..4] {
            start_run(app, &grant, *customer, "break_silence").await.unwrap();
            let open = plays::open_plays_of(app, ws, *customer).await.unwrap();
            let run = open.runs.iter().find(|r| r.owner.as_deref() == Some("aoki")).unwrap().id;
            runs.push(run);
            tasks.push(plays::open_run(app, ws, run).await.unwrap().steps[0].task);
        }
        answer_step(app, &grant, tasks[0], StepAnswer::Done, "電話した").await.unwrap();
        stop_run(app, &grant, runs[1], "別の進め方にする").await.unwrap();
        plays::pause_run(app, &grant, runs[2], "担当の方が休み").await.unwrap();
        let (_, moved) = shift_step(app, &grant, tasks[3], None, Some(chiba)).await.unwrap();

        hand(&world, aoki, &[baba]).await;
        answer_step(app, &grant, tasks[0], StepAnswer::Undone, "").await.unwrap();
        reopen_run(app, &grant, runs[1]).await.unwrap();
        resume_run(app, &grant, runs[2]).await.unwrap();
        assert_eq!(undo_shift(app, &grant, moved.shift).await.unwrap().steps, 1, "{on:?}");
        nothing_is_with(&world, aoki, on).await;
        for (run, task) in runs.into_iter().zip(tasks) {
            assert_eq!(owner(&world, "play_run.owner_id", run).await, Some(baba.uuid()), "{on:?}");
            assert_eq!(owner(&world, "play_task.owner_id", task).await, Some(baba.uuid()), "{on:?}");
        }
    }
}

async fn action(world: &World, room: Id<Room>, what: &str, owner: Id<Staff>) -> Uuid {
    let (app, grant) = (&world.stage.app, permit(&world.manager, Action::Work).unwrap());
    let due = world.stage.today().plus(3);
    add_action(app, &grant, room, &NewAction { what: what.into(), owner: Some(owner), due }).await.unwrap();
    let page = open_room(app, world.stage.workspace, room).await.unwrap();
    page.actions.into_iter().find(|a| a.what == what).unwrap().id
}

#[tokio::test]
async fn rooms_and_their_actions_that_open_again_are_with_whoever_took_them_over() {
    for on in BOTH {
        let (world, own) = with_own(on).await;
        let app = &world.stage.app;
        let [aoki, baba, chiba] = [0, 1, 2].map(|i| world.people[i].staff);
        let grant = permit(&world.manager, Action::Work).unwrap();
        let new = |customer, owner| NewRoom { customer, card: None, owner: Some(owner), goal: "立て直す".into() };
        let closed = start_room(app, &grant, &new(own[0], aoki)).await.unwrap();
        let still = action(&world, closed, "訪問する", aoki).await;
        close_room(app, &grant, closed, RoomOutcome::Recovered, "早く会う").await.unwrap();
        let open = start_room(app, &grant, &new(own[1], chiba)).await.unwrap();
        let (done, removed) =
            (action(&world, open, "電話する", aoki).await, action(&world, open, "資料を送る", aoki).await);
        finish_action(app, &grant, done, true).await.unwrap();
        remove_action(app, &grant, removed, true).await.unwrap();

        hand(&world, aoki, &[baba]).await;
        reopen_room(app, &grant, closed).await.unwrap();
        finish_action(app, &grant, done, false).await.unwrap();
        remove_action(app, &grant, removed, false).await.unwrap();
        nothing_is_with(&world, aoki, on).await;
        assert_eq!(owner(&world, "room.owner_id", closed.uuid()).await, Some(baba.uuid()), "{on:?}");
        for action in [still, done, removed] {
            assert_eq!(owner(&world, "room_action.owner_id", action).await, Some(baba.uuid()), "{on:?}");
        }
        let members = &list_open(&world.stage).await["room_member.staff_id"];
        let member = members.iter().filter(|(room, who)| *room == closed.uuid() && *who == Some(baba.uuid()));
        assert_eq!(member.count(), 1, "{on:?}");
    }
}

#[tokio::test]
async fn a_deal_that_was_lost_and_is_open_again_is_with_whoever_took_over() {
    for on in BOTH {
        let (world, own) = with_own(on).await;
        let app = &world.stage.app;
        let [aoki, baba, _] = [0, 1, 2].map(|i| world.people[i].staff);
        let grant = permit(&world.manager, Action::Work).unwrap();
        keep(
            &world.stage,
            vec![Record::Deal(DealRow {
                external_id: "again".into(),
                customer: "own0".into(),
                title: Some("席を増やす".into()),
                stage: Some("proposal".into()),
                owner: Some("aoki@shiken.example".into()),
                ..DealRow::default()
            })],
        )
        .await;
        let deals = kizashi_app::deals::list_deals_of(app, world.stage.workspace, own[0], None).await.unwrap();
        let deal = deals.iter().find(|d| d.title == "席を増やす").unwrap().id;
        let stage = |word: &str| [("stage".to_owned(), word.to_owned()), ("owner".to_owned(), aoki.to_string())];
        change_deal(app, &grant, deal, &stage("lost")).await.unwrap();
        hand(&world, aoki, &[baba]).await;
        // The form still names whoever had it.
        change_deal(app, &grant, deal, &stage("proposal")).await.unwrap();
        nothing_is_with(&world, aoki, on).await;
        assert_eq!(owner(&world, "deal.owner_id", deal.uuid()).await, Some(baba.uuid()), "{on:?}");
    }
}

#[tokio::test]
async fn what_a_merge_closed_is_with_whoever_took_over_when_it_is_undone() {
    for on in BOTH {
        let (world, own) = with_own(on).await;
        let (app, stage) = (&world.stage.app, &world.stage);
        let [aoki, baba, _] = [0, 1, 2].map(|i| world.people[i].staff);
        let grant = stage.console();
        for customer in &own[..2] {
            let card = card(stage, Some(*customer), aoki, false).await;
            let name = sql!("UPDATE card SET subject = $2 WHERE id = $1");
            let mut tx = stage.db.write().await.unwrap();
            tx.run(name, args![card, customer.to_string()]).await.unwrap();
            tx.commit().await.unwrap();
            let new = NewRoom { customer: *customer, card: None, owner: Some(aoki), goal: "立て直す".into() };
            start_room(app, &grant, &new).await.unwrap();
        }
        let merged = merge(app, &grant, own[0], own[1]).await.unwrap();
        hand(&world, aoki, &[baba]).await;
        undo_merge(app, &grant, merged).await.unwrap();
        nothing_is_with(&world, aoki, on).await;
        let open = list_open(stage).await;
        assert!(of(&open, baba).contains(&("customer.owner_id", own[1].uuid())), "{on:?}: it came back");
    }
}
