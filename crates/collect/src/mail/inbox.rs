//! public-inbox: mails as commits of Git repositories.
//!
//! | layout | a mail is | a deletion is |
//! | --- | --- | --- |
//! | v1 | a file `xx/38 hexadecimal digits` (SHA-1 of its Message-ID) | that file removed |
//! | v2 (`git/0.git`, `git/1.git` …) | the file `m` of a commit | the file `d` of a commit: the mail again |
//!
//! `git fast-export` writes commits and files in one stream, oldest first. A folder is a public-inbox if the last commit of
//! the repository in it has such files and no others; what else lies in a folder with them (indexes) is the inbox's own.

use crate::git::command::{Failure, Git, Stream};
use muster_model::CollectError;
use std::collections::HashMap;
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

/// A repository that holds mails.
#[derive(Debug, Clone)]
pub(super) struct Inbox {
    /// As messages and sources name it.
    pub name: String,
    /// Its last commit.
    pub tip: String,
    git: Git,
}

impl Inbox {
    /// The repository at a folder, if it is one and has mails; an empty one has none.
    pub fn find(git: &Git, folder: &Path, name: String) -> Option<Self> {
        let git = git.at(&git.git_dir_of(folder).ok()?);
        let tip = git.text(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]).ok()?;
        let files = git.text(["ls-tree", "--name-only", &tip]).ok()?;
        let is_inbox = files.lines().all(|file| is_whole(file) || (file.len() == 2 && is_hex(file)));
        (is_inbox && !files.is_empty()).then_some(Self { name, tip, git })
    }

    /// Whether the repository has a commit.
    fn has(&self, commit: &str) -> bool {
        is_hex(commit) && self.git.bytes(["merge-base", "--is-ancestor", commit, &self.tip]).is_ok()
    }

    /// What is new since a commit; everything if the history no longer has it.
    pub fn since(&self, commit: Option<&str>) -> Result<Changes, CollectError> {
        let before = commit.filter(|commit| self.has(commit)).map(|commit| format!("^{commit}"));
        let export = ["fast-export", "--show-original-ids", "--reencode=no", "--signed-tags=strip"];
        let args = export.into_iter().chain([self.tip.as_str()]).chain(before.as_deref());
        let stream = self.git.stream(args).map_err(|failure| self.error(failure))?;
        Ok(Changes { inbox: self.clone(), stream, blobs: HashMap::new(), pending: Vec::new(), commit: None })
    }

    fn error(&self, failure: Failure) -> CollectError {
        failure.into_error(
            &format!("reading the public-inbox {}", self.name),
            "see whether the repository is whole: git fsck; fetch it again if not",
        )
    }
}

/// What a commit did.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// The commit, and the time of it in seconds since 1970.
    pub commit: String,
    pub seconds: i64,
    pub mail: Mail,
}

/// A mail that was added, or the one that was deleted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Mail {
    Added(Vec<u8>),
    Deleted(Vec<u8>),
    /// It is longer than a mail may be.
    TooLong(u64),
    /// A file that is no mail of a public-inbox.
    Other,
}

/// The changes of a history, one after the other.
pub(super) struct Changes {
    inbox: Inbox,
    stream: Stream,
    /// The files that the next commit may name, by their marks.
    blobs: HashMap<String, Blob>,
    pending: Vec<Change>,
    commit: Option<(String, i64)>,
}

enum Blob {
    Bytes(Vec<u8>),
    TooLong(u64),
}

impl Changes {
    /// The next change; `None` at the end.
    pub fn next(&mut self, cap: usize) -> Result<Option<Change>, CollectError> {
        while self.pending.is_empty() {
            let Some(line) = self.line()? else {
                self.stream.finish().map_err(|failure| self.inbox.error(failure))?;
                return Ok(None);
            };
            self.take(&line, cap)?;
        }
        Ok(self.pending.pop())
    }

    fn take(&mut self, line: &str, cap: usize) -> Result<(), CollectError> {
        if line == "blob" {
            return self.take_blob(cap);
        }
        if line.starts_with("commit ") {
            self.commit = None;
        } else if let Some(commit) = line.strip_prefix("original-oid ") {
            self.commit = Some((commit.to_owned(), 0));
        } else if let Some(by) = line.strip_prefix("committer ") {
            let seconds = by.rsplit(' ').nth(1).and_then(|seconds| seconds.parse().ok());
            if let Some(commit) = &mut self.commit {
                commit.1 = seconds.unwrap_or(0);
            }
        } else if let Some(length) = line.strip_prefix("data ") {
            // The commit's message: the mail's subject, again.
            self.skip(length.parse().unwrap_or(0))?;
        } else if let Some((_, rest)) = line.strip_prefix("M ").and_then(|line| line.split_once(' ')) {
            if let Some((mark, path)) = rest.split_once(' ') {
                self.added(mark, path);
            }
        } else if let Some(path) = line.strip_prefix("D ") {
            self.removed(path);
        } else if line.is_empty() {
            // A commit is over: what it did not name is not held.
            self.blobs.clear();
        }
        Ok(())
    }

