//! The pages and addresses of Kizashi: routes in order of trust, the design system in [`parts`], one folder a capability.

pub mod access;
pub mod address;
mod api;
pub mod assets;
mod axes;
pub mod cards;
mod connections;
mod csv;
pub mod customers;
pub mod data;
mod deals;
pub mod dictionary;
mod files;
mod handover;
pub mod help;
mod hooks;
mod imports;
pub mod intake;
mod letters;
mod merges;
pub mod notices;
pub mod parts;
pub mod problem;
mod records;
mod rooms;
pub mod routes;
pub mod serve;
pub mod settings;
pub mod shell;
pub mod signals;
mod stream;
mod subscriptions;
pub mod support;
pub mod today;
pub mod words;

pub use serve::{Options, State, router, router_with, serve, serve_with};
