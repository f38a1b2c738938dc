//! Work goes from one person to others, all of it, and all of it back.

mod again;
mod letters;
mod open;
mod pack;
mod said_again;
mod stays;

use kizashi_app::access::{Action, Role, Viewer, leave_staff, list_staff, permit, return_staff};
use kizashi_app::customers::{
    ListQuery, NewHunch, list_customers, list_fields, note_activity, note_hunch, open_briefing,
};
use kizashi_app::handover::{self, Ask, hand_over, list_due, list_received, note_read, plan_handover, undo_handover};
use kizashi_app::intake::{Received, keep_field_owner, keep_records};
use kizashi_app::plays::{join_card, note_card, start_run};
use kizashi_app::rooms::{NewAction, NewRoom, add_action, add_member, start_room};
use kizashi_app::today::open_today;
use kizashi_app::{Error, Refused};
use kizashi_db::{args, sql};
use kizashi_domain::handover::{NextKind, Rule};
use kizashi_domain::id::{Card, Customer, Id, Staff};
use kizashi_domain::intake::{CustomerRow, DealRow, Record};
use kizashi_testkit::{On, Stage};
use uuid::Uuid;

use self::open::{list_open, moved_columns, of};
use crate::{BOTH, SAAS};

/// Small, and always the same for a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % n).unwrap()
    }
}

struct World {
    stage: Stage,
    people: Vec<Viewer>,
    manager: Viewer,
    customers: Vec<Id<Customer>>,
}

async fn keep(stage: &Stage, records: Vec<Record>) {
    let received: Vec<Received> =
        records.into_iter().map(|record| Received { at: stage.app.now(), assumed: false, record }).collect();
    keep_records(&stage.app, stage.workspace, kizashi_app::intake::OWN_SOURCE, &received, false).await.unwrap();
}

/// Three people with everything that can be somebody's, given out by chance.
async fn set(on: On, seed: u64) -> World {
    let stage = Stage::set(on, SAAS, "2026-11-24").await;
    let (app, ws) = (stage.app.clone(), stage.workspace);
    let mut people = Vec::new();
    for name in ["aoki", "baba", "chiba"] {
        people.push(stage.staff(name, Role::Csm).await.viewer);
    }
    let manager = stage.staff("mori", Role::Manager).await.viewer;
    let mut dice = Dice(seed + 1);
    let mut records = Vec::new();
    for i in 0..8 {
        let owner = ["aoki", "aoki", "baba", "chiba"][dice.below(4)];
        records.push(Record::Customer(CustomerRow {
            external_id: format!("c{i}"),
            name: Some(format!("会社{i}")),
            segment: Some(["大手", "中堅"][dice.below(2)].into()),
            region: Some(["東", "西", "南"][dice.below(3)].into()),
            owner: Some(format!("{owner}@shiken.example")),
            since: Some("2025-01-01".parse().unwrap()),
            ..CustomerRow::default()
        }));
    }
    keep(&stage, records).await;
    let mut deals = Vec::new();
    for i in 0..8 {
        let owner = ["aoki", "baba", "chiba"][dice.below(3)];
        deals.push(Record::Deal(DealRow {
            external_id: format!("d{i}"),
            customer: format!("c{}", dice.below(8)),
            title: Some(format!("商談{i}")),
            stage: Some(["inquiry", "won", "proposal"][dice.below(3)].into()),
            owner: Some(format!("{owner}@shiken.example")),
            next_step: Some("見積を送る".into()),
            ..DealRow::default()
        }));
    }
    keep(&stage, deals).await;
    kizashi_app::schedule::score_all(&app, ws).await.unwrap();
    let query = ListQuery { rows: 50, ..ListQuery::default() };
    let mut rows = list_customers(&app, ws, &query).await.unwrap().rows;
    rows.sort_by(|a, b| a.external_id.cmp(&b.external_id));
    let customers: Vec<Id<Customer>> = rows.iter().map(|r| r.id).collect();
    for (i, customer) in customers.iter().enumerate() {
        let is_closed = dice.below(4) == 0;
        let card = card(&stage, Some(*customer), people[dice.below(3)].staff, is_closed).await;
        let writer = permit(&manager, Action::Work).unwrap();
        if !is_closed {
            join_card(&app, &writer, card, people[dice.below(3)].staff).await.unwrap();
            let whom = ["aoki", "baba", "chiba"][dice.below(3)];
            note_card(&app, &writer, card, &format!("見てください @{whom}")).await.unwrap();
        }
        start_run(&app, &writer, *customer, "break_silence").await.unwrap();
        let whom = ["aoki", "baba", "aoki @baba"][dice.below(3)];
        note_activity(&app, &writer, *customer, "note", &format!("確認お願いします @{whom}")).await.unwrap();
        if i % 2 == 0 {
            let owner = Some(people[dice.below(3)].staff);
            let new = NewRoom { customer: *customer, card: None, owner, goal: "立て直す".into() };
            let room = start_room(&app, &writer, &new).await.unwrap();
            add_member(&app, &writer, room, people[dice.below(3)].staff, "技術").await.unwrap();
            let due = stage.today().plus(3);
            let owner = Some(people[dice.below(3)].staff);
            add_action(&app, &writer, room, &NewAction { what: "訪問する".into(), owner, due }).await.unwrap();
        }
    }
    card(&stage, None, people[0].staff, false).await;
    World { stage, people, manager, customers }
}

