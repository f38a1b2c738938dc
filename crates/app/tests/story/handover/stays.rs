//! What does not move is listed beforehand, and whoever left with anything at all is named.

use kizashi_app::access::{Action, Role, leave_staff, permit};
use kizashi_app::customers::{NewHunch, keep_view, note_hunch};
use kizashi_app::handover::{hand_over, list_due, plan_handover};
use kizashi_app::health::{NewOverride, keep_override};
use kizashi_app::rooms::{NewAction, NewRoom, add_action, start_room};
use kizashi_db::{args, sql};
use uuid::Uuid;

use super::open::{list_open, of, staying};
use super::{ask, set};
use crate::BOTH;

#[tokio::test]
async fn whatever_stays_with_whoever_goes_is_listed_before_anything_moves() {
    for on in BOTH {
        let world = set(on, 1).await;
        let (app, stage) = (&world.stage.app, &world.stage);
        let [aoki, baba] = [0, 1].map(|i| world.people[i].staff);
        let theirs = permit(&world.people[0], Action::Work).unwrap();
        let customer = plan_handover(app, &world.manager, &ask(aoki, &[baba])).await.unwrap().rows[0].customer;
        let felt = NewHunch { feeling: 1, confidence: 2, days: 30, note: String::new() };
        note_hunch(app, &theirs, customer, felt).await.unwrap();
        let said = NewOverride {
            points: Some(70),
            reason: "known_event".into(),
            note: "来月から増える".into(),
            until: stage.today().plus(30),
            ..NewOverride::default()
        };
        keep_override(app, &theirs, customer, said).await.unwrap();
        keep_view(app, &theirs, "西の会社", "q=西", true).await.unwrap();
        let letter = sql!(
            "INSERT INTO outgoing (id, workspace_id, key, customer_id, contact_id, purpose, channel, subject, body, staff_id, state, why, person, ",
            "look_at, created_at) VALUES ($1, $2, 'a', $3, $1, 'renewal', 'mail', 's', 'b', $4, 'waiting', '', '', $5, $5)"
        );
        let mut tx = stage.db.write().await.unwrap();
        tx.run(letter, args![Uuid::now_v7(), stage.workspace, customer, aoki, app.now()]).await.unwrap();
        tx.commit().await.unwrap();

        let stays = plan_handover(app, &world.manager, &ask(aoki, &[baba])).await.unwrap().stays;
        for word in staying() {
            assert!(stays.iter().any(|(kind, n)| *kind == word && *n > 0), "{on:?}: {word} is not listed: {stays:?}");
        }
    }
}

#[tokio::test]
async fn whoever_left_with_nothing_but_an_action_of_a_room_is_named_until_it_is_handed_over() {
    for on in BOTH {
        let world = set(on, 2).await;
        let (app, ws) = (&world.stage.app, world.stage.workspace);
        let [aoki, baba] = [0, 1].map(|i| world.people[i].staff);
        let writer = permit(&world.manager, Action::Work).unwrap();
        let wish = ask(aoki, &[baba]);
        let seen = plan_handover(app, &world.manager, &wish).await.unwrap().rows.len();
        hand_over(app, &world.manager, &wish, seen).await.unwrap();
        let new = NewRoom { customer: world.customers[1], card: None, owner: Some(baba), goal: "立て直す".into() };
        let room = start_room(app, &writer, &new).await.unwrap();
        let due = world.stage.today().plus(3);
        add_action(app, &writer, room, &NewAction { what: "訪問する".into(), owner: Some(aoki), due }).await.unwrap();

        let admin = world.stage.staff("admin", Role::Admin).await.viewer;
        leave_staff(app, &permit(&admin, Action::Administer).unwrap(), aoki).await.unwrap();
        let due = list_due(app, ws).await.unwrap();
        let told: Vec<_> = due.iter().map(|d| (d.staff, d.customers, d.cards, d.others)).collect();
        assert_eq!(told, [(aoki, 0, 0, 1)], "{on:?}");
        hand_over(app, &world.manager, &wish, 0).await.unwrap();
        assert_eq!(of(&list_open(&world.stage).await, aoki), [], "{on:?}");
        assert!(list_due(app, ws).await.unwrap().is_empty(), "{on:?}");
    }
}
