//! Where a log lies: a local folder that survives a power cut, or an object store.

use crate::error::{Fault, LogError};
use crate::remote;
use futures::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMode,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, UploadPart,
};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::ops::Range;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use url::Url;

const SCHEMES: &str = "a path, file://, s3://, gs://, az:// or abfss://";

/// A log's place: everything in `store` is relative to the log's own root.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The place as its user wrote it.
    pub name: Arc<str>,
    pub url: Url,
    pub store: Arc<dyn ObjectStore>,
}

impl Place {
    /// Understands a location; with `create`, makes its local folder.
    pub(crate) async fn find(location: &str, create: bool) -> Result<Self, LogError> {
        let Some(url) = location.contains("://").then(|| Url::parse(location)) else {
            return Self::local(location, FilePath::new(location).to_owned(), create).await;
        };
        let unclear = |what: &dyn fmt::Display| {
            LogError::new(
                Fault::Location,
                format!("not a place for a log: {location}: {what}"),
                format!("write {SCHEMES}"),
            )
        };
        let url = url.map_err(|error| unclear(&error))?;
        match url.scheme() {
            "file" => {
                let path = url.to_file_path().map_err(|()| unclear(&"not an absolute path"))?;
                Self::local(location, path, create).await
            }
            "s3" | "s3a" | "gs" | "az" | "adl" | "azure" | "abfs" | "abfss" => Ok(Self {
                name: location.into(),
                store: remote::bucket(&url).map_err(|error| LogError::storage(location, "reach", error))?,
                url: with_slash(url),
            }),
            scheme => Err(unclear(&format_args!("scheme {scheme} is not supported"))),
        }
    }

    /// A store of the caller's own, rooted at the log.
    pub(crate) fn rooted(store: Arc<dyn ObjectStore>, name: &str) -> Result<Self, LogError> {
        let url = Url::parse("memory:///").map_err(|error| LogError::storage(name, "open", error))?;
        Ok(Self { name: name.into(), url, store })
    }

    async fn local(location: &str, path: PathBuf, create: bool) -> Result<Self, LogError> {
        let name: Arc<str> = location.into();
        let told = name.clone();
        blocking(move || {
            if create {
                make_dirs(&path).map_err(|error| LogError::uncreatable(&told, error))?;
            }
            let missing = |error: io::Error| match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => missing(&told),
                _ => LogError::storage(&told, "open", error),
            };
            let root = path.canonicalize().map_err(missing)?;
            if !root.is_dir() {
                return Err(LogError::storage(&told, "open", io::Error::from(io::ErrorKind::NotADirectory)));
            }
            let url = Url::from_directory_path(&root).map_err(|()| {
                LogError::new(Fault::Location, format!("not a place for a log: {told}"), format!("write {SCHEMES}"))
            })?;
            let store = DurableLocal::new(&root).map_err(|error| LogError::storage(&told, "open", error))?;
            Ok(Self { name: told, url, store: Arc::new(store) })
        })
        .await
        .map_err(|error| LogError::storage(&name, "open", error))?
    }
}

pub(crate) fn missing(location: &str) -> LogError {
    LogError::new(
        Fault::Missing,
        format!("there is no log at {location}"),
        "check the path; the first `muster run` of a pipeline creates its log",
    )
}

fn with_slash(mut url: Url) -> Url {
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    url
}

/// A local folder in which whatever was acknowledged survives a power cut, and nothing is ever seen half written.
///
/// `LocalFileSystem` of object_store 0.13 never syncs. Here every object is written beside its place, synced, then
/// linked (create) or renamed (overwrite) into place, and the folder is synced. Multipart uploads are held in memory
/// until they complete: here only checkpoints of the Delta table use them, and they are small.
#[derive(Debug, Clone)]
pub(crate) struct DurableLocal {
    inner: Arc<LocalFileSystem>,
}

impl DurableLocal {
    fn new(root: &FilePath) -> object_store::Result<Self> {
        Ok(Self { inner: Arc::new(LocalFileSystem::new_with_prefix(root)?) })
    }
}

impl fmt::Display for DurableLocal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "durable {}", self.inner)
    }
}

