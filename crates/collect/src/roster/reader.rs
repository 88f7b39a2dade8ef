//! Where versions come from: a folder of dated snapshots, or the history of a Git repository.

use super::fold::Version;
use super::parse;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use muster_model::{CollectError, Problem, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use xxhash_rust::xxh3::xxh3_64;

const CLONE_HINT: &str = "give a clone, a bare repository, a bundle, or a folder of files named <date>-<path>";

/// Which paths are rosters.
pub(super) struct Paths {
    set: Option<GlobSet>,
    globs: Vec<String>,
}

impl Paths {
    /// From the pipeline's globs; without any, from the names that projects use.
    ///
    /// # Errors
    /// When a glob is malformed.
    pub(super) fn new(globs: &[String]) -> Result<Self, CollectError> {
        if globs.is_empty() {
            return Ok(Self { set: None, globs: Vec::new() });
        }
        let mut builder = GlobSetBuilder::new();
        for glob in globs {
            let anywhere =
                if glob.contains('/') { glob.trim_start_matches("./").to_owned() } else { format!("**/{glob}") };
            let built = GlobBuilder::new(&anywhere).case_insensitive(true).literal_separator(true).build();
            builder.add(built.map_err(|error| bad_glob(glob, &error.to_string()))?);
        }
        let set = builder.build().map_err(|error| bad_glob(&globs.join(", "), &error.to_string()))?;
        Ok(Self { set: Some(set), globs: globs.to_vec() })
    }

    /// Whether the pipeline names the files.
    pub(super) fn asked(&self) -> bool {
        self.set.is_some()
    }

    fn is_roster(&self, path: &str) -> bool {
        self.set.as_ref().map_or_else(|| parse::is_default(path), |set| set.is_match(path))
    }

    /// What git is asked to look at, so that it need not list every file of every commit; `None` for everything.
    fn pathspecs(&self) -> Option<Vec<String>> {
        if self.globs.is_empty() {
            let stems = [
                "*maintainer*",
                "*owners*",
                "*adopter*",
                "*approver*",
                "*reviewer*",
                "*committer*",
                "emeritus*",
                "alumni*",
                "*tsc.*",
                "*tsc",
                "*pmc.*",
                "*pmc",
                "*steering*",
                "users.*",
                "users",
                "roles/*",
            ];
            return Some(stems.iter().map(|stem| format!(":(icase,glob)**/{stem}")).collect());
        }
        let plain = self.globs.iter().all(|glob| !glob.contains(['{', '\\', '!']));
        let spec = |glob: &String| {
            let glob = glob.trim_start_matches("./");
            if glob.contains('/') { format!(":(icase,glob){glob}") } else { format!(":(icase,glob)**/{glob}") }
        };
        plain.then(|| self.globs.iter().map(spec).collect())
    }
}

fn bad_glob(glob: &str, error: &str) -> CollectError {
    CollectError::new(
        format!("`files` holds {glob:?}, which is no glob: {error}"),
        "write globs like MAINTAINERS* or roles/*.md",
    )
}

/// A source that is open.
pub(super) enum Source {
    Snapshots(Snapshots),
    Git(Git),
}

/// What a source holds: its versions, the oldest first, and the names that are none.
pub(super) struct Listing {
    pub versions: Vec<Version>,
    /// By name, each reported once.
    pub odd: Vec<(String, Problem)>,
}

impl Source {
    /// Opens a path of either kind.
    ///
    /// # Errors
    /// When there is nothing, or nothing that can be read.
    pub(super) fn open(path: &Path) -> Result<Self, CollectError> {
        let shown = path.display();
        let kind = std::fs::metadata(path)
            .map_err(|error| CollectError::new(format!("{shown} cannot be read: {error}"), CLONE_HINT))?;
        if kind.is_file() || is_repository(path) {
            Git::open(path, kind.is_file()).map(Self::Git)
        } else {
            Ok(Self::Snapshots(Snapshots { folder: path.to_owned() }))
        }
    }

    /// Whether versions are dated snapshots, which say nothing of deletions.
    pub(super) fn is_snapshots(&self) -> bool {
        matches!(self, Self::Snapshots(_))
    }

    /// Every version.
    ///
    /// # Errors
    /// When the source itself cannot be listed.
    pub(super) fn list(&self, paths: &Paths) -> Result<Listing, CollectError> {
        match self {
            Self::Snapshots(snapshots) => snapshots.list(paths),
            Self::Git(git) => git.list(paths),
        }
    }

    /// The contents of versions, in their order; a deleted version has none.
    pub(super) fn contents(&self, versions: &[Version]) -> Result<Vec<Result<Vec<u8>, Problem>>, CollectError> {
        match self {
            Self::Snapshots(snapshots) => Ok(versions.iter().map(|version| snapshots.content(version)).collect()),
            Self::Git(git) => git.contents(versions),
        }
    }
}

fn unreadable(version: &Version, error: &str) -> Problem {
    let message = format!("the version cannot be read: {error}");
    Problem::rejected(version.label.clone(), None, message, "restore it; the list before it stands")
}

/// The order within one instant: what others refer to first, what is gone last.
fn order(version: &Version) -> (bool, bool, String) {
    let aliases = version.path.rsplit('/').next().is_some_and(|file| file.to_uppercase().starts_with("OWNERS_ALIASES"));
    (version.deleted, !aliases, version.path.clone())
}

/// A folder of files named `<date>-<path with / as __>`, with an optional `INDEX.tsv` of file and commit.
pub(super) struct Snapshots {
    folder: PathBuf,
}

impl Snapshots {
    fn list(&self, paths: &Paths) -> Result<Listing, CollectError> {
        let shown = self.folder.display();
        let failed = |error: std::io::Error| CollectError::new(format!("{shown} cannot be read: {error}"), CLONE_HINT);
        let commits = self.commits();
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if entry.path().is_file() {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        names.sort();
        let mut listing = Listing { versions: Vec::new(), odd: Vec::new() };
        let mut seen = false;
        for name in names {
            match snapshot_name(&name) {
                Name::Snapshot(day, time, path) => {
                    seen = true;
                    self.snapshot(name, day, time, path, paths, &commits, &mut listing);
                }
                Name::Impossible(problem) => {
                    seen = true;
                    listing.odd.push((name, problem));
                }
                Name::Other => {}
            }
        }
        if !seen {
            return Err(CollectError::new(
                format!("{shown} holds no dated snapshot and is no Git repository"),
                CLONE_HINT,
            ));
        }
        listing.versions.sort_by_key(|version| (version.time, order(version)));
        Ok(listing)
    }

    #[expect(clippy::too_many_arguments, reason = "one call, each a different thing")]
    fn snapshot(
        &self,
        name: String,
        day: String,
        time: Timestamp,
        path: String,
        paths: &Paths,
        commits: &BTreeMap<String, String>,
        listing: &mut Listing,
    ) {
        if !paths.is_roster(&path) {
            let why = match parse::kind(&path, false) {
                parse::Kind::Unknown => "is no roster by its name",
                parse::Kind::People(_) | parse::Kind::Adopters => "is not among the usual rosters by its name",
                _ => return,
            };
            if !paths.asked() {
                let message = format!("{path} {why}; it was not read");
                let problem = Problem::notice(name, None, message, "name it in `files` if it lists people");
                listing.odd.push((path, problem));
            }
            return;
        }
        let hash = std::fs::read(self.folder.join(&name)).map_or(0, |bytes| xxh3_64(&bytes));
        listing.versions.push(Version {
            path,
            sha: commits.get(&name).cloned(),
            label: name,
            tag: day,
            time,
            hash: format!("{hash:016x}"),
            deleted: false,
        });
    }

    /// The commit of each snapshot, where an index says so.
    fn commits(&self) -> BTreeMap<String, String> {
        let Ok(bytes) = std::fs::read(self.folder.join("INDEX.tsv")) else { return BTreeMap::new() };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let row = |line: &str| {
            let mut cells = line.trim_end_matches('\r').split('\t');
            let (file, commit) = (cells.next()?, cells.next()?.trim());
            let is_commit = commit.len() >= 7 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            is_commit.then(|| (file.trim_start_matches('\u{FEFF}').to_owned(), commit.to_lowercase()))
        };
        text.lines().filter_map(row).collect()
    }

    fn content(&self, version: &Version) -> Result<Vec<u8>, Problem> {
        std::fs::read(self.folder.join(&version.label)).map_err(|error| unreadable(version, &error.to_string()))
    }
}

enum Name {
    Snapshot(String, Timestamp, String),
    Impossible(Problem),
    Other,
}

/// `2025-12-05-roles__Maintainers.md`: a day and a path.
fn snapshot_name(name: &str) -> Name {
    let mut parts = name.splitn(4, '-');
    let (Some(year), Some(month), Some(day), Some(path)) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Name::Other;
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !(digits(year) && digits(month) && digits(day) && year.len() == 4) || path.is_empty() {
        return Name::Other;
    }
    let date = format!("{year}-{month}-{day}");
    match muster_model::parse_time(&date) {
        Ok(time) => Name::Snapshot(date, time, path.replace("__", "/")),
        Err(_) => Name::Impossible(
            Problem::rejected(
                name,
                None,
                format!("{date} is no date; a snapshot is named <year>-<month>-<day>-<path>"),
                "rename the snapshot",
            )
            .with_text(name),
        ),
    }
}

fn is_repository(path: &Path) -> bool {
    path.join(".git").exists() || (path.join("HEAD").is_file() && path.join("objects").is_dir())
}

/// A repository whose first-parent history is read.
pub(super) struct Git {
    folder: PathBuf,
    head: String,
    /// Holds what a bundle was unpacked into.
    _unpacked: Option<tempfile::TempDir>,
}

impl Git {
    fn open(path: &Path, bundle: bool) -> Result<Self, CollectError> {
        let shown = path.display().to_string();
        let unpacked = if bundle { Some(unpack(path)?) } else { None };
        let folder = unpacked.as_ref().map_or_else(|| path.to_owned(), |folder| folder.path().join("r.git"));
        let branches = [
            "HEAD",
            "refs/heads/main",
            "refs/heads/master",
            "refs/remotes/origin/HEAD",
            "refs/remotes/origin/main",
            "refs/remotes/origin/master",
        ];
        let commit = |name: &str| {
            let out = run(
                &folder,
                &["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{name}^{{commit}}")],
                None,
            )
            .ok()?;
            out.status.success().then(|| String::from_utf8_lossy(&out.stdout).trim().to_owned())
        };
        let head = match branches.iter().find_map(|name| commit(name)) {
            Some(head) => head,
            None => {
                let out = run(&folder, &["for-each-ref", "--format=%(objectname)", "--count=1", "refs/heads"], None)?;
                String::from_utf8_lossy(&out.stdout).trim().to_owned()
            }
        };
        if head.is_empty() {
            return Err(CollectError::new(format!("{shown} holds no commit"), CLONE_HINT));
        }
        Ok(Self { folder, head, _unpacked: unpacked })
    }

    fn list(&self, paths: &Paths) -> Result<Listing, CollectError> {
        let mut args = vec![
            "log",
            "--first-parent",
            "--diff-merges=first-parent",
            "--raw",
            "-z",
            "--no-abbrev",
            "--no-renames",
            "--no-ext-diff",
            "--no-textconv",
            "--reverse",
            "--format=%x01%H %ct",
            self.head.as_str(),
            "--",
        ];
        let specs = paths.pathspecs().unwrap_or_default();
        args.extend(specs.iter().map(String::as_str));
        let out = run(&self.folder, &args, None)?;
        if !out.status.success() {
            return Err(failed(&self.folder, "git log", &out));
        }
        Ok(Listing { versions: history(&out.stdout, paths), odd: Vec::new() })
    }

    fn contents(&self, versions: &[Version]) -> Result<Vec<Result<Vec<u8>, Problem>>, CollectError> {
        let wanted: BTreeSet<&str> =
            versions.iter().filter(|version| !version.deleted).map(|version| version.hash.as_str()).collect();
        let asked = wanted.iter().map(|oid| format!("{oid}\n")).collect::<String>();
        let mut blobs = BTreeMap::new();
        if !wanted.is_empty() {
            let out = run(&self.folder, &["cat-file", "--batch"], Some(asked.as_bytes()))?;
            if !out.status.success() {
                return Err(failed(&self.folder, "git cat-file", &out));
            }
            read_batch(&out.stdout, &mut blobs);
        }
        let content = |version: &Version| match blobs.get(version.hash.as_str()) {
            _ if version.deleted => Ok(Vec::new()),
            Some(bytes) => Ok(bytes.clone()),
            None => Err(unreadable(version, "the repository lacks it (a partial clone?)")),
        };
        Ok(versions.iter().map(content).collect())
    }
}

/// The answers of `git cat-file --batch`: `<oid> blob <size>`, the bytes, a line feed.
fn read_batch(mut answer: &[u8], blobs: &mut BTreeMap<String, Vec<u8>>) {
    while let Some(end) = memchr::memchr(b'\n', answer) {
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        answer = &answer[end + 1..];
        let words: Vec<&str> = head.split(' ').collect();
        if let [oid, "blob", size] = words.as_slice() {
            let size = size.parse::<usize>().unwrap_or(0).min(answer.len());
            blobs.insert((*oid).to_owned(), answer[..size].to_vec());
            answer = answer.get(size + 1..).unwrap_or_default();
        }
    }
}

/// The versions in the output of `git log --raw -z`.
fn history(log: &[u8], paths: &Paths) -> Vec<Version> {
    let mut versions = Vec::new();
    let (mut sha, mut time) = (String::new(), Timestamp::UNIX_EPOCH);
    let mut commit: Vec<Version> = Vec::new();
    let mut parts = log.split(|byte| *byte == 0).map(|part| String::from_utf8_lossy(part).into_owned());
    while let Some(part) = parts.next() {
        let mut part = part.trim_start_matches('\n').to_owned();
        if let Some(rest) = part.strip_prefix('\u{1}') {
            commit.sort_by_key(order);
            versions.append(&mut commit);
            let (head, raw) = rest.split_once('\n').unwrap_or((rest, ""));
            let (id, seconds) = head.trim().split_once(' ').unwrap_or((head.trim(), "0"));
            id.clone_into(&mut sha);
            time = seconds
                .parse()
                .ok()
                .and_then(|seconds| Timestamp::from_second(seconds).ok())
                .unwrap_or(Timestamp::UNIX_EPOCH);
            part = raw.trim_start_matches('\n').to_owned();
        }
        let Some(change) = part.strip_prefix(':') else { continue };
        let fields: Vec<&str> = change.split(' ').collect();
        let ([_, mode, _, oid, status], Some(path)) = (fields.as_slice(), parts.next()) else { continue };
        // A symbolic link or a submodule is no roster: what was a file there is gone.
        let deleted = *status == "D" || !mode.starts_with("100");
        if paths.is_roster(&path) {
            let short = sha.get(..12).unwrap_or(&sha);
            commit.push(Version {
                label: format!("{path}@{short}"),
                path,
                tag: short.to_owned(),
                sha: Some(sha.clone()),
                time,
                hash: (*oid).to_owned(),
                deleted,
            });
        }
    }
    commit.sort_by_key(order);
    versions.append(&mut commit);
    versions
}

fn unpack(bundle: &Path) -> Result<tempfile::TempDir, CollectError> {
    let hint = "a temporary folder is needed to unpack a bundle; see TMPDIR";
    let folder =
        tempfile::tempdir().map_err(|error| CollectError::new(format!("no temporary folder: {error}"), hint))?;
    let bundle = bundle.canonicalize().unwrap_or_else(|_| bundle.to_owned());
    let target = folder.path().join("r.git");
    let out = run(
        folder.path(),
        &["clone", "--quiet", "--bare", "--", &bundle.to_string_lossy(), &target.to_string_lossy()],
        None,
    )?;
    if !out.status.success() {
        return Err(failed(&bundle, "git clone", &out));
    }
    Ok(folder)
}

fn failed(path: &Path, what: &str, out: &Output) -> CollectError {
    let said = String::from_utf8_lossy(&out.stderr);
    let said = said.trim().lines().last().unwrap_or("it said nothing").to_owned();
    CollectError::new(format!("{}: {what} failed: {said}", path.display()), CLONE_HINT)
}

/// Runs git without the user's settings, hooks, prompts or signature checks.
fn run(folder: &Path, args: &[&str], input: Option<&[u8]>) -> Result<Output, CollectError> {
    let missing =
        |error: std::io::Error| CollectError::new(format!("git cannot be run: {error}"), "install git 2.31 or later");
    let mut command = Command::new("git");
    command.arg("-C").arg(folder);
    for setting in [
        "safe.directory=*",
        "log.showSignature=false",
        "core.quotePath=false",
        "core.fsmonitor=false",
        "core.hooksPath=/dev/null",
        "color.ui=never",
    ] {
        command.args(["-c", setting]);
    }
    for name in [
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_NAMESPACE",
        "GIT_TRACE",
    ] {
        command.env_remove(name);
    }
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").env("LC_ALL", "C");
    command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_NO_LAZY_FETCH", "1").env("GIT_NO_REPLACE_OBJECTS", "1");
    command.args(args).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
    let mut child = command.spawn().map_err(missing)?;
    // The input is a few hundred object names, less than a pipe holds: writing it all first cannot block.
    if let (Some(bytes), Some(mut pipe)) = (input, child.stdin.take()) {
        pipe.write_all(bytes).map_err(missing)?;
    }
    child.wait_with_output().map_err(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snapshot_names() {
        let read = |name: &str| match snapshot_name(name) {
            Name::Snapshot(day, _, path) => format!("{day} {path}"),
            Name::Impossible(_) => "impossible".to_owned(),
            Name::Other => "other".to_owned(),
        };
        for (name, expected) in [
            ("2025-12-05-roles__Maintainers.md", "2025-12-05 roles/Maintainers.md"),
            ("2023-01-16-.github__CODEOWNERS", "2023-01-16 .github/CODEOWNERS"),
            ("2023-01-16-OWNERS_ALIASES", "2023-01-16 OWNERS_ALIASES"),
            ("2025-09-15-roles__Security-Team.md", "2025-09-15 roles/Security-Team.md"),
            ("2023-08-235-MAINTAINERS.md", "impossible"),
            ("2023-02-30-MAINTAINERS.md", "impossible"),
            ("INDEX.tsv", "other"),
            ("README-for-a-reader", "other"),
        ] {
            assert_eq!(read(name), expected, "{name}");
        }
    }

    #[test]
    fn a_raw_log_is_read() {
        let oid = "1".repeat(40);
        let none = "0".repeat(40);
        let log = format!(
            "\u{1}{} 100\0\n:000000 100644 {none} {oid} A\0MAINTAINERS.md\0:000000 100644 {none} {oid} A\0OWNERS_ALIASES\0:000000 100644 {none} {oid} A\0x.rs\0\u{1}{} 200\0\n:100644 000000 {oid} {none} D\0MAINTAINERS.md\0",
            "a".repeat(40),
            "b".repeat(40)
        );
        let paths = Paths::new(&[]).expect("defaults");
        let read: Vec<_> = history(log.as_bytes(), &paths)
            .into_iter()
            .map(|version| (version.label, version.time.as_second(), version.deleted))
            .collect();
        assert_eq!(
            read,
            [
                ("OWNERS_ALIASES@aaaaaaaaaaaa".to_owned(), 100, false),
                ("MAINTAINERS.md@aaaaaaaaaaaa".to_owned(), 100, false),
                ("MAINTAINERS.md@bbbbbbbbbbbb".to_owned(), 200, true),
            ]
        );
    }

    #[test]
    fn globs_are_checked() {
        assert!(Paths::new(&["[".to_owned()]).is_err());
        let paths = Paths::new(&["team*".to_owned(), "people/*.md".to_owned()]).expect("globs");
        assert!(paths.is_roster("docs/TEAM.md") && paths.is_roster("people/a.md") && !paths.is_roster("x/people/a.md"));
    }
}
