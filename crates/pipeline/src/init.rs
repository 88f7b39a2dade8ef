//! A first pipeline file for a project: what lies in its folder, and the text that collects it.

use crate::expand::escape;
use crate::read::join;
use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// A source that was found. Paths are relative to the folder that was searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A clone, or a bare repository.
    Git {
        /// `owner/name`, when a remote says so.
        repository: Option<String>,
    },
    /// A repository that is not on this machine.
    Remote {
        /// Where to clone it from, without a user name or password.
        url: String,
        /// `owner/name`, as the URL says.
        repository: String,
    },
    /// A folder of meeting notes.
    Notes {
        /// The folder.
        path: PathBuf,
    },
    /// Files that list people.
    Roster {
        /// `owner/name`, when a remote says so.
        repository: Option<String>,
        /// The files, with `/`.
        files: Vec<String>,
    },
}

impl fmt::Display for Found {
    /// `Git history`, `meetings/`, `MAINTAINERS.md, CODEOWNERS`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Git { .. } | Self::Remote { .. } => f.write_str("Git history"),
            Self::Notes { path } => write!(f, "{}/", slashed(path)),
            Self::Roster { files, .. } => f.write_str(&files.join(", ")),
        }
    }
}

/// Folders that hold meeting notes, in lower case and with `-`.
const NOTES: &[&str] = &["meetings", "meeting", "meeting-notes", "meetingnotes", "meeting-minutes", "minutes", "notes"];

/// Files that list people, as the names that forges and foundations give them.
const ROSTERS: &[&str] = &[
    "MAINTAINERS.md",
    "MAINTAINERS",
    "OWNERS",
    "OWNERS_ALIASES",
    "CODEOWNERS",
    ".github/CODEOWNERS",
    "docs/CODEOWNERS",
    "ADOPTERS.md",
    "ADOPTERS",
];

/// Folders that hold other people's files.
const SKIPPED: &[&str] = &["node_modules", "vendor", "target", "third_party"];

/// How many folders deep notes are looked for.
const DEPTH: usize = 3;

/// Looks for sources in a folder: its Git history, folders of meeting notes, files that list people.
/// What cannot be read is passed over. The order is always the same.
pub fn detect(folder: &Path) -> Vec<Found> {
    let config = git_config(folder);
    let repository = config.as_deref().and_then(repository_in);
    let mut found = Vec::new();
    if config.is_some() {
        found.push(Found::Git { repository: repository.clone() });
    }
    let mut notes = Vec::new();
    if is_notes_name(folder.file_name().unwrap_or_default()) && has_notes(folder, DEPTH) {
        notes.push(PathBuf::from("."));
    } else {
        find_notes(folder, Path::new(""), DEPTH, &mut notes);
    }
    found.extend(notes.into_iter().map(|path| Found::Notes { path }));
    let files: Vec<String> =
        ROSTERS.iter().filter(|file| is_exactly_here(folder, file)).map(|&file| file.to_owned()).collect();
    if !files.is_empty() {
        found.push(Found::Roster { repository, files });
    }
    found
}

/// A repository that only an address is known of. Nothing is fetched. `None` when the text is no such address.
pub fn found_at_url(url: &str) -> Option<Found> {
    let repository = repository_of(url)?;
    Some(Found::Remote { url: without_user(url), repository })
}