#[async_trait::async_trait]
impl ObjectStore for DurableLocal {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        opts: PutOptions,
    ) -> object_store::Result<PutResult> {
        let create = match opts.mode {
            PutMode::Create => true,
            PutMode::Overwrite => false,
            PutMode::Update(_) => {
                return Err(object_store::Error::NotImplemented {
                    operation: "put with PutMode::Update".to_owned(),
                    implementer: self.to_string(),
                });
            }
        };
        let path = self.inner.path_to_filesystem(location)?;
        blocking(move || write_durably(&path, &payload, create)).await?.map_err(|error| {
            if create && error.source.kind() == io::ErrorKind::AlreadyExists {
                object_store::Error::AlreadyExists { path: location.to_string(), source: Box::new(error) }
            } else {
                generic(error)
            }
        })?;
        Ok(PutResult { e_tag: None, version: None })
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        _: PutMultipartOptions,
    ) -> object_store::Result<Box<dyn MultipartUpload>> {
        Ok(Box::new(Upload { store: self.clone(), location: location.clone(), parts: Vec::new() }))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> object_store::Result<GetResult> {
        self.inner.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> object_store::Result<Vec<Chunk>> {
        self.inner.get_ranges(location, ranges).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, object_store::Result<Path>>,
    ) -> BoxStream<'static, object_store::Result<Path>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, object_store::Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, object_store::Result<ObjectMeta>> {
        self.inner.list_with_offset(prefix, offset)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> object_store::Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> object_store::Result<()> {
        self.inner.copy_opts(from, to, options).await?;
        self.settle(to).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> object_store::Result<()> {
        self.inner.rename_opts(from, to, options).await?;
        self.settle(to).await
    }
}

impl DurableLocal {
    /// Syncs an object that was put in place by other means, and its folder.
    async fn settle(&self, location: &Path) -> object_store::Result<()> {
        let path = self.inner.path_to_filesystem(location)?;
        blocking(move || {
            File::open(&path).and_then(|file| file.sync_all()).map_err(|error| FileError::at("sync", &path, error))?;
            sync_parent(&path)
        })
        .await?
        .map_err(generic)
    }
}

/// The bytes of one range, by the name `object_store` gives them.
pub(crate) type Chunk = <PutPayload as IntoIterator>::Item;

#[derive(Debug)]
struct Upload {
    store: DurableLocal,
    location: Path,
    parts: Vec<PutPayload>,
}

#[async_trait::async_trait]
impl MultipartUpload for Upload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        self.parts.push(data);
        Box::pin(std::future::ready(Ok(())))
    }

    async fn complete(&mut self) -> object_store::Result<PutResult> {
        let payload: PutPayload = self.parts.drain(..).flatten().collect();
        self.store.put_opts(&self.location, payload, PutOptions::default()).await
    }

    async fn abort(&mut self) -> object_store::Result<()> {
        self.parts.clear();
        Ok(())
    }
}

#[derive(Debug, thiserror::Error)]
#[error("cannot {doing} {path}")]
pub(crate) struct FileError {
    doing: &'static str,
    path: String,
    pub source: io::Error,
}

impl FileError {
    fn at(doing: &'static str, path: &FilePath, source: io::Error) -> Self {
        Self { doing, path: path.display().to_string(), source }
    }
}

fn generic(error: FileError) -> object_store::Error {
    object_store::Error::Generic { store: "DurableLocal", source: Box::new(error) }
}

fn write_durably(path: &FilePath, payload: &PutPayload, create: bool) -> Result<(), FileError> {
    if let Some(parent) = path.parent() {
        make_dirs(parent).map_err(|error| FileError::at("create", parent, error))?;
    }
    // object_store never lists a name that ends in `#` and digits, so what a crash leaves behind stays unseen.
    let mut stage = path.as_os_str().to_owned();
    stage.push(format!("#{}", random()));
    let stage = PathBuf::from(stage);
    let placed = write_synced(&stage, payload).and_then(|()| {
        if create {
            // The one step of a local file system that makes a name exactly once, with the content in place.
            fs::hard_link(&stage, path).map_err(|error| FileError::at("make the hard link", path, error))
        } else {
            fs::rename(&stage, path).map_err(|error| FileError::at("replace", path, error))
        }
    });
    if create || placed.is_err() {
        // A stage that cannot be removed is unseen and harmless.
        let _ = fs::remove_file(&stage);
    }
    placed?;
    sync_parent(path)
}

fn write_synced(path: &FilePath, payload: &PutPayload) -> Result<(), FileError> {
    let mut file = File::create_new(path).map_err(|error| FileError::at("create", path, error))?;
    payload
        .iter()
        .try_for_each(|chunk| file.write_all(chunk))
        .and_then(|()| file.sync_all())
        .map_err(|error| FileError::at("write", path, error))
}

/// Like `create_dir_all`, with every new folder's entry synced.
fn make_dirs(path: &FilePath) -> io::Result<()> {
    if path.as_os_str().is_empty() || path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        make_dirs(parent)?;
    }
    match fs::create_dir(path) {
        Ok(()) => sync_parent(path).map_err(|error| error.source),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(io::ErrorKind::NotADirectory.into()),
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn sync_parent(path: &FilePath) -> Result<(), FileError> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(FilePath::new("."));
    File::open(parent).and_then(|folder| folder.sync_all()).map_err(|error| FileError::at("sync", parent, error))
}

/// Folders cannot be synced here; the file system's own journal has to do.
#[cfg(not(unix))]
fn sync_parent(_: &FilePath) -> Result<(), FileError> {
    Ok(())
}

/// A number that no other writer has: names of files that never meet, and jitter.
pub(crate) fn random() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(std::process::id())
}

/// Runs what blocks away from the tasks.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> object_store::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|source| object_store::Error::JoinError { source })
}
