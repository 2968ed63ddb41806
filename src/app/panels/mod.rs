//! What stands around the views.

pub mod cursor;
pub mod facts;
pub mod layers;
pub mod menu;
pub mod recent;
pub mod start;
pub mod status;
pub mod toolbar;
pub mod zoom;