async fn card(stage: &Stage, customer: Option<Id<Customer>>, owner: Id<Staff>, is_closed: bool) -> Id<Card> {
    let insert = sql!(
        "INSERT INTO card (id, workspace_id, customer_id, subject, kind, title, what, play, owner_id, due_day, priority, opened_at, changed_at, closed_at, outcome) ",
        "VALUES ($1, $2, $3, $4, 'risk', '\"x\"', '\"x\"', '', $5, $6, 1.0, $7, $7, $8, $9)"
    );
    let (id, now) = (Uuid::now_v7(), stage.app.now());
    let closed = is_closed.then_some(now);
    let outcome = is_closed.then(|| "solved".to_owned());
    let subject = format!("seed:{id}");
    let values = args![id, stage.workspace, customer, subject, owner, stage.today().plus(2), now, closed, outcome];
    let mut tx = stage.db.write().await.unwrap();
    tx.run(insert, values).await.unwrap();
    tx.commit().await.unwrap();
    Id::from_uuid(id)
}

fn ask(from: Id<Staff>, to: &[Id<Staff>]) -> Ask {
    let to = to.to_vec();
    Ask { from, customer: None, to, rule: Rule::default(), by_hand: vec![], rest: None, note: "よろしく".into() }
}

#[tokio::test]
async fn after_any_handover_nothing_open_is_with_whoever_gave_it_and_all_of_it_can_go_back() {
    for on in BOTH {
        let mut moved: std::collections::BTreeSet<&str> = Default::default();
        for seed in 0..4 {
            let world = set(on, seed).await;
            let (app, ws) = (&world.stage.app, world.stage.workspace);
            let [aoki, baba, chiba] = [0, 1, 2].map(|i| world.people[i].staff);
            let before = list_open(&world.stage).await;
            let had = of(&before, aoki);
            assert!(had.len() > 5, "{on:?} {seed}: {had:?}");
            moved.extend(had.iter().map(|(name, _)| *name));

            let rule = Rule::ALL[usize::try_from(seed).unwrap() % 4];
            let wish = Ask { rule, ..ask(aoki, &[baba, chiba]) };
            let plan = plan_handover(app, &world.manager, &wish).await.unwrap();
            assert!(plan.rows.iter().all(|r| r.to.is_some_and(|to| to == baba || to == chiba)), "{on:?} {seed}");
            let said: i64 = plan.items.iter().map(|(_, n)| n).sum();
            assert_eq!(usize::try_from(said).unwrap() + plan.rows.len(), had.len(), "{on:?} {seed}: {:?}", plan.items);

            let stale = hand_over(app, &world.manager, &wish, plan.rows.len() + 1).await;
            assert!(matches!(stale, Err(Error::Refused(Refused::Changed))), "{stale:?}");
            let id = hand_over(app, &world.manager, &wish, plan.rows.len()).await.unwrap();
            let after = list_open(&world.stage).await;
            assert_eq!(of(&after, aoki), [], "{on:?} {seed}: open with whoever gave it");
            for row in &plan.rows {
                let owner = after["customer.owner_id"].iter().find(|(c, _)| *c == row.customer.uuid()).unwrap().1;
                assert_eq!(owner, row.to.map(Id::uuid), "{on:?} {seed}");
            }
            // What others had is theirs, and nothing was lost or doubled.
            for (name, rows) in &before {
                let others = |(_, owner): &&(Uuid, Option<Uuid>)| *owner != Some(aoki.uuid());
                assert!(rows.iter().filter(others).all(|row| after[name].contains(row)), "{on:?} {seed} {name}");
                let ids = |rows: &[(Uuid, Option<Uuid>)]| {
                    rows.iter().map(|(id, _)| *id).collect::<std::collections::BTreeSet<_>>()
                };
                assert_eq!(ids(rows), ids(&after[name]), "{on:?} {seed} {name}");
            }

            assert_eq!(undo_handover(app, &world.manager, id).await.unwrap(), 0, "{on:?} {seed}");
            let back = list_open(&world.stage).await;
            for name in before.keys().filter(|n| {
                !["mention.staff_id", "room_member.staff_id", "card_mention.staff_id", "card_associate.staff_id"]
                    .contains(n)
            }) {
                assert_eq!(back[name], before[name], "{on:?} {seed} {name}");
            }
            let twice = undo_handover(app, &world.manager, id).await;
            assert!(matches!(twice, Err(Error::Refused(Refused::Changed))), "{twice:?}");
            let _ = ws;
        }
        // Nothing passes because there was none of it.
        let never: Vec<&str> = moved_columns().into_iter().filter(|name| !moved.contains(name)).collect();
        assert!(never.is_empty(), "{on:?}: nobody had any of {never:?}");
    }
}

