//! A mailbox of a real server is read from where it was, whatever happens to it meanwhile, and nothing in it is changed.

use std::sync::Arc;

use kizashi_app::imports::Report;
use kizashi_app::pulls::{
    Failed, PullRow, keep_folders, keep_mailbox, list_folders, open_pull, restart_pull, run_due, run_now, try_mailbox,
};
use kizashi_app::secrets::Secret;
use kizashi_app::{Error, Refused};
use kizashi_domain::id::{Connection, Id, Pull};
use kizashi_domain::intake::Files;
use kizashi_domain::intake::mail::{Guarded, MailboxAddress};
use kizashi_testkit::{Imap, MAIL_PASSWORD, On, OwnMailbox, RowFiles, Stage};

use crate::BOTH;
use crate::mail::{letter, mails_of};

const OURS: &str = "sato@shiken.example";

struct House {
    stage: Stage,
    own: OwnMailbox,
    files: Arc<dyn Files>,
    connection: Id<Connection>,
}

async fn set(on: On, guarded: Guarded) -> House {
    let mut own = OwnMailbox::start();
    own.deliver(letter("1@m", "hanako@minato.example", OURS, "", "一通目です。").as_bytes(), false);
    own.deliver(letter("2@m", "x@minato.example", OURS, "", "二通目です。").as_bytes(), false);
    own.deliver(letter("3@m", OURS, "hanako@minato.example", "In-Reply-To: <1@m>\n", "返信です。").as_bytes(), true);
    let mut stage = crate::mail::set(on).await;
    stage.app = stage.app.reading_mailboxes_by(Arc::new(Imap));
    let files: Arc<dyn Files> = Arc::new(RowFiles(stage.zone.clone()));
    let password = Secret::new(MAIL_PASSWORD.into());
    let address = own.address(guarded);
    let kept = keep_mailbox(&stage.app, &stage.console(), None, "support", &address, Some(&password)).await;
    House { connection: kept.unwrap(), stage, own, files }
}

impl House {
    async fn folder(&self, name: &str) -> Id<Pull> {
        let ids = keep_folders(&self.stage.app, &self.stage.console(), self.connection, &[name.to_owned()], 300).await;
        ids.unwrap()[0]
    }

    async fn run(&self, id: Id<Pull>) -> Result<Report, Failed> {
        run_now(&self.stage.app, &self.files, self.stage.workspace, id).await
    }

    async fn row(&self, id: Id<Pull>) -> PullRow {
        open_pull(&self.stage.app, self.stage.workspace, id).await.unwrap()
    }
}

fn fault<T: std::fmt::Debug>(ended: Result<T, Failed>) -> (&'static str, String) {
    match ended {
        Err(Failed::There(fault, said)) => (fault, said),
        other => panic!("{other:?}"),
    }
}

