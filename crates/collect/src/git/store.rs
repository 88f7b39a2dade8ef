//! Where a history lies: a repository that is read as it is, or a mirror of a bundle or URL that a fetch brings up to
//! date.

use super::command::{Failure, Git, without_credentials};
use super::parse::{self, TAG_FORMAT, Tag};
use super::{Config, Location};
use muster_model::CollectError;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// The name that the tip of the branch has in a mirror.
const TIP: &str = "refs/muster/tip";

/// A repository that is ready to be read.
#[derive(Debug)]
pub(super) struct Store {
    /// Git in that repository.
    pub(super) git: Git,
    /// The last commit of the branch; `None` when there is no commit.
    pub(super) tip: Option<String>,
    /// The location as messages show it.
    pub(super) shown: String,
}

impl Store {
    /// Finds the repository, or makes or updates its mirror.
    pub(super) fn open(git: &Git, config: &Config) -> Result<Self, CollectError> {
        match &config.location {
            Location::Url(url) => mirror(git, config, url, &without_credentials(url)),
            Location::Path(path) => {
                let shown = path.display().to_string();
                let found = path.canonicalize().map_err(|error| missing(&shown, &error))?;
                if found.is_dir() {
                    return in_place(git, config, &found, shown);
                }
                check_bundle(&found, &shown)?;
                let url = found.to_str().ok_or_else(|| {
                    CollectError::new(format!("{shown}: the path is not UTF-8"), "rename the file or a folder above it")
                })?;
                mirror(git, config, url, &shown)
            }
        }
    }

    /// The failure of a git that should have worked in this repository.
    pub(super) fn error(&self, failure: Failure) -> CollectError {
        let hint = format!("see whether the repository is whole: git -C {} fsck", self.folder().display());
        failure.into_error(&format!("reading the history in {}", self.shown), &hint)
    }

    /// Whether the repository has a commit.
    pub(super) fn has(&self, sha: &str) -> bool {
        parse::is_sha(sha) && self.git.bytes(["cat-file", "-e", &format!("{sha}^{{commit}}")]).is_ok()
    }

    /// The commits at which a shallow clone's history is cut.
    pub(super) fn cuts(&self) -> Result<BTreeSet<String>, CollectError> {
        let path = self.git.text(["rev-parse", "--git-path", "shallow"]).map_err(|failure| self.error(failure))?;
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(text.lines().filter(|line| parse::is_sha(line)).map(str::to_owned).collect()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeSet::new()),
            Err(error) => Err(CollectError::new(format!("{path}: {error}"), "make the file readable")),
        }
    }

    /// All tags by name, reachable from the branch or not.
    pub(super) fn tags(&self) -> Result<Vec<Tag>, CollectError> {
        let format = format!("--format={TAG_FORMAT}");
        let answer = self.git.bytes(["for-each-ref", &format, "refs/tags/"]).map_err(|failure| self.error(failure))?;
        Ok(parse::tags(&answer).into_iter().map(|tag| self.peeled(tag)).collect())
    }

    /// Follows a tag of a tag to its end, which git does by itself only in late versions.
    fn peeled(&self, mut tag: Tag) -> Tag {
        if tag.kind == "tag"
            && let Ok(commit) =
                self.git.text(["rev-parse", "--verify", "--quiet", &format!("{}^{{commit}}", tag.target)])
        {
            tag.kind = "commit".to_owned();
            tag.target = commit;
        }
        tag
    }

    fn folder(&self) -> &Path {
        self.git.git_dir().unwrap_or(Path::new("."))
    }
}

fn missing(shown: &str, error: &std::io::Error) -> CollectError {
    let message = match error.kind() {
        ErrorKind::NotFound => format!("{shown}: there is no such file or folder"),
        _ => format!("{shown}: {error}"),
    };
    CollectError::new(
        message,
        "name a work tree, a bare repository or a bundle; paths are relative to the pipeline file",
    )
}

fn in_place(git: &Git, config: &Config, folder: &Path, shown: String) -> Result<Store, CollectError> {
    let git_dir = git.git_dir_of(folder).map_err(|failure| {
        failure.into_error(
            &format!("{shown} is no git repository"),
            "name the top folder of a work tree, a bare repository or a bundle file",
        )
    })?;
    let mut store = Store { git: git.at(&git_dir), tip: None, shown };
    let head = store.git.text(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]).ok();
    let answer = store
        .git
        .text(["for-each-ref", "--format=%(objectname) %(refname)", "refs/heads/", "refs/remotes/origin/"])
        .map_err(|failure| store.error(failure))?;
    let mut branches = parse::references(&answer);
    if let Some(head) = head {
        branches.insert("HEAD".to_owned(), head);
    }
    let branch = choose(&branches, config.branch.as_deref(), &store.shown)?;
    store.tip = branch.and_then(|branch| branches.get(branch)).cloned();
    Ok(store)
}

/// A cheap look before git is asked: its own words for a file that is no bundle speak of repositories and rights.
fn check_bundle(path: &Path, shown: &str) -> Result<(), CollectError> {
    let mut start = Vec::new();
    File::open(path).and_then(|file| file.take(16).read_to_end(&mut start)).map_err(|error| missing(shown, &error))?;
    if start.starts_with(b"# v2 git bundle\n") || start.starts_with(b"# v3 git bundle\n") {
        return Ok(());
    }
    Err(CollectError::new(
        format!("{shown} is a file but no git bundle: it does not begin with \"# v2 git bundle\""),
        "name a work tree or bare repository, or make a bundle with git bundle create FILE --all",
    ))
}

