//! Files of customers: kept once by content, sent back as they came, removed and brought back.

use kizashi_app::customers::{ListQuery, list_customers};
use kizashi_app::files::{begin_file, keep_file, list_files, open_file, remove_file, restore_file};
use kizashi_app::intake::{Received, keep_records};
use kizashi_app::{Error, Refused};
use kizashi_domain::id::{Customer, Id};
use kizashi_domain::intake::{CustomerRow, Record};
use kizashi_domain::limits::FILE_BYTES_MAX;
use kizashi_testkit::{On, Stage};
use tokio::io::AsyncReadExt as _;

use crate::{BOTH, SAAS};

async fn set(on: On) -> (Stage, Id<Customer>) {
    let stage = Stage::set(on, SAAS, "2026-11-24").await;
    let row = CustomerRow { external_id: "c1".into(), ..CustomerRow::default() };
    let received = [Received { at: stage.app.now(), assumed: false, record: Record::Customer(row) }];
    keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap();
    kizashi_app::schedule::score_all(&stage.app, stage.workspace).await.unwrap();
    let query = ListQuery { rows: 1, ..ListQuery::default() };
    let customer = list_customers(&stage.app, stage.workspace, &query).await.unwrap().rows[0].id;
    (stage, customer)
}

/// How many files lie in the folder, whatever they are called.
fn count_on_disk(stage: &Stage) -> usize {
    fn count(dir: &std::path::Path) -> usize {
        let Ok(entries) = std::fs::read_dir(dir) else { return 0 };
        entries.map(|e| e.unwrap().path()).map(|p| if p.is_dir() { count(&p) } else { 1 }).sum()
    }
    count(&stage.folder.path().join("files"))
}

#[tokio::test]
async fn a_file_comes_back_as_it_went_in_and_what_fails_leaves_nothing() {
    for on in BOTH {
        let (stage, customer) = set(on).await;
        let (app, ws, grant) = (&stage.app, stage.workspace, stage.console());
        let content = vec![7_u8; 200_000];
        let mut ids = Vec::new();
        for name in ["../契約書.pdf", "写し.pdf"] {
            let mut arriving = begin_file(app).await.unwrap();
            for piece in content.chunks(60_000) {
                arriving.write(piece).await.unwrap();
            }
            ids.push(keep_file(app, &grant, customer, None, (name, arriving)).await.unwrap());
        }
        assert_eq!(count_on_disk(&stage), 1, "the same content lies there once");
        let (file, mut sent) = open_file(app, ws, ids[0]).await.unwrap();
        let mut back = Vec::new();
        sent.read_to_end(&mut back).await.unwrap();
        assert_eq!((file.name.as_str(), file.bytes, back == content), ("契約書.pdf", 200_000, true), "{on:?}");

        // Empty, too large, broken off, of a stranger: refused, and nothing stays.
        let empty = begin_file(app).await.unwrap();
        let refused = keep_file(app, &grant, customer, None, ("a", empty)).await;
        assert!(matches!(refused, Err(Error::Refused(Refused::Field { reason: "file-empty", .. }))), "{refused:?}");
        let mut large = begin_file(app).await.unwrap();
        let piece = vec![0_u8; FILE_BYTES_MAX / 2 + 1];
        large.write(&piece).await.unwrap();
        assert!(large.write(&piece).await.is_err());
        drop(large);
        let mut broken = begin_file(app).await.unwrap();
        broken.write(b"half").await.unwrap();
        drop(broken);
        let mut strange = begin_file(app).await.unwrap();
        strange.write(b"x").await.unwrap();
        let nobody = Id::from_uuid(uuid::Uuid::from_u128(9));
        assert!(keep_file(app, &grant, nobody, None, ("a", strange)).await.is_err());
        assert_eq!(count_on_disk(&stage), 1, "{on:?}");

        remove_file(app, &grant, ids[0]).await.unwrap();
        assert!(open_file(app, ws, ids[0]).await.is_err());
        assert_eq!(list_files(app, ws, customer, None).await.unwrap().len(), 1);
        restore_file(app, &grant, ids[0]).await.unwrap();
        assert_eq!(list_files(app, ws, customer, None).await.unwrap().len(), 2, "{on:?}");
        let before = Some(Stage::morning(&stage.zone, "2026-11-23"));
        assert!(list_files(app, ws, customer, before).await.unwrap().is_empty(), "as of the day before");

        // A content that somebody took out of the folder is said in words.
        std::fs::remove_dir_all(stage.folder.path().join("files")).unwrap();
        let missing = open_file(app, ws, ids[1]).await.map(|_| ());
        assert!(matches!(missing, Err(Error::Refused(Refused::Field { reason: "file-missing", .. }))), "{missing:?}");
    }
}
