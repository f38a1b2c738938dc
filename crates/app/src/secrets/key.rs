//! The key of the installation: 32 bytes in a file of the data folder that only its owner reads, or given by the environment.

use std::fmt;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{Error, Refused, Result};

/// Name of the key file in a data folder.
pub const KEY_FILE: &str = "secret.key";
const KEY_BYTES: usize = 32;

/// A key as a person gives it: 32 bytes in Base64 (`openssl rand -base64 32`).
#[derive(Clone)]
pub struct KeyText(Zeroizing<[u8; KEY_BYTES]>);

impl FromStr for KeyText {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).unwrap_or_default());
        let bytes: [u8; KEY_BYTES] = bytes
            .as_slice()
            .try_into()
            .map_err(|_| "expected 32 bytes in Base64, as `openssl rand -base64 32` makes them".to_owned())?;
        Ok(Self(Zeroizing::new(bytes)))
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyText(…)")
    }
}

/// The key in use.
pub(super) struct Key(Zeroizing<[u8; KEY_BYTES]>);

impl Key {
    pub(super) fn bytes(&self) -> [u8; KEY_BYTES] {
        *self.0
    }

    /// Tells keys apart without telling anything of them.
    pub(super) fn mark(&self) -> String {
        let digest = Sha256::new().chain_update(b"kizashi key mark 1\n").chain_update(self.0.as_slice()).finalize();
        digest.iter().take(4).map(|b| format!("{b:02x}")).collect()
    }

    fn random() -> Result<Self> {
        let mut bytes = Zeroizing::new([0_u8; KEY_BYTES]);
        getrandom::fill(bytes.as_mut_slice()).map_err(|e| Error::failed("random numbers", e))?;
        Ok(Self(bytes))
    }
}

/// Where the key is, and the key once it was needed.
pub(crate) struct KeyRing {
    file: Option<PathBuf>,
    key: OnceLock<Arc<Key>>,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing").field("file", &self.file).finish_non_exhaustive()
    }
}

impl KeyRing {
    /// The key given from outside, else the file in the data folder.
    pub(crate) fn of(data: &Path, given: Option<KeyText>) -> Self {
        let key = OnceLock::new();
        if let Some(given) = given {
            let _ = key.set(Arc::new(Key(given.0)));
        }
        Self { file: Some(data.join(KEY_FILE)), key }
    }

    /// A key that ends with the process; for tests.
    pub(crate) fn of_memory() -> Result<Self> {
        Ok(Self { file: None, key: OnceLock::from(Arc::new(Key::random()?)) })
    }

    /// The key; made when there is none and it may be.
    pub(super) async fn open(&self, may_make: bool) -> Result<Arc<Key>> {
        if let Some(key) = self.key.get() {
            return Ok(Arc::clone(key));
        }
        let Some(file) = self.file.clone() else { return Err(Refused::SecretKey("missing").into()) };
        let key = tokio::task::spawn_blocking(move || read_or_make(&file, may_make))
            .await
            .map_err(|e| Error::failed("reading the key", e))??;
        Ok(Arc::clone(self.key.get_or_init(|| Arc::new(key))))
    }
}

pub(super) fn read_or_make(file: &Path, may_make: bool) -> Result<Key> {
    match read(file)? {
        Some(key) => Ok(key),
        None if may_make => make(file),
        None => Err(Refused::SecretKey("missing").into()),
    }
}

fn read(file: &Path) -> Result<Option<Key>> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => Zeroizing::new(text),
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(Error::failed("reading the key of secrets", e)),
    };
    let key: KeyText = text.parse().map_err(|_| Refused::SecretKey("damaged"))?;
    Ok(Some(Key(key.0)))
}

/// Written whole under another name and linked: a crash leaves no half key, and of two processes one wins.
fn make(file: &Path) -> Result<Key> {
    let failed = |e: std::io::Error| Error::failed("writing the key of secrets", e);
    let key = Key::random()?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut fresh = create_private(&folder.join(format!("{KEY_FILE}.{}", uuid::Uuid::now_v7()))).map_err(failed)?;
    let text = Zeroizing::new(format!("{}\n", STANDARD.encode(key.0.as_slice())));
    let written = fresh.0.write_all(text.as_bytes()).and_then(|()| fresh.0.sync_all());
    let linked = written.and_then(|()| std::fs::hard_link(&fresh.1, file));
    let removed = std::fs::remove_file(&fresh.1);
    match linked {
        Err(e) if e.kind() == ErrorKind::AlreadyExists => {
            return read(file)?.ok_or_else(|| Refused::SecretKey("missing").into());
        }
        other => other.and(removed).map_err(failed)?,
    }
    std::fs::File::open(folder).and_then(|f| f.sync_all()).map_err(failed)?;
    Ok(key)
}

fn create_private(path: &Path) -> std::io::Result<(std::fs::File, PathBuf)> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    Ok((options.open(path)?, path.to_owned()))
}
