//! kizashi-app.
