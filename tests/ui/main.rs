//! Checks of the window, driven by widget labels.
