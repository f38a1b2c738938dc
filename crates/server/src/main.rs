//! The binary `kizashi`.
fn main() {}
