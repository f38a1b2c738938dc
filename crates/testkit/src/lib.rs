//! kizashi-testkit.
