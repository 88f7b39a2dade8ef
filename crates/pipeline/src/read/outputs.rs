//! Where the outputs go.

use super::{Reader, Table, is_url, join};
use std::path::{Path, PathBuf};

/// So many runs of outputs are kept unless the file says otherwise.
pub(super) const KEEP: u64 = 5;

/// The schemes of object stores.
const STORES: [&str; 8] = ["s3", "s3a", "gs", "az", "adl", "azure", "abfs", "abfss"];

impl Reader<'_> {
    /// The folder of the outputs; of those in an object store the one that they are computed and read in, and the URL.
    pub(super) fn out(&mut self, table: &Table<'_>) -> Option<(PathBuf, Option<String>)> {
        let text = self.text(table, "out")?;
        if !is_url(&text.value) {
            return Some((join(self.texts.base(text.at.origin), Path::new(&text.value)), None));
        }
        let scheme = text.value.split("://").next().unwrap_or_default();
        if !STORES.contains(&scheme) {
            self.texts
                .error(&text.at, format!("out must be a folder or an object store; found a URL with {scheme}://"))
                .help("write a path, s3://bucket/folder, gs://bucket/folder or az://container/folder");
            return None;
        }
        let set = |name: &str| (self.env)(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let Some(cache) = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache"))) else {
            self.texts
                .error(&text.at, "outputs of an object store need a folder to be computed in")
                .help("set XDG_CACHE_HOME or HOME; they are computed below it, in muster/");
            return None;
        };
        let url = text.value.trim_end_matches('/').to_owned();
        Some((cache.join("muster").join(file_name(&url)), Some(url)))
    }
}

/// A URL as the name of a folder: no two have the same.
fn file_name(url: &str) -> String {
    let letter = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' => char::from(byte).to_string(),
        other => format!("_{other:02x}"),
    };
    url.bytes().map(letter).collect()
}
