//! A folder to work in, and the program to run there.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// For tests to which the whole catalogue adds nothing but seconds: the end of a pipeline file, or `[metrics]` and more.
pub const FEW: &str = r#"
[metrics]
only = ["growth.active_contributors", "growth.new_contributors", "diversity.active_*", "latency.issue_*", "meetings.attendance", "governance.listed_maintainers", "governance.maintainer_organizations", "chat.*", "completeness.*"]
"#;

/// A folder of its own for one test, removed at the end.
pub struct World {
    folder: tempfile::TempDir,
}

/// What a run of the program gave.
#[derive(Debug)]
pub struct Ran {
    /// The exit status.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl World {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, with its folders.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Runs `muster` in the folder.
    pub fn muster(&self, arguments: &[&str]) -> Ran {
        ran(&self.command(arguments).output().unwrap())
    }

    /// `muster` in the folder, not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
        command.args(arguments).current_dir(self.folder.path()).env("NO_COLOR", "1");
        command
    }

    /// Runs `muster` with `--json` and reads what it says. It must have exited with `code`.
    pub fn report(&self, code: i32, arguments: &[&str]) -> serde_json::Value {
        let ran = self.muster(&[arguments, &["--json"]].concat());
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.err);
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.out))
    }

    /// The answer to a question, as CSV.
    pub fn sql(&self, file: &str, query: &str) -> String {
        let ran = self.muster(&["sql", file, query, "--format", "csv"]);
        assert_eq!(ran.code, 0, "{query}: {}", ran.err);
        ran.out
    }

    /// The answer to a question, row by row.
    pub fn rows(&self, file: &str, query: &str) -> Vec<serde_json::Value> {
        let ran = self.muster(&["sql", file, query, "--format", "json"]);
        assert_eq!(ran.code, 0, "{query}: {}", ran.err);
        serde_json::from_str(&ran.out).unwrap()
    }

    /// Runs `git` in a folder below, always at the same instants and without the machine's configuration.
    pub fn git(&self, folder: &str, arguments: &[&str]) {
        let (name, mail) = ("Ada Lovelace", "ada@mail.example");
        let output = Command::new("git")
            .args(["-c", "init.defaultBranch=main", "-c", "commit.gpgSign=false"])
            .args(arguments)
            .current_dir(self.path(folder))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .envs([("GIT_AUTHOR_NAME", name), ("GIT_COMMITTER_NAME", name)])
            .envs([("GIT_AUTHOR_EMAIL", mail), ("GIT_COMMITTER_EMAIL", mail)])
            .envs([("GIT_AUTHOR_DATE", "2025-03-01T10:00:00Z"), ("GIT_COMMITTER_DATE", "2025-03-01T10:00:00Z")])
            .output()
            .unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Every file below `folder`, by relative path, with its bytes; of outputs those of the current run, by the names that
    /// stay the same.
    pub fn tree(&self, folder: &str) -> std::collections::BTreeMap<String, Vec<u8>> {
        let root = self.path(folder);
        let mut files = std::collections::BTreeMap::new();
        collect(&root, &root, &mut files);
        files
    }
}

fn collect(root: &Path, folder: &Path, files: &mut std::collections::BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if folder == root && ["runs", "current", ".lock"].iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            files.insert(name, std::fs::read(&path).unwrap());
        }
    }
}

/// A file system of one megabyte, unmounted at the end.
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    /// None where nothing may be mounted.
    pub fn mount(at: PathBuf) -> Option<Self> {
        std::fs::create_dir_all(&at).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]).arg(&at).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self(at))
    }

    /// Gives it more space: `64m`.
    pub fn grow(&self, size: &str) {
        let size = format!("remount,size={size}");
        assert!(Command::new("mount").args(["-o", &size]).arg(&self.0).status().unwrap().success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

pub fn ran(output: &Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The data that lie beside the repository and are not part of it.
pub fn shared() -> PathBuf {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    assert!(shared.is_dir(), "{} is not there; these tests read it", shared.display());
    shared
}
