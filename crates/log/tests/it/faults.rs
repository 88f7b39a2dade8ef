use crate::common::{assert_sound, cursor, event, ids};
use futures::stream::BoxStream;
use muster_log::{Fault, Log, LogError};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMultipartOptions,
    PutOptions, PutPayload, PutResult,
};
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

fn assert_helpful(error: &LogError, fault: Fault, path: &str) {
    assert_eq!(error.fault, fault, "{error}: {error:?}");
    assert!(error.message.contains(path), "{error}");
    assert!(!error.hint.is_empty());
}

#[tokio::test]
async fn a_log_that_is_not_there_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().join("none"), folder.path().to_owned()] {
        let path = path.to_str().unwrap();
        assert_helpful(&Log::open(path).await.unwrap_err(), Fault::Missing, path);
        let url = url::Url::from_directory_path(path).unwrap();
        assert_helpful(&Log::open(url.as_str()).await.unwrap_err(), Fault::Missing, url.as_str());
    }
    assert!(!folder.path().join("none").exists(), "looking makes nothing");
}

#[tokio::test]
async fn a_place_that_cannot_be_a_log_says_so() {
    for place in ["http://example.org/log", "ftp://example.org/log", "s3:///nothing"] {
        let error = Log::open_or_create(place).await.unwrap_err();
        assert!(matches!(error.fault, Fault::Location | Fault::Storage), "{error:?}");
        assert!(error.message.contains(place), "{error}");
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "no folder").unwrap();
    for path in [file.clone(), file.join("below/log"), "/proc/muster-log".into()] {
        let path = path.to_str().unwrap();
        let error = Log::open_or_create(path).await.unwrap_err();
        assert_helpful(&error, Fault::Unwritable, path);
        assert!(error.hint.contains(path), "{error:?}");
    }
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn a_log_on_a_read_only_disk_is_read_and_says_why_it_takes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mount) = Mount::tmpfs(folder.path(), "16m") else { return };
    let place = folder.path().join("log");
    let place = place.to_str().unwrap();
    let mut log = Log::open_or_create(place).await.unwrap();
    log.append("git", vec![event("a", 1)], None).await.unwrap();
    mount.read_only();
    let mut log = Log::open_or_create(place).await.unwrap();
    assert_eq!(ids(&log.snapshot()).await, ["a"]);
    let error = log.append("git", vec![event("b", 1)], None).await.unwrap_err();
    assert_helpful(&error, Fault::Unwritable, place);
    assert!(error.message.to_lowercase().contains("read-only file system"), "{error}");
    let other = folder.path().join("other");
    let other = other.to_str().unwrap();
    assert_helpful(&Log::open_or_create(other).await.unwrap_err(), Fault::Unwritable, other);
}

/// A file system of its own, where one can be mounted: as root, and not in every container.
#[cfg(target_os = "linux")]
struct Mount(std::path::PathBuf);

#[cfg(target_os = "linux")]
impl Mount {
    fn tmpfs(at: &std::path::Path, size: &str) -> Option<Self> {
        let mounted = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(at)
            .stderr(std::process::Stdio::null())
            .status();
        let mounted = mounted.is_ok_and(|status| status.success());
        if !mounted {
            println!("no file system can be mounted here: not tested");
        }
        mounted.then(|| Self(at.to_owned()))
    }

    fn read_only(&self) {
        let status = std::process::Command::new("mount").args(["-o", "remount,ro"]).arg(&self.0).status();
        assert!(status.unwrap().success());
    }
}

#[cfg(target_os = "linux")]
impl Drop for Mount {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(&self.0).status();
    }
}

#[tokio::test]
async fn another_table_is_not_taken_for_a_log() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    drop(Log::open_or_create(place).await.unwrap());
    let commit = folder.path().join("_delta_log/00000000000000000000.json");
    let text = std::fs::read_to_string(&commit).unwrap();
    std::fs::write(&commit, text.replace("muster.format", "other.format")).unwrap();
    assert_helpful(&Log::open(place).await.unwrap_err(), Fault::NotALog, place);
    assert_helpful(&Log::open_or_create(place).await.unwrap_err(), Fault::NotALog, place);
}

