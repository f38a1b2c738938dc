//! SIGKILL at any moment under load.

use std::time::Duration;

use crate::load::{Feed, assert_kept_exactly_once, make_workspace};
use crate::program::Server;

const KILLS: u32 = 200;

/// Each sends batches of another size, over a connection of its own.
const FEEDS: usize = 4;

#[test]
fn acknowledged_events_survive_two_hundred_kills_exactly_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let write_key = make_workspace(data);
    let mut feeds: Vec<Feed> =
        (0..FEEDS).map(|number| Feed::new(&format!("k{number}"), &write_key, 1 + 5 * number as u64, 20)).collect();
    for kill in 0..KILLS {
        let mut server = Server::start(data, None);
        let address = server.address;
        // Moments spread from the first request to well into the stream, the same in every run.
        let lives_ms = u64::from(kill * 37 % 90);
        std::thread::scope(|scope| {
            for feed in &mut feeds {
                scope.spawn(|| feed.send_until_broken(address));
            }
            std::thread::sleep(Duration::from_millis(lives_ms));
            server.kill();
        });
    }
    drop(Server::start(data, None));
    assert_kept_exactly_once(data, &feeds);
}
