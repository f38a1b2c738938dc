//! Letters that wait go on in the name of whoever has the customer now; and what is proposed to whoever took one over.

use kizashi_app::access::{Action, Role, Viewer, leave_staff, permit};
use kizashi_app::customers::{NextWhy, note_activity, open_briefing};
use kizashi_app::handover::{hand_over, open_handover, plan_handover, undo_handover};
use kizashi_app::health::{NewOverride, keep_override};
use kizashi_app::notices::{
    Content, Instant, Message, Smtp, Tried, decide_letters, keep_letter_text, keep_rules, keep_smtp, keep_tried,
    list_letters, list_notices, take_errands,
};
use kizashi_app::schedule::{Schedule, score_all};
use kizashi_app::secrets::Secret;
use kizashi_db::{args, sql};
use kizashi_domain::handover::NextKind;
use kizashi_domain::id::{Contact, Customer, Id, Outgoing};
use kizashi_domain::intake::mail::Guarded;
use kizashi_domain::intake::{ContactRow, ContractRow, CustomerRow, Record};
use kizashi_testkit::{On, Stage};

use super::{ask, keep};
use crate::{BOTH, SAAS};

struct Set {
    stage: Stage,
    aoki: Viewer,
    baba: Viewer,
    manager: Viewer,
    customer: Id<Customer>,
    contact: Id<Contact>,
}

/// A customer of aoki's that is used less and less, with a key person that nobody has met.
async fn set(on: On) -> Set {
    let stage = Stage::set(on, SAAS, "2026-11-24").await;
    let aoki = stage.staff("aoki", Role::Csm).await.viewer;
    let baba = stage.staff("baba", Role::Csm).await.viewer;
    let manager = stage.staff("mori", Role::Manager).await.viewer;
    let customer = CustomerRow {
        external_id: "a".into(),
        name: Some("ミナト製作所".into()),
        owner: Some("aoki@shiken.example".into()),
        since: Some("2024-04-01".parse().unwrap()),
        ..CustomerRow::default()
    };
    let contact = ContactRow {
        external_id: "p".into(),
        customer: "a".into(),
        name: Some("高橋".into()),
        role: Some("key_person".into()),
        email: Some("takahashi@minato.example".into()),
        ..ContactRow::default()
    };
    let term = ContractRow {
        external_id: "t".into(),
        customer: "a".into(),
        start: Some("2026-10-01".parse().unwrap()),
        end: Some("2027-09-30".parse().unwrap()),
        notice_days: Some(60),
        ..ContractRow::default()
    };
    keep(&stage, vec![Record::Customer(customer), Record::Contact(contact), Record::Contract(term)]).await;
    let smtp = Smtp {
        host: "smtp.shiken.example".into(),
        port: 587,
        guarded: Some(Guarded::Tls),
        from: "cs@shiken.example".into(),
        ..Smtp::default()
    };
    keep_smtp(&stage.app, &stage.console(), smtp, Some(&Secret::new("x".into()))).await.unwrap();
    keep_rules(&stage.app, &stage.console(), 480, (Vec::new(), Vec::new()), None).await.unwrap();
    score_all(&stage.app, stage.workspace).await.unwrap();
    let find = sql!("SELECT customer_id, id FROM contact WHERE workspace_id = $1 AND external_id = 'p'");
    let (customer, contact) = stage.db.find(find, args![stage.workspace]).await.unwrap().unwrap();
    Set { stage, aoki, baba, manager, customer, contact }
}

