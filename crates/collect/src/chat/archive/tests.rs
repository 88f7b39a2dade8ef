//! Archives as they are, and as somebody makes them who means no good.

use super::*;
use std::io::Write;
use zip::write::SimpleFileOptions;

fn zipped(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut zip = zip::ZipWriter::new(File::create(folder.path().join("e.zip")).unwrap());
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
    folder
}

/// Changes bytes of the archive behind the back of the program that wrote it.
fn changed(folder: &tempfile::TempDir, from: &[u8], to: &[u8]) {
    let path = folder.path().join("e.zip");
    let mut bytes = std::fs::read(&path).unwrap();
    let mut at = 0;
    let mut found = 0;
    while let Some(next) = memchr::memmem::find(&bytes[at..], from) {
        bytes[at + next..at + next + to.len()].copy_from_slice(to);
        at += next + to.len();
        found += 1;
    }
    assert!(found > 0, "nothing to change");
    std::fs::write(path, bytes).unwrap();
}

fn opened(folder: &tempfile::TempDir) -> Archive {
    Archive::open(&folder.path().join("e.zip"), &["users.json"]).unwrap()
}

fn names(archive: &Archive) -> Vec<&str> {
    archive.entries().iter().map(|entry| entry.name.as_str()).collect()
}

fn found<'a>(archive: &'a Archive, name: &str) -> &'a Entry {
    archive.entries().iter().find(|entry| entry.name == name).unwrap()
}

fn text(archive: &Archive, name: &str) -> io::Result<String> {
    let mut text = String::new();
    archive.reader(found(archive, name))?.read_to_string(&mut text)?;
    Ok(text)
}

#[test]
fn a_folder_and_its_zip_archive_have_the_same_entries() {
    let files: [(&str, &[u8]); 4] = [
        ("export 2025/users.json", b"[]"),
        ("export 2025/general/2025-01-02.json", b"[2]"),
        ("export 2025/general/2025-01-01.json", b"[1]"),
        ("__MACOSX/export 2025/._users.json", b"x"),
    ];
    let zip = zipped(&files);
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    for archive in [opened(&zip), Archive::open(folder.path(), &["users.json"]).unwrap()] {
        assert_eq!(names(&archive), ["general/2025-01-01.json", "general/2025-01-02.json", "users.json"]);
        assert_eq!(text(&archive, "general/2025-01-02.json").unwrap(), "[2]");
        assert_eq!(archive.problems(), []);
    }
}

#[test]
fn a_single_file_is_an_export_of_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("C1.json.gz");
    let mut gzip = flate2::write::GzEncoder::new(File::create(&path).unwrap(), flate2::Compression::fast());
    gzip.write_all(b"{}").unwrap();
    gzip.finish().unwrap();
    let archive = Archive::open(&path, &["users.json"]).unwrap();
    assert_eq!((names(&archive), text(&archive, "C1.json.gz").unwrap().as_str()), (vec!["C1.json.gz"], "{}"));
}

#[test]
fn names_that_lead_elsewhere_are_refused_and_the_others_read() {
    let good = ("users.json", &b"[]"[..]);
    let folder = zipped(&[good, ("qq/evil", b"1"), ("qetc/passwd", b"2"), ("qq/x/y", b"3"), ("q0/a", b"4")]);
    changed(&folder, b"qq/evil", b"../evil");
    changed(&folder, b"qetc/passwd", b"/etc/passwd");
    changed(&folder, b"qq/x/y", b"C:/x/y");
    changed(&folder, b"q0/a", b"q\0/a");
    let archive = opened(&folder);
    assert_eq!(names(&archive), ["users.json"]);
    let said: Vec<_> = archive.problems().iter().map(|problem| problem.message.as_str()).collect();
    let expected = [
        "a name that leads out of the archive (`..`)",
        "an absolute name",
        "a name with a drive letter",
        "a name with a NUL in it",
    ];
    assert_eq!(said, expected);
    assert_eq!(safe_name("a\\.\\b//c"), Ok("a/b/c".to_owned()));
}

