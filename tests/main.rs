//! Drives the real `muster`, as a user would: files in, exit status, messages and files out.

mod support;

mod first_run;
