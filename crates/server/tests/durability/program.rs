//! The built program: its commands, and a server that can be killed.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::http::Connection;

const BINARY: &str = env!("CARGO_BIN_EXE_kizashi");

/// Long enough for a slow machine under load; a server that is not ready by then is broken.
const READY_WITHIN: Duration = Duration::from_secs(120);

pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Server {
    /// Starts the program on `data` and waits until it can serve. `file_kib_max` limits the size of any file it writes.
    pub fn start(data: &Path, file_kib_max: Option<u64>) -> Server {
        let address = find_free_address();
        let mut command = match file_kib_max {
            None => Command::new(BINARY),
            Some(limit) => {
                let mut command = Command::new("bash");
                command.args(["-c", r#"trap '' XFSZ; ulimit -f "$1"; shift; exec "$@""#, "limited"]);
                command.arg(limit.to_string()).arg(BINARY);
                command
            }
        };
        let child = clean(&mut command)
            .args(["serve", "--listen", &address.to_string(), "--data"])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the program starts");
        let mut server = Server { child, address };
        server.wait_until_ready();
        server
    }

    fn wait_until_ready(&mut self) {
        let last = Instant::now() + READY_WITHIN;
        while Instant::now() < last {
            if let Some(status) = self.child.try_wait().expect("the program can be waited for") {
                panic!("the server ended while starting: {status}");
            }
            let ready = Connection::open(self.address).and_then(|mut connection| connection.get("/readyz"));
            if ready.is_ok_and(|answer| answer.status == 200) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the server was not ready within {READY_WITHIN:?}");
    }

    /// SIGKILL: no chance to flush or to say goodbye.
    pub fn kill(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Runs a command of the program to its end and gives its standard output.
pub fn run(data: &Path, arguments: &[&str]) -> String {
    let output =
        clean(&mut Command::new(BINARY)).args(arguments).arg("--data").arg(data).output().expect("the program starts");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "kizashi {}: {}\n{error}", arguments.join(" "), output.status);
    String::from_utf8(output.stdout).expect("output is UTF-8")
}

/// Settings of whoever runs the tests must not reach the program.
fn clean(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("KIZASHI_") || name == "DATABASE_URL") {
        command.env_remove(name);
    }
    command.env("RUST_LOG", "error")
}

fn find_free_address() -> SocketAddr {
    let probe = TcpListener::bind("127.0.0.1:0").expect("a free port");
    probe.local_addr().expect("an address")
}
