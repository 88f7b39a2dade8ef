//! What chat and mail have in common: what is kept of a text, and the files of an export (a folder or a zip archive).

pub(crate) mod archive;
pub(crate) mod decode;
pub(crate) mod elements;
pub(crate) mod exports;
pub(crate) mod facts;
pub(crate) mod json;
pub(crate) mod privacy;
pub(crate) mod text;
