//! History that can be believed, through the program as people use it: files go in, what was known when comes out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may end here"
)]

mod corrections;
mod letters;
mod taps;

use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const BINARY: &str = env!("CARGO_BIN_EXE_kizashi");

/// A workspace with the program's commands.
struct Workspace(tempfile::TempDir);

impl Workspace {
    fn new() -> Self {
        let workspace = Self(tempfile::tempdir().unwrap());
        workspace.run(&["init", "--pack", "saas"]);
        workspace
    }

    fn data(&self) -> std::path::PathBuf {
        self.0.path().join("data")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("KIZASHI_") || name == "DATABASE_URL") {
            command.env_remove(name);
        }
        command.env("RUST_LOG", "error").args(arguments).arg("--data").arg(self.data());
        command
    }

    /// Runs a command to its end and gives its standard output.
    fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().expect("the program starts");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "kizashi {}: {}\n{error}", arguments.join(" "), output.status);
        String::from_utf8(output.stdout).expect("output is UTF-8")
    }

    fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let text = self.run(arguments);
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"))
    }

    /// Imports a file of this text.
    fn import(&self, name: &str, text: &str) -> serde_json::Value {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        self.json(&["import", path.to_str().unwrap(), "--as", "events", "--source", "product", "--json"])
    }

    /// One metric of one customer.
    fn metric(&self, customer: &str, metric: &str, as_of: &str, known_at: Option<&str>) -> serde_json::Value {
        let mut arguments = vec!["metrics", "--as-of", as_of, "--format", "json"];
        arguments.extend(known_at.into_iter().flat_map(|k| ["--known-at", k]));
        let rows = self.run(&arguments);
        let mut rows = rows.lines().map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap());
        rows.find(|r| r["customer"] == customer).map_or(serde_json::Value::Null, |r| r[metric].clone())
    }

    /// Does something while a server has the folder.
    fn while_serving<T>(&self, work: impl FnOnce() -> T) -> T {
        let mut server = self
            .command(&["serve", "--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        let last = Instant::now() + Duration::from_secs(300);
        while UnixStream::connect(self.data().join("control")).is_err() {
            assert!(Instant::now() < last && server.try_wait().unwrap().is_none(), "the server starts");
            std::thread::sleep(Duration::from_millis(50));
        }
        let done = work();
        server.kill().unwrap();
        server.wait().unwrap();
        done
    }

    /// Lets a server score everybody who waits, and ends it.
    fn score_all(&self) {
        let mut server = self
            .command(&["serve", "--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        let last = Instant::now() + Duration::from_secs(300);
        let mut wait = |until: &dyn Fn() -> bool, what: &str| {
            while !until() {
                assert!(Instant::now() < last && server.try_wait().unwrap().is_none(), "{what}");
                std::thread::sleep(Duration::from_millis(50));
            }
        };
        // Commands that come earlier would take the folder away from the server.
        wait(&|| UnixStream::connect(self.data().join("control")).is_ok(), "the server starts");
        wait(&|| self.waiting() == 0, "the customers are scored");
        server.kill().unwrap();
        server.wait().unwrap();
    }

    /// Customers that wait to be scored.
    fn waiting(&self) -> u64 {
        self.json(&["doctor", "--json"])["waiting"].as_u64().unwrap()
    }
}

/// The counts of an import: added, changed, deleted, the same as before.
fn counts(report: &serde_json::Value) -> [u64; 4] {
    ["added", "changed", "deleted", "same"].map(|key| report[key].as_u64().unwrap())
}
