//! The API for programs: records and scores as JSON, described at `/api/v1/openapi.json`.

mod answer;
mod describe;
mod records;

pub(crate) use answer::dress;
pub(crate) use describe::describe;
pub(crate) use records::{change, create, find, find_score, list};
