//! A mail server of one test alone, as that of somebody else: Dovecot with a certificate of an authority of its own. Letters are put
//! into its folders as files, and it can be stopped and started again.

use std::io::{BufRead, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use kizashi_domain::intake::mail::{Guarded, MailboxAddress};

use crate::postgres::is_root;

/// User and password of the mailbox.
pub const MAIL_USER: &str = "cs@kizashi-cs.example";
/// Everything that has a meaning somewhere.
pub const MAIL_PASSWORD: &str = "p@ss \"quoted\" \\ {5} 100%";

/// Makes the data folder with certificates, starts and stops the server as it is told; goes away with whoever holds its standard input.
const GUARD: &str = r#"
set -eu
umask 0022
trap '' INT HUP
dir=$(mktemp -d /tmp/kizashi-mail-XXXXXXXX)
chmod 755 "$dir"
server=
stop() { [ -z "$server" ] || { kill -TERM "$server" || true; wait "$server" || true; server=; }; }
trap 'stop; rm -rf "$dir"' EXIT
read -r tls
read -r plain
cd "$dir"
new() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "$@" >>log 2>&1; }
fail() { echo "failed: $(tail -c 600 log 2>/dev/null | tr '\n' ' ')"; exit 1; }
new -x509 -days 2 -subj /CN=kizashi-test -addext basicConstraints=critical,CA:TRUE -keyout ca.key -out ca.pem || fail
new -subj /CN=localhost -keyout key.pem -out cert.csr || fail
echo 'subjectAltName=DNS:localhost' >names
openssl x509 -req -in cert.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out cert.pem >>log 2>&1 || fail
read -r user
read -r secret
printf '%s:{PLAIN}%s::::::\n' "$user" "$secret" >users
me=$(id -un)
mine=$(id -gn)
for folder in INBOX Sent; do
  at="mail"; [ "$folder" = INBOX ] || at="mail/.&kAFP4W4IMH8-"
  mkdir -p "$at/cur" "$at/new" "$at/tmp"
done
chmod -R a+rwX mail
cat >dovecot.conf <<END
base_dir = $dir/run
state_dir = $dir/run
log_path = $dir/log
protocols = imap
listen = 127.0.0.1
default_internal_user = $me
default_internal_group = $mine
default_login_user = $me
first_valid_uid = 1
mail_location = maildir:$dir/mail
mailbox_list_index = no
ssl = required
ssl_cert = <$dir/cert.pem
ssl_key = <$dir/key.pem
disable_plaintext_auth = yes
auth_mechanisms = plain login
passdb {
  driver = passwd-file
  args = $dir/users
}
userdb {
  driver = static
  args = uid=$(id -u) gid=$(id -g) home=$dir
}
namespace inbox {
  inbox = yes
  separator = /
}
service anvil {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $plain
  }
  inet_listener imaps {
    port = $tls
    ssl = yes
  }
}
END
echo "made $dir"
while read -r word; do
  case "$word" in
    start)
      dovecot -F -c "$dir/dovecot.conf" >>log 2>&1 </dev/null & server=$!
      n=0
      until openssl s_client -connect "127.0.0.1:$tls" </dev/null >/dev/null 2>&1; do
        n=$((n + 1)); [ "$n" -lt 200 ] || fail; sleep 0.05
      done
      echo started ;;
    stop) stop; echo stopped ;;
  esac
done
"#;

/// A running mail server of one's own.
#[derive(Debug)]
pub struct OwnMailbox {
    guard: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    folder: PathBuf,
    ports: [u16; 2],
    letters: u32,
}

/// Ports that nobody has at the moment.
fn free_ports() -> [u16; 2] {
    let held = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    held.map(|listener| listener.local_addr().unwrap().port())
}

impl OwnMailbox {
    /// Makes and starts a server.
    ///
    /// # Panics
    /// When Dovecot is not installed or does not start.
    pub fn start() -> Self {
        let version =
            Command::new("dovecot").arg("--version").output().map(|o| String::from_utf8_lossy(&o.stdout).into_owned());
        let Ok(version) = version else {
            panic!("Dovecot is not installed: apt-get install dovecot-imapd, or run scripts/install-test-needs")
        };
        assert!(version.starts_with("2.3"), "its settings are written for Dovecot 2.3, this is {version}");
        let mut command = Command::new(if is_root() { "runuser" } else { "sh" });
        if is_root() {
            command.args(["-u", "nobody", "--", "sh"]);
        }
        command.args(["-c", GUARD, "guard"]).current_dir("/tmp").process_group(0);
        let mut guard = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (input, output) = (guard.stdin.take(), BufReader::new(guard.stdout.take().unwrap()));
        let ports = free_ports();
        let mut own = Self { guard, input, output, folder: PathBuf::new(), ports, letters: 0 };
        for line in [ports[0].to_string(), ports[1].to_string(), MAIL_USER.to_owned()] {
            writeln!(own.input.as_mut().unwrap(), "{line}").unwrap();
        }
        let said = own.tell(MAIL_PASSWORD);
        own.folder = said.strip_prefix("made ").unwrap_or_else(|| panic!("Dovecot: {said}")).into();
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
        let said = self.tell("start");
        assert_eq!(said, "started");
    }

    /// Stops it; whoever is connected is cut off.
    ///
    /// # Panics
    /// When it does not stop.
    pub fn stop(&mut self) {
        assert_eq!(self.tell("stop"), "stopped");
    }

    /// Where it is.
    ///
    /// # Panics
    /// When its authority cannot be read.
    pub fn address(&self, guarded: Guarded) -> MailboxAddress {
        MailboxAddress {
            host: "localhost".to_owned(),
            port: if guarded == Guarded::Tls { self.ports[0] } else { self.ports[1] },
            guarded,
            user: MAIL_USER.to_owned(),
            authority: std::fs::read_to_string(self.folder.join("ca.pem")).unwrap(),
            days: 0,
        }
    }

    fn inbox(&self, is_sent: bool) -> PathBuf {
        self.folder.join(if is_sent { "mail/.&kAFP4W4IMH8-" } else { "mail" })
    }

    /// Puts a letter into the inbox, or into 送信済み.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn deliver(&mut self, letter: &[u8], is_sent: bool) {
        self.letters += 1;
        // The order of the names is that of the numbers.
        let name = format!("{}.M{:06}.test", 1_790_000_000 + self.letters, self.letters);
        let at = self.inbox(is_sent);
        std::fs::write(at.join("tmp").join(&name), letter).unwrap();
        std::fs::rename(at.join("tmp").join(&name), at.join("new").join(&name)).unwrap();
    }

    /// Files of the inbox with the mark that somebody has read them.
    ///
    /// # Panics
    /// When the folder cannot be read.
    pub fn count_marked(&self) -> usize {
        let names = |folder: &Path| std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name());
        names(&self.inbox(false).join("cur")).filter(|n| n.to_string_lossy().contains('S')).count()
    }

    /// Forgets the numbers of all letters, as a server does that was rebuilt. It must be stopped.
    ///
    /// # Panics
    /// When nothing was numbered yet.
    pub fn forget_numbers(&self) {
        for entry in std::fs::read_dir(self.inbox(false)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name.starts_with("dovecot") && !name.starts_with("dovecot-uidvalidity") {
                std::fs::remove_file(path).unwrap();
            }
        }
    }
}

impl Drop for OwnMailbox {
    fn drop(&mut self) {
        drop(self.input.take());
        drop(self.guard.wait());
    }
}
