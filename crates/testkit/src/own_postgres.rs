//! A PostgreSQL of one test alone, as that of somebody else: with a password, and it can be stopped and started again; on request it
//! listens on the loopback with a certificate of an authority of its own.

use std::io::{BufRead, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::postgres::{find_binaries, is_root};

/// Makes the data folder, and starts and stops the server as it is told; goes away with whoever holds its standard input.
const GUARD: &str = r#"
set -eu
trap '' INT HUP
bin=$1
dir=$(mktemp -d /tmp/kizashi-own-XXXXXXXX)
server=
stop() { [ -z "$server" ] || { kill -INT "$server" || true; wait "$server" || true; server=; }; }
trap 'stop; rm -rf "$dir"' EXIT
read -r port
read -r secret
printf '%s' "$secret" >"$dir/secret"
new() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "$@" >>"$dir/log" 2>&1; }
fail() { echo "failed: $(tail -c 600 "$dir/log" 2>/dev/null | tr '\n' ' ')"; exit 1; }
guarded="-c listen_addresses="
if [ "$port" != 5432 ]; then
  (
    cd "$dir"
    umask 0077
    new -x509 -days 2 -subj /CN=kizashi-test -addext basicConstraints=critical,CA:TRUE -keyout ca.key -out ca.pem || fail
    new -subj /CN=localhost -keyout key.pem -out cert.csr || fail
    echo 'subjectAltName=DNS:localhost' >names
    openssl x509 -req -in cert.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out cert.pem >>log 2>&1 || fail
    chmod 644 ca.pem
  )
  chmod 755 "$dir"
  guarded="-c listen_addresses=127.0.0.1 -c port=$port -c ssl=on -c ssl_cert_file=$dir/cert.pem -c ssl_key_file=$dir/key.pem"
fi
"$bin/initdb" --pgdata="$dir/data" --username=owner --auth=scram-sha-256 --pwfile="$dir/secret" --encoding=UTF8 --locale=C --no-sync \
  >"$dir/log" 2>&1 || { echo "failed $(tr '\n' ' ' <"$dir/log")"; exit 1; }
echo "made $dir"
while read -r word; do
  case "$word" in
    start)
      "$bin/postgres" -D "$dir/data" -k "$dir" $guarded -c fsync=off -c max_connections=20 -c shared_buffers=16MB \
        >>"$dir/log" 2>&1 </dev/null & server=$!
      n=0
      until "$bin/pg_isready" --host="$dir" --port="$port" --quiet; do n=$((n + 1)); [ "$n" -lt 1200 ] || break; sleep 0.05; done
      echo started ;;
    stop) stop; echo stopped ;;
  esac
done
"#;

/// A running server of one's own.
#[derive(Debug)]
pub struct OwnPostgres {
    guard: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// The folder of its socket, which is its host.
    pub host: String,
    /// The port of its socket, and of the loopback when it listens there.
    pub port: u16,
    /// The password of its user `owner`.
    pub password: String,
}

impl OwnPostgres {
    /// Makes and starts a server whose user `owner` has this password.
    ///
    /// # Panics
    /// When PostgreSQL is not installed or does not start.
    pub fn start(password: &str) -> Self {
        Self::start_at(5432, password)
    }

    /// Makes and starts a server that also listens on the loopback, encrypted, as `localhost`.
    ///
    /// # Panics
    /// When PostgreSQL or openssl is not installed or does not start.
    pub fn start_guarded(password: &str) -> Self {
        // Nobody has it at the moment.
        let held = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = held.local_addr().unwrap().port();
        drop(held);
        Self::start_at(port, password)
    }

    fn start_at(port: u16, password: &str) -> Self {
        let binaries = find_binaries().unwrap();
        let mut command = Command::new(if is_root() { "runuser" } else { "sh" });
        if is_root() {
            command.args(["-u", "postgres", "--", "sh"]);
        }
        command.args(["-c", GUARD, "guard"]).arg(binaries).current_dir("/tmp").process_group(0);
        let mut guard = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (input, output) = (guard.stdin.take(), BufReader::new(guard.stdout.take().unwrap()));
        let mut own = Self { guard, input, output, host: String::new(), port, password: password.to_owned() };
        let said = own.tell(&format!("{port}\n{password}"));
        own.host = said.strip_prefix("made ").unwrap_or_else(|| panic!("PostgreSQL: {said}")).to_owned();
        own.resume();
        own
    }

    fn tell(&mut self, word: &str) -> String {
        writeln!(self.input.as_mut().unwrap(), "{word}").unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Starts it again.
    ///
    /// # Panics
    /// When it does not start.
    pub fn resume(&mut self) {
        assert_eq!(self.tell("start"), "started");
    }

    /// Stops it; whoever is connected is cut off.
    ///
    /// # Panics
    /// When it does not stop.
    pub fn stop(&mut self) {
        assert_eq!(self.tell("stop"), "stopped");
    }

    /// The certificate of its authority.
    ///
    /// # Panics
    /// When it has none.
    pub fn authority(&self) -> String {
        std::fs::read_to_string(std::path::Path::new(&self.host).join("ca.pem")).unwrap()
    }

    /// Runs SQL as its owner.
    ///
    /// # Panics
    /// When the SQL is refused.
    pub fn run_sql(&self, sql: &str) {
        let psql = find_binaries().unwrap().join("psql");
        let output = Command::new(psql)
            .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", "owner", "-d", "postgres", "-h", &self.host, "-c", sql])
            .env("PGPORT", self.port.to_string())
            .env("PGPASSWORD", &self.password)
            .output()
            .unwrap();
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        drop(self.input.take());
        drop(self.guard.wait());
    }
}
