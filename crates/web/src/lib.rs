//! kizashi-web.