fn counts(report: &Report) -> [u64; 4] {
    [report.rows, report.added, report.same, report.mail.waiting]
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_are_read_from_where_they_were_and_nothing_in_them_changes() {
    for (on, guarded) in BOTH.into_iter().zip(Guarded::ALL) {
        let mut house = set(on, guarded).await;
        let grant = house.stage.console();
        let folders = list_folders(&house.stage.app, &grant, house.connection).await.unwrap();
        assert_eq!(folders, ["INBOX", "送信済み"], "{guarded:?}");
        let names: Vec<String> = folders;
        let pulls = keep_folders(&house.stage.app, &grant, house.connection, &names, 300).await.unwrap();
        assert_eq!(counts(&house.run(pulls[0]).await.unwrap()), [2, 2, 0, 0], "{on:?}");
        assert_eq!(counts(&house.run(pulls[1]).await.unwrap()), [1, 1, 0, 0]);
        assert_eq!(mails_of(&house.stage, "c1").await.len(), 3);
        // Only what is new is fetched; one that is no letter is refused and holds nothing up.
        assert_eq!(counts(&house.run(pulls[0]).await.unwrap()), [0, 0, 0, 0]);
        house.own.deliver(b"no head at all\n\nreally\n", false);
        house.own.deliver(letter("4@m", "who@unknown.example", OURS, "", "どなた？").as_bytes(), false);
        let news = house.run(pulls[0]).await.unwrap();
        assert_eq!((counts(&news), news.refused, news.refusals.len()), ([2, 0, 0, 1], 1, 1), "{:?}", news.refusals);
        assert_eq!(house.own.count_marked(), 0, "nothing was marked as read");
        // Read from the beginning, everything is there already.
        restart_pull(&house.stage.app, &grant, pulls[0]).await.unwrap();
        assert_eq!(counts(&house.run(pulls[0]).await.unwrap()), [4, 0, 3, 0]);
        // A server that was rebuilt numbers its letters anew: nothing is lost and nothing comes twice.
        let place = house.row(pulls[0]).await.place;
        house.own.stop();
        house.own.forget_numbers();
        house.own.resume();
        house.own.deliver(letter("5@m", "hanako@minato.example", OURS, "", "五通目です。").as_bytes(), false);
        let rebuilt = house.run(pulls[0]).await.unwrap();
        assert_eq!(counts(&rebuilt), [5, 1, 3, 0], "{on:?}");
        assert_ne!(house.row(pulls[0]).await.place.split(':').next(), place.split(':').next());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_away_is_asked_again_later_and_nothing_is_lost() {
    let mut house = set(On::Sqlite, Guarded::Tls).await;
    let pull = house.folder("INBOX").await;
    house.run(pull).await.unwrap();
    house.own.stop();
    assert_eq!(fault(house.run(pull).await).0, "unreachable");
    let row = house.row(pull).await;
    assert_eq!((row.failures, row.fault.as_ref().map(|f| f.0.as_str())), (1, Some("unreachable")));
    assert_eq!((row.next_at.micros() - house.stage.app.now().micros()) / 1_000_000, 60);
    house.own.resume();
    house.own.deliver(letter("4@m", "hanako@minato.example", OURS, "", "戻りました。").as_bytes(), false);
    house.stage.go_to("2026-11-25");
    assert_eq!(run_due(&house.stage.app, &house.files, house.stage.workspace).await.unwrap(), 1);
    let row = house.row(pull).await;
    assert_eq!((row.failures, row.fault, row.report.added), (0, None, 1));
    // A folder that is not there is named, and so are those that are.
    let missing = house.folder("Nowhere").await;
    let (word, said) = fault(house.run(missing).await);
    // In whatever order the server tells them.
    assert!(word == "folder" && said.contains("INBOX") && said.contains("送信済み"), "{word} {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_goes_only_where_it_was_given_and_only_to_a_proven_server() {
    let house = set(On::Sqlite, Guarded::Tls).await;
    let (app, grant) = (&house.stage.app, house.stage.console());
    let address = house.own.address(Guarded::Tls);
    let right = Secret::new(MAIL_PASSWORD.into());
    let wrong = Secret::new("wrong".into());
    let ended = try_mailbox(app, &grant, None, &address, Some(&wrong)).await;
    let (word, said) = fault(ended);
    assert!(word == "sign-in" && !said.contains("wrong"), "{word} {said}");
    // The one that is kept opens it.
    try_mailbox(app, &grant, Some(house.connection), &address, None).await.unwrap();
    // Nobody answers for the certificate; it is for another name; there is no encryption where it should be.
    let unknown = MailboxAddress { authority: String::new(), ..address.clone() };
    assert_eq!(fault(try_mailbox(app, &grant, None, &unknown, Some(&right)).await).0, "tls");
    let other_name = MailboxAddress { host: "127.0.0.1".into(), ..address.clone() };
    assert_eq!(fault(try_mailbox(app, &grant, None, &other_name, Some(&right)).await).0, "tls");
    let plain = MailboxAddress { port: house.own.address(Guarded::StartTls).port, ..address.clone() };
    assert_eq!(fault(try_mailbox(app, &grant, None, &plain, Some(&right)).await).0, "tls");
    let no_pem = MailboxAddress { authority: "certificate".into(), ..address.clone() };
    assert_eq!(fault(try_mailbox(app, &grant, None, &no_pem, Some(&right)).await).0, "tls");
    // Leading elsewhere, it is asked for again; without one nothing is kept.
    let field = |ended: Result<Id<Connection>, Failed>| match ended {
        Err(Failed::Here(Error::Refused(Refused::Field { field, .. }))) => field,
        other => panic!("{other:?}"),
    };
    let moved = MailboxAddress { port: plain.port, ..address.clone() };
    assert_eq!(field(keep_mailbox(app, &grant, Some(house.connection), "support", &moved, None).await), "password");
    assert_eq!(field(keep_mailbox(app, &grant, None, "other", &address, None).await), "password");
    let no_host = MailboxAddress { host: " ".into(), ..address.clone() };
    assert_eq!(field(keep_mailbox(app, &grant, None, "other", &no_host, Some(&right)).await), "host");
    let taken = keep_mailbox(app, &grant, None, "support", &address, Some(&right)).await;
    assert!(matches!(taken, Err(Failed::Here(Error::Refused(Refused::Taken)))), "{taken:?}");
}
