//! Districts.
