//! One view of the files of an export, whether it lies here as a folder, a zip archive or a single file.
//!
//! - Names are relative, with `/`, in order. Where an export lies one folder deeper (`export-2025/users.json`), that folder is
//!   looked through: the caller names the files that lie at the root of an export.
//! - What is unsafe is refused entry by entry, the others are read: names with `..`, absolute ones, drive letters, NULs;
//!   symbolic links (also those in a folder, so that both forms of an export give the same); encrypted entries and methods
//!   other than stored and deflated. Nothing is ever written to disk, and archives in archives are not opened.
//! - No entry may be longer than it declares, nor unpack to more than [`RATIO`] times its packed length, nor may all together
//!   (overlapping entries); both only beyond [`FLOOR`], as short texts pack well. The checksum is compared at the end.
//! - Names are UTF-8 if they are valid UTF-8, whatever the flag says, else CP437: programs set the flag wrongly both ways.
//! - Of a name that a zip archive has twice the last entry is read, as every other program does; the others are refused.
//! - The stamp, by which a cursor knows an unchanged entry: size and modification time in a folder; size and checksum in a zip
//!   archive, so that a new archive of the same files is not read again. Folder and archive share no cursor, only the events.

use crate::files::{open_reader, stamp, stamps};
use flate2::Crc;
use flate2::bufread::{DeflateDecoder, MultiGzDecoder};
use muster_model::{CollectError, Cursor, Problem};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use zip::read::ZipFileEntry;
use zip::{CompressionMethod, ZipArchive};

/// Texts of chats pack some 5 to 40 times; deflate cannot pack more than 1032 times.
const RATIO: u64 = 200;
/// Up to here anything may unpack.
const FLOOR: u64 = 64 << 20;
const BUFFER: usize = 64 << 10;

/// An entry of an export.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Relative to the root of the export.
    pub name: String,
    /// Bytes, as declared.
    pub size: u64,
    /// Equal as long as the entry is unchanged.
    pub stamp: String,
    place: Place,
}

#[derive(Debug, Clone)]
enum Place {
    File(PathBuf),
    Zip { header: u64, packed: u64, crc: u32, deflated: bool },
}

/// The files of an export.
#[derive(Debug)]
pub(crate) struct Archive {
    path: PathBuf,
    entries: Vec<Entry>,
    problems: Vec<Problem>,
}

impl Archive {
    /// Lists what is at `path`. The root of the export is the uppermost folder with one of the files called `at_root`; without
    /// any, it is `path` itself.
    ///
    /// # Errors
    /// Nothing is there, or it is a zip archive whose list of entries cannot be read.
    pub fn open(path: &Path, at_root: &[&str]) -> Result<Self, CollectError> {
        let mut archive = Self { path: path.to_owned(), entries: Vec::new(), problems: Vec::new() };
        let shown = path.display();
        let data = std::fs::metadata(path).map_err(|error| {
            CollectError::new(
                format!("{shown} cannot be read: {error}"),
                "mend `path` of this source in the pipeline file, or download the export first",
            )
        })?;
        if data.is_dir() {
            archive.list_folder()?;
        } else if is_zip(path) {
            archive.list_zip()?;
        } else {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            archive.push(name, data.len(), stamp(&data), Place::File(path.to_owned()));
        }
        archive.look_through(at_root);
        archive.entries.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(archive)
    }

    /// What can be read, in the order of the names.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Makes the stamps those of a question: what is read of an entry may depend on what is asked for (channels, names of
    /// private ones), and whoever asks for more has unchanged entries read again.
    pub fn asked(&mut self, question: &str) {
        let question = crate::chat::text::hash(question);
        for entry in &mut self.entries {
            entry.stamp = format!("{}/{question}", entry.stamp);
        }
    }

    /// What was refused, one problem an entry; and notices.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The bytes of an entry, through gzip where its first bytes say so.
    ///
    /// # Errors
    /// The file is gone. That an entry is longer than it may be, or damaged, is an error when it is read.
    pub fn reader(&self, entry: &Entry) -> io::Result<Box<dyn BufRead + Send>> {
        match &entry.place {
            Place::File(path) => bounded(open_reader(path)?, entry.size, is_gzip(path)),
            Place::Zip { header, packed, crc, deflated } => {
                let mut file = File::open(&self.path)?;
                skip_local_header(&mut file, *header)?;
                let packed = BufReader::with_capacity(buffer_for(*packed), file.take(*packed));
                let inner: Box<dyn Read + Send> =
                    if *deflated { Box::new(DeflateDecoder::new(packed)) } else { Box::new(packed) };
                let guard = Guard { inner, left: entry.size, crc: Some((Crc::new(), *crc)) };
                let mut reader = BufReader::with_capacity(buffer_for(entry.size), guard);
                if reader.fill_buf()?.starts_with(&GZIP) {
                    let unpacked = BufReader::with_capacity(BUFFER, MultiGzDecoder::new(reader));
                    return bounded(Box::new(unpacked), entry.size, true);
                }
                Ok(Box::new(reader))
            }
        }
    }

