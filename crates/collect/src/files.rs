//! Files on this machine: which there are, which are new since the cursor, and their bytes.

use flate2::bufread::MultiGzDecoder;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use muster_model::{CollectError, Cursor};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

const BUFFER: usize = 256 << 10;

/// A file that is to be read.
#[derive(Debug, Clone)]
pub(crate) struct FileToRead {
    /// Relative to the path of the pipeline file, so that a moved folder is not read again.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// A hash of its size and modification time.
    pub stamp: String,
}

/// The files of a source, and which of them are in the log: the cursor of every source that is a set of files.
#[derive(Debug, Clone, Default)]
pub(crate) struct Files {
    /// Name to stamp.
    read: BTreeMap<String, String>,
    /// What is to be read, last first.
    left: Vec<FileToRead>,
}

impl Files {
    /// Lists the files behind `paths` (files, folders, globs) and leaves out those that the cursor holds with the same
    /// stamp. `is_ours` is asked with the name of a file in a folder, in small letters; `what` names such files in messages ("archive file",
    /// and their endings).
    ///
    /// # Errors
    /// A path that is not there, a pattern that no file matches or that is no pattern, a cursor of another program.
    pub fn open(
        source: &str,
        paths: &[PathBuf],
        is_ours: &dyn Fn(&str) -> bool,
        what: (&str, &str),
        cursor: Option<&Cursor>,
    ) -> Result<Self, CollectError> {
        let mut read = stamps(source, cursor)?;
        let mut listed = BTreeMap::new();
        for path in paths {
            list(path, is_ours, what, &mut listed)?;
        }
        let left: Vec<FileToRead> = listed
            .into_iter()
            .filter(|(name, (_, stamp))| read.get(name) != Some(stamp))
            .map(|(name, (path, stamp))| FileToRead { name, path, stamp })
            .rev()
            .collect();
        // What is no longer there needs no memory of it; what is to be read again is not read yet.
        for file in &left {
            read.remove(&file.name);
        }
        Ok(Self { read, left })
    }

    /// Leaves out files by where they are, before the first is read.
    pub fn leave_out(&mut self, is_left_out: impl Fn(&Path) -> bool) {
        self.left.retain(|file| !is_left_out(&file.path));
    }

    /// The next file in the order of their names.
    pub fn next(&mut self) -> Option<FileToRead> {
        self.left.pop()
    }

    /// The file's facts are in the batch that the next cursor goes with.
    pub fn done(&mut self, file: FileToRead) {
        self.read.insert(file.name, file.stamp);
    }

    /// Where the source stands when everything that is done is in the log.
    pub fn cursor(&self) -> Option<Cursor> {
        // A map of text to text always serialises.
        serde_json::to_string(&self.read).ok().map(Cursor)
    }
}

/// What a cursor that is a map of names to stamps says.
pub(crate) fn stamps(source: &str, cursor: Option<&Cursor>) -> Result<BTreeMap<String, String>, CollectError> {
    let Some(Cursor(text)) = cursor else { return Ok(BTreeMap::new()) };
    serde_json::from_str(text).map_err(|error| {
        CollectError::new(
            format!("source {source}: its cursor in the log cannot be read: {error}"),
            "was the name given to a source of another kind before? give this one another name",
        )
    })
}

/// A file's name without an ending, which it may have in capitals.
pub(crate) fn without_ending<'a>(name: &'a str, ending: &str) -> Option<&'a str> {
    let (stem, last) = name.split_at_checked(name.len().checked_sub(ending.len())?)?;
    last.eq_ignore_ascii_case(ending).then_some(stem)
}

/// Opens a file, through gzip where its first bytes say so, whatever its name.
pub(crate) fn open_reader(path: &Path) -> io::Result<Box<dyn BufRead + Send>> {
    let mut file = BufReader::with_capacity(BUFFER, File::open(path)?);
    if file.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
        Ok(Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(file))))
    } else {
        Ok(Box::new(file))
    }
}