/// The text of a pipeline file. `root` is how the file names the folder that was searched, such as `.` or
/// `../lantern`; it goes into the paths. [`Pipeline::parse`](crate::Pipeline::parse) reads what comes out.
pub fn pipeline_text(name: &str, root: &str, found: &[Found]) -> String {
    let mut names = BTreeSet::new();
    let mut out = format!(
        "# What muster collects for {}, and where it puts the results.\n\
         # Paths are relative to this file. ${{NAME}} stands for an environment variable.\n\
         \n\
         [project]\n\
         name = {}\n\
         log = \"log\"               # the event log: a folder, or an object-store URL such as s3://bucket/log\n\
         out = \"out\"               # everything that is made from the log\n\
         # as_of = \"2025-12-05\"    # look back from here; without it, from the day of the log's last append\n",
        one_line(name),
        quoted(name)
    );
    for source in found {
        out.push('\n');
        out.push_str(&source_text(name, root, source, &mut names));
    }
    if found.is_empty() {
        out.push_str(NOTHING_FOUND);
    }
    out.push_str(&github_text(found));
    out.push_str(
        "\n[metrics]\n\
         windows = [\"quarter\", \"365d\"]\n\
         # folder = \"metrics\"      # metric files of your own\n\
         # bots = [\"^acme-ci$\"]    # further bots, as regular expressions over the login or the name\n\
         # not_bots = [\"robotlover\"]\n",
    );
    out
}

/// What only GitHub knows. It is commented out, because it needs a token.
fn github_text(found: &[Found]) -> String {
    let repository = found.iter().find_map(|source| match source {
        Found::Git { repository } => repository.clone(),
        Found::Remote { repository, .. } => Some(repository.clone()),
        _ => None,
    });
    format!(
        "\n# Issues, pull requests, reviews and comments, from GitHub's API: set GITHUB_TOKEN and take the # away.\n\
         # [[source]]\n\
         # kind = \"github\"\n\
         # repositories = [{}]\n",
        quoted(repository.as_deref().unwrap_or("acme/lantern"))
    )
}

const NOTHING_FOUND: &str = "\n# No source was found. For example:\n\
    # [[source]]\n\
    # kind = \"git\"\n\
    # repository = \"acme/lantern\"\n\
    # path = \"clones/lantern\"\n";

fn source_text(name: &str, root: &str, found: &Found, names: &mut BTreeSet<String>) -> String {
    let (comment, lines) = match found {
        Found::Git { repository } => (
            "Commits and tags of a clone.",
            vec![
                "kind = \"git\"".to_owned(),
                repository_line(name, repository.as_deref()),
                path_line(root, Path::new("")),
            ],
        ),
        Found::Remote { url, repository } => (
            "Commits and tags, cloned by muster.",
            vec![
                "kind = \"git\"".to_owned(),
                repository_line(name, Some(repository)),
                format!("url = {}", quoted(url)),
            ],
        ),
        Found::Notes { path } => {
            let label = notes_name(path, names);
            let lines =
                vec!["kind = \"notes\"".to_owned(), format!("name = {}", quoted(&label)), path_line(root, path)];
            ("Meeting notes: who was there, what was decided, who took which action.", lines)
        }
        Found::Roster { repository, files } => {
            let files: Vec<String> = files.iter().map(|file| quoted(file)).collect();
            let lines = vec![
                "kind = \"roster\"".to_owned(),
                repository_line(name, repository.as_deref()),
                path_line(root, Path::new("")),
                format!("files = [{}]", files.join(", ")),
            ];
            ("Who is listed as maintainer, owner or adopter.", lines)
        }
    };
    format!("# {comment}\n[[source]]\n{}\n", lines.join("\n"))
}

fn repository_line(name: &str, repository: Option<&str>) -> String {
    match repository {
        Some(repository) => format!("repository = {}", quoted(repository)),
        None => {
            let name: String = name.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '-' }).collect();
            format!("repository = {}   # no remote says: write owner/name", quoted(&format!("local/{name}")))
        }
    }
}

fn path_line(root: &str, path: &Path) -> String {
    format!("path = {}", quoted(&slashed(&join(Path::new(root), path))))
}

/// A name for a folder of notes that no other has.
fn notes_name(path: &Path, names: &mut BTreeSet<String>) -> String {
    let plain = match slashed(path).trim_matches(['.', '/']) {
        "" => "notes".to_owned(),
        path => path.replace('/', "-"),
    };
    let numbered = (2..).map(|number| format!("{plain}-{number}"));
    let name = std::iter::once(plain.clone()).chain(numbered).find(|name| !names.contains(name)).unwrap_or(plain);
    names.insert(name.clone());
    name
}

