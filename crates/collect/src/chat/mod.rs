//! What chat and mail have in common.
//!
//! | file | what |
//! | --- | --- |
//! | `text.rs` | what is kept of a text |
//! | `archive.rs` | the files of an export: a folder, a zip archive, a file |
//! | `decode.rs` | bytes of any encoding as UTF-8 |
//! | `elements.rs` | a JSON document of any length, piece by piece |
//! | `exports.rs` | the reading of exports that are JSON: documents, batches, cursor |
//! | `json.rs` | parts of JSON that are written in more than one way |
//! | `facts.rs` | the facts of a chat, with their ids |
//! | `privacy.rs` | what is private is refused unless named |

pub(crate) mod archive;
pub(crate) mod decode;
pub(crate) mod elements;
pub(crate) mod exports;
pub(crate) mod facts;
pub(crate) mod json;
pub(crate) mod privacy;
pub(crate) mod text;
