//! The program carries `criteria/`: built again when a file there changes.
#![allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]

fn main() {
    println!("cargo::rerun-if-changed=../../criteria");
}
