//! warpscope: medical volumes on the screen, and image registration that can be watched.
//!
//! An arrow means "may import"; nothing imports upward, and only `app` names egui, eframe or rfd:
//!
//! ```text
//! geometry <- volume <- { io, registration, phantom } <- document <- workspace <- { app, cli } <- main
//!                                                    jobs (std only) <- { app, cli }
//! ```
//!
//! World coordinates are RAS millimetres everywhere; LPS exists only in [`io`] and where a label says
//! so. Indices are 0-based voxel centres. Voxels keep the type they were stored in.

pub mod document;
pub mod geometry;
pub mod io;
pub mod jobs;
pub mod phantom;
pub mod registration;
pub mod volume;
pub mod workspace;

#[cfg(feature = "gui")]
pub mod app;
pub mod cli;
