//! What chat and mail have in common: what is kept of a text, and the files of an export (a folder or a zip archive).

pub(crate) mod archive;
pub(crate) mod text;
