//! Fuzz targets: whatever bytes a parser is given, it must not panic, and what comes out must hold.
//!
//! | file | what |
//! | --- | --- |
//! | `target.rs` | the targets: bytes to a parser |
//! | `check.rs` | what must hold of anything that is read |
//! | `source.rs` | sources that are files: written to a temporary folder and collected |
//! | `bin/libfuzzer.rs` | libFuzzer around a target; the only part that needs a C++ compiler |
//! | `../run` | builds that with coverage and runs each target for some seconds |
//! | `../seeds/<target>/` | what libFuzzer starts from; `cargo test` gives each to its target |
//!
//! A finding becomes a test of its parser, and a seed here if the parser's tests cannot hold it.

mod check;
mod source;
mod target;

/// A parser under test.
pub struct Target {
    /// Also the name of its seeds' folder.
    pub name: &'static str,
    /// Panics if the parser does, or if what it gives does not hold.
    pub run: fn(&[u8]),
}

/// One target for each parser of text that others wrote.
pub const TARGETS: &[Target] = target::ALL;
