//! The program: the window, or a subcommand without one.

use clap::Parser as _;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;
use warpscope::cli::{self, Arguments, WindowArgs};

fn main() -> ExitCode {
    start_log();
    let arguments = Arguments::parse();
    match &arguments.command {
        Some(command) => cli::run(command),
        None => open_window(&arguments.window),
    }
}

/// Logs to stderr what WARPSCOPE_LOG asks for, and warnings without it.
fn start_log() {
    let filter =
        EnvFilter::try_from_env("WARPSCOPE_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

fn open_window(_arguments: &WindowArgs) -> ExitCode {
    cli::print_error(&anyhow::anyhow!(
        "this build has no window; use `warpscope info`"
    ));
    ExitCode::FAILURE
}
