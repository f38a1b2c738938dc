//! A database of others is asked over an encrypted connection, and only the right one is believed.

use kizashi_app::pulls::{DatabaseAddress, Failed, Tls, try_connection};
use kizashi_app::secrets::Secret;
use kizashi_testkit::{On, OwnPostgres, Stage};

use crate::SAAS;

const PASSWORD: &str = "p@ss:/?#";

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_checked_unless_one_says_otherwise() {
    let own = OwnPostgres::start_guarded(PASSWORD);
    let stage = Stage::set(On::Sqlite, SAAS, "2026-11-02").await;
    let (app, grant, password) = (&stage.app, stage.console(), Secret::new(PASSWORD.into()));
    let checked = DatabaseAddress {
        host: "localhost".into(),
        port: own.port,
        database: "postgres".into(),
        user: "owner".into(),
        tls: Tls::Verified,
        authority: own.authority(),
    };
    try_connection(app, &grant, None, &checked, Some(&password)).await.unwrap();
    let encrypted = DatabaseAddress { tls: Tls::Encrypted, authority: String::new(), ..checked.clone() };
    try_connection(app, &grant, None, &encrypted, Some(&password)).await.unwrap();
    let plain = DatabaseAddress { tls: Tls::Plain, ..encrypted.clone() };
    try_connection(app, &grant, None, &plain, Some(&password)).await.unwrap();

    // Nobody answers for the certificate; it is for another name; another authority answers for it.
    let unknown = DatabaseAddress { authority: String::new(), ..checked.clone() };
    let other_name = DatabaseAddress { host: "127.0.0.1".into(), ..checked.clone() };
    let other = OwnPostgres::start_guarded(PASSWORD);
    let not_theirs = DatabaseAddress { authority: other.authority(), ..checked.clone() };
    for address in [unknown, other_name, not_theirs] {
        let ended = try_connection(app, &grant, None, &address, Some(&password)).await;
        assert!(matches!(ended, Err(Failed::There("tls", _))), "{address:?}: {ended:?}");
    }
    let wrong = Secret::new("wrong".into());
    let ended = try_connection(app, &grant, None, &checked, Some(&wrong)).await;
    assert!(matches!(ended, Err(Failed::There("sign-in", _))), "{ended:?}");
}
