//! A small GitHub-compatible HTTP server, driven by data.
