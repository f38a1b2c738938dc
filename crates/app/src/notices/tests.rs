#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kizashi_db::{args, sql};
use kizashi_domain::id::{Contact, Id};
use kizashi_domain::intake::mail::Guarded;
use kizashi_domain::intake::{ActivityRow, ContactRow, CustomerRow, Record};
use kizashi_domain::notices::Limit;
use kizashi_domain::time::Zone;
use kizashi_testkit::{MemoryHistory, postgres};

use super::*;
use crate::FixedClock;
use crate::intake::{Received, keep_records};
use crate::reactions::{CustomerLetter, announce_letter, deliver_outbox};
use crate::secrets::Secret;

const HOUR_US: i64 = 3_600_000_000;

struct Ground {
    app: App,
    clock: Arc<FixedClock>,
    grant: Grant,
    customer: Id<Customer>,
    contact: Id<Contact>,
    _folder: tempfile::TempDir,
}

impl Ground {
    async fn make(url: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let zone = Zone::named("Asia/Tokyo").unwrap();
        let at = zone.instant("2026-11-24T10:00".parse().unwrap()).unwrap();
        let clock = Arc::new(FixedClock::at(at));
        let history = Arc::new(MemoryHistory::new(zone));
        let app = App::open(folder.path(), url.as_deref(), None, history, clock.clone()).await.unwrap();
        let pack = include_str!("../../../../packs/saas.toml");
        let ws = crate::settings::init_workspace(&app, "試験商事", pack).await.unwrap();
        let customer = CustomerRow { external_id: "C1".into(), name: Some("一社".into()), ..CustomerRow::default() };
        let contact = |id: &str, email: Option<&str>| ContactRow {
            external_id: id.into(),
            customer: "C1".into(),
            name: Some("山田".into()),
            email: email.map(str::to_owned),
            ..ContactRow::default()
        };
        let records = [
            Record::Customer(customer),
            Record::Contact(contact("P1", Some("Yamada@issha.example"))),
            Record::Contact(contact("P2", None)),
        ];
        let received: Vec<Received> =
            records.into_iter().map(|record| Received { at, assumed: false, record }).collect();
        keep_records(&app, ws, "crm", &received, false).await.unwrap();
        let find = sql!("SELECT customer_id, id FROM contact WHERE workspace_id = $1 AND external_id = 'P1'");
        let (customer, contact) = app.db.find(find, args![ws]).await.unwrap().unwrap();
        Self { app, clock, grant: Grant::of_console(ws), customer, contact, _folder: folder }
    }

    fn later(&self, us: i64) {
        self.clock.set(self.app.now().plus_us(us));
    }

    async fn write(&self, key: &str, purpose: Purpose, contact: Id<Contact>) {
        let letter = CustomerLetter {
            key: key.into(),
            customer: self.customer,
            contact,
            purpose,
            subject: format!("件名 {key}"),
            body: "本文です。".into(),
            by: None,
        };
        let mut tx = self.app.db.write().await.unwrap();
        announce_letter(&mut tx, &self.app, self.grant.workspace(), &letter).await.unwrap();
        tx.commit().await.unwrap();
        deliver_outbox(&self.app).await.unwrap();
    }

    async fn with_mail(&self, limit: Option<Limit>) {
        let smtp = Smtp {
            host: "smtp.example".into(),
            port: 587,
            guarded: Some(Guarded::Tls),
            from: "cs@shiken.example".into(),
            ..Smtp::default()
        };
        keep_smtp(&self.app, &self.grant, smtp, Some(&Secret::new("x".into()))).await.unwrap();
        keep_rules(&self.app, &self.grant, 480, (Vec::new(), Vec::new()), limit).await.unwrap();
    }

    /// Decides and sends; the subjects of what went.
    async fn send(&self, tried: &Tried) -> Vec<String> {
        let ws = self.grant.workspace();
        decide_letters(&self.app, ws).await.unwrap();
        let mut went = Vec::new();
        for errand in take_errands(&self.app, ws).await.unwrap() {
            let Message::Letter(letter) = &errand.message else { panic!() };
            let To::Mail { address, .. } = &errand.to else { panic!() };
            assert_eq!(address, "yamada@issha.example");
            assert_eq!(letter.opt_out.is_some(), kizashi_domain::notices::can_be_declined(letter.purpose));
            went.push(letter.subject.trim_start_matches("件名 ").to_owned());
            keep_tried(&self.app, ws, &errand, tried).await.unwrap();
        }
        record_sent(&self.app, ws).await.unwrap();
        went
    }

    async fn letters(&self, tab: &str) -> Vec<(String, String, String)> {
        let (rows, _) = list_letters(&self.app, self.grant.workspace(), tab, None).await.unwrap();
        let plain = |r: &LetterRow| r.subject.trim_start_matches("件名 ").to_owned();
        let mut all: Vec<_> = rows.iter().map(|r| (plain(r), r.state.clone(), r.why.clone())).collect();
        all.sort();
        all
    }
}

