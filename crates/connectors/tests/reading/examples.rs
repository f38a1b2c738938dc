//! The real data that ship with the project.
