//! One file a command.

pub mod company;
mod doctor;
mod export;
mod import;
mod output;
mod people;
mod pull;
mod serve;
mod sheet;
mod tables;

use kizashi_app::measure::KnownBy;
use kizashi_domain::time::{Day, Zone};

use crate::args::{Cli, Command};
use crate::control;
use crate::home::Home;

pub use output::Output;

/// How a command ends.
#[derive(Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// Done, with refused rows.
    Refused,
    /// Wrong use.
    Usage(String),
    /// Failed.
    Failed(String),
}

impl Exit {
    /// A failure with what the layer below said.
    pub fn failed(e: impl std::fmt::Display) -> Self {
        Self::Failed(e.to_string())
    }

    /// Wrong use.
    pub fn usage(e: impl std::fmt::Display) -> Self {
        Self::Usage(e.to_string())
    }

    /// The exit code.
    pub const fn code(&self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Refused => 1,
            Self::Usage(_) => 2,
            Self::Failed(_) => 3,
        }
    }

    /// What to say.
    pub fn message(&self) -> &str {
        match self {
            Self::Usage(m) | Self::Failed(m) => m,
            _ => "",
        }
    }

    /// From another process.
    pub fn of(code: u8, message: String) -> Self {
        match code {
            0 => Self::Done,
            1 => Self::Refused,
            2 => Self::Usage(message),
            _ => Self::Failed(message),
        }
    }
}

impl From<std::io::Error> for Exit {
    fn from(e: std::io::Error) -> Self {
        Self::failed(e)
    }
}

impl From<kizashi_app::Error> for Exit {
    fn from(e: kizashi_app::Error) -> Self {
        Self::failed(e)
    }
}

/// Runs the command line of this process.
pub async fn run(cli: Cli) -> Exit {
    ended(run_here(cli.command).await)
}

fn ended(result: Result<Exit, Exit>) -> Exit {
    result.unwrap_or_else(|e| e)
}

async fn run_here(command: Command) -> Result<Exit, Exit> {
    match command {
        Command::Demo(args) => company::run(args).await,
        Command::Init(args) => company::init(args).await,
        Command::Serve(args) => serve::run(args).await,
        other => {
            let mut output = Output::here();
            let dir = other.data().dir.clone();
            let spooled = match &other {
                Command::Import(args) => import::spool_input(args, &dir)?,
                _ => None,
            };
            if let Some(exit) = control::hand_over(&dir, spooled.as_ref().map(|s| s.path())).await {
                return Ok(exit);
            }
            let home = Home::open(other.data()).await?;
            let exit = run_in(&home, other, &mut output).await;
            home.app.close().await;
            output.flush()?;
            Ok(exit)
        }
    }
}

/// Runs a command on an open data folder.
pub async fn run_in(home: &Home, command: Command, output: &mut Output) -> Exit {
    let result = match command {
        Command::Import(args) => import::run(home, args, output).await,
        Command::Pull(args) => pull::run(home, args, output).await,
        Command::Metrics(args) => tables::metrics(home, args, output).await,
        Command::Series(args) => tables::series(home, args, output).await,
        Command::Score(args) => tables::score(home, args, output).await,
        Command::Export(args) => export::run(home, args, output).await,
        Command::Doctor(args) => doctor::run(home, args, output).await,
        Command::User(args) => people::user(home, args, output).await,
        Command::Token(args) => people::token(home, args, output).await,
        Command::Demo(_) | Command::Init(_) | Command::Serve(_) => {
            Err(Exit::Failed("a server has this folder open already".to_owned()))
        }
    };
    let flushed = output.flush();
    match (ended(result), flushed) {
        (Exit::Done, Err(e)) => Exit::failed(e),
        (exit, _) => exit,
    }
}

/// Reads a day of the command line.
pub fn read_day(name: &str, text: &str) -> Result<Day, Exit> {
    text.parse().map_err(|e| Exit::usage(format!("--{name} {text}: {e}")))
}

/// Reads a day, which counts to its end, or an instant.
pub fn read_known(text: Option<&str>, zone: &Zone) -> Result<Option<KnownBy>, Exit> {
    let Some(text) = text else { return Ok(None) };
    if let Ok(day) = text.parse() {
        return Ok(Some(KnownBy::On(day)));
    }
    let time = kizashi_domain::intake::parse::read_time(text, zone).map_err(|_| {
        Exit::usage(format!("--known-at {text}: expected YYYY-MM-DD or an instant such as 2026-10-01T18:00:00+09:00"))
    })?;
    Ok(Some(KnownBy::At(time)))
}