impl Set {
    async fn write(&self, key: &str, body: &str) -> Id<Outgoing> {
        let insert = sql!(
            "INSERT INTO outgoing (id, workspace_id, key, customer_id, contact_id, purpose, channel, subject, body, staff_id, state, why, person, ",
            "look_at, created_at) VALUES ($1, $2, $3, $4, $5, 'renewal', 'mail', $3, $6, $7, 'waiting', '', '', $8, $8)"
        );
        let id: Id<Outgoing> = Id::from_uuid(uuid::Uuid::now_v7());
        let at = self.stage.app.now();
        let mut tx = self.stage.db.write().await.unwrap();
        let values = args![id, self.stage.workspace, key, self.customer, self.contact, body, self.aoki.staff, at];
        tx.run(insert, values).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    async fn hand(&self) -> Id<kizashi_domain::id::Handover> {
        let wish = ask(self.aoki.staff, &[self.baba.staff]);
        let seen = plan_handover(&self.stage.app, &self.manager, &wish).await.unwrap().rows.len();
        let id = hand_over(&self.stage.app, &self.manager, &wish, seen).await.unwrap();
        Schedule::default().turn(&self.stage.app, self.stage.workspace).await.unwrap();
        id
    }

    /// Decides and takes what goes: subjects with the address to which answers go.
    async fn send(&self, tried: &Tried) -> Vec<(String, String)> {
        let (app, ws) = (&self.stage.app, self.stage.workspace);
        self.stage.clock.set(app.now().plus_us(1_000_000));
        decide_letters(app, ws).await.unwrap();
        let mut went = Vec::new();
        for errand in take_errands(app, ws).await.unwrap() {
            if let Message::Letter(letter) = &errand.message {
                went.push((letter.subject.clone(), letter.staff.clone().unwrap().1));
                keep_tried(app, ws, &errand, tried).await.unwrap();
            }
        }
        went.sort();
        went
    }

    async fn why(&self) -> Vec<(String, String)> {
        let (rows, _) = list_letters(&self.stage.app, self.stage.workspace, "waiting", None).await.unwrap();
        rows.into_iter().map(|row| (row.subject, row.why)).collect()
    }
}

async fn told(stage: &Stage, viewer: &Viewer) -> Vec<Instant> {
    let (rows, _) = list_notices(&stage.app, viewer, None).await.unwrap();
    let instant = |content| match content {
        Content::Instant(instant) => Some(instant),
        _ => None,
    };
    rows.into_iter().filter_map(|row| instant(row.content)).collect()
}

#[tokio::test]
async fn a_letter_that_waits_goes_in_the_name_of_the_new_owner_and_one_that_names_the_former_is_looked_at() {
    for on in BOTH {
        let set = set(on).await;
        let (app, ws) = (&set.stage.app, set.stage.workspace);
        let went = |subject: &str, who: &str| vec![(subject.to_owned(), format!("{who}@shiken.example"))];
        set.write("before", "担当のaokiです。").await;
        assert_eq!(set.send(&Tried::Sent).await, went("before", "aoki"), "{on:?}");

        set.write("plain", "お世話になっております。").await;
        let named = set.write("named", "担当の Aoki です。").await;
        let handover = set.hand().await;
        let notice = told(&set.stage, &set.baba).await.remove(0);
        assert!(notice.text.ja.contains("2件") && notice.text.ja.contains("aoki"), "{on:?}: {notice:?}");
        assert_eq!(open_handover(app, ws, handover).await.unwrap().letters, (2, 0), "{on:?}");
        assert_eq!(set.send(&Tried::Sent).await, went("plain", "baba"), "{on:?}");
        assert_eq!(set.why().await, [("named".to_owned(), "former-owner".to_owned())], "{on:?}");
        assert_eq!(open_handover(app, ws, handover).await.unwrap().letters, (1, 1), "{on:?}");
        let grant = permit(&set.baba, Action::Work).unwrap();
        assert!(keep_letter_text(app, &grant, named, ("named", "  ")).await.is_err(), "{on:?}");
        keep_letter_text(app, &grant, named, ("named", "前の担当のaokiから引き継ぎました。")).await.unwrap();
        assert!(keep_letter_text(app, &grant, named, ("named", "x")).await.is_err(), "{on:?}: once");
        assert_eq!(set.send(&Tried::Sent).await, went("named", "baba"), "{on:?}: who looked at it decides");

        // Whoever took over is told that it was taken back.
        let theirs = told(&set.stage, &set.baba).await.len();
        undo_handover(app, &set.manager, handover).await.unwrap();
        Schedule::default().turn(app, ws).await.unwrap();
        let after = told(&set.stage, &set.baba).await;
        assert_eq!(after.len(), theirs + 1, "{on:?}");
        assert!(after.iter().any(|n| n.title.ja.contains("取り消され")), "{on:?}: {after:?}");
    }
}

#[tokio::test]
async fn a_letter_on_its_way_is_looked_at_again_when_its_writer_left() {
    for on in BOTH {
        let set = set(on).await;
        let app = &set.stage.app;
        set.write("named", "担当のaokiです。").await;
        assert_eq!(set.send(&Tried::Later("connect", None)).await.len(), 1, "{on:?}: the server does not answer");
        leave_staff(app, &set.stage.console(), set.aoki.staff).await.unwrap();
        set.stage.clock.set(app.now().plus_us(60_000_000));
        assert!(set.send(&Tried::Sent).await.is_empty(), "{on:?}");
        assert_eq!(set.why().await, [("named".to_owned(), "no-sender".to_owned())], "{on:?}: nobody has the customer");
        set.hand().await;
        set.stage.clock.set(app.now().plus_us(25 * 3_600_000_000));
        assert!(set.send(&Tried::Sent).await.is_empty(), "{on:?}");
        assert_eq!(set.why().await, [("named".to_owned(), "former-owner".to_owned())], "{on:?}");
    }
}

#[tokio::test]
async fn where_nothing_is_open_three_things_are_proposed_each_for_a_fact() {
    for on in BOTH {
        let set = set(on).await;
        let (app, ws) = (&set.stage.app, set.stage.workspace);
        let kinds = async || -> Vec<NextKind> {
            open_briefing(app, ws, set.customer).await.unwrap().next.into_iter().map(|next| next.kind).collect()
        };
        let quiet = [NextKind::Silent, NextKind::Renewal, NextKind::Aim];
        assert_eq!(kinds().await, quiet, "{on:?}: not scored, met by nobody, renewed next year, no goal");
        set.hand().await;
        let briefing = open_briefing(app, ws, set.customer).await.unwrap();
        let first = &briefing.next[0];
        assert_eq!(first.kind, NextKind::Greet, "{on:?}");
        assert_eq!(first.due, Some("2026-12-01".parse().unwrap()), "{on:?}: five business days from the day it moved");
        let from = NextWhy::TakenOver("aoki".to_owned(), set.stage.today());
        assert_eq!(first.item.why, Some(from), "{on:?}");
        set.stage.clock.set(app.now().plus_us(1_000_000));
        let grant = permit(&set.baba, Action::Work).unwrap();
        note_activity(app, &grant, set.customer, "call", "ご挨拶の電話").await.unwrap();
        assert!(!kinds().await.contains(&NextKind::Greet), "{on:?}: greeted");

        // A customer that is not well and of which no card says what is done.
        let said = NewOverride {
            points: Some(20),
            reason: "known_event".into(),
            note: "使われていない".into(),
            until: set.stage.today().plus(20),
            ..NewOverride::default()
        };
        keep_override(app, &grant, set.customer, said).await.unwrap();
        assert_eq!(kinds().await, [NextKind::Start, NextKind::Silent, NextKind::Renewal], "{on:?}");
    }
}
