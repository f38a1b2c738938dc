//! kizashi-db.
