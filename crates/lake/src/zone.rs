//! The zone that days are counted in, by name.

use kizashi_domain::time::Zone;

/// A zone and what it is called on disk.
#[derive(Clone, Debug)]
pub struct ZoneName {
    pub zone: Zone,
    pub name: String,
}

impl ZoneName {
    pub fn new(zone: Zone) -> Self {
        let name = zone.tz().iana_name().map_or_else(|| format!("{:?}", zone.tz()), str::to_owned);
        Self { zone, name }
    }
}