    fn push(&mut self, name: String, size: u64, stamp: String, place: Place) {
        self.entries.push(Entry { name, size, stamp, place });
    }

    fn refuse(&mut self, name: &str, why: &str, hint: &str) {
        // An entry without a name is told by its archive.
        let own = self.path.file_name().unwrap_or_default().to_string_lossy();
        let name = if name.is_empty() { &*own } else { name };
        let shown: String = name.chars().take(200).collect::<String>().escape_debug().to_string();
        self.problems.push(Problem::rejected(shown, None, why, hint));
    }

    fn list_folder(&mut self) -> Result<(), CollectError> {
        let base = self.path.clone();
        for found in walkdir::WalkDir::new(&base).follow_links(false).follow_root_links(true) {
            let found = match found {
                Ok(found) => found,
                Err(error) if error.depth() > 0 => {
                    let name = error.path().map_or_else(String::new, |path| relative(path, &base));
                    self.refuse(&name, &format!("cannot be read: {error}"), "make it readable and run again");
                    continue;
                }
                Err(error) => return Err(CollectError::new(error.to_string(), "make the folder readable")),
            };
            let name = relative(found.path(), &base);
            if found.file_type().is_dir() || is_litter(&name) {
                continue;
            }
            if found.path_is_symlink() {
                self.refuse(&name, "a symbolic link, which no export has", "put the file itself in its place");
                continue;
            }
            match found.metadata() {
                Ok(data) => self.push(name, data.len(), stamp(&data), Place::File(found.into_path())),
                Err(error) => self.refuse(&name, &format!("cannot be read: {error}"), "run again when it is there"),
            }
        }
        Ok(())
    }

    fn list_zip(&mut self) -> Result<(), CollectError> {
        let shown = self.path.display().to_string();
        let broken = |error: &dyn std::fmt::Display| {
            CollectError::new(
                format!("{shown} begins as a zip archive, but its list of files cannot be read: {error}"),
                "the download was probably cut short; download it again",
            )
        };
        let file = File::open(&self.path).map_err(|error| broken(&error))?;
        let length = file.metadata().map_err(|error| broken(&error))?.len();
        let mut reader = BufReader::with_capacity(4096, file);
        let zip = ZipArchive::new(&mut reader).map_err(|error| broken(&error))?;
        let mut budget = FLOOR.max(length.saturating_mul(RATIO));
        for at in 0..zip.len() {
            self.take_entry(&zip.by_index_data(at).map_err(|error| broken(&error))?, &mut budget);
        }
        self.refuse_alike();
        if zip.has_duplicate_names() {
            let start = zip.central_directory_start();
            self.refuse_repeated(&mut reader, start).map_err(|error| broken(&error))?;
        }
        Ok(())
    }

    /// Names that differ only in `./` or `\` are one file's: as with equal ones, the last is read.
    fn refuse_alike(&mut self) {
        let entries = std::mem::take(&mut self.entries);
        let last: HashMap<String, usize> =
            entries.iter().enumerate().map(|(at, entry)| (entry.name.clone(), at)).collect();
        for (at, entry) in entries.into_iter().enumerate() {
            if last.get(&entry.name) == Some(&at) {
                self.entries.push(entry);
            } else {
                let why = "the archive has this file again under a name that means the same; only the last is read";
                self.refuse(&entry.name, why, "if that is not the wanted one, unpack the archive and give the folder");
            }
        }
    }