/// A TOML string that the pipeline file reads back as the text.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in escape(text).chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            letter if letter.is_control() => out.push_str(&format!("\\u{:04X}", letter as u32)),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

fn is_notes_name(name: &std::ffi::OsStr) -> bool {
    NOTES.contains(&name.to_string_lossy().to_lowercase().replace('_', "-").as_str())
}

/// The folders and files right inside a folder, by name.
fn listing(folder: &Path) -> Vec<(String, fs::FileType)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<(String, fs::FileType)> = entries
        .filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.file_type().ok()?)))
        .filter(|(name, _)| !name.starts_with('.') && !SKIPPED.contains(&name.as_str()))
        .collect();
    names.sort_by(|a, b| a.0.cmp(&b.0));
    names
}

fn find_notes(root: &Path, below: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    for (name, _) in listing(&root.join(below)).into_iter().filter(|(_, kind)| kind.is_dir()) {
        let path = below.join(&name);
        if is_notes_name(name.as_ref()) && has_notes(&root.join(&path), DEPTH) {
            found.push(path);
        } else if depth > 1 {
            find_notes(root, &path, depth - 1, found);
        }
    }
}

fn has_notes(folder: &Path, depth: usize) -> bool {
    listing(folder).into_iter().any(|(name, kind)| {
        let is_text = [".md", ".markdown", ".txt"].iter().any(|end| name.to_lowercase().ends_with(end));
        kind.is_file() && is_text || kind.is_dir() && depth > 1 && has_notes(&folder.join(&name), depth - 1)
    })
}

/// Whether a file is here under exactly this name, also on disks that do not tell letters' case apart.
fn is_exactly_here(folder: &Path, file: &str) -> bool {
    let path = folder.join(file);
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else { return false };
    path.is_file() && fs::read_dir(parent).into_iter().flatten().flatten().any(|entry| entry.file_name() == name)
}

/// The configuration of the repository in a folder: of a clone, a worktree, or a bare repository.
fn git_config(folder: &Path) -> Option<String> {
    let dot = folder.join(".git");
    let home = if dot.is_dir() {
        dot
    } else if let Ok(link) = fs::read_to_string(&dot) {
        let home = folder.join(link.strip_prefix("gitdir:")?.trim());
        match fs::read_to_string(home.join("commondir")) {
            Ok(common) => home.join(common.trim()),
            Err(_) => home,
        }
    } else {
        folder.to_owned()
    };
    let is_repository = home.join("HEAD").is_file() && home.join("objects").is_dir();
    is_repository.then(|| fs::read_to_string(home.join("config")).unwrap_or_default())
}

/// The repository that a Git configuration's remotes name. A fork's `upstream` is the project itself.
fn repository_in(config: &str) -> Option<String> {
    let mut remotes: Vec<(String, String)> = Vec::new();
    let mut remote = None;
    for line in config.lines().map(str::trim) {
        if line.starts_with('[') {
            let name = line.strip_prefix("[remote \"").and_then(|rest| rest.strip_suffix("\"]"));
            remote = name.map(str::to_owned);
        } else if let (Some(name), Some((key, url))) = (&remote, line.split_once('='))
            && key.trim() == "url"
        {
            remotes.push((name.clone(), url.trim().to_owned()));
        }
    }
    let named = |wanted: &str| remotes.iter().find(|(name, _)| name == wanted);
    let (_, url) = named("upstream").or_else(|| named("origin")).or_else(|| remotes.first())?;
    repository_of(url)
}

/// `owner/name` of a repository's address: `https://host/owner/name.git`, `git@host:owner/name`.
pub(crate) fn repository_of(url: &str) -> Option<String> {
    let path = match url.split_once("://") {
        Some(("file", _)) => return None,
        Some((_, rest)) => rest.split_once('/')?.1,
        None => url.split_once(':').filter(|(host, _)| host.contains('@')).map(|(_, path)| path)?,
    };
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_matches('/');
    let mut parts: Vec<&str> = path.split('/').collect();
    if url.contains("github.com") {
        // What a browser shows of a repository has more behind its name.
        parts.truncate(2);
    }
    let path = parts.join("/");
    let path = path.strip_suffix(".git").unwrap_or(&path);
    let is_name = path.contains('/') && !path.contains(char::is_whitespace) && path.split('/').all(|p| !p.is_empty());
    is_name.then(|| path.to_owned())
}

