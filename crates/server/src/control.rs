//! A server has its data folder alone. Commands that come meanwhile are handed to it through a socket in the folder, which
//! only the owner of the files can reach; what they write comes back line by line.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Parser as _;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;

use crate::args::Cli;
use crate::commands::{self, Exit, Output};
use crate::home::Home;

const SOCKET: &str = "control";
/// Lines waiting to be sent back; a slow reader slows the command, not the server.
const LINES_MAX: usize = 1_000;
const REQUEST_BYTES_MAX: usize = 256 * 1024;

#[derive(Serialize, Deserialize)]
struct Request {
    args: Vec<String>,
    folder: PathBuf,
}

#[derive(Serialize, Deserialize)]
pub enum Line {
    Out(String),
    Err(String),
    Exit(u8, String),
}

/// Hands this program's own command line to the server of a folder. `None` when there is none.
pub async fn hand_over(dir: &Path, input: Option<&Path>) -> Option<Exit> {
    let stream = UnixStream::connect(dir.join(SOCKET)).await.ok()?;
    Some(talk(stream, input).await.unwrap_or_else(|e| Exit::Failed(format!("the server went away: {e}"))))
}

async fn talk(stream: UnixStream, input: Option<&Path>) -> std::io::Result<Exit> {
    let mut args: Vec<String> = std::env::args().collect();
    if let Some(input) = input {
        // What came on standard input lies in a file now.
        for arg in args.iter_mut().filter(|a| *a == "-") {
            *arg = input.display().to_string();
        }
    }
    let request = Request { args, folder: std::env::current_dir()? };
    let (read, mut write) = stream.into_split();
    write.write_all(format!("{}\n", serde_json::to_string(&request)?).as_bytes()).await?;
    let mut lines = BufReader::new(read).lines();
    while let Some(line) = lines.next_line().await? {
        match serde_json::from_str(&line)? {
            Line::Out(text) => std::io::stdout().write_all(text.as_bytes())?,
            Line::Err(text) => std::io::stderr().write_all(text.as_bytes())?,
            Line::Exit(code, message) => {
                std::io::stdout().flush()?;
                return Ok(Exit::of(code, message));
            }
        }
    }
    Err(std::io::Error::other("the connection ended early"))
}

/// Takes commands until the server ends.
pub async fn listen(home: Home) {
    let path = home.dir.join(SOCKET);
    // Left behind by a killed server; the lock of the history says that we are alone.
    let _ = std::fs::remove_file(&path);
    let listener = match UnixListener::bind(&path) {
        Ok(listener) => listener,
        Err(e) => {
            tracing::warn!("commands cannot reach this server: {e}");
            return;
        }
    };
    restrict(&path);
    while let Ok((stream, _)) = listener.accept().await {
        let home = home.clone();
        tokio::spawn(async move {
            if let Err(e) = answer(home, stream).await {
                tracing::debug!("a handed-over command ended early: {e}");
            }
        });
    }
}

fn restrict(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    if let Err(e) = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)) {
        tracing::warn!("{}: {e}", path.display());
    }
}

async fn answer(home: Home, stream: UnixStream) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut text = String::new();
    let limit = u64::try_from(REQUEST_BYTES_MAX).unwrap_or(u64::MAX);
    BufReader::new(tokio::io::AsyncReadExt::take(read, limit)).read_line(&mut text).await?;
    let request: Request = serde_json::from_str(&text)?;
    let (send, mut receive) = mpsc::channel(LINES_MAX);
    let running = tokio::spawn(async move {
        let mut output = Output::to_peer(request.folder, send);
        match Cli::try_parse_from(&request.args) {
            Ok(cli) => commands::run_in(&home, cli.command, &mut output).await,
            Err(e) => Exit::Usage(e.to_string()),
        }
    });
    while let Some(line) = receive.recv().await {
        write.write_all(format!("{}\n", serde_json::to_string(&line)?).as_bytes()).await?;
    }
    let exit = running.await.unwrap_or_else(|_| Exit::Failed("the command stopped".to_owned()));
    let last = Line::Exit(exit.code(), exit.message().to_owned());
    write.write_all(format!("{}\n", serde_json::to_string(&last)?).as_bytes()).await
}
