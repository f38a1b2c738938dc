//! Letters become activities of the customers whom they concern, each once; those of strangers wait for somebody.

use kizashi_app::access::Role;
use kizashi_app::customers::{ListQuery, TimelineRow, list_customers, open_timeline};
use kizashi_app::imports::{self, Report, Taking, begin_run, end_run};
use kizashi_app::intake::{Kept, Received, keep_records};
use kizashi_app::mail::{
    Remember, assign_letter, find_meant_customer, keep_own_domains, leave_letter_out, list_own_domains, list_waiting,
};
use kizashi_app::{Error, Refused};
use kizashi_domain::id::{Id, Import};
use kizashi_domain::intake::{ContactRow, CustomerRow, Record, RecordKind, Wish};
use kizashi_domain::limits::MAIL_WAITING_DAYS;
use kizashi_testkit::{On, Stage, read_letters};

use crate::{BOTH, SAAS};

pub(crate) fn letter(id: &str, from: &str, to: &str, more: &str, text: &str) -> String {
    format!(
        "From: {from}\nTo: {to}\nDate: Fri, 20 Nov 2026 10:00:00 +0900\nMessage-ID: <{id}>\nSubject: {id}\n{more}\
         Content-Type: text/plain; charset=utf-8\n\n{text}\n"
    )
}

pub(crate) async fn set(on: On) -> Stage {
    let stage = Stage::set(on, SAAS, "2026-11-24").await;
    stage.staff("sato", Role::Csm).await;
    let customer = |code: &str, name: &str, domain: &str| {
        Record::Customer(CustomerRow {
            external_id: code.into(),
            name: Some(name.into()),
            domain: Some(domain.into()),
            ..CustomerRow::default()
        })
    };
    let contact = |id: &str, customer: &str, name: &str, email: &str| {
        Record::Contact(ContactRow {
            external_id: id.into(),
            customer: customer.into(),
            name: Some(name.into()),
            email: Some(email.into()),
            ..ContactRow::default()
        })
    };
    let rows = [
        customer("c1", "株式会社ミナト製作所", "minato.example"),
        customer("c2", "しらかば会", ""),
        customer("c3", "そら工業", "Group.example"),
        customer("c4", "うみ工業", "group.example"),
        contact("p1", "c1", "高橋 花子", "Hanako@Minato.example"),
        contact("p2", "c2", "青木 太郎", "taro.aoki@gmail.com"),
    ];
    let received = rows.map(|record| Received { at: stage.app.now(), assumed: false, record });
    keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap();
    kizashi_app::schedule::score_all(&stage.app, stage.workspace).await.unwrap();
    stage
}

/// Brings letters in as one import.
async fn bring(stage: &Stage, file: &str) -> (Id<Import>, Kept) {
    let wish = Wish { kind: Some(RecordKind::Activities), source: "mail".into(), ..Wish::default() };
    let run = begin_run(&stage.app, stage.workspace, &wish, "a.mbox", 10).await.unwrap();
    let parsed = read_letters("a.mbox", file.as_bytes(), &stage.zone);
    let counts = (parsed.rows, 0);
    let mut taking = Taking::begin(&stage.app, "mail");
    taking.take(&stage.app, parsed).unwrap();
    let kept = taking.keep(&stage.app, stage.workspace, run, None).await.unwrap();
    let report = Report::of(wish.kind, counts, kept, 0);
    end_run(&stage.app, stage.workspace, run, &report).await.unwrap();
    (run, kept)
}

fn mbox(letters: &[String]) -> String {
    letters.iter().map(|l| format!("From x@example Fri Nov 20 10:00:00 2026\n{l}\n")).collect()
}

pub(crate) async fn mails_of(stage: &Stage, code: &str) -> Vec<TimelineRow> {
    let list =
        list_customers(&stage.app, stage.workspace, &ListQuery { rows: 100, ..ListQuery::default() }).await.unwrap();
    let found = list.rows.iter().find(|r| r.external_id == code);
    let Some(customer) = found else { return Vec::new() };
    let timeline = open_timeline(&stage.app, stage.workspace, customer.id, None, None, None).await.unwrap();
    timeline.rows.into_iter().filter(|r| r.what == "mail").collect()
}

const OURS: &str = "sato@shiken.example";

