//! Passwords: argon2id, made and checked away from the threads that serve.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use crate::{Error, Refused, Result};

const CHARS_MIN: usize = 10;
const CHARS_MAX: usize = 256;

/// A hash of nothing anyone can type, so that an unknown address costs the same time as a known one.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$1dGd0vk7AqsYPvDCLKzQ8mq8RNlM3QIiPFhaoyPqM2k";

pub(super) async fn hash(password: &str) -> Result<String> {
    let chars = password.chars().count();
    if !(CHARS_MIN..=CHARS_MAX).contains(&chars) {
        return Err(Refused::Field { field: "password", reason: "password-length" }.into());
    }
    let password = password.to_owned();
    tokio::task::spawn_blocking(move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|h| h.to_string())
            .map_err(|e| Error::failed("hashing a password", e))
    })
    .await
    .map_err(|e| Error::failed("hashing a password", e))?
}

/// Whether `password` is the one behind `hash`; with no hash it takes as long and says no.
pub(super) async fn matches(password: &str, hash: Option<&str>) -> Result<bool> {
    let password = password.to_owned();
    let known = hash.is_some();
    let hash = hash.unwrap_or(NOBODY).to_owned();
    tokio::task::spawn_blocking(move || {
        let Ok(parsed) = PasswordHash::new(&hash) else {
            return Err(Error::failed("checking a password", "a stored hash is damaged"));
        };
        Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && known)
    })
    .await
    .map_err(|e| Error::failed("checking a password", e))?
}
