//! Text files that are small by nature: tables of points and labels.

use super::IoError;
use std::io::Read as _;
use std::path::Path;

/// No such table is larger.
const MOST_BYTES: u64 = 16 << 20;

/// The whole text; `hint` says what file is wanted instead of one that is not text, or is too large.
pub(super) fn read_small_text(path: &Path, hint: &str) -> Result<String, IoError> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|e| IoError::io(path, e))?;
    file.take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| IoError::io(path, e))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(IoError::unsupported(path, "a table above 16 MiB", hint));
    }
    let text = String::from_utf8(bytes);
    let text = text.map_err(|_| IoError::unsupported(path, "a file that is not text", hint))?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}