    /// Walks the list of entries once more: the reader above keeps only the last of a name.
    fn refuse_repeated(&mut self, reader: &mut (impl Read + Seek), start: u64) -> io::Result<()> {
        let mut seen: HashMap<Vec<u8>, u32> = HashMap::new();
        let mut header = [0; 46];
        reader.seek(SeekFrom::Start(start))?;
        while reader.read_exact(&mut header).is_ok() && header.starts_with(b"PK\x01\x02") {
            let length = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
            let mut name = vec![0; usize::from(length(28))];
            reader.read_exact(&mut name)?;
            reader.seek(SeekFrom::Current(i64::from(length(30)) + i64::from(length(32))))?;
            *seen.entry(name).or_default() += 1;
        }
        let mut repeated: Vec<_> = seen.into_iter().filter(|(_, times)| *times > 1).collect();
        repeated.sort_unstable();
        for (name, times) in repeated {
            for earlier in 1..times {
                let why =
                    format!("the archive has this file {times} times; number {earlier} is not read, only the last");
                self.refuse(
                    &decoded(&name),
                    &why,
                    "if that is not the wanted one, unpack the archive and give the folder",
                );
            }
        }
        Ok(())
    }

    fn take_entry(&mut self, entry: &ZipFileEntry<'_>, budget: &mut u64) {
        let name = decoded(entry.name_raw());
        if name.ends_with(['/', '\\']) || is_litter(&name) {
            return;
        }
        let (size, packed) = (entry.size(), entry.compressed_size());
        let method = entry.compression();
        let deflated = method == CompressionMethod::Deflated;
        let pack_again = "pack the export again as an ordinary zip archive, or unpack it and give the folder";
        let clean = match safe_name(&name) {
            Ok(clean) => clean,
            Err(why) => return self.refuse(&name, why, "it is not read, the others are; where is this archive from?"),
        };
        if entry.is_symlink() {
            self.refuse(&clean, "a symbolic link, which no export has", pack_again);
        } else if entry.encrypted() {
            self.refuse(&clean, "the entry is encrypted", "unpack the archive with its password and give the folder");
        } else if !deflated && method != CompressionMethod::Stored {
            self.refuse(&clean, &format!("packed by {method}; stored and deflated are read"), pack_again);
        } else if size > FLOOR && size / RATIO > packed {
            let why = format!("{packed} bytes that unpack to {size}, more than {RATIO} times as much");
            self.refuse(&clean, &why, "this looks like a zip bomb; if it is not, unpack it and give the folder");
        } else if size > *budget {
            let why = format!("the archive unpacks to more than {RATIO} times its length");
            self.refuse(&clean, &why, "this looks like a zip bomb; if it is not, unpack it and give the folder");
        } else {
            *budget -= size;
            let place = Place::Zip { header: entry.header_start(), packed, crc: entry.crc32(), deflated };
            self.push(clean, size, format!("{size:x}/{:08x}", entry.crc32()), place);
        }
    }

    /// Takes the folder above the export off the names, but where a file beside that folder is called so.
    fn look_through(&mut self, at_root: &[&str]) {
        let root = self
            .entries
            .iter()
            .filter_map(|entry| {
                let (folder, name) = entry.name.rsplit_once('/').unwrap_or(("", &entry.name));
                at_root.contains(&name).then_some(folder)
            })
            .min_by_key(|folder| (folder.split('/').count() - usize::from(folder.is_empty()), folder.to_owned()));
        let Some(root) = root.filter(|root| !root.is_empty()).map(|root| format!("{root}/")) else { return };
        let beside: HashSet<String> =
            self.entries.iter().map(|entry| &entry.name).filter(|name| !name.starts_with(&root)).cloned().collect();
        for entry in &mut self.entries {
            if let Some(name) = entry.name.strip_prefix(&root).filter(|name| !beside.contains(*name)) {
                entry.name = name.to_owned();
            }
        }
    }
}

/// Which entries are in the log: the cursor of a source that is an export.
#[derive(Debug, Clone, Default)]
pub(crate) struct Progress {
    read: BTreeMap<String, String>,
}

impl Progress {
    /// What the cursor says. What is no longer in the archive needs no memory of it.
    ///
    /// # Errors
    /// A cursor of another program.
    pub fn open(source: &str, archive: &Archive, cursor: Option<&Cursor>) -> Result<Self, CollectError> {
        let mut read = stamps(source, cursor)?;
        let there: HashMap<&str, &str> =
            archive.entries.iter().map(|entry| (entry.name.as_str(), entry.stamp.as_str())).collect();
        read.retain(|key, stamp| there.get(key.as_str()) == Some(&stamp.as_str()));
        Ok(Self { read })
    }

    /// Whether the entry is in the log as it is now.
    pub fn has(&self, entry: &Entry) -> bool {
        self.read.get(&entry.name) == Some(&entry.stamp)
    }

