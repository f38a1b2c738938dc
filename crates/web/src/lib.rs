//! The pages and addresses of Kizashi: routes in order of trust, the design system in [`parts`], one folder a capability.

pub mod access;
pub mod address;
pub mod assets;
pub mod cards;
pub mod customers;
pub mod data;
pub mod help;
pub mod parts;
pub mod problem;
pub mod serve;
pub mod shell;
pub mod today;
pub mod words;

pub use serve::{State, serve};

/// Put into a request's extensions by the server when the browser speaks https, to us or to a proxy that we trust.
#[derive(Clone, Copy, Debug)]
pub struct Https;
