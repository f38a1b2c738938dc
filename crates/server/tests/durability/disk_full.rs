//! The disk fills up under load, and has room again later.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::http::{Answer, Connection};
use crate::load::{Feed, assert_kept_exactly_once, make_workspace};
use crate::program::Server;

const DISK_MIB: u64 = 24;
const BALLAST_MIB: u64 = 12;

/// Where a small file system is not permitted, a limit on the size of each file stands in for it.
const FILE_KIB_MAX: u64 = 1024;

/// More than enough batches to fill the disk; reaching it means that nothing was refused.
const BATCHES_MAX: u32 = 20_000;

/// A file system of its own, gone at the end.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(folder: &Path) -> Option<SmallDisk> {
        let options = format!("size={DISK_MIB}m,mode=700");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(folder).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| SmallDisk(folder.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("--lazy").arg(&self.0).status());
    }
}

#[test]
fn a_full_disk_refuses_politely_and_loses_nothing_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let disk = SmallDisk::mount(&data);
    if disk.is_none() {
        eprintln!("\nNOT PERMITTED to mount a small file system; a limit on file size stands in for the full disk.\n");
    }
    let write_key = make_workspace(&data);
    let ballast = data.join("ballast");
    if disk.is_some() {
        std::fs::write(&ballast, vec![0; usize::try_from(BALLAST_MIB << 20).unwrap()]).unwrap();
    }
    let mut feed = Feed::new("full", &write_key, 50, 400);
    let mut server = Server::start(&data, disk.is_none().then_some(FILE_KIB_MAX));

    let refused = send_until_refused(&mut feed, &server);
    assert_eq!(refused.status, 503, "{}", refused.body);
    let wait_seconds = refused.header("retry-after").and_then(|value| value.parse::<u32>().ok());
    assert!(wait_seconds.is_some_and(|seconds| (1..=3600).contains(&seconds)), "Retry-After: {refused:?}");
    assert!(feed.acknowledged > 0, "nothing was taken before the disk was full");
    let alive = Connection::open(server.address).and_then(|mut connection| connection.get("/healthz")).unwrap();
    assert_eq!(alive.status, 200, "a full disk must not end the program");

    // Room again: the running server takes events again without help. With the limit a new process is needed.
    if disk.is_some() {
        std::fs::remove_file(&ballast).unwrap();
    } else {
        server.kill();
        server = Server::start(&data, None);
    }
    let before = feed.acknowledged;
    let mut connection = Connection::open(server.address).unwrap();
    let mut tries = 0;
    while feed.acknowledged == before {
        let answer = feed.send_batch(&mut connection).unwrap();
        assert!(matches!(answer.status, 200 | 503), "{answer:?}");
        tries += 1;
        assert!(tries < 600, "the server did not recover: {answer:?}");
        std::thread::sleep(std::time::Duration::from_millis(if answer.status == 503 { 100 } else { 0 }));
    }
    server.kill();
    drop(Server::start(&data, None));
    assert_kept_exactly_once(&data, &[feed]);
}

fn send_until_refused(feed: &mut Feed, server: &Server) -> Answer {
    let mut connection = Connection::open(server.address).unwrap();
    for _ in 0..BATCHES_MAX {
        let answer = feed.send_batch(&mut connection).unwrap();
        if answer.status != 200 {
            return answer;
        }
    }
    panic!("{BATCHES_MAX} batches went into {DISK_MIB} MiB");
}
