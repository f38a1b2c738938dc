//! Signing in and out, language and theme.

mod pages;

pub use pages::sign_in;
