//! Checks of the window, driven by widget labels and real events.

mod harness;

mod access;
mod align;
mod align_pictures;
mod cursor;
mod dicom;
mod inspector;
mod layers;
mod measure;
mod opening;
mod pictures;
mod preferences;
mod registration;
mod reorient;
mod saving;
mod stack;
mod start;
mod study;
mod tool_pictures;
mod tools;
mod view3d;
mod views;
mod workspace;
