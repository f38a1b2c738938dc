//! A throw-away PostgreSQL server for one test process, and a fresh database for each test.
//!
//! The server listens on a socket in a folder of its own, never on the network. A small shell stands guard: it holds
//! the reading end of a pipe whose writing end this process keeps, so that the server stops and its folder goes away
//! when the process ends, however it ends. There is no skipping: without PostgreSQL on the machine a test fails and
//! says what to install.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// How long a server may take to accept connections, in seconds.
const START_SECONDS_MAX: u32 = 60;

/// Makes the data folder, runs the server, waits for the end of standard input, stops the server, removes the folder.
const GUARD: &str = r#"
set -eu
trap '' INT HUP
bin=$1
dir=$(mktemp -d /tmp/kizashi-pg-XXXXXXXX)
trap 'rm -rf "$dir"' EXIT
"$bin/initdb" --pgdata="$dir/data" --username=kizashi --auth=trust --encoding=UTF8 --locale=C --no-sync >"$dir/log" 2>&1 \
  || { echo "failed $(tr '\n' ' ' <"$dir/log")"; exit 1; }
"$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c fsync=off -c synchronous_commit=off \
  -c full_page_writes=off -c autovacuum=off -c max_connections=200 -c shared_buffers=32MB >>"$dir/log" 2>&1 </dev/null &
server=$!
echo "ready $dir"
exec >/dev/null 2>&1
while read -r _; do :; done
kill -QUIT "$server" || true
wait "$server" || true
"#;

struct Server {
    socket_folder: PathBuf,
    binaries: PathBuf,
    /// Held open for as long as this process lives: its end tells the guard to stop the server.
    _lifeline: ChildStdin,
}

static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// Creates an empty database on this process's own PostgreSQL server and gives its `postgres://` URL.
///
/// # Panics
/// When PostgreSQL is not installed or does not start; the message says what to do.
pub fn fresh_database() -> String {
    match try_fresh_database() {
        Ok(url) => url,
        #[allow(clippy::panic)]
        Err(reason) => panic!("{reason}"),
    }
}

/// Runs SQL on a database of this process's server, as `psql` does.
///
/// # Panics
/// When the SQL is refused.
pub fn run_sql(url: &str, sql: &str) {
    let psql = find_binaries().map(|folder| folder.join("psql")).unwrap_or_else(|_| "psql".into());
    let output = Command::new(psql).args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql]).output();
    let said = match output {
        Ok(output) if output.status.success() => return,
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    #[allow(clippy::panic)]
    {
        panic!("{sql}: {said}")
    }
}

fn try_fresh_database() -> Result<String, String> {
    let server = SERVER.get_or_init(start).as_ref().map_err(Clone::clone)?;
    let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let folder = server.socket_folder.display();
    let output = Command::new(server.binaries.join("createdb"))
        .args(["--username=kizashi", "--maintenance-db=postgres", "--template=template0"])
        .arg(format!("--host={folder}"))
        .arg(&name)
        .output()
        .map_err(|error| format!("createdb could not be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("createdb {name}: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    Ok(format!("postgres://kizashi@localhost/{name}?host={folder}"))
}

fn start() -> Result<Server, String> {
    let binaries = find_binaries()?;
    let mut command = guard_command(&binaries);
    // A group of its own, so that Ctrl-C in a terminal does not take the guard away before it has cleaned up.
    let mut guard = command
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("PostgreSQL could not be started: {error}"))?;
    let lifeline = guard.stdin.take().ok_or("no pipe to the guard of PostgreSQL")?;
    let output = guard.stdout.take().ok_or("no pipe from the guard of PostgreSQL")?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line).map_err(|error| format!("PostgreSQL did not start: {error}"))?;
    let folder = line.trim().strip_prefix("ready ").ok_or_else(|| format!("PostgreSQL did not start: {line}"))?;
    let server = Server { socket_folder: PathBuf::from(folder), binaries, _lifeline: lifeline };
    wait_until_ready(&server)?;
    Ok(server)
}

/// The guard runs as the user `postgres` when we are root: the server refuses to run as root.
fn guard_command(binaries: &Path) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--", "sh", "-c", GUARD, "guard"]);
        command
    } else {
        let mut command = Command::new("sh");
        command.args(["-c", GUARD, "guard"]);
        command
    };
    command.arg(binaries).current_dir("/tmp");
    command
}

fn wait_until_ready(server: &Server) -> Result<(), String> {
    let tries_per_second = 20;
    for _ in 0..START_SECONDS_MAX * tries_per_second {
        let ready = Command::new(server.binaries.join("pg_isready"))
            .arg(format!("--host={}", server.socket_folder.display()))
            .args(["--quiet", "--username=kizashi", "--dbname=postgres"])
            .status();
        if ready.is_ok_and(|status| status.success()) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(1000 / u64::from(tries_per_second)));
    }
    let log = std::fs::read_to_string(server.socket_folder.join("log")).unwrap_or_default();
    Err(format!("PostgreSQL accepted no connection within {START_SECONDS_MAX} s: {log}"))
}

/// The folder /proc/self belongs to the effective user.
pub(crate) fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0)
}

/// The newest installed server: Debian keeps each major version in a folder of its own, others have it on the PATH.
pub(crate) fn find_binaries() -> Result<PathBuf, String> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| folder.join("initdb").exists())
        .collect();
    versions.sort();
    if let Some((_, folder)) = versions.pop() {
        return Ok(folder);
    }
    std::env::var_os("PATH")
        .iter()
        .flat_map(std::env::split_paths)
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
        .ok_or_else(|| {
            "this test needs a PostgreSQL server on this machine: run `make needs`, or install it by \
             `apt-get install --no-install-recommends postgresql`"
                .to_owned()
        })
}
