//! Event names by code, for the whole lake: they grow and never change.

use std::sync::{Mutex, PoisonError};

use crate::texts::Texts;

/// The names. Kept in the catalog; names that are only in the log so far get their code again when it is read.
#[derive(Default)]
pub struct NameBook(Mutex<Texts>);

impl NameBook {
    pub fn new(names: &[String]) -> Self {
        let mut texts = Texts::default();
        for name in names {
            texts.code(name);
        }
        Self(Mutex::new(texts))
    }

    /// The codes of some names, by their code there; new ones are added.
    pub fn codes(&self, names: &Texts) -> Vec<u32> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).absorb(names)
    }

    /// All names by code.
    pub fn list(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().map(str::to_owned).collect()
    }
}
