//! Secrets of connections: what must be used again in plain (signing secrets, passwords of other systems) and therefore cannot be
//! a hash. Sealed with the key of the installation, written once, never shown again.
//!
//! Each is sealed together with its workspace, purpose and owner: a sealed text that somebody moves to another row does not open.

mod key;
mod store;

use std::fmt;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use kizashi_db::Tx;
use kizashi_domain::id::{Id, Workspace};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::access::Grant;
use crate::{App, Error, Refused, Result};

pub(crate) use key::KeyRing;
pub use key::{KEY_FILE, KeyText};

use key::Key;

/// The longest secret, in bytes.
pub const SECRET_BYTES_MAX: usize = 4_096;
const NONCE_BYTES: usize = 24;

/// What a secret is for. Each owner has at most one of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Checks the signatures of an inbound hook.
    HookIn,
    /// The one before, still accepted for a while.
    HookInBefore,
    /// Signs what a subscription is told.
    HookOut,
    /// The one before, with which is still signed for a while.
    HookOutBefore,
    /// Opens a mailbox.
    Mailbox,
    /// Opens a database of others: its address with the password.
    Database,
    /// Password of the mail server that takes our letters.
    Smtp,
    /// Address of a place of a chat.
    NoticeAddress,
    /// Token of a place of a chat.
    NoticeToken,
    /// Signs links in notices.
    NoticeLink,
}

impl Purpose {
    /// The word in the table; it is sealed in, so that it never changes.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::HookIn => "hook_in",
            Self::HookInBefore => "hook_in_before",
            Self::HookOut => "hook_out",
            Self::HookOutBefore => "hook_out_before",
            Self::Mailbox => "mailbox",
            Self::Database => "database",
            Self::Smtp => "smtp",
            Self::NoticeAddress => "notice_address",
            Self::NoticeToken => "notice_token",
            Self::NoticeLink => "notice_link",
        }
    }
}

/// A secret in plain: read it where it is used, and let go of it. It is wiped from memory then, and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a secret that a person or a random source gave.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The plain text, for the moment of use.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Keeps a secret of `owner` in the transaction that keeps the owner; one that was there is replaced.
///
/// # Errors
/// [`Refused::Field`] when it is empty or too long; [`Refused::SecretKey`] when the key of the installation is missing or damaged.
pub(crate) async fn keep_secret(
    tx: &mut Tx,
    app: &App,
    grant: &Grant,
    purpose: Purpose,
    owner: Uuid,
    secret: &Secret,
) -> Result<()> {
    let text = secret.expose();
    if text.is_empty() {
        return Err(Refused::Field { field: "secret", reason: "required" }.into());
    }
    if text.len() > SECRET_BYTES_MAX {
        return Err(Refused::Field { field: "secret", reason: "too-long" }.into());
    }
    // A key may be made only while nothing was sealed: otherwise the one that opens it is missing, and somebody has to know.
    let may_make = !store::has_any(tx).await?;
    let key = app.secrets.open(may_make).await?;
    let sealed = seal(&key, grant.workspace(), purpose, owner, text)?;
    store::keep(tx, app, grant.workspace(), purpose, owner, &key.mark(), sealed).await
}

/// A secret of `owner`, for use; `None` when there is none.
///
/// # Errors
/// [`Refused::SecretKey`] when the key of the installation is missing or another one than it was sealed with;
/// [`Error::Failed`] when the row was changed or moved.
pub(crate) async fn find_secret(app: &App, ws: Id<Workspace>, purpose: Purpose, owner: Uuid) -> Result<Option<Secret>> {
    let Some((mark, sealed)) = store::find(app, ws, purpose, owner).await? else { return Ok(None) };
    let key = app.secrets.open(false).await?;
    if mark != key.mark() {
        return Err(Refused::SecretKey("wrong").into());
    }
    unseal(&key, ws, purpose, owner, &sealed).map(Some)
}

/// Forgets a secret of `owner`, in the transaction that takes the owner away; whether there was one.
pub(crate) async fn forget_secret(tx: &mut Tx, ws: Id<Workspace>, purpose: Purpose, owner: Uuid) -> Result<bool> {
    store::forget(tx, ws, purpose, owner).await
}

/// Makes what was kept for `from` the secret for `to` (a rotation: the present one becomes the one before), in the transaction that
/// keeps the new one. Whether there was one.
pub(crate) async fn turn_secret(
    tx: &mut Tx,
    app: &App,
    grant: &Grant,
    (from, to): (Purpose, Purpose),
    owner: Uuid,
) -> Result<bool> {
    let Some(secret) = find_secret(app, grant.workspace(), from, owner).await? else { return Ok(false) };
    keep_secret(tx, app, grant, to, owner, &secret).await?;
    forget_secret(tx, grant.workspace(), from, owner).await
}

/// Looks whether every secret opens; what is wrong, nothing when all do. For the doctor.
pub async fn check_secrets(app: &App) -> Result<Vec<String>> {
    let rows = store::list_all(app).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = match app.secrets.open(false).await {
        Ok(key) => key,
        Err(Error::Refused(refused)) => return Ok(vec![refused.to_string()]),
        Err(other) => return Err(other),
    };
    let mut faults = Vec::new();
    for row in rows {
        let place = format!("secret {} of {}", row.purpose, row.owner_id);
        if row.key_mark != key.mark() {
            faults.push(format!("{place}: sealed with another key than the one here"));
        } else if open_bytes(&key, &bound(row.workspace_id, &row.purpose, row.owner_id), &row.sealed).is_none() {
            faults.push(format!("{place}: does not open; the row was changed or moved"));
        }
    }
    Ok(faults)
}

/// What a sealed text is bound to.
fn bound(ws: Id<Workspace>, purpose: &str, owner: Uuid) -> String {
    format!("kizashi secret 1\n{ws}\n{purpose}\n{owner}")
}

fn seal(key: &Key, ws: Id<Workspace>, purpose: Purpose, owner: Uuid, text: &str) -> Result<Vec<u8>> {
    let mut nonce = [0_u8; NONCE_BYTES];
    getrandom::fill(&mut nonce).map_err(|e| Error::failed("random numbers", e))?;
    let aad = bound(ws, purpose.word(), owner);
    let sealed = XChaCha20Poly1305::new(&key.bytes().into())
        .encrypt(&XNonce::from(nonce), Payload { msg: text.as_bytes(), aad: aad.as_bytes() })
        .map_err(|_| Error::failed("sealing a secret", "the cipher refused"))?;
    Ok([nonce.as_slice(), &sealed].concat())
}

fn unseal(key: &Key, ws: Id<Workspace>, purpose: Purpose, owner: Uuid, sealed: &[u8]) -> Result<Secret> {
    open_bytes(key, &bound(ws, purpose.word(), owner), sealed)
        .ok_or_else(|| Error::failed("opening a secret", "it does not open: the row was changed or moved"))
}

fn open_bytes(key: &Key, bound: &str, sealed: &[u8]) -> Option<Secret> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    let plain = XChaCha20Poly1305::new(&key.bytes().into())
        .decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: bound.as_bytes() })
        .ok()?;
    let plain = Zeroizing::new(plain);
    std::str::from_utf8(&plain).ok().map(|text| Secret::new(text.to_owned()))
}

#[cfg(test)]
mod tests;
