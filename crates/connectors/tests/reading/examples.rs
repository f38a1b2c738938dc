//! The real data that ship with the project, against figures computed from the same files by other means.
