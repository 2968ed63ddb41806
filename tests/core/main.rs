//! Checks of the library and the command line, one module a subject.

mod bad_files;
mod demons;
mod dicom;
mod document;
mod file_tools;
mod fixtures;
mod gipl_vtk;
mod histogram;
mod image_write;
mod info;
mod layering;
mod layers;
mod licenses;
mod look;
mod measure;
mod metaimage;
mod nifti;
mod nifti_write;
mod nrrd;
mod picture;
mod raster;
mod registration;
mod render;
mod reorient;
mod slice;
mod workspace;