fn row(a: &str, b: &str, c: &str) -> (String, String, String) {
    (a.to_owned(), b.to_owned(), c.to_owned())
}

#[tokio::test]
async fn letters_pass_the_ledger_in_order_and_what_is_held_back_says_why() {
    for url in [None, Some(postgres::fresh_database())] {
        let g = Ground::make(url).await;
        let p1 = g.contact;
        for (key, purpose) in
            [("tip", Purpose::Tips), ("survey", Purpose::Survey), ("renewal", Purpose::Renewal), ("tip", Purpose::Tips)]
        {
            g.write(key, purpose, p1).await;
        }
        assert!(g.send(&Tried::Sent).await.is_empty(), "no server yet");
        assert_eq!(g.letters("waiting").await[0], row("renewal", "waiting", "no-smtp"));
        g.with_mail(Some(Limit { letters: 1, days: 2 })).await;
        g.later(HOUR_US);
        assert_eq!(g.send(&Tried::Sent).await, ["renewal"], "the weightiest goes");
        let held = [row("survey", "waiting", "limit"), row("tip", "waiting", "limit")];
        assert_eq!(g.letters("waiting").await, held, "the same key is one letter");
        g.later(HOUR_US);
        g.write("incident", Purpose::Incident, p1).await;
        assert!(g.send(&Tried::Sent).await.is_empty());
        // Thursday, half past eleven: two days after the first; the incident came last and goes first.
        g.later(47 * HOUR_US + HOUR_US / 2);
        assert_eq!(g.send(&Tried::Sent).await, ["incident"]);
        // In the night to Sunday nobody is written to; on Monday morning they are.
        g.later(62 * HOUR_US);
        assert!(g.send(&Tried::Sent).await.is_empty());
        assert_eq!(g.letters("waiting").await[0], row("survey", "waiting", "closed"));
        g.later(33 * HOUR_US);
        assert_eq!(g.send(&Tried::Sent).await, ["survey"]);
        assert_eq!(count_letters(&g.app, g.grant.workspace()).await.unwrap(), [1, 3, 0]);
        let (rows, _) = list_letters(&g.app, g.grant.workspace(), "sent", None).await.unwrap();
        let survey = rows.iter().find(|r| r.subject.ends_with("survey")).unwrap();
        let whys: Vec<&str> = survey.holds.iter().map(|(_, why, _)| why.as_str()).collect();
        assert_eq!(whys, ["no-smtp", "limit", "closed"], "how it was held back is told");
        g.app.close().await;
    }
}

#[tokio::test]
async fn a_letter_that_went_is_an_activity_whose_answer_finds_its_customer() {
    for url in [None, Some(postgres::fresh_database())] {
        let g = Ground::make(url).await;
        let ws = g.grant.workspace();
        g.with_mail(None).await;
        g.write("one", Purpose::Renewal, g.contact).await;
        assert_eq!(g.send(&Tried::Sent).await, ["one"]);
        record_sent(&g.app, ws).await.unwrap();
        let find =
            sql!("SELECT external_id, subject, direction FROM activity WHERE workspace_id = $1 AND kind = 'mail'");
        let rows: Vec<(String, String, String)> = g.app.db.list(find, args![ws]).await.unwrap();
        assert_eq!(rows.len(), 1, "once");
        assert_eq!((rows[0].1.as_str(), rows[0].2.as_str()), ("件名 one", "out"));
        let known = sql!("SELECT message_id, customers FROM letter WHERE workspace_id = $1");
        let known: Vec<(String, String)> = g.app.db.list(known, args![ws]).await.unwrap();
        assert_eq!(known, [(rows[0].0.clone(), "[\"C1\"]".to_owned())], "an answer to it finds the customer");

        // Killed while it was being sent: listed, counted, and not sent again by itself.
        g.write("two", Purpose::Renewal, g.contact).await;
        decide_letters(&g.app, ws).await.unwrap();
        assert_eq!(take_errands(&g.app, ws).await.unwrap().len(), 1);
        assert_eq!(list_lost(&g.app, ws, true).await.unwrap(), 1);
        g.later(24 * HOUR_US);
        assert!(g.send(&Tried::Sent).await.is_empty());
        assert!(g.letters("sent").await.contains(&row("two", "unclear", "killed")));
        let (rows, _) = list_letters(&g.app, ws, "sent", None).await.unwrap();
        let posting = rows.iter().find(|r| r.state == "unclear").and_then(|r| r.posting).unwrap();
        send_again(&g.app, &g.grant, posting).await.unwrap();
        assert_eq!(g.send(&Tried::Refused("recipient")).await, ["two"]);
        assert_eq!(g.letters("held").await, [row("two", "failed", "recipient")]);
        g.app.close().await;
    }
}

