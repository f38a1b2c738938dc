//! Data: the sources, when something last came, and what is quiet.

mod pages;

pub use pages::{Data, Source, data};
