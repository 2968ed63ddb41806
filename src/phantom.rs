//! Temporary.
use crate::volume::Volume;
pub struct Study {
    pub ct: Volume,
    pub pet: Volume,
}
pub fn study() -> Study {
    todo!()
}
