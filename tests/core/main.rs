//! Checks of the library and the command line, one module a subject.

mod dicom;
mod dicom_expected;
mod histogram;
mod picture;
mod slice;
mod bad_files;
mod fixtures;
mod info;
mod metaimage;
mod nifti;
mod raster;
