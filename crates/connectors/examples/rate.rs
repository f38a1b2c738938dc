//! How fast a file is read: `cargo run --release -p kizashi-connectors --example rate -- FILE [MAP.toml] [WORKERS]`.

use std::time::Instant;

use kizashi_connectors::{Map, Options, Reader};
use kizashi_domain::time::Zone;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let file = args.next().ok_or("usage: rate FILE [MAP.toml|-] [WORKERS]")?;
    let mut options = Options::new(Zone::named("Asia/Tokyo")?);
    if let Some(map) = args.next().filter(|m| m != "-") {
        options.map = Some(Map::read(&std::fs::read_to_string(map)?, None)?);
    }
    options.workers = args.next().map_or(Ok(0), |w| w.parse())?;
    let start = Instant::now();
    let (mut events, mut records, mut refused, mut text_bytes) = (0, 0, 0, 0);
    let mut reader = Reader::open(file, options)?;
    for batch in reader.by_ref() {
        let batch = batch?;
        events += batch.events.len();
        records += batch.records.len();
        refused += batch.refused.len();
        text_bytes += batch.events.text_bytes();
    }
    let seconds = start.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss)]
    let (rate, speed) = ((events + records) as f64 / seconds, reader.progress().bytes as f64 / seconds / 1e6);
    println!(
        "{events} events, {records} records, {refused} refused in {seconds:.2} s: {rate:.0} a second, {speed:.0} MB/s ({}, {text_bytes} bytes of text)",
        reader.encoding()
    );
    Ok(())
}
