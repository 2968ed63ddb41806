//! The program: the window, or a subcommand without one.

use clap::Parser as _;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;
use warpscope::cli::{self, Arguments, ScreenArgs, Subcommands, WindowArgs};

fn main() -> ExitCode {
    start_log();
    let arguments = Arguments::parse();
    cli::finish(match arguments.command {
        Some(Subcommands::Info(info)) => cli::info(&info),
        Some(Subcommands::Render(render)) => cli::render(&render),
        Some(Subcommands::Convert(convert)) => cli::convert(&convert),
        Some(Subcommands::Crop(crop)) => cli::crop(&crop),
        Some(Subcommands::AlignCenters(align)) => cli::align_centers(&align),
        Some(Subcommands::Header(header)) => cli::header(&header),
        Some(Subcommands::Reorient(reorient)) => cli::reorient(&reorient),
        Some(Subcommands::Resample(resample)) => cli::resample(&resample),
        Some(Subcommands::Threshold(threshold)) => cli::threshold(&threshold),
        Some(Subcommands::Split(split)) => cli::split(&split),
        Some(Subcommands::Merge(merge)) => cli::merge(&merge),
        Some(Subcommands::Transform(transform)) => cli::transform(&transform),
        Some(Subcommands::Compare(compare)) => cli::compare(&compare),
        Some(Subcommands::Labels(labels)) => cli::labels(&labels),
        Some(Subcommands::Demons(demons)) => cli::demons(&demons),
        Some(Subcommands::Register(register)) => cli::register(&register),
        Some(Subcommands::Demo(demo)) => match &demo.write {
            Some(folder) => cli::write_demo(folder, demo.force, demo.json),
            None => open_window(None, demo.screen),
        },
        None => open_window(Some(&arguments.window), arguments.window.screen),
    })
}

/// Logs to stderr what WARPSCOPE_LOG asks for, and warnings without it.
fn start_log() {
    let filter = EnvFilter::try_from_env("WARPSCOPE_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warpscope=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

/// Opens the window on `images`, or on the sample study without them.
#[cfg(feature = "gui")]
fn open_window(images: Option<&WindowArgs>, screen: ScreenArgs) -> anyhow::Result<()> {
    use warpscope::app::{Startup, run};
    run(Startup {
        openings: images.map(openings).transpose()?.unwrap_or_default(),
        workspace: images.and_then(|images| images.workspace.clone()),
        sample: images.is_none(),
        cursor: images
            .and_then(|images| images.cursor)
            .map(|triple| triple.0.map(|n| n as i64)),
        software: screen.software,
        wayland: screen.wayland,
        ..Startup::default()
    })
}

#[cfg(not(feature = "gui"))]
fn open_window(_images: Option<&WindowArgs>, _screen: ScreenArgs) -> anyhow::Result<()> {
    anyhow::bail!("this build has no window; use `warpscope info` or `warpscope render`")
}

/// What the command line wants opened, in order.
#[cfg(feature = "gui")]
fn openings(images: &WindowArgs) -> anyhow::Result<Vec<warpscope::app::Opening>> {
    use warpscope::app::{Opening, RoleChoice};
    let opening = |path: &std::path::PathBuf, role| Opening::new(vec![path.clone()], role);
    let mut openings = Vec::new();
    let named = images.images();
    // Files of one folder may be one series; with nothing open the first image is the main one.
    for paths in named.chunk_by(|a, b| a.parent() == b.parent()) {
        openings.push(Opening::new(paths.to_vec(), RoleChoice::Additional));
    }
    for path in &images.additional {
        openings.push(opening(path, RoleChoice::Additional));
    }
    for overlay in &images.overlays {
        let map = overlay.map.as_deref().map(cli::color_map);
        let role = RoleChoice::Overlay {
            map: map.transpose()?,
            opacity: overlay.opacity,
        };
        openings.push(opening(&overlay.path, role));
    }
    for labels in &images.labels {
        let table = labels.table.as_deref().map(cli::label_table).transpose()?;
        let role = RoleChoice::Labels(table.map(std::sync::Arc::new));
        openings.push(opening(&labels.path, role));
    }
    Ok(openings)
}
