#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::Path;
use std::sync::Arc;

use kizashi_db::{args, sql};
use kizashi_domain::time::{Time, Zone};
use kizashi_testkit::{MemoryHistory, postgres};

use super::*;
use crate::FixedClock;

const CANARY: &str = "whsec_kanariya-no-himitsu-4711";

async fn open(folder: &Path, url: Option<&str>, key: Option<KeyText>) -> App {
    let history = Arc::new(MemoryHistory::new(Zone::UTC));
    App::open(folder, url, key, history, Arc::new(FixedClock::at(Time(1)))).await.unwrap()
}

async fn ground(app: &App) -> Grant {
    let id =
        crate::settings::init_workspace(app, "試験商事", include_str!("../../../../packs/saas.toml")).await.unwrap();
    Grant::of_console(id)
}

async fn keep(app: &App, grant: &Grant, purpose: Purpose, owner: Uuid, text: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    keep_secret(&mut tx, app, grant, purpose, owner, &Secret::new(text.to_owned())).await?;
    Ok(tx.commit().await?)
}

fn refusal(result: Result<Option<Secret>>) -> String {
    match result {
        Err(Error::Refused(Refused::SecretKey(why))) => why.to_owned(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_secret_is_kept_replaced_used_and_forgotten() {
    for url in [None, Some(postgres::fresh_database())] {
        let folder = tempfile::tempdir().unwrap();
        let app = open(folder.path(), url.as_deref(), None).await;
        let grant = ground(&app).await;
        let (ws, owner) = (grant.workspace(), Uuid::now_v7());
        assert_eq!(find_secret(&app, ws, Purpose::HookIn, owner).await.unwrap(), None);
        assert!(!folder.path().join(KEY_FILE).exists(), "no key before it is needed");
        keep(&app, &grant, Purpose::HookIn, owner, "first").await.unwrap();
        keep(&app, &grant, Purpose::HookIn, owner, CANARY).await.unwrap();
        let found = find_secret(&app, ws, Purpose::HookIn, owner).await.unwrap().unwrap();
        assert_eq!(found.expose(), CANARY);
        assert!(!format!("{found:?}").contains("kanariya"));
        assert_eq!(find_secret(&app, ws, Purpose::HookOut, owner).await.unwrap(), None);
        assert_eq!(check_secrets(&app).await.unwrap(), Vec::<String>::new());

        let mut tx = app.db.write().await.unwrap();
        assert!(turn_secret(&mut tx, &app, &grant, (Purpose::HookIn, Purpose::HookInBefore), owner).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(find_secret(&app, ws, Purpose::HookIn, owner).await.unwrap(), None);
        let before = find_secret(&app, ws, Purpose::HookInBefore, owner).await.unwrap().unwrap();
        assert_eq!(before.expose(), CANARY);

        let mut tx = app.db.write().await.unwrap();
        assert!(forget_secret(&mut tx, ws, Purpose::HookInBefore, owner).await.unwrap());
        assert!(!forget_secret(&mut tx, ws, Purpose::HookInBefore, owner).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(find_secret(&app, ws, Purpose::HookInBefore, owner).await.unwrap(), None);
        app.close().await;
    }
}

#[tokio::test]
async fn no_file_of_the_database_holds_the_plain_text() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(folder.path(), None, None).await;
    let grant = ground(&app).await;
    keep(&app, &grant, Purpose::Mailbox, Uuid::now_v7(), CANARY).await.unwrap();
    let mut looked_at = 0;
    let mut look = || {
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            looked_at += bytes.len();
            assert!(!bytes.windows(CANARY.len()).any(|w| w == CANARY.as_bytes()));
        }
    };
    look();
    app.close().await;
    look();
    assert!(looked_at > 10_000, "the database was there: {looked_at}");
}

#[tokio::test]
async fn a_moved_or_changed_row_does_not_open() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(folder.path(), None, None).await;
    let grant = ground(&app).await;
    let (ws, mine, other) = (grant.workspace(), Uuid::now_v7(), Uuid::now_v7());
    keep(&app, &grant, Purpose::HookIn, mine, CANARY).await.unwrap();
    let change = async |text: &'static kizashi_db::Statement, values| {
        let mut tx = app.db.write().await.unwrap();
        assert_eq!(tx.run(text, values).await.unwrap(), 1);
        tx.commit().await.unwrap();
    };
    change(sql!("UPDATE secret SET owner_id = $1"), args![other]).await;
    assert!(matches!(find_secret(&app, ws, Purpose::HookIn, other).await, Err(Error::Failed { .. })));
    assert_eq!(check_secrets(&app).await.unwrap().len(), 1);
    change(sql!("UPDATE secret SET owner_id = $1, purpose = 'mailbox'"), args![mine]).await;
    assert!(matches!(find_secret(&app, ws, Purpose::Mailbox, mine).await, Err(Error::Failed { .. })));
    change(sql!("UPDATE secret SET purpose = 'hook_in'"), args![]).await;
    assert_eq!(find_secret(&app, ws, Purpose::HookIn, mine).await.unwrap().unwrap().expose(), CANARY);
    change(sql!("UPDATE secret SET sealed = $1"), args![vec![7_u8; 3]]).await;
    assert!(matches!(find_secret(&app, ws, Purpose::HookIn, mine).await, Err(Error::Failed { .. })));
}

#[tokio::test]
async fn a_missing_wrong_or_damaged_key_is_named_and_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (path, owner) = (folder.path().join(KEY_FILE), Uuid::now_v7());
    let app = open(folder.path(), None, None).await;
    let grant = ground(&app).await;
    let ws = grant.workspace();
    keep(&app, &grant, Purpose::HookIn, owner, CANARY).await.unwrap();
    app.close().await;
    let text = std::fs::read_to_string(&path).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    std::fs::remove_file(&path).unwrap();
    let app = open(folder.path(), None, None).await;
    assert_eq!(refusal(find_secret(&app, ws, Purpose::HookIn, owner).await), "missing");
    assert_eq!(refusal(keep(&app, &grant, Purpose::HookOut, owner, "x").await.map(|()| None)), "missing");
    assert!(!path.exists(), "a key that is missing is not replaced while something is sealed with it");
    assert_eq!(check_secrets(&app).await.unwrap().len(), 1);
    std::fs::write(&path, "half a ke").unwrap();
    assert_eq!(refusal(find_secret(&app, ws, Purpose::HookIn, owner).await), "damaged");
    app.close().await;

    let other: KeyText = STANDARD_OTHER.parse().unwrap();
    let app = open(folder.path(), None, Some(other)).await;
    assert_eq!(refusal(find_secret(&app, ws, Purpose::HookIn, owner).await), "wrong");
    assert_eq!(check_secrets(&app).await.unwrap().len(), 1);
    app.close().await;

    let app = open(folder.path(), None, Some(text.parse().unwrap())).await;
    assert_eq!(find_secret(&app, ws, Purpose::HookIn, owner).await.unwrap().unwrap().expose(), CANARY);
    app.close().await;
    assert!("c2hvcnQ=".parse::<KeyText>().is_err());
    assert!(!format!("{:?}", text.parse::<KeyText>().unwrap()).contains(text.trim()));
}

/// 32 zero bytes.
const STANDARD_OTHER: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

#[test]
fn two_that_need_a_key_at_once_get_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(KEY_FILE);
    let marks: Vec<String> = std::thread::scope(|s| {
        let all: Vec<_> = (0..8).map(|_| s.spawn(|| key::read_or_make(&path, true).unwrap().mark())).collect();
        all.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert!(marks.iter().all(|m| *m == marks[0]), "{marks:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left behind");
}
