//! kizashi-connectors.
