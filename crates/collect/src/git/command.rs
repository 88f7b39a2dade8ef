//! Running git.
//!
//! There is never a shell. Nothing that a repository, a pipeline file or a remote names stands where git would read an
//! option. What the user's environment says about *which* repository is removed; what a repository's own configuration
//! could run (hooks, signature checks, monitors) is switched off.

use muster_model::CollectError;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;

/// The oldest git that has all that is used here.
const OLDEST: (u32, u32) = (2, 30);

/// Settings that decide what git prints or runs, pinned against the user's and the repository's own.
const PINNED: &[&str] = &[
    "safe.directory=*",
    "i18n.logOutputEncoding=UTF-8",
    "trailer.separators=:",
    "log.showSignature=false",
    // Events state what commits state; and in a clone without files, reading the mailmap fails.
    "log.mailmap=false",
    "color.ui=never",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "protocol.ext.allow=never",
    "gc.auto=0",
    "maintenance.auto=false",
    // Old histories hold commits that a strict check refuses; what they state is judged in parse.rs.
    "transfer.fsckObjects=false",
    "fetch.fsckObjects=false",
    // A dead connection ends instead of hanging.
    "http.lowSpeedLimit=1",
    "http.lowSpeedTime=120",
];

/// Variables by which a caller's git (a hook, an alias) points its children at another repository, or adds noise.
const REMOVED: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CEILING_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_TRACE",
    "GIT_WORK_TREE",
];

/// Why git gave no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It could not be started.
    Missing(String),
    /// It could not be read from.
    Broken(String),
    /// It said no; what it said, without credentials.
    Refused(String),
}

impl Failure {
    /// The failure as the pipeline's user sees it: what was being done, and what to do about it.
    pub(crate) fn into_error(self, doing: &str, hint: &str) -> CollectError {
        match self {
            Self::Missing(why) => CollectError::new(
                format!("{doing}: the git program cannot be started: {why}"),
                "install git 2.30 or later, and see that it is on PATH",
            ),
            Self::Broken(why) => CollectError::new(format!("{doing}: git broke off: {why}"), hint),
            Self::Refused(why) => CollectError::new(format!("{doing}: git says: {why}"), hint),
        }
    }
}

/// The git program, outside any repository or in one.
#[derive(Debug, Clone)]
pub(crate) struct Git {
    program: PathBuf,
    git_dir: Option<PathBuf>,
}

impl Git {
    /// The git on PATH.
    ///
    /// # Errors
    /// When there is none, or it is too old.
    pub(crate) fn find() -> Result<Self, CollectError> {
        Self::find_as("git")
    }

    fn find_as(program: &str) -> Result<Self, CollectError> {
        let git = Self { program: PathBuf::from(program), git_dir: None };
        let answer = git.text(["--version"]).map_err(|failure| failure.into_error("asking git for its version", ""))?;
        match version(&answer) {
            Some(found) if found < OLDEST => Err(CollectError::new(
                format!("{answer} is too old"),
                format!("install git {}.{} or later, and see that it is first on PATH", OLDEST.0, OLDEST.1),
            )),
            _ => Ok(git),
        }
    }

    /// The same git in a repository.
    pub(crate) fn at(&self, git_dir: &Path) -> Self {
        Self { program: self.program.clone(), git_dir: Some(git_dir.to_owned()) }
    }

    /// The repository's folder.
    pub(crate) fn git_dir(&self) -> Option<&Path> {
        self.git_dir.as_deref()
    }

    /// What git prints.
    pub(crate) fn bytes<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Result<Vec<u8>, Failure> {
        run(&mut self.command(args))
    }

    /// What git prints, without white space at its ends.
    pub(crate) fn text<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Result<String, Failure> {
        Ok(String::from_utf8_lossy(&self.bytes(args)?).trim().to_owned())
    }

    /// The `.git` folder of a folder that is itself a repository; a repository further up does not count.
    pub(crate) fn git_dir_of(&self, folder: &Path) -> Result<PathBuf, Failure> {
        let mut command = self.command(["rev-parse", "--absolute-git-dir"]);
        command.current_dir(folder);
        if let Some(parent) = folder.parent() {
            command.env("GIT_CEILING_DIRECTORIES", parent);
        }
        let answer = run(&mut command)?;
        Ok(path_of(answer.strip_suffix(b"\n").unwrap_or(&answer)))
    }

    /// Starts a git whose answer is too long to hold, and that is read record by record.
    pub(crate) fn stream<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Result<Stream, Failure> {
        let mut child =
            self.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(start_failure)?;
        let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(Failure::Broken("its output is not there".to_owned()));
        };
        // Read beside the output, for a git that complains a lot would otherwise wait for us, and we for it.
        let err = std::thread::spawn(move || {
            let mut text = Vec::new();
            let mut err = err;
            let _ = err.by_ref().take(64 * 1024).read_to_end(&mut text);
            let _ = std::io::copy(&mut err, &mut std::io::sink());
            text
        });
        Ok(Stream { child, out: BufReader::with_capacity(256 * 1024, out), err: Some(err) })
    }

    fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(&self.program);
        command.stdin(Stdio::null());
        for name in REMOVED {
            command.env_remove(name);
        }
        command
            .env("LC_ALL", "C")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_NO_LAZY_FETCH", "1")
            .arg("--no-pager");
        for setting in PINNED {
            command.args(["-c", setting]);
        }
        if let Some(git_dir) = &self.git_dir {
            command.arg("--git-dir").arg(git_dir);
        }
        command.args(args);
        command
    }
}