#[tokio::test]
async fn one_customer_goes_alone_and_its_new_owner_reads_about_it() {
    for on in BOTH {
        let world = set(on, 9).await;
        let (app, ws) = (&world.stage.app, world.stage.workspace);
        let [aoki, _, chiba] = [0, 1, 2].map(|i| world.people[i].staff);
        let own = plan_handover(app, &world.manager, &ask(aoki, &[chiba])).await.unwrap().rows;
        let customer = own[0].customer;
        let mine = permit(&world.people[0], Action::Work).unwrap();
        let felt = NewHunch { feeling: -2, confidence: 3, days: 30, note: "担当者が変わりそう".into() };
        note_hunch(app, &mine, customer, felt).await.unwrap();

        // Others may not give away what is not theirs.
        let wish = Ask { customer: Some(customer), ..ask(aoki, &[chiba]) };
        let refused = hand_over(app, &world.people[1], &wish, 1).await;
        assert!(matches!(refused, Err(Error::Refused(Refused::NotAllowed))), "{refused:?}");
        let nobody = hand_over(app, &world.people[0], &Ask { to: vec![], ..wish.clone() }, 1).await;
        assert!(matches!(nobody, Err(Error::Refused(Refused::Field { field: "to", .. }))), "{nobody:?}");

        let before = of(&list_open(&world.stage).await, aoki).len();
        world.stage.go_to("2026-11-25");
        let id = hand_over(app, &world.people[0], &wish, 1).await.unwrap();
        let after = of(&list_open(&world.stage).await, aoki);
        assert!(after.len() < before && !after.iter().any(|(_, c)| *c == customer.uuid()), "{on:?}");
        assert_eq!(plan_handover(app, &world.manager, &ask(aoki, &[chiba])).await.unwrap().rows.len(), own.len() - 1);
        let fields = list_fields(app, ws, customer, None).await.unwrap();
        let owner = fields.iter().find(|f| f.name == "owner").unwrap();
        assert_eq!(
            (owner.value.as_str(), owner.versions.len()),
            ("chiba", 2),
            "{on:?}: the owner before stays to be seen"
        );

        let received = list_received(app, ws, chiba).await.unwrap();
        assert_eq!(received.iter().map(|r| (r.customer, r.seen_at)).collect::<Vec<_>>(), [(customer, None)], "{on:?}");
        assert_eq!(open_today(app, &world.people[2]).await.unwrap().taken_over, 1);
        let theirs = permit(&world.people[2], Action::Work).unwrap();
        note_read(app, &theirs, (id, customer), true).await.unwrap();
        assert_eq!(open_today(app, &world.people[2]).await.unwrap().taken_over, 0);
        let foreign = note_read(app, &mine, (id, customer), true).await;
        assert!(matches!(foreign, Err(Error::Refused(Refused::NotFound))), "{foreign:?}");

        let briefing = open_briefing(app, ws, customer).await.unwrap();
        assert!(briefing.next.len() <= 3, "{on:?}");
        assert!(briefing.next.iter().all(|n| n.kind != NextKind::Ticket));
        assert_eq!(briefing.hunches.len(), 1, "{on:?}");
        assert!(!briefing.records[0].1.is_telling(), "one hunch says nothing of a person");
        let page = handover::open_handover(app, ws, id).await.unwrap();
        assert_eq!((page.row.customers, page.row.note.as_str()), (1, "よろしく"), "{on:?}");
        assert_eq!(world.customers.len(), 8);
    }
}

