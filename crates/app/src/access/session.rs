//! Sessions: a random token in a cookie, its hash in the database.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kizashi_domain::lang::Lang;
use sha2::{Digest, Sha256};

use super::presence::keep_presence;
use super::{Role, Viewer, password, store};
use crate::{App, Error, Refused, Result};

/// A session ends after this time in any case.
pub const SESSION_S_MAX: i64 = 14 * 24 * 3_600;
/// A session ends after this time without use.
pub const SESSION_IDLE_S_MAX: i64 = 3 * 24 * 3_600;
/// After so many failures in a row each further attempt waits, doubling, up to the limit; never a lock-out by a stranger.
const FREE_FAILURES: i64 = 5;
const WAIT_S_MAX: i64 = 300;
const SEEN_EVERY_US: i64 = 60_000_000;

/// A new session.
#[derive(Debug)]
pub struct SignedIn {
    /// Goes into the cookie, nowhere else.
    pub token: String,
    /// Who.
    pub viewer: Viewer,
}

/// A random text of 256 bits.
pub(crate) fn token() -> Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|e| Error::failed("random numbers", e))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What the database keeps of a token.
pub(crate) fn hash_token(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}

/// Checks mail address and password and starts a session. Takes the same time for an unknown address.
pub async fn sign_in(app: &App, email: &str, password: &str) -> Result<SignedIn> {
    let Some(workspace) = app.workspace().await? else { return Err(Refused::NoWorkspace.into()) };
    let email = email.trim().to_lowercase();
    let subject = hash_token(&email);
    if let Some((failures, last)) = store::find_attempts(app, &subject).await? {
        let over = failures - FREE_FAILURES;
        if over >= 0 {
            let wait_s = (1_i64 << over.min(12)).min(WAIT_S_MAX);
            let left_s = wait_s - (app.now().micros() - last.micros()) / 1_000_000;
            if left_s > 0 {
                return Err(Refused::TooManyAttempts { wait_s: left_s }.into());
            }
        }
    }
    let staff = store::find_staff_by_email(app, workspace, &email).await?;
    let known = password::matches(password, staff.as_ref().map(|s| s.password_hash.as_str())).await?;
    let Some(staff) = staff.filter(|_| known) else {
        store::keep_failure(app, &subject).await?;
        return Err(Refused::WrongPassword.into());
    };
    let (token, csrf) = (token()?, token()?);
    let now = app.now();
    store::keep_session(
        app,
        workspace,
        &subject,
        &hash_token(&token),
        staff.id,
        &csrf,
        now.plus_us(SESSION_S_MAX * 1_000_000),
    )
    .await?;
    keep_presence(app, workspace, staff.id).await?;
    Ok(SignedIn {
        token,
        viewer: Viewer {
            workspace,
            staff: staff.id,
            name: staff.name,
            role: Role::parse(&staff.role).unwrap_or(Role::Other),
            language: if staff.language == "en" { Lang::En } else { Lang::Ja },
            csrf,
            daily_cards: staff.daily_cards,
        },
    })
}

/// The viewer behind a cookie's token; `None` when the session is unknown or over.
pub async fn open_session(app: &App, token: &str) -> Result<Option<Viewer>> {
    let hash = hash_token(token);
    let now = app.now();
    let Some(row) = store::find_session(app, &hash).await? else { return Ok(None) };
    let idle_us = now.micros() - row.seen_at.micros();
    if now >= row.expires_at || idle_us > SESSION_IDLE_S_MAX * 1_000_000 {
        store::drop_session(app, &hash).await?;
        return Ok(None);
    }
    if idle_us > SEEN_EVERY_US {
        store::touch_session(app, &hash).await?;
        keep_presence(app, row.workspace_id, row.staff_id).await?;
    }
    Ok(Some(Viewer {
        workspace: row.workspace_id,
        staff: row.staff_id,
        name: row.name,
        role: Role::parse(&row.role).unwrap_or(Role::Other),
        language: if row.language == "en" { Lang::En } else { Lang::Ja },
        csrf: row.csrf,
        daily_cards: row.daily_cards,
    }))
}

/// Ends a session.
pub async fn close_session(app: &App, token: &str) -> Result<()> {
    store::drop_session(app, &hash_token(token)).await
}
