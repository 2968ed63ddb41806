//! The command line: subcommands that work without a display.
//!
//! Data goes to stdout, one-line errors and notices to stderr. Exit status: 0 done; 1 the input or the
//! result is refused; 2 wrong usage.

mod args;
mod info;
mod info_text;
mod json_text;

pub use args::{
    Arguments, DemoArgs, InfoArgs, OverlayArg, Point, Points, ScreenArgs, Subcommands, Triple,
    WindowArgs,
};

use crate::io::{FoundImage, IoError, Report};
use crate::volume::{Notice, Volume};
use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::process::ExitCode;

/// Tells what an image is.
pub fn info(arguments: &InfoArgs) -> anyhow::Result<()> {
    info::run(arguments)
}

/// The exit status of what was done; a failure is said in one line.
pub fn finish(outcome: anyhow::Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(&error);
            ExitCode::FAILURE
        }
    }
}

/// One line on stderr.
pub fn print_error(error: &anyhow::Error) {
    say(&error.to_string());
}

fn say(text: &str) {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // With stderr closed there is nobody left to tell.
    let _ = writeln!(std::io::stderr(), "warpscope: {line}");
}

/// Notices of an image, one line each.
fn print_notices(notices: &[Notice], path: &Path) {
    for notice in notices {
        say(&format!("{notice}: {}", path.display()));
    }
}

/// Writes to stdout. A reader that stops early, such as `head`, is no failure.
fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Reads an image and tells its notices.
fn load(image: &FoundImage, report: &Report) -> Result<Volume, IoError> {
    let volume = crate::io::load(image, report)?;
    print_notices(&volume.meta().notices, image.path());
    Ok(volume)
}
