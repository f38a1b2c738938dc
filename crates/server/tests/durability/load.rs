//! A feed that numbers its events, remembers which were acknowledged, and looks for them afterwards.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use crate::http::{Answer, Connection};
use crate::program::run;

/// Events of one feed: sent in order, a batch again and again until it is acknowledged, as Segment's libraries do.
pub struct Feed {
    name: String,
    write_key: String,
    /// The first event that was never acknowledged; those from here to `tried` were sent at least once.
    pub acknowledged: u64,
    batch_rows: u64,
    padding: String,
}

impl Feed {
    pub fn new(name: &str, write_key: &str, batch_rows: u64, padding_bytes: usize) -> Feed {
        let padding = "x".repeat(padding_bytes);
        Feed { name: name.to_owned(), write_key: write_key.to_owned(), acknowledged: 0, batch_rows, padding }
    }

    /// Sends the next batch; it counts as acknowledged only with a whole answer 200.
    pub fn send_batch(&mut self, connection: &mut Connection) -> Result<Answer, std::io::Error> {
        let events = (self.acknowledged..self.acknowledged + self.batch_rows).map(|number| self.event(number));
        let body = format!(r#"{{"batch":[{}]}}"#, events.collect::<Vec<_>>().join(","));
        let answer = connection.post("/v1/batch", &self.write_key, &body)?;
        if answer.status == 200 {
            self.acknowledged += self.batch_rows;
        }
        Ok(answer)
    }

    /// Sends batches until the connection breaks. Under pressure the server may ask to wait, never answer otherwise.
    pub fn send_until_broken(&mut self, address: SocketAddr) {
        let Ok(mut connection) = Connection::open(address) else { return };
        while let Ok(answer) = self.send_batch(&mut connection) {
            assert!(matches!(answer.status, 200 | 429 | 503), "{answer:?}");
        }
    }

    fn id(&self, number: u64) -> String {
        format!("{}-{number}", self.name)
    }

    fn event(&self, number: u64) -> String {
        let (id, padding) = (self.id(number), &self.padding);
        // An export names neither message ids nor feeds: the user says which feed it was, the value which event of it.
        let (customer, user) = (number % 7, &self.name);
        // Spread over ninety days, so that late events and several partitions are met.
        let (month, day) = (number % 3 + 1, number % 28 + 1);
        format!(
            r#"{{"type":"track","messageId":"{id}","userId":"{user}","event":"login","timestamp":"2026-{month:02}-{day:02}T03:04:05Z","context":{{"groupId":"c{customer}"}},"properties":{{"value":{number},"note":"{padding}"}}}}"#
        )
    }
}

/// Every acknowledged event is in the workspace once, and none is there twice.
pub fn assert_kept_exactly_once(data: &Path, feeds: &[Feed]) {
    let exported = run(data, &["export", "--what", "events", "--format", "csv"]);
    let mut lines = exported.lines();
    let titles: Vec<&str> = lines.next().expect("a row of titles").split(',').collect();
    let column = |title: &str| titles.iter().position(|found| *found == title).expect("a column");
    let (user, value) = (column("user"), column("value"));
    let mut counts: BTreeMap<(&str, u64), u32> = BTreeMap::new();
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        *counts.entry((cells[user], cells[value].parse().expect("a whole value"))).or_default() += 1;
    }
    let doubled: Vec<_> = counts.iter().filter(|(_, count)| **count > 1).take(5).collect();
    assert!(doubled.is_empty(), "kept more than once: {doubled:?}");
    for feed in feeds {
        assert!(feed.acknowledged > 0, "feed {} sent nothing: the test would prove nothing", feed.name);
        let is_lost = |number: &u64| !counts.contains_key(&(feed.name.as_str(), *number));
        let lost: Vec<u64> = (0..feed.acknowledged).filter(is_lost).collect();
        assert!(
            lost.is_empty(),
            "{} of {} acknowledged events are lost, first {:?}",
            lost.len(),
            feed.acknowledged,
            lost.first()
        );
    }
    let acknowledged: u64 = feeds.iter().map(|feed| feed.acknowledged).sum();
    eprintln!("{acknowledged} events acknowledged, each found once");
    run(data, &["doctor"]);
}

/// An empty workspace with one source; gives its write key.
pub fn make_workspace(data: &Path) -> String {
    run(data, &["init", "--pack", "saas"]);
    let output = run(data, &["token", "add", "--source", "test"]);
    output.split_whitespace().last().expect("a write key").to_owned()
}