fn correspondence() -> Vec<String> {
    vec![
        // The answer stands before what it answers, and comes from an address that nobody knows.
        letter(
            "3@x",
            "花子 <hanako.private@icloud.com>",
            OURS,
            "In-Reply-To: <2@x>\nReferences: <1@x> <2@x>\n",
            "出先からです。",
        ),
        letter("1@x", "\"高橋 花子\" <hanako@minato.example>", OURS, "", "見積をお願いします。"),
        letter(
            "2@x",
            OURS,
            "hanako@minato.example",
            "In-Reply-To: <1@x>\n",
            "お送りします。\n\n> 見積をお願いします。",
        ),
        letter("4@x", OURS, "x@minato.example, taro.aoki@gmail.com, y@unknown.example", "", "ご案内です。"),
        letter("5@x", "stranger@unknown.example", OURS, "", "はじめまして。"),
        letter("6@x", "someone@group.example", OURS, "", "こんにちは。"),
        letter("7@x", "hanako@minato.example", OURS, "Auto-Submitted: auto-replied\n", "不在です。"),
        letter("8@x", "MAILER-DAEMON@minato.example", OURS, "", "Undelivered"),
        letter("9@x", "news@list.example", OURS, "List-Id: <news.list.example>\n", "Vol. 12"),
        letter("10@x", "aoki@shiken.example", OURS, "", "社内です。"),
        letter(
            "11@x",
            "hanako@minato.example",
            "support@shiken.example",
            "List-Id: Support <support.shiken.example>\nPrecedence: list\n",
            "使い方。",
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_go_to_their_customers_once_and_the_import_can_be_taken_back() {
    for on in BOTH {
        let stage = set(on).await;
        let file = mbox(&correspondence());
        // A trial says the same and keeps nothing.
        let mut taking = Taking::begin(&stage.app, "mail");
        taking.take(&stage.app, read_letters("a.mbox", file.as_bytes(), &stage.zone)).unwrap();
        let (tried, samples) = taking.try_out(&stage.app, stage.workspace).await.unwrap();
        assert!(samples.added.iter().any(|s| s.code == "1@x" && s.customer == "c1"), "{samples:?}");
        assert!(mails_of(&stage, "c1").await.is_empty());

        let (run, kept) = bring(&stage, &file).await;
        assert_eq!(kept, tried, "{on:?}");
        assert_eq!((kept.added, kept.same), (6, 0));
        let tally = kept.mail;
        assert_eq!([tally.waiting, tally.automatic, tally.bounces, tally.lists, tally.internal], [2, 1, 1, 1, 1]);
        let mails = mails_of(&stage, "c1").await;
        let mut titles: Vec<&str> = mails.iter().map(|m| m.title.as_str()).collect();
        titles.sort_unstable();
        assert_eq!(titles, ["11@x", "1@x", "2@x", "3@x", "4@x"]);
        let of = |title: &str| mails.iter().find(|m| m.title == title).unwrap();
        assert_eq!((of("1@x").who.as_str(), of("2@x").who.as_str()), ("高橋 花子", "sato"));
        assert_eq!(of("2@x").text, "お送りします。\n\n> 見積をお願いします。");
        // A sender who is no person of the customer is named in the text.
        assert_eq!(of("3@x").text, "花子 <hanako.private@icloud.com>\n\n出先からです。");
        assert_eq!(mails_of(&stage, "c2").await.len(), 1);

        // The same file again, and one of its letters from elsewhere: nothing.
        let (_, again) = bring(&stage, &file).await;
        assert_eq!((again.added, again.same, again.mail.waiting), (0, 7, 0), "{on:?}");

        let before = stage.history.len();
        imports::undo_import(&stage.app, &stage.console(), run).await.unwrap();
        assert!(mails_of(&stage, "c1").await.is_empty() && mails_of(&stage, "c2").await.is_empty());
        assert_eq!(list_waiting(&stage.app, &stage.console(), None).await.unwrap().all, 0);
        assert!(stage.history.len() < before);
        // Taken back, it can come again.
        assert_eq!(bring(&stage, &file).await.1.added, 6, "{on:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_of_strangers_wait_and_are_given_to_a_customer_with_those_that_follow() {
    for on in BOTH {
        let stage = set(on).await;
        let (app, grant) = (&stage.app, stage.console());
        let file = mbox(&[
            letter("1@u", "山本 <yamamoto@unknown.example>", OURS, "", "はじめまして。"),
            letter("2@u", OURS, "yamamoto@unknown.example", "In-Reply-To: <1@u>\n", "ありがとうございます。"),
            letter("3@u", "other@unknown.example", OURS, "", "同僚です。"),
            letter("4@u", "x@gmail.com", OURS, "", "個人です。"),
            letter("5@u", "z@group.example", OURS, "", "どちらでしょう。"),
        ]);
        let (_, kept) = bring(&stage, &file).await;
        assert_eq!((kept.added, kept.mail.waiting), (0, 5), "{on:?}");
        let page = list_waiting(app, &grant, None).await.unwrap();
        assert_eq!((page.all, page.letters.len()), (5, 5));
        let of = |subject: &str| page.letters.iter().find(|l| l.subject == subject).unwrap().clone();
        assert_eq!((of("1@u").why.as_str(), of("1@u").is_ours, of("2@u").is_ours), ("unknown", false, true));
        assert_eq!(of("2@u").other.1, "yamamoto@unknown.example");
        assert!(of("1@u").can_remember_domain && !of("4@u").can_remember_domain);
        let codes: Vec<String> = of("5@u").candidates.into_iter().map(|(code, _)| code).collect();
        assert_eq!((of("5@u").why.as_str(), codes), ("several", vec!["c3".to_owned(), "c4".to_owned()]));

        // Wrong customers, wrong wishes.
        let field = |ended: Result<u64, Error>| match ended {
            Err(Error::Refused(Refused::Field { field, reason })) => (field, reason),
            other => panic!("{other:?}"),
        };
        let ended = assign_letter(app, &grant, of("1@u").id, "nobody", Remember::Nothing).await;
        assert_eq!(field(ended), ("customer", "mail-customer"));
        let ended = assign_letter(app, &grant, of("4@u").id, "c2", Remember::Domain).await;
        assert_eq!(field(ended), ("remember", "mail-domain-anybodys"));
        let ended = assign_letter(app, &grant, of("1@u").id, "c1", Remember::Domain).await;
        assert_eq!(field(ended), ("remember", "mail-domain-other"), "c1 has another domain");
        assert_eq!(find_meant_customer(app, stage.workspace, "(株)ミナト製作所").await.unwrap(), "c1");

        // The person is remembered: the answer follows, the colleague does not.
        let found = assign_letter(app, &grant, of("1@u").id, "c2", Remember::Person).await.unwrap();
        assert_eq!((found, mails_of(&stage, "c2").await.len()), (1, 2), "{on:?}");
        assert_eq!(mails_of(&stage, "c2").await.iter().find(|m| m.title == "1@u").unwrap().who, "山本");
        let twice = assign_letter(app, &grant, of("1@u").id, "c2", Remember::Nothing).await;
        assert!(matches!(twice, Err(Error::Refused(Refused::Changed))), "{twice:?}");
        // The domain: now everybody there, for good.
        assign_letter(app, &grant, of("3@u").id, "c2", Remember::Domain).await.unwrap();
        let later = mbox(&[letter("6@u", "third@unknown.example", OURS, "", "三人目です。")]);
        assert_eq!(bring(&stage, &later).await.1.added, 1);

        // Left out: its text is forgotten, and the same letter does not come again.
        leave_letter_out(app, &grant, of("4@u").id).await.unwrap();
        assert_eq!(bring(&stage, &file).await.1.mail.waiting, 0);
        assert_eq!(list_waiting(app, &grant, None).await.unwrap().all, 1);
        // What waits too long is forgotten with the next letters.
        let day = stage.today().plus(i32::try_from(MAIL_WAITING_DAYS).unwrap() + 1);
        stage.go_to(&day.to_string());
        bring(&stage, &mbox(&[letter("7@u", "hanako@minato.example", OURS, "", "お久しぶりです。")])).await;
        assert_eq!(list_waiting(app, &grant, None).await.unwrap().all, 0, "{on:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_domains_tell_which_way_a_letter_went() {
    let stage = set(On::Sqlite).await;
    let (app, grant) = (&stage.app, stage.console());
    let file = mbox(&[letter("1@o", "desk@partner.example", "hanako@minato.example", "", "ご連絡です。")]);
    assert_eq!(bring(&stage, &file).await.1.mail.waiting, 1);
    for (wrong, want) in
        [("nodot", "mail-domain"), ("a b.example", "mail-domain"), ("@gmail.com", "mail-domain-anybodys")]
    {
        let ended = keep_own_domains(app, &grant, &[wrong.to_owned()]).await;
        let Err(Error::Refused(Refused::Field { reason, .. })) = ended else { panic!("{ended:?}") };
        assert_eq!(reason, want, "{wrong}");
    }
    // Named as ours, it was a letter to the customer.
    keep_own_domains(app, &grant, &["@Partner.example".to_owned(), String::new()]).await.unwrap();
    assert_eq!(
        list_own_domains(app, stage.workspace).await.unwrap(),
        (vec!["partner.example".to_owned()], vec!["shiken.example".to_owned()])
    );
    assert_eq!(mails_of(&stage, "c1").await.len(), 1);
}
