//! Settings: models, metrics, signals and the calendar as versions that people edit, compare and restore.
//!
//! [`desk`] knows what can be edited and turns a form into a pack; each kind of form has its file; [`http`] answers.

pub(crate) mod audience;
mod calendar;
mod card_rules;
mod desk;
mod download;
mod facets;
pub(crate) mod fields;
mod http;
mod measure;
mod metric;
mod model;
mod overview;
mod proposed;
mod sheet;
mod signal;
mod spread;
mod taken;
mod taking;
mod versions;

pub(crate) use download::download_versions;
pub(crate) use http::{
    compare_versions, download, edit_calendar, edit_cards, edit_measure, edit_metric, edit_model, edit_order,
    keep_calendar, keep_cards, keep_measure, keep_metric, keep_model, keep_new, keep_order, open_new, open_settings,
    open_version, open_versions, remove_metric, remove_model, remove_play, remove_signal, show_removal_of_metric,
    show_removal_of_model, show_removal_of_play, show_removal_of_signal,
};
pub(crate) use proposed::{edit_signal, keep_signal};
pub(crate) use taking::{keep_upload, open_upload, restore, show_restoration};
pub(crate) use versions::differences;
