//! Checks of the library and the command line, one module a subject.

mod dicom;
