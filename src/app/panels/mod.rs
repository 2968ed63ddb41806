//! What stands around the views.

pub mod cursor;
pub mod facts;
pub mod fourth;
pub mod layers;
pub mod menu;
pub mod notices;
pub mod play;
pub mod recent;
pub mod start;
pub mod status;
pub mod toolbar;
pub mod zoom;
