//! Checks of the library and the command line, one module a subject.

mod bad_files;
mod fixtures;
mod info;
mod metaimage;
mod nifti;
mod raster;