#[test]
fn links_are_refused_in_both_forms() {
    let folder = tempfile::tempdir().unwrap();
    let mut zip = zip::ZipWriter::new(File::create(folder.path().join("e.zip")).unwrap());
    zip.add_symlink("users.json", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    zip.finish().unwrap();
    let zip = opened(&folder);
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("users.json")).unwrap();
    std::fs::remove_file(folder.path().join("e.zip")).unwrap();
    for archive in [zip, Archive::open(folder.path(), &[]).unwrap()] {
        assert!(archive.entries().is_empty());
        assert!(archive.problems()[0].message.starts_with("a symbolic link"));
    }
}

#[test]
fn names_are_read_whatever_the_flag_says() {
    let folder = zipped(&[("g\u{e9}n\u{e9}ral/1.json", b"1"), ("qlig/1.json", b"2")]);
    // The flag for UTF-8 away from the first, and 0x94 for ö in the second: a program of 1990.
    let path = folder.path().join("e.zip");
    let mut bytes = std::fs::read(&path).unwrap();
    for (magic, flags) in [(&b"PK\x03\x04"[..], 6), (b"PK\x01\x02", 8)] {
        let mut at = 0;
        while let Some(next) = memchr::memmem::find(&bytes[at..], magic) {
            bytes[at + next + flags + 1] &= !0x08;
            at += next + 4;
        }
    }
    std::fs::write(&path, bytes).unwrap();
    changed(&folder, b"qlig", b"\x94lig");
    let archive = opened(&folder);
    assert_eq!(names(&archive), ["g\u{e9}n\u{e9}ral/1.json", "\u{f6}lig/1.json"]);
    assert_eq!(text(&archive, "\u{f6}lig/1.json").unwrap(), "2");
}

#[test]
fn a_bomb_is_refused_by_what_it_declares_and_by_what_it_unpacks_to() {
    let zeros = vec![b' '; usize::try_from(FLOOR).unwrap() + 1];
    let folder = zipped(&[("users.json", b"[]"), ("bomb.json", &zeros)]);
    let archive = opened(&folder);
    assert_eq!(names(&archive), ["users.json"]);
    assert!(archive.problems()[0].message.contains("more than 200 times as much"), "{:?}", archive.problems());
    // It lies about its size, in both headers.
    let lie = |size: u64| u32::try_from(size).unwrap().to_le_bytes();
    changed(&folder, &lie(FLOOR + 1), &lie(100));
    let archive = opened(&folder);
    assert!(text(&archive, "bomb.json").unwrap_err().to_string().contains("unpacks to more than it may"));
    assert_eq!(text(&archive, "users.json").unwrap(), "[]");
}

#[test]
fn many_entries_that_are_small_alone_are_a_bomb_together() {
    let zeros = vec![b' '; usize::try_from(FLOOR).unwrap() / 2];
    let archive = opened(&zipped(&[("a.json", &zeros), ("b.json", &zeros), ("c.json", &zeros)]));
    assert_eq!(names(&archive), ["a.json", "b.json"]);
    assert!(archive.problems()[0].message.contains("the archive unpacks to more"));
}

#[test]
fn a_packed_file_in_an_archive_is_held_to_the_ratio_too() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..65 {
        gzip.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    let folder = zipped(&[("C1.json.gz", &gzip.finish().unwrap())]);
    let archive = opened(&folder);
    let error = text(&archive, "C1.json.gz").unwrap_err().to_string();
    assert!(error.contains("more than it may"), "{error}");
}

