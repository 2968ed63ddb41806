//! Checks of the window, driven by widget labels and real events.

mod harness;

mod cursor;
mod dicom;
mod layers;
mod opening;
mod pictures;
mod registration;
mod saving;
mod start;
mod workspace;
