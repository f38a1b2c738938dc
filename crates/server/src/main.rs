//! The binary `kizashi`: reads the command line, opens a data folder (or hands the command to the server that has it open),
//! and runs one command.

mod args;
mod commands;
mod control;
mod demo;
mod files;
mod home;
mod noticing;
mod public_url;
mod pushed;
mod segment;
mod telling;

use std::process::ExitCode;

use clap::Parser;

use crate::args::Cli;
use crate::commands::Exit;

/// What one thread decides another writes and frees; the allocator of glibc makes them wait for each other.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn,kizashi=info".into());
    // At its finest this library writes down what it sends and receives: passwords and letters.
    let filter = match "async_imap=off".parse() {
        Ok(never) => filter.add_directive(never),
        Err(_) => filter,
    };
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => {
            eprintln!("kizashi: {e}");
            return ExitCode::from(3);
        }
    };
    let exit = runtime.block_on(commands::run(cli));
    if let Exit::Failed(message) | Exit::Usage(message) = &exit {
        eprintln!("kizashi: {message}");
    }
    ExitCode::from(exit.code())
}
