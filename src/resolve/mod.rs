//! Resolve: gives mentions what only the context knows, such as the place and the time that they are about.

pub mod district;
mod subject;