#[test]
fn what_is_damaged_cut_or_encrypted_is_said() {
    let folder = zipped(&[("users.json", b"[1,2,3]"), ("x.json", b"[]")]);
    let whole = std::fs::read(folder.path().join("e.zip")).unwrap();
    changed(&folder, &whole[40..44], &[0xff; 4]);
    assert!(text(&opened(&folder), "users.json").is_err());
    std::fs::write(folder.path().join("e.zip"), &whole[..60]).unwrap();
    let error = Archive::open(&folder.path().join("e.zip"), &[]).unwrap_err();
    assert!(error.message.contains("its list of files cannot be read"), "{error}");
    let mut locked = whole;
    let list = memchr::memmem::find(&locked, b"PK\x01\x02").unwrap();
    locked[list + 8] |= 1;
    std::fs::write(folder.path().join("e.zip"), locked).unwrap();
    let archive = opened(&folder);
    assert_eq!((names(&archive), archive.problems()[0].message.as_str()), (vec!["x.json"], "the entry is encrypted"));
    assert!(Archive::open(Path::new("/no/such/export"), &[]).unwrap_err().message.contains("/no/such/export"));
}

#[test]
fn of_a_name_that_is_there_twice_the_last_is_read_and_the_first_counted() {
    let folder = zipped(&[("users.json", b"[1]"), ("usors.json", b"[2]"), ("g/1.json", b"[3]")]);
    changed(&folder, b"usors.json", b"users.json");
    let archive = opened(&folder);
    assert_eq!(
        (names(&archive), text(&archive, "users.json").unwrap().as_str()),
        (vec!["g/1.json", "users.json"], "[2]")
    );
    assert_eq!(archive.problems().len(), 1);
    assert!(archive.problems()[0].message.contains("2 times; number 1 is not read"));
}

#[test]
fn a_cursor_knows_what_is_unchanged() {
    let folder = zipped(&[("users.json", b"[1]"), ("g/1.json", b"[3]")]);
    let archive = opened(&folder);
    let mut progress = Progress::open("s", &archive, None).unwrap();
    archive.entries().iter().for_each(|entry| progress.done(entry));
    // Packed again: g/1.json is as it was.
    let again = opened(&zipped(&[("g/1.json", b"[3]"), ("users.json", b"[2]")]));
    let progress = Progress::open("s", &again, progress.cursor().as_ref()).unwrap();
    assert!(progress.has(found(&again, "g/1.json")) && !progress.has(found(&again, "users.json")));
    assert!(Progress::open("s", &again, Some(&Cursor("[]".to_owned()))).is_err());
}

#[test]
fn no_bytes_make_the_listing_panic() {
    let folder = zipped(&[("users.json", b"[1,2,3]"), ("g/1.json", b"[]")]);
    let whole = std::fs::read(folder.path().join("e.zip")).unwrap();
    for at in 4..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xff;
        std::fs::write(folder.path().join("e.zip"), bytes).unwrap();
        if let Ok(archive) = Archive::open(&folder.path().join("e.zip"), &["users.json"]) {
            for entry in archive.entries() {
                let _ = archive.reader(entry).and_then(|mut reader| reader.read_to_end(&mut Vec::new()));
            }
        }
    }
}

#[test]
fn an_entry_without_a_name_is_told_by_its_archive() {
    let folder = zipped(&[("", b"[]"), ("b.json", b"[]")]);
    let archive = opened(&folder);
    assert_eq!(names(&archive), ["b.json"]);
    assert_eq!(archive.problems()[0].file, "e.zip");
    assert!(archive.problems()[0].message.contains("without a name"), "{:?}", archive.problems());
}

#[test]
fn names_that_mean_the_same_are_one_file() {
    let archive = opened(&zipped(&[("users.json", b"[1]"), ("./users.json", b"[2]"), (".\\users.json", b"[3]")]));
    assert_eq!(names(&archive), ["users.json"]);
    assert_eq!(archive.problems().len(), 2, "{:?}", archive.problems());
}

#[test]
fn a_file_beside_the_folder_above_the_export_keeps_its_name_to_itself() {
    let files: [(&str, &[u8]); 3] = [("x/users.json", b"[]"), ("x/general/1.json", b"[1]"), ("general/1.json", b"[2]")];
    assert_eq!(names(&opened(&zipped(&files))), ["general/1.json", "users.json", "x/general/1.json"]);
}
