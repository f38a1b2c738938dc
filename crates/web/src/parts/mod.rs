//! The design system: everything a page is made of. No other module writes raw HTML or SVG.

pub mod breakdown;
pub mod chart;
pub mod closing;
pub mod form;
pub mod health;
pub mod icon;
pub mod meanwhile;
pub mod state;
pub mod work;