/// A running git and its output.
#[derive(Debug)]
pub(crate) struct Stream {
    child: Child,
    out: BufReader<ChildStdout>,
    err: Option<JoinHandle<Vec<u8>>>,
}

impl Stream {
    /// Reads on to the end of `fields` fields that each end in NUL; false at the end of the output.
    pub(crate) fn read(&mut self, fields: usize, record: &mut Vec<u8>) -> Result<bool, Failure> {
        record.clear();
        for field in 0..fields {
            self.out.read_until(0, record).map_err(|error| Failure::Broken(error.to_string()))?;
            if record.last() != Some(&0) {
                self.finish()?;
                // Git said that all is well: then an end in the middle of a record is not git's.
                return if field == 0 && record.is_empty() {
                    Ok(false)
                } else {
                    Err(Failure::Broken("its answer ends in the middle of a commit".to_owned()))
                };
            }
        }
        Ok(true)
    }

    /// What git prints, to be read to its end and then finished.
    pub(crate) fn output(&mut self) -> &mut impl BufRead {
        &mut self.out
    }

    /// Whether git, at the end of its output, says that all is well.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        let status = self.child.wait().map_err(|error| Failure::Broken(error.to_string()))?;
        let err = self.err.take().and_then(|thread| thread.join().ok()).unwrap_or_default();
        if status.success() { Ok(()) } else { Err(refusal(status, &err)) }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // A reader that was dropped halfway must leave neither a running git nor a zombie; both calls do nothing
        // harmful when git has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(command: &mut Command) -> Result<Vec<u8>, Failure> {
    let output = command.output().map_err(start_failure)?;
    if output.status.success() { Ok(output.stdout) } else { Err(refusal(output.status, &output.stderr)) }
}

fn start_failure(error: std::io::Error) -> Failure {
    match error.kind() {
        ErrorKind::NotFound => Failure::Missing("it is not on PATH".to_owned()),
        _ => Failure::Missing(error.to_string()),
    }
}

/// Git's words in one line, the last ones when there are many: the reason stands at the end.
fn refusal(status: ExitStatus, stderr: &[u8]) -> Failure {
    let text = without_credentials(&String::from_utf8_lossy(stderr));
    let mut lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.drain(..lines.len().saturating_sub(6));
    Failure::Refused(if lines.is_empty() { format!("nothing, and ended with {status}") } else { lines.join("; ") })
}

/// A text with everything out of its addresses that may be secret: user, password, and what follows a `?`.
pub(crate) fn without_credentials(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        clean.push_str(before);
        let end = after.find(|c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '`')).unwrap_or(after.len());
        let (address, next) = after.split_at(end);
        let (address, query) = address.split_once('?').map_or((address, ""), |(address, _)| (address, "?***"));
        // A password may hold a slash or an @ that should have been escaped, so the last @ counts; a path with an @ in
        // it loses a part in messages only.
        match address.rsplit_once('@') {
            Some((_, host)) => clean.extend(["***@", host]),
            None => clean.push_str(address),
        }
        clean.push_str(query);
        rest = next;
    }
    clean.push_str(rest);
    clean
}

/// `git version 2.39.5 (Apple Git-154)` to 2, 39. What cannot be read is taken for new enough.
fn version(answer: &str) -> Option<(u32, u32)> {
    let mut numbers = answer.strip_prefix("git version ")?.split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_git_says_what_to_do() {
        let error = Git::find_as("git-that-is-not-there").expect_err("no such program");
        assert!(error.message.contains("not on PATH"), "{error}");
        assert!(error.hint.contains("install git 2.30"), "{}", error.hint);
    }

    #[test]
    fn versions_are_read() {
        assert_eq!(version("git version 2.39.5"), Some((2, 39)));
        assert_eq!(version("git version 2.50.1 (Apple Git-155)"), Some((2, 50)));
        assert_eq!(version("git version 2.45.windows.1"), Some((2, 45)));
        assert_eq!(version("something else"), None);
    }

    #[test]
    fn credentials_are_never_shown() {
        for (text, shown) in [
            ("fatal: 'https://ada:s3cret@host/a/b.git/' not found", "fatal: 'https://***@host/a/b.git/' not found"),
            ("https://tok/en@host/a https://x:y@z/", "https://***@host/a https://***@z/"),
            ("https://a:p@ss@host/a?token=1 gone", "https://***@host/a?*** gone"),
            ("ssh://git@host/a", "ssh://***@host/a"),
            ("git@host:a/b", "git@host:a/b"),
            ("file:///srv/a", "file:///srv/a"),
        ] {
            assert_eq!(without_credentials(text), shown);
        }
    }

    #[test]
    fn a_refusal_carries_the_words_of_git() {
        let git = Git::find().expect("git");
        let Err(Failure::Refused(why)) = git.text(["no-such-command"]) else { panic!("not refused") };
        assert!(why.contains("no-such-command"), "{why}");
        let mut stream = git.stream(["no-such-command"]).expect("git starts");
        assert!(matches!(stream.read(3, &mut Vec::new()), Err(Failure::Refused(_))));
    }
}