    /// A file of a commit. Its bytes were just read, or (the same mail once more) at an earlier commit.
    fn added(&mut self, mark: &str, path: &str) {
        let Some((commit, seconds)) = self.commit.clone() else { return };
        let mail = if path == "d" {
            self.bytes_of(&commit, path).map(Mail::Deleted)
        } else if is_whole(path) || is_v1(path) {
            match self.blobs.remove(mark) {
                Some(Blob::Bytes(bytes)) => Some(Mail::Added(bytes)),
                Some(Blob::TooLong(length)) => Some(Mail::TooLong(length)),
                None => self.bytes_of(&commit, path).map(Mail::Added),
            }
        } else {
            None
        };
        self.pending.push(Change { commit, seconds, mail: mail.unwrap_or(Mail::Other) });
    }

    /// A file that is gone: in v2 it makes place for the next mail, in v1 it is a mail that was deleted.
    fn removed(&mut self, path: &str) {
        if !is_v1(path) {
            return;
        }
        let Some((commit, seconds)) = self.commit.clone() else { return };
        if let Some(bytes) = self.bytes_of(&format!("{commit}^"), path) {
            self.pending.push(Change { commit, seconds, mail: Mail::Deleted(bytes) });
        }
    }

    fn bytes_of(&self, commit: &str, path: &str) -> Option<Vec<u8>> {
        self.inbox.git.bytes(["cat-file", "blob", &format!("{commit}:{path}")]).ok()
    }

    fn take_blob(&mut self, cap: usize) -> Result<(), CollectError> {
        let mut mark = String::new();
        while let Some(line) = self.line()? {
            if let Some(written) = line.strip_prefix("mark ") {
                mark = written.to_owned();
            } else if let Some(length) = line.strip_prefix("data ") {
                let length: u64 = length.parse().unwrap_or(0);
                let blob = if length > cap as u64 {
                    self.skip(length)?;
                    Blob::TooLong(length)
                } else {
                    let mut bytes = Vec::new();
                    let read = self.stream.output().take(length).read_to_end(&mut bytes);
                    read.map_err(|error| self.broken(&error))?;
                    Blob::Bytes(bytes)
                };
                self.blobs.insert(mark, blob);
                // The line end behind it.
                self.line()?;
                break;
            }
        }
        Ok(())
    }

    fn skip(&mut self, length: u64) -> Result<(), CollectError> {
        let skipped = io::copy(&mut self.stream.output().take(length), &mut io::sink());
        skipped.map(|_| ()).map_err(|error| self.broken(&error))
    }

    /// The next line of git's answer, without its end.
    fn line(&mut self) -> Result<Option<String>, CollectError> {
        let mut line = Vec::new();
        let read = self.stream.output().read_until(b'\n', &mut line).map_err(|error| self.broken(&error))?;
        let line = line.strip_suffix(b"\n").unwrap_or(&line);
        Ok((read > 0).then(|| String::from_utf8_lossy(line).into_owned()))
    }

    fn broken(&self, error: &io::Error) -> CollectError {
        self.inbox.error(Failure::Broken(error.to_string()))
    }
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The files of v2.
fn is_whole(path: &str) -> bool {
    path == "m" || path == "d"
}

/// A file of v1: `0a/1b2c…`.
fn is_v1(path: &str) -> bool {
    path.split_once('/')
        .is_some_and(|(folder, file)| folder.len() == 2 && file.len() == 38 && is_hex(folder) && is_hex(file))
}

/// The folders at and below a path that are repositories, each with the folder that is all its own: the inbox's, in v2.
pub(super) fn repositories(path: &Path) -> Vec<(PathBuf, PathBuf)> {
    let mut found = Vec::new();
    let mut folders = walkdir::WalkDir::new(path).follow_links(true).into_iter();
    while let Some(entry) = folders.next() {
        let Ok(entry) = entry else { continue };
        let folder = entry.path();
        if entry.file_type().is_dir() && is_repository(folder) {
            folders.skip_current_dir();
            let parent = folder.parent().filter(|parent| parent.ends_with("git") && entry.depth() > 0);
            let whole = parent.and_then(Path::parent).filter(|whole| whole.starts_with(path)).unwrap_or(folder);
            // `all.git` beside `git/` only points to the repositories there.
            if !(folder.ends_with("all.git") && folder.with_file_name("git").is_dir()) {
                found.push((folder.to_path_buf(), whole.to_path_buf()));
            }
        }
    }
    found.sort();
    found
}

/// Whether a folder is a bare repository, or has one in `.git`.
fn is_repository(folder: &Path) -> bool {
    folder.join(".git").exists()
        || (folder.join("HEAD").is_file() && folder.join("objects").is_dir() && folder.join("refs").is_dir())
}