#[tokio::test]
async fn who_asked_to_be_spared_has_no_address_or_was_withdrawn_gets_nothing_and_it_is_said() {
    let g = Ground::make(None).await;
    let ws = g.grant.workspace();
    g.with_mail(None).await;
    let find = sql!("SELECT id FROM contact WHERE workspace_id = $1 AND external_id = 'P2'");
    let (nobody,): (Id<Contact>,) = g.app.db.find(find, args![ws]).await.unwrap().unwrap();
    g.write("no address", Purpose::Renewal, nobody).await;
    g.write("first", Purpose::Tips, g.contact).await;
    assert_eq!(g.send(&Tried::Sent).await, ["first"]);
    let (rows, _) = list_letters(&g.app, ws, "sent", None).await.unwrap();
    let signer = links::Signer::open(&g.app, ws).await.unwrap();
    let link = signer.opt_out(rows[0].id).unwrap();
    let said = URL_SAFE_NO_PAD.decode(&link).unwrap();
    assert!(!String::from_utf8_lossy(&said).contains("yamada"), "a link says nobody's address");
    // Links of letters that went before held the address, and still work.
    let old = signer.sign(b"oyamada@issha.example").unwrap();
    opt_out_by_link(&g.app, &old, false).await.unwrap();
    opt_out_by_link(&g.app, &link, false).await.unwrap();
    assert!(list_opt_outs(&g.app, ws).await.unwrap().is_empty(), "following the link is not asking");
    opt_out_by_link(&g.app, &link, true).await.unwrap();
    assert!(opt_out_by_link(&g.app, &link[1..], true).await.is_err() && open_answer(&g.app, &link).await.is_err());
    g.write("tip", Purpose::Tips, g.contact).await;
    g.write("renewal", Purpose::Renewal, g.contact).await;
    assert_eq!(g.send(&Tried::Sent).await, ["renewal"]);
    let held = [row("no address", "declined", "no-address"), row("tip", "declined", "opt-out")];
    assert_eq!(g.letters("held").await, held);
    drop_opt_out(&g.app, &g.grant, "yamada@issha.example").await.unwrap();
    g.write("third", Purpose::Tips, g.contact).await;
    let (rows, _) = list_letters(&g.app, ws, "waiting", None).await.unwrap();
    withdraw_letter(&g.app, &g.grant, rows[0].id).await.unwrap();
    assert!(g.send(&Tried::Sent).await.is_empty());
    assert!(withdraw_letter(&g.app, &g.grant, rows[0].id).await.is_err());
    restore_letter(&g.app, &g.grant, rows[0].id).await.unwrap();
    assert_eq!(g.send(&Tried::Sent).await, ["third"]);
}

#[tokio::test]
async fn what_people_wrote_by_themselves_weighs_on_a_person_too() {
    for url in [None, Some(postgres::fresh_database())] {
        let g = Ground::make(url).await;
        let ws = g.grant.workspace();
        g.with_mail(Some(Limit { letters: 1, days: 2 })).await;
        let by_hand = |id: &str, kind: &str, direction: &str| ActivityRow {
            external_id: id.into(),
            customer: "C1".into(),
            contact: Some("P1".into()),
            kind: kind.into(),
            direction: Some(direction.into()),
            at: g.app.now().plus_us(-HOUR_US),
            staff: None,
            subject: Some("ご相談".into()),
            body: None,
        };
        let keep = async |row: ActivityRow| {
            let received = [Received { at: g.app.now(), assumed: false, record: Record::Activity(row) }];
            keep_records(&g.app, ws, "crm", &received, false).await.unwrap();
        };
        // What they wrote to us, and a call, take no place.
        keep(by_hand("a1", "mail", "in")).await;
        keep(by_hand("a2", "call", "out")).await;
        g.write("one", Purpose::Tips, g.contact).await;
        assert_eq!(g.send(&Tried::Sent).await, ["one"]);
        record_sent(&g.app, ws).await.unwrap();
        // The letter that went is in the history as well, and counts once.
        g.later(49 * HOUR_US);
        g.write("two", Purpose::Tips, g.contact).await;
        assert_eq!(g.send(&Tried::Sent).await, ["two"]);
        // Monday again.
        g.later(96 * HOUR_US);
        keep(by_hand("a3", "mail", "out")).await;
        g.write("three", Purpose::Tips, g.contact).await;
        assert!(g.send(&Tried::Sent).await.is_empty(), "a colleague wrote an hour ago");
        assert_eq!(g.letters("waiting").await, [row("three", "waiting", "limit")]);
        g.app.close().await;
    }
}
