//! The real data that ship with the project, against figures computed from the same files by other means: Python's `csv`,
//! `decimal` cents and `datetime.fromisoformat`, and sums once more with awk. The checks of last days are
//! `zlib.crc32` over lines `customer,last\n` in the order of customers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use kizashi_connectors::{Map, Options, Parsed, Reader};
use kizashi_domain::time::{DAY_US, Time, Zone};

use super::drain;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name)
}

/// Reads an example through its map, in a workspace of Tokyo.
fn read_example(name: &str) -> Parsed {
    let map = Map::read(&std::fs::read_to_string(folder(name).join("map.toml")).unwrap(), None).unwrap();
    assert_eq!(map.source.as_deref(), Some(name));
    let options = Options { map: Some(map), ..Options::new(Zone::named("Asia/Tokyo").unwrap()) };
    let reader = Reader::open(folder(name).join(format!("{name}.csv.gz")), options).unwrap();
    let (parsed, failed) = drain(reader);
    assert!(failed.is_none(), "{failed:?}");
    assert!(parsed.refused.is_empty());
    parsed
}

fn crc(text: &str) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(text.as_bytes());
    crc.sum()
}

/// Rows and cents of each month.
const CDNOW_MONTHS: [(&str, u32, i64); 18] = [
    ("1997-01", 8928, 29_906_017),
    ("1997-02", 11272, 37_959_003),
    ("1997-03", 11598, 39_315_527),
    ("1997-04", 3781, 14_282_449),
    ("1997-05", 2895, 10_793_330),
    ("1997-06", 3054, 10_839_587),
    ("1997-07", 2942, 12_207_888),
    ("1997-08", 2320, 8_836_769),
    ("1997-09", 2296, 8_194_880),
    ("1997-10", 2562, 8_978_077),
    ("1997-11", 2750, 11_544_864),
    ("1997-12", 2504, 9_557_735),
    ("1998-01", 2032, 7_675_678),
    ("1998-02", 2026, 7_709_696),
    ("1998-03", 2793, 10_897_015),
    ("1998-04", 1878, 6_623_152),
    ("1998-05", 1985, 7_098_966),
    ("1998-06", 2043, 7_610_930),
];

#[test]
fn cdnow_comes_out_whole() {
    let parsed = read_example("cdnow");
    let zone = Zone::named("America/New_York").unwrap();
    let mut months: BTreeMap<String, (u32, i64)> = BTreeMap::new();
    let mut last: BTreeMap<&str, Time> = BTreeMap::new();
    let (mut ids, mut discs) = (BTreeSet::new(), 0);
    for event in parsed.events.iter() {
        assert_eq!((event.name, event.user, event.assumed), ("purchase", "", true));
        let day = zone.day_of(event.occurred_at);
        assert_eq!(zone.start_of(day), event.occurred_at);
        let month = months.entry(day.to_string()[..7].to_owned()).or_default();
        month.0 += 1;
        month.1 += (event.value.unwrap() * 100.0).round() as i64;
        let at = last.entry(event.customer).or_default();
        *at = event.occurred_at.max(*at);
        ids.insert(event.id);
        let properties: serde_json::Value = serde_json::from_str(event.properties).unwrap();
        discs += properties["cds"].as_str().unwrap().parse::<u32>().unwrap();
    }
    assert_eq!((parsed.events.len(), last.len(), ids.len()), (69_659, 23_570, 69_659));
    let want: BTreeMap<String, (u32, i64)> = CDNOW_MONTHS.iter().map(|(m, n, c)| ((*m).to_owned(), (*n, *c))).collect();
    assert_eq!(months, want);
    assert_eq!(discs, 167_881);
    let lines: String = last.iter().map(|(c, at)| format!("{c},{}\n", zone.day_of(*at))).collect();
    assert_eq!(crc(&lines), 0x1f17_89f8);
    // The same file again is the same events.
    let again = read_example("cdnow");
    assert!(parsed.events.iter().zip(again.events.iter()).all(|(a, b)| a == b));
}

/// Events and lines of each area.
const AREAS: [(&str, u32, f64); 31] = [
    ("(moved)", 366, 2807.0),
    ("(root)", 6196, 592_610.0),
    (".dependabot", 2, 16.0),
    (".github", 273, 2645.0),
    ("app", 5481, 67427.0),
    ("assets", 5, 0.0),
    ("cargo-registry-index", 65, 252.0),
    ("cargo-registry-markdown", 19, 118.0),
    ("cargo-registry-s3", 25, 68.0),
    ("conduit", 29, 397.0),
    ("conduit-axum", 109, 971.0),
    ("conduit-conditional-get", 5, 28.0),
    ("conduit-hyper", 23, 893.0),
    ("conduit-middleware", 4, 18.0),
    ("conduit-packages", 17, 2108.0),
    ("conduit-router", 35, 134.0),
    ("conduit-static", 12, 90.0),
    ("conduit-test", 33, 364.0),
    ("config", 116, 1105.0),
    ("docker", 1, 2.0),
    ("docs", 81, 1666.0),
    ("example", 15, 116.0),
    ("examples", 33, 273.0),
    ("fastboot", 4, 32.0),
    ("migrations", 252, 1150.0),
    ("mirage", 423, 7925.0),
    ("public", 205, 1634.0),
    ("script", 46, 463.0),
    ("src", 9509, 230_917.0),
    ("tests", 1069, 25462.0),
    ("vendor", 5, 7.0),
];

#[test]
fn contributions_come_out_whole() {
    let parsed = read_example("contributions");
    let mut areas: BTreeMap<&str, (u32, f64)> = BTreeMap::new();
    let mut last: BTreeMap<&str, i64> = BTreeMap::new();
    let (mut late, mut very_late, mut early, mut ids) = (0, 0, 0, BTreeSet::new());
    for event in parsed.events.iter() {
        assert!(!event.assumed);
        let area = areas.entry(event.name).or_default();
        area.0 += 1;
        area.1 += event.value.unwrap();
        let at = last.entry(event.customer).or_insert(i64::MIN);
        *at = (*at).max(event.occurred_at.micros() / 1_000_000);
        let wait = event.received_at.micros() - event.occurred_at.micros();
        late += u32::from(wait > DAY_US);
        very_late += u32::from(wait > 30 * DAY_US);
        early += u32::from(wait < 0);
        ids.insert(event.id);
    }
    assert_eq!((parsed.events.len(), last.len(), ids.len()), (24_458, 316, 24_458));
    assert_eq!((late, very_late, early), (5215, 1123, 9));
    assert_eq!(areas, AREAS.iter().map(|(a, n, v)| (*a, (*n, *v))).collect());
    let lines: String = last.iter().map(|(c, at)| format!("{c},{at}\n")).collect();
    assert_eq!(crc(&lines), 0x2ca6_7963);
}