fn mirror(git: &Git, config: &Config, url: &str, shown: &str) -> Result<Store, CollectError> {
    let fetching = format!("fetching the history of {shown}");
    let hint = fetch_hint(config);
    let answer = git
        .text(["ls-remote", "--", url, "HEAD", "refs/heads/*"])
        .map_err(|failure| failure.into_error(&fetching, hint))?;
    let branches = parse::references(&answer);
    let folder = make_mirror(git, config, shown)?;
    let mut store = Store { git: git.at(&folder), tip: None, shown: shown.to_owned() };
    let Some(branch) = choose(&branches, config.branch.as_deref(), shown)? else { return Ok(store) };
    let branch = format!("+{branch}:{TIP}");
    let fetch = ["fetch", "--quiet", "--no-write-fetch-head", "--no-recurse-submodules", "--no-tags", "--prune"];
    let what = ["--update-shallow", "--", url, &branch, "+refs/tags/*:refs/tags/*"];
    store.git.bytes(fetch.iter().chain(&what)).map_err(|failure| failure.into_error(&fetching, hint))?;
    let tip = store.git.text(["rev-parse", "--verify", &format!("{TIP}^{{commit}}")]);
    store.tip = Some(tip.map_err(|failure| store.error(failure))?);
    Ok(store)
}

fn fetch_hint(config: &Config) -> &'static str {
    match config.location {
        Location::Path(_) => {
            "the bundle is damaged, or builds on commits that it does not have: copy or make it again, in full, with \
             git bundle create FILE --all (git bundle verify FILE says what is wrong)"
        }
        Location::Url(_) => {
            "see whether git ls-remote works with this address on this machine: its spelling, the network, and \
             whether a credential helper knows the password (nobody is asked for one)"
        }
    }
}

/// Makes the mirror of a location, or finds it. Its name has a hash of the location, so that two never mix.
fn make_mirror(git: &Git, config: &Config, shown: &str) -> Result<PathBuf, CollectError> {
    let hint = "see that the cache folder can be written to; it may be deleted at any time";
    let cannot =
        |why: String| CollectError::new(format!("no mirror of {shown} in {}: {why}", config.cache.display()), hint);
    std::fs::create_dir_all(&config.cache).map_err(|error| cannot(error.to_string()))?;
    let cache = config.cache.canonicalize().map_err(|error| cannot(error.to_string()))?;
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
    let name: String = config.name.chars().map(plain).take(60).collect();
    let hash = xxhash_rust::xxh3::xxh3_64(shown.as_bytes());
    let folder = cache.join(format!("{name}-{hash:016x}.git"));
    // Does nothing to a mirror that is there, and mends one whose making was interrupted.
    git.at(&folder)
        .bytes(["init", "--quiet", "--bare", "--template="])
        .map_err(|failure| failure.into_error(&format!("making a mirror of {shown} in {}", cache.display()), hint))?;
    Ok(folder)
}

/// The reference to read: the branch that is wanted, else HEAD, `main`, `master` or the only one. `None` when there is
/// no branch at all.
fn choose<'a>(
    branches: &'a BTreeMap<String, String>,
    wanted: Option<&str>,
    shown: &str,
) -> Result<Option<&'a str>, CollectError> {
    let find = |name: &str| branches.get_key_value(name).map(|(name, _)| name.as_str());
    let branch =
        |name: &str| find(&format!("refs/heads/{name}")).or_else(|| find(&format!("refs/remotes/origin/{name}")));
    let heads: Vec<&str> = branches.keys().filter_map(|name| name.strip_prefix("refs/heads/")).collect();
    let found = match wanted {
        Some(name) => branch(name.strip_prefix("refs/heads/").unwrap_or(name)),
        None => find("HEAD").or_else(|| branch("main")).or_else(|| branch("master")).or_else(|| match heads[..] {
            [only] => branch(only),
            _ => None,
        }),
    };
    if found.is_some() || branches.is_empty() {
        return Ok(found);
    }
    let message = match wanted {
        Some(name) => format!("{shown} has no branch {name}"),
        None => format!("{shown} has no HEAD, main or master, and more than one branch"),
    };
    let some: Vec<&str> = heads.into_iter().take(10).collect();
    Err(CollectError::new(
        message,
        format!("set the source's branch to one that is there, such as {}", some.join(", ")),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(names: &[&str], wanted: Option<&str>) -> Result<Option<String>, String> {
        let branches = names.iter().map(|name| ((*name).to_owned(), "1".repeat(40))).collect();
        choose(&branches, wanted, "x").map(|found| found.map(str::to_owned)).map_err(|error| error.message)
    }

    #[test]
    fn the_branch_is_the_one_wanted_or_the_default() {
        let (head, main, other) = ("HEAD", "refs/heads/main", "refs/heads/other");
        assert_eq!(chosen(&[head, main], None), Ok(Some(head.to_owned())));
        assert_eq!(chosen(&[main, other], None), Ok(Some(main.to_owned())));
        assert_eq!(chosen(&[other, "refs/heads/master"], None), Ok(Some("refs/heads/master".to_owned())));
        assert_eq!(chosen(&[other], None), Ok(Some(other.to_owned())));
        assert_eq!(chosen(&[head, main, other], Some("other")), Ok(Some(other.to_owned())));
        assert_eq!(chosen(&["refs/remotes/origin/a"], Some("a")), Ok(Some("refs/remotes/origin/a".to_owned())));
        assert_eq!(chosen(&[], Some("other")), Ok(None));
        assert!(chosen(&[other, "refs/heads/a"], None).is_err());
        assert_eq!(chosen(&[head, main], Some("--all")), Err("x has no branch --all".to_owned()));
    }
}