#[tokio::test]
async fn a_newer_log_is_read_and_never_written() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let mut old = Log::open_or_create(place).await.unwrap();
    old.append("git", vec![event("a", 1)], Some(&cursor("1"))).await.unwrap();
    // A later muster upgrades the log beside us: one more column, a larger format.
    let log_folder = folder.path().join("_delta_log");
    let text = std::fs::read_to_string(log_folder.join("00000000000000000000.json")).unwrap();
    let metadata = text.lines().find(|line| line.contains("metaData")).unwrap();
    let column = r#"{\"metadata\":{},\"name\":\"shard\",\"nullable\":true,\"type\":\"long\"},"#;
    let metadata = metadata.replace(r#""muster.format":"1""#, r#""muster.format":"2""#).replacen(
        r#"\"fields\":["#,
        &format!(r#"\"fields\":[{column}"#),
        1,
    );
    assert!(metadata.contains("shard") && metadata.contains(r#""muster.format":"2""#));
    let info = r#"{"commitInfo":{"inCommitTimestamp":4102444800000,"timestamp":4102444800000}}"#;
    std::fs::write(log_folder.join("00000000000000000002.json"), format!("{info}\n{metadata}")).unwrap();

    let mut new = Log::open(place).await.unwrap();
    assert_eq!((new.version(), new.format()), (2, 2));
    assert_eq!(ids(&new.snapshot()).await, ["a"]);
    assert_eq!(new.cursor("git").await.unwrap(), Some(cursor("1")));
    assert_sound(&new).await;
    for log in [&mut new, &mut old] {
        let error = log.append("git", vec![event("b", 1)], None).await.unwrap_err();
        assert_helpful(&error, Fault::Newer, place);
        assert!(error.hint.contains("format 2"), "{error:?}");
        assert_helpful(&log.compact().await.unwrap_err(), Fault::Newer, place);
    }
    assert_eq!(Log::open(place).await.unwrap().version(), 2);
}

#[tokio::test]
async fn damage_is_found_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let mut log = Log::open_or_create(place).await.unwrap();
    for n in 0..4 {
        log.append("git", vec![event(&format!("e{n}"), n)], None).await.unwrap();
    }
    let file = |n: usize| folder.path().join(&log.snapshot().files()[n].path);
    std::fs::remove_file(file(0)).unwrap();
    let bytes = std::fs::read(file(1)).unwrap();
    std::fs::write(file(1), &bytes[..bytes.len() / 2]).unwrap();
    let mut bytes = std::fs::read(file(2)).unwrap();
    bytes[4..20].fill(0xff);
    std::fs::write(file(2), &bytes).unwrap();

    let mut log = Log::open(place).await.unwrap();
    let verified = log.verify().await.unwrap();
    let damaged: std::collections::BTreeSet<_> = verified.findings.iter().map(|finding| finding.file.clone()).collect();
    let files: Vec<_> = log.snapshot().files().iter().map(|file| file.path.clone()).collect();
    assert_eq!(damaged.into_iter().collect::<Vec<_>>(), files[..3]);
    assert_eq!(verified.events, 1);
    let error = log.append("git", vec![event("new", 1)], None).await.unwrap_err();
    assert_helpful(&error, Fault::Damaged, place);
    assert!(error.message.contains(&files[0]), "{error}");
}

/// A store whose disk is full from the n-th write on.
#[derive(Debug)]
struct FullDisk {
    inner: InMemory,
    room: AtomicU32,
}

impl fmt::Display for FullDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a small disk")
    }
}