#[tokio::test]
async fn whoever_leaves_is_signed_out_and_what_is_left_is_shown_until_it_is_handed_over() {
    for on in BOTH {
        let world = set(on, 3).await;
        let (app, ws) = (&world.stage.app, world.stage.workspace);
        let [aoki, baba, _] = [0, 1, 2].map(|i| world.people[i].staff);
        let admin = world.stage.staff("admin", Role::Admin).await.viewer;
        let grant = permit(&admin, Action::Administer).unwrap();
        assert_eq!(list_due(app, ws).await.unwrap().len(), 0);
        let oneself = leave_staff(app, &grant, admin.staff).await;
        assert!(matches!(oneself, Err(Error::Refused(Refused::Field { reason: "leave-oneself", .. }))), "{oneself:?}");
        leave_staff(app, &grant, aoki).await.unwrap();
        assert!(list_staff(app, ws).await.unwrap().iter().all(|s| s.id != aoki));
        let due = list_due(app, ws).await.unwrap();
        assert_eq!(due.iter().map(|d| d.staff).collect::<Vec<_>>(), [aoki], "{on:?}");
        assert_eq!(
            open_today(app, &world.manager).await.unwrap().left_behind.len(),
            1,
            "managers see it in the morning"
        );
        assert!(open_today(app, &world.people[1]).await.unwrap().left_behind.is_empty());

        let wish = ask(aoki, &[baba]);
        let seen = plan_handover(app, &world.manager, &wish).await.unwrap().rows.len();
        hand_over(app, &world.manager, &wish, seen).await.unwrap();
        assert_eq!(of(&list_open(&world.stage).await, aoki), [], "{on:?}");
        assert!(list_due(app, ws).await.unwrap().is_empty(), "{on:?}");
        return_staff(app, &grant, aoki).await.unwrap();
        assert!(list_staff(app, ws).await.unwrap().iter().any(|s| s.id == aoki));
    }
}

#[tokio::test]
async fn an_owner_that_another_source_names_stays_and_the_rest_moves() {
    for on in BOTH {
        let world = set(on, 5).await;
        let (app, ws) = (&world.stage.app, world.stage.workspace);
        let [aoki, baba, _] = [0, 1, 2].map(|i| world.people[i].staff);
        kizashi_app::intake::keep_source(app, ws, "crm").await.unwrap();
        keep_field_owner(app, &world.stage.console(), "owner", "crm").await.unwrap();
        let wish = ask(aoki, &[baba]);
        let plan = plan_handover(app, &world.manager, &wish).await.unwrap();
        assert_eq!(plan.owned_by.as_deref(), Some("crm"), "{on:?}: it is said before");
        hand_over(app, &world.manager, &wish, plan.rows.len()).await.unwrap();
        let left = of(&list_open(&world.stage).await, aoki);
        assert_eq!(left.len(), plan.rows.len(), "{on:?}");
        assert!(left.iter().all(|(name, _)| *name == "customer.owner_id"), "{on:?}: {left:?}");
    }
}
