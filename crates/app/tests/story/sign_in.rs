use kizashi_app::Refused;
use kizashi_app::access::{
    Action, Role, SESSION_IDLE_S_MAX, close_session, open_session, permit, reset_password, sign_in,
};
use kizashi_testkit::{PASSWORD, Stage};

use crate::{BOTH, SAAS, refused};

#[tokio::test]
async fn a_session_lives_until_it_is_ended_idle_or_its_password_changes() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        let sato = stage.staff("sato", Role::Csm).await;
        let viewer = open_session(&stage.app, &sato.token).await.unwrap().unwrap();
        assert_eq!((viewer.staff, viewer.role), (sato.viewer.staff, Role::Csm));
        assert!(open_session(&stage.app, &format!("{}x", sato.token)).await.unwrap().is_none());
        close_session(&stage.app, &sato.token).await.unwrap();
        assert!(open_session(&stage.app, &sato.token).await.unwrap().is_none());

        let again = sign_in(&stage.app, " SATO@shiken.example ", PASSWORD).await.unwrap();
        assert_ne!(again.token, sato.token);
        stage.clock.set(stage.app.now().plus_us((SESSION_IDLE_S_MAX + 1) * 1_000_000));
        assert!(open_session(&stage.app, &again.token).await.unwrap().is_none());

        let third = sign_in(&stage.app, "sato@shiken.example", PASSWORD).await.unwrap();
        reset_password(&stage.app, &stage.console(), "sato@shiken.example", "another long one").await.unwrap();
        assert!(open_session(&stage.app, &third.token).await.unwrap().is_none());
        assert_eq!(refused(sign_in(&stage.app, "sato@shiken.example", PASSWORD).await), Refused::WrongPassword);
    }
}

#[tokio::test]
async fn guessing_is_slowed_down_and_forgotten_after_success() {
    let stage = Stage::set(BOTH[0], SAAS, "2026-11-24").await;
    stage.staff("sato", Role::Csm).await;
    for address in ["sato@shiken.example", "nobody@shiken.example"] {
        for _ in 0..5 {
            assert_eq!(
                refused(sign_in(&stage.app, address, "wrong password").await),
                Refused::WrongPassword,
                "{address}"
            );
        }
        // The right password must wait as well, and an unknown address is told the same.
        assert!(
            matches!(refused(sign_in(&stage.app, address, PASSWORD).await), Refused::TooManyAttempts { .. }),
            "{address}"
        );
    }
    stage.clock.set(stage.app.now().plus_us(2_000_000));
    sign_in(&stage.app, "sato@shiken.example", PASSWORD).await.unwrap();
    assert_eq!(refused(sign_in(&stage.app, "sato@shiken.example", "wrong password").await), Refused::WrongPassword);
}

#[tokio::test]
async fn roles_may_what_the_table_says() {
    let stage = Stage::set(BOTH[0], SAAS, "2026-11-24").await;
    let may = [
        (Role::Admin, [true, true, true, true, true]),
        (Role::Manager, [true, true, true, true, false]),
        (Role::Csm, [true, true, true, false, false]),
        (Role::Other, [true, false, false, false, false]),
        (Role::Audit, [true, false, true, false, false]),
    ];
    for (role, expected) in may {
        let viewer = stage.staff(role.word(), role).await.viewer;
        let got = [Action::Read, Action::Work, Action::Export, Action::Configure, Action::Administer]
            .map(|a| permit(&viewer, a).is_ok());
        assert_eq!(got, expected, "{role:?}");
    }
}
