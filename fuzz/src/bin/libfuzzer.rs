//! libFuzzer's program, for the target that `FUZZ_TARGET` names. See `fuzz/run`.
#![no_main]
#![allow(
    clippy::disallowed_methods,
    reason = "libFuzzer reads the arguments, so the target is told in the environment"
)]
#![allow(unsafe_code, reason = "the macro exports its functions under the names that libFuzzer calls")]

use libfuzzer_sys::fuzz_target;
use muster_fuzz::Target;
use std::sync::LazyLock;

static TARGET: LazyLock<&Target> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").expect("FUZZ_TARGET names the target");
    muster_fuzz::TARGETS.iter().find(|target| target.name == name).expect("FUZZ_TARGET is one of the targets")
});

fuzz_target!(|bytes: &[u8]| (TARGET.run)(bytes));
