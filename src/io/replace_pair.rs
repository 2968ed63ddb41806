//! Writing a header and a voxel file so that the two never belong to different images, whenever it is
//! stopped.

use super::IoError;
use super::replace::Part;
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Seek as _};
use std::path::{Path, PathBuf};

/// Writes the voxel file and then the header, which is told the bytes that the voxels take. Both are
/// whole before either takes its place, and between the two there is no header: who is stopped there
/// leaves no image, never the old header with the new voxels. Files that are there are replaced only
/// with `overwrite`.
pub(super) fn replace_pair(
    header: &Path,
    voxels: &Path,
    overwrite: bool,
    write_voxels: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    write_header: impl FnOnce(&mut BufWriter<File>, u64) -> io::Result<()>,
) -> Result<(), IoError> {
    let mut size = 0;
    let new_voxels = Part::fill(voxels, overwrite, |out| {
        write_voxels(out)?;
        size = out.stream_position()?;
        Ok(())
    })?;
    let new_header = Part::fill(header, overwrite, |out| write_header(out, size))?;
    let aside = set_aside(header)?;
    if let Err(error) = new_voxels.finish() {
        if let Some(aside) = aside {
            // What failed first is the error to tell.
            let _ = fs::rename(aside, header);
        }
        return Err(error);
    }
    new_header.finish()?;
    if let Some(aside) = aside {
        // It is hidden and of no use to anybody; the next save takes its place.
        let _ = fs::remove_file(aside);
    }
    Ok(())
}

/// Where the header is now that was there, if one was.
fn set_aside(header: &Path) -> Result<Option<PathBuf>, IoError> {
    let name = header.file_name().unwrap_or_default().to_string_lossy();
    let aside = header.with_file_name(format!(".{name}.old"));
    match fs::rename(header, &aside) {
        Ok(()) => Ok(Some(aside)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(IoError::Write {
            path: header.to_owned(),
            source,
        }),
    }
}
