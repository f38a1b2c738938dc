//! kizashi-lake.