    /// The entry's facts are in the batch that the next cursor goes with.
    pub fn done(&mut self, entry: &Entry) {
        self.read.insert(entry.name.clone(), entry.stamp.clone());
    }

    /// Where the source stands when everything that is done is in the log.
    pub fn cursor(&self) -> Option<Cursor> {
        // A map of text to text always serialises.
        serde_json::to_string(&self.read).ok().map(Cursor)
    }
}

const GZIP: [u8; 2] = [0x1f, 0x8b];

fn begins_with(path: &Path, length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length);
    // What cannot be opened is said when it is read.
    let _ = File::open(path).and_then(|file| file.take(length as u64).read_to_end(&mut bytes));
    bytes
}

fn is_zip(path: &Path) -> bool {
    let magic = begins_with(path, 4);
    [*b"PK\x03\x04", *b"PK\x05\x06", *b"PK\x07\x08"].iter().any(|zip| magic == zip)
}

fn is_gzip(path: &Path) -> bool {
    begins_with(path, 2) == GZIP
}

fn relative(path: &Path, base: &Path) -> String {
    path.strip_prefix(base).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// What a Mac leaves beside the files.
fn is_litter(name: &str) -> bool {
    name.starts_with("__MACOSX/") || name.split('/').next_back().is_some_and(|file| file == ".DS_Store")
}

/// A name with `/` and without `.`, or why it is refused.
fn safe_name(name: &str) -> Result<String, &'static str> {
    let name = name.replace('\\', "/");
    if name.contains('\0') {
        return Err("a name with a NUL in it");
    }
    if name.starts_with('/') {
        return Err("an absolute name");
    }
    let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if parts.contains(&"..") {
        return Err("a name that leads out of the archive (`..`)");
    }
    let first = parts.first().ok_or("an entry without a name")?.as_bytes();
    if first.len() >= 2 && first[0].is_ascii_alphabetic() && first[1] == b':' {
        return Err("a name with a drive letter");
    }
    Ok(parts.join("/"))
}

fn decoded(name: &[u8]) -> String {
    match std::str::from_utf8(name) {
        Ok(name) => name.to_owned(),
        Err(_) => name.iter().map(|byte| cp437(*byte)).collect(),
    }
}

fn cp437(byte: u8) -> char {
    const UPPER: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
    match byte {
        0..=127 => char::from(byte),
        _ => UPPER.chars().nth(usize::from(byte) - 128).unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

/// No more than there is to read: most day files are small.
fn buffer_for(length: u64) -> usize {
    usize::try_from(length).unwrap_or(BUFFER).clamp(512, BUFFER)
}

/// Moves to the data of an entry: past its local header, whose lengths are its own.
fn skip_local_header(file: &mut File, at: u64) -> io::Result<()> {
    file.seek(SeekFrom::Start(at))?;
    let mut header = [0; 30];
    file.read_exact(&mut header)?;
    if !header.starts_with(b"PK\x03\x04") {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the archive has no file where its list says so"));
    }
    let length = |at: usize| i64::from(u16::from_le_bytes([header[at], header[at + 1]]));
    file.seek(SeekFrom::Current(length(26) + length(28))).map(|_| ())
}

/// A reader that unpacks gzip, held to the ratio; any other as it is.
fn bounded(inner: Box<dyn BufRead + Send>, packed: u64, gzip: bool) -> io::Result<Box<dyn BufRead + Send>> {
    if !gzip {
        return Ok(inner);
    }
    let left = FLOOR.max(packed.saturating_mul(RATIO));
    Ok(Box::new(BufReader::with_capacity(BUFFER, Guard { inner, left, crc: None })))
}

/// A reader that ends in an error where more comes than may come, or other bytes than declared.
struct Guard<R> {
    inner: R,
    left: u64,
    crc: Option<(Crc, u32)>,
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let invalid = |message: &str| Err(io::Error::new(io::ErrorKind::InvalidData, message));
        let Some(left) = self.left.checked_sub(read as u64) else {
            return invalid("it unpacks to more than it may: a damaged archive, or a bomb");
        };
        self.left = left;
        if let Some((sum, declared)) = &mut self.crc {
            sum.update(&buffer[..read]);
            if read == 0 && !buffer.is_empty() && (left > 0 || sum.sum() != *declared) {
                return invalid("the archive is damaged here: length or checksum are not those declared");
            }
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests;