/// The files behind one path, by their names relative to it.
fn list(
    path: &Path,
    is_ours: &dyn Fn(&str) -> bool,
    (what, endings): (&str, &str),
    files: &mut BTreeMap<String, (PathBuf, String)>,
) -> Result<(), CollectError> {
    let text = path.to_string_lossy();
    let is_pattern = text.contains(['*', '?', '[', '{']) && !path.exists();
    let base = if is_pattern { literal_folder(path) } else { path.to_path_buf() };
    let matches = if is_pattern { Some(glob(&text)?) } else { None };
    if !base.exists() {
        return Err(CollectError::new(
            format!("{} is not there", base.display()),
            "mend `path` of this source in the pipeline file, or download the files first",
        ));
    }
    let before = files.len();
    for entry in walkdir::WalkDir::new(&base).follow_links(true) {
        let (found, depth, data) = match entry {
            Ok(entry) => (entry.path().to_path_buf(), entry.depth(), entry.metadata().ok()),
            // Gone since the folder was listed, or a link to nothing: opening it will say so, and the others are read.
            Err(error) if is_gone(&error) => (error.path().unwrap_or(&base).to_path_buf(), error.depth(), None),
            Err(error) => return Err(CollectError::new(error.to_string(), "make the folder readable")),
        };
        let name = found.file_name().unwrap_or_default().to_string_lossy();
        let taken = match &matches {
            Some(matches) => matches.is_match(&found),
            None => depth == 0 || is_ours(&name.to_ascii_lowercase()),
        };
        if !taken || data.as_ref().is_some_and(|data| !data.is_file()) {
            continue;
        }
        let relative = found.strip_prefix(&base).unwrap_or(&found).to_string_lossy();
        let relative = if relative.is_empty() { name } else { relative };
        let name = name_of_its_own(&relative, &base, &found, files);
        files.insert(name, (found.clone(), data.as_ref().map_or_else(String::new, stamp)));
    }
    if files.len() == before {
        return Err(CollectError::new(
            format!("no {what} at {}", path.display()),
            format!("a folder's files are taken if they are {endings}; a pattern takes what it matches"),
        ));
    }
    Ok(())
}

fn is_gone(error: &walkdir::Error) -> bool {
    error.depth() > 0 && error.io_error().is_some_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// A file's name relative to its base; where another base has a file of that name, with so much of the base before it
/// as tells the two apart.
fn name_of_its_own(relative: &str, base: &Path, found: &Path, files: &BTreeMap<String, (PathBuf, String)>) -> String {
    let mut name = relative.to_owned();
    for part in base.components().rev() {
        if files.get(&name).is_none_or(|(other, _)| other == found) {
            break;
        }
        name = format!("{}/{name}", part.as_os_str().to_string_lossy());
    }
    name
}

/// A hash of size and modification time.
pub(crate) fn stamp(data: &std::fs::Metadata) -> String {
    let modified = data.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    let text = format!("{}/{}", data.len(), modified.map_or(0, |time| time.as_nanos()));
    format!("{:016x}", xxhash_rust::xxh3::xxh3_64(text.as_bytes()))
}

/// The folder before the first part of a path that is a pattern.
fn literal_folder(path: &Path) -> PathBuf {
    let literal: PathBuf = path
        .components()
        .take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']))
        .collect();
    if literal.as_os_str().is_empty() { PathBuf::from(".") } else { literal }
}

fn glob(pattern: &str) -> Result<GlobSet, CollectError> {
    // A pattern without folder is matched against paths that walkdir begins with "./".
    let pattern = if Path::new(pattern).parent().is_none_or(|parent| parent.as_os_str().is_empty()) {
        format!("./{pattern}")
    } else {
        pattern.to_owned()
    };
    build(&[pattern], false)
}

/// Patterns over `owner/name`, without regard to case; none for every repository.
pub(crate) fn patterns(repositories: &[String]) -> Result<Option<GlobSet>, CollectError> {
    if repositories.is_empty() { Ok(None) } else { build(repositories, true).map(Some) }
}

fn build(patterns: &[String], any_case: bool) -> Result<GlobSet, CollectError> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let glob =
            GlobBuilder::new(pattern).literal_separator(true).case_insensitive(any_case).build().map_err(|error| {
                CollectError::new(format!("{pattern:?} is no pattern: {error}"), "write it as kubernetes/*")
            })?;
        set.add(glob);
    }
    set.build().map_err(|error| CollectError::new(error.to_string(), "write fewer or simpler patterns"))
}
