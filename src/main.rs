//! The `kpi-extract` command.
fn main() {}