/// An address without the user name and password that a file should not hold.
fn without_user(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme @ ("http" | "https"), rest)) => {
            let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
            let host = host.rsplit('@').next().unwrap_or(host);
            format!("{scheme}://{host}/{path}")
        }
        _ => url.to_owned(),
    }
}

/// How a file in the folder `from` names `to`. Both are absolute, or relative to the same folder; links are not
/// followed. Where only an absolute path would do (another drive), that is given back.
pub fn relative(from: &Path, to: &Path) -> PathBuf {
    let (from, to) = (join(Path::new(""), from), join(Path::new(""), to));
    if from.is_absolute() != to.is_absolute() {
        return to;
    }
    let parts = |path: &Path| -> Vec<std::ffi::OsString> {
        path.components().filter(|part| *part != Component::CurDir).map(|part| part.as_os_str().to_owned()).collect()
    };
    let (from, to_parts) = (parts(&from), parts(&to));
    let shared = from.iter().zip(&to_parts).take_while(|(a, b)| a == b).count();
    // Nobody knows the name of the folder that a further `..` came from.
    if from.iter().skip(shared).any(|part| part == "..") {
        return to;
    }
    let up = std::iter::repeat_n(std::ffi::OsString::from(".."), from.len() - shared);
    let path: PathBuf = up.chain(to_parts.into_iter().skip(shared)).collect();
    if path.as_os_str().is_empty() { PathBuf::from(".") } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Pipeline, Source};

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn parse(text: &str) -> Pipeline {
        Pipeline::parse(Path::new("here/muster.toml"), text, &[], &|_| None)
            .unwrap_or_else(|errors| panic!("{}\n{text}", errors.render(false)))
    }

    const CONFIG: &str = "[core]\n\tbare = false\n[remote \"origin\"]\n\turl = git@github.com:me/lantern.git\n\
                          [remote \"upstream\"]\n\turl = https://token@github.com/acme/lantern.git\n";

    #[test]
    fn a_project_is_found_and_its_file_reads_back() {
        let folder = folder(&[
            (".git/HEAD", "ref: refs/heads/main\n"),
            (".git/objects/x", ""),
            (".git/config", CONFIG),
            ("meetings/2025/2025-06-17.md", "# Meeting"),
            ("docs/Meeting_Notes/a.txt", ""),
            ("notes/image.png", ""),
            ("node_modules/x/meetings/a.md", ""),
            ("MAINTAINERS.md", ""),
            (".github/CODEOWNERS", ""),
        ]);
        let found = detect(folder.path());
        let names: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["Git history", "docs/Meeting_Notes/", "meetings/", "MAINTAINERS.md, .github/CODEOWNERS"]);
        let text = pipeline_text("lantern", "../lantern", &found);
        let pipeline = parse(&text);
        let sources: Vec<&str> = pipeline.sources.iter().map(Source::name).collect();
        assert_eq!(sources, ["git-acme/lantern", "docs-Meeting_Notes", "meetings", "roster-acme/lantern"]);
        assert!(!text.contains("token"));
        assert!(
            matches!(&pipeline.sources[2], Source::Notes(notes) if notes.path == Path::new("lantern/meetings")),
            "{text}"
        );
    }

    #[test]
    fn a_first_file_reads_like_this() {
        let found = [
            Found::Git { repository: Some("acme/lantern".to_owned()) },
            Found::Notes { path: "meetings".into() },
            Found::Roster { repository: None, files: vec!["OWNERS".to_owned()] },
        ];
        assert_eq!(
            pipeline_text("lantern", ".", &found),
            r#"# What muster collects for lantern, and where it puts the results.
# Paths are relative to this file. ${NAME} stands for an environment variable.

[project]
name = "lantern"
log = "log"               # the event log: a folder, or an object-store URL such as s3://bucket/log
out = "out"               # everything that is made from the log
# as_of = "2025-12-05"    # look back from here; without it, from the day of the log's last append

# Commits and tags of a clone.
[[source]]
kind = "git"
repository = "acme/lantern"
path = "."

# Meeting notes: who was there, what was decided, who took which action.
[[source]]
kind = "notes"
name = "meetings"
path = "meetings"

# Who is listed as maintainer, owner or adopter.
[[source]]
kind = "roster"
repository = "local/lantern"   # no remote says: write owner/name
path = "."
files = ["OWNERS"]

# Issues, pull requests, reviews and comments, from GitHub's API: set GITHUB_TOKEN and take the # away.
# [[source]]
# kind = "github"
# repositories = ["acme/lantern"]

[metrics]
windows = ["quarter", "365d"]
# folder = "metrics"      # metric files of your own
# bots = ["^acme-ci$"]    # further bots, as regular expressions over the login or the name
# not_bots = ["robotlover"]
"#
        );
    }

    #[test]
    fn a_file_with_nothing_found_or_strange_names_reads_back() {
        parse(&pipeline_text("lantern", ".", &detect(folder(&[]).path())));
        let found = [
            Found::Git { repository: None },
            Found::Notes { path: "a/b".into() },
            Found::Notes { path: "a-b".into() },
            Found::Notes { path: ".".into() },
        ];
        for name in ["a \"b\" ${HOME} \\ ü", "x$$y"] {
            let pipeline = parse(&pipeline_text(name, "../${HOME}/\"x\"", &found));
            assert_eq!(pipeline.project.name, name);
            assert_eq!(pipeline.sources.iter().map(Source::name).filter(|name| name.starts_with("a-b")).count(), 2);
        }
    }

    #[test]
    fn a_folder_of_notes_and_a_worktree_are_found() {
        let outer = folder(&[
            ("meetings/a.md", ""),
            ("clone/.git/HEAD", ""),
            ("clone/.git/objects/x", ""),
            ("clone/.git/config", CONFIG),
            ("clone/.git/worktrees/tree/commondir", "../..\n"),
            ("tree/.git", "gitdir: ../clone/.git/worktrees/tree\n"),
        ]);
        assert_eq!(detect(&outer.path().join("meetings")), [Found::Notes { path: ".".into() }]);
        let git = [Found::Git { repository: Some("acme/lantern".to_owned()) }];
        assert_eq!(detect(&outer.path().join("tree")), git);
        assert_eq!(detect(&outer.path().join("clone/.git")), git);
        assert_eq!(detect(&outer.path().join("no such folder")), []);
    }

    #[test]
    fn addresses_name_their_repository() {
        for (url, repository) in [
            ("https://github.com/acme/lantern", Some("acme/lantern")),
            ("https://github.com/acme/lantern/tree/main?x#y", Some("acme/lantern")),
            ("ssh://git@gitlab.com/a/b/c.git", Some("a/b/c")),
            ("git@github.com:acme/lantern.git", Some("acme/lantern")),
            ("https://github.com/acme", None),
            ("file:///srv/git/lantern.git", None),
            ("../lantern", None),
        ] {
            assert_eq!(repository_of(url).as_deref(), repository, "{url}");
        }
        let found = found_at_url("https://me:secret@github.com/acme/lantern").unwrap();
        assert!(!pipeline_text("lantern", ".", &[found]).contains("secret"));
    }

    #[test]
    fn one_folder_names_another() {
        for (from, to, path) in [
            ("/a/b", "/a/c", "../c"),
            ("/a", "/a", "."),
            ("lantern", ".", ".."),
            ("lantern", "clones/x", "../clones/x"),
            ("", "clones/x", "clones/x"),
            ("/a", "b", "b"),
            ("../x", "y", "y"),
        ] {
            assert_eq!(relative(Path::new(from), Path::new(to)), Path::new(path), "{from} {to}");
        }
    }
}
