//! Drives the real `muster`, as a user would: files in, exit status, messages and files out.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod support;

mod first_run;