#[async_trait::async_trait]
impl ObjectStore for FullDisk {
    async fn put_opts(&self, to: &Path, payload: PutPayload, opts: PutOptions) -> object_store::Result<PutResult> {
        if self.room.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |room| room.checked_sub(1)).is_err() {
            let source = Box::new(io::Error::from(io::ErrorKind::StorageFull));
            return Err(object_store::Error::Generic { store: "full", source });
        }
        self.inner.put_opts(to, payload, opts).await
    }
    async fn put_multipart_opts(
        &self,
        to: &Path,
        opts: PutMultipartOptions,
    ) -> object_store::Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(to, opts).await
    }
    async fn get_opts(&self, from: &Path, options: GetOptions) -> object_store::Result<GetResult> {
        self.inner.get_opts(from, options).await
    }
    fn delete_stream(
        &self,
        paths: BoxStream<'static, object_store::Result<Path>>,
    ) -> BoxStream<'static, object_store::Result<Path>> {
        self.inner.delete_stream(paths)
    }
    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, object_store::Result<ObjectMeta>> {
        self.inner.list(prefix)
    }
    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> object_store::Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }
    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> object_store::Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}

#[tokio::test]
async fn a_disk_injected_as_full_leaves_the_log_unharmed() {
    let disk = Arc::new(FullDisk { inner: InMemory::new(), room: AtomicU32::new(3) });
    let mut log = Log::open_in(disk.clone(), "small disk", true).await.unwrap();
    log.append("git", vec![event("a", 1)], Some(&cursor("1"))).await.unwrap();
    // First no room for the events, then room for them, but not for the commit.
    for room in [0, 1] {
        disk.room.store(room, Ordering::SeqCst);
        let error = log.append("git", vec![event("b", 1)], Some(&cursor("2"))).await.unwrap_err();
        assert_helpful(&error, Fault::Full, "small disk");
        assert!(error.hint.contains("free some space"));
        let fresh = Log::open_in(disk.clone(), "small disk", false).await.unwrap();
        assert_eq!(ids(&fresh.snapshot()).await, ["a"]);
        assert_eq!(fresh.cursor("git").await.unwrap(), Some(cursor("1")));
        assert_sound(&fresh).await;
    }
    disk.room.store(100, Ordering::SeqCst);
    let done = log.append("git", vec![event("b", 1)], Some(&cursor("2"))).await.unwrap();
    assert_eq!((done.appended, done.version), (1, 2));
    assert_sound(&log).await;
}

/// The same on a real file system of 1 MiB.
#[tokio::test]
#[cfg(target_os = "linux")]
async fn a_full_disk_leaves_the_log_unharmed() {
    let folder = tempfile::tempdir().unwrap();
    let Some(_mount) = Mount::tmpfs(folder.path(), "1m") else { return };
    let place = folder.path().join("log");
    let place = place.to_str().unwrap();
    let mut log = Log::open_or_create(place).await.unwrap();
    log.append("git", vec![event("a", 1)], Some(&cursor("1"))).await.unwrap();
    let ballast = folder.path().join("ballast");
    let mut full = 0;
    for room in [0, 4096, 8192, 12288, 16384, 20480] {
        let mut size = 1_048_576;
        while std::fs::write(&ballast, vec![0; size]).is_err() {
            size -= 4096;
        }
        std::fs::write(&ballast, vec![0; size - room]).unwrap();
        let batch: Vec<_> = (0..60).map(|n| event(&format!("{room}-{n}"), n)).collect();
        let before = log.version();
        match log.append("git", batch.clone(), Some(&cursor(&room.to_string()))).await {
            Ok(done) => assert_eq!(done.appended, 60),
            Err(error) => {
                full += 1;
                assert_helpful(&error, Fault::Full, place);
                let fresh = Log::open(place).await.unwrap();
                assert_eq!(fresh.version(), before);
                assert_sound(&fresh).await;
                std::fs::remove_file(&ballast).unwrap();
                assert_eq!(log.append("git", batch, Some(&cursor(&room.to_string()))).await.unwrap().appended, 60);
            }
        }
        assert_sound(&Log::open(place).await.unwrap()).await;
    }
    assert!(full >= 2, "the disk was full {full} times");
}
