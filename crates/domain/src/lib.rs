//! Pure rules of Kizashi: no input or output, no clock, no randomness.
//!
//! Every module named after a capability (customers, intake, measure, health, signals …) has the
//! same name in `app`, `web` and the database, and may import only the capabilities before it.

pub mod calendar;
pub mod customers;
pub mod deals;
pub mod handover;
pub mod health;
pub mod id;
pub mod intake;
pub mod lang;
pub mod limits;
pub mod measure;
pub mod mention;
pub mod money;
pub mod notices;
pub mod pack;
pub mod plays;
pub mod presence;
pub mod rooms;
pub mod signals;
pub mod support;
pub mod text;
pub mod time;
