//! Outputs in an object store.
//!
//! ```text
//! s3://bucket/prefix/
//!   current.json     {"schema": 1, "run": "runs/0007-5e1d…"}: the pointer
//!   runs/0007-5e1d…/ the run, as it is in a folder; its manifest.json is written last
//! ```
//!
//! Objects of a run are never changed: the run's name has a hash of them. The pointer alone changes, with a condition: it is
//! put only where it is still what it was when the run was begun. Of two musters that publish at once one is told so, and
//! then the run over the newer log stays.

use super::{Run, number, remove};
use crate::failure::Failure;
use futures::{StreamExt, TryStreamExt};
use muster_evidence::manifest::{MANIFEST, Manifest};
use object_store::path::Path as Key;
use object_store::{
    Error, ObjectMeta, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, UpdateVersion, WriteMultipart,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const POINTER: &str = "current.json";
/// So many objects are on their way at once.
const AT_ONCE: usize = 16;
/// Larger files go in parts of this size.
const PART: usize = 8 << 20;

/// A store with outputs.
pub struct Remote {
    url: String,
    store: Arc<dyn ObjectStore>,
}

/// What `current.json` says.
#[derive(Debug, Serialize, Deserialize)]
struct Pointer {
    /// The number of this shape.
    schema: u32,
    /// `runs/<name>`.
    run: String,
}

/// The pointer as it was seen.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The name of the run that it led to.
    pub name: String,
    version: UpdateVersion,
}

impl Remote {
    /// The store of a URL, with the credentials of the environment.
    pub fn new(url: &str) -> Result<Self, Failure> {
        match muster_log::object_store(url) {
            Ok(store) => Ok(Self { url: url.to_owned(), store }),
            Err(error) => Err(failure(url, "reach", error.as_ref())),
        }
    }

    /// The pointer, if there is one.
    pub async fn look(&self) -> Result<Option<Seen>, Failure> {
        let failed = |error: Error| self.failed("read", &error);
        let got = match self.store.get(&Key::from(POINTER)).await {
            // A bucket that is not there is not found either, and that is a mistake.
            Err(error @ Error::NotFound { .. }) if muster_log::store_hint(&error).is_none() => return Ok(None),
            got => got.map_err(failed)?,
        };
        let version = UpdateVersion { e_tag: got.meta.e_tag.clone(), version: got.meta.version.clone() };
        let bytes = got.bytes().await.map_err(failed)?;
        let name = serde_json::from_slice(&bytes)
            .ok()
            .and_then(|pointer: Pointer| pointer.run.strip_prefix("runs/").map(str::to_owned))
            .filter(|name| number(name).is_some());
        let name = name.ok_or_else(|| {
            Failure::usage(
                format!("{}/{POINTER} is no pointer of muster's", self.url),
                "name another place, or remove it",
            )
        })?;
        Ok(Some(Seen { name, version }))
    }

    /// The manifest of the run that is published, if all its objects are there.
    pub async fn standing(&self, runs: &Path) -> Result<Option<Manifest>, Failure> {
        let Some(seen) = self.look().await? else { return Ok(None) };
        let manifest = match Manifest::read(&runs.join(&seen.name)) {
            Ok(manifest) => manifest,
            Err(_) => match self.manifest(&seen.name).await? {
                Some(manifest) => manifest,
                None => return Ok(None),
            },
        };
        Ok(self.is_whole(&seen.name, &manifest).await?.then_some(manifest))
    }

    /// Brings the run that is published into `runs`, unless it is there, and gives its name.
    pub async fn fetch(&self, runs: &Path) -> Result<Option<String>, Failure> {
        loop {
            let Some(seen) = self.look().await? else { return Ok(None) };
            let folder = runs.join(&seen.name);
            if Run::open(&folder).is_some() || self.download(&seen.name, runs).await? {
                return Ok(Some(seen.name));
            }
            // It is not whole: replaced and removed while it was read, or damaged.
            if self.look().await?.is_none_or(|now| now.name == seen.name) {
                return Ok(None);
            }
        }
    }

    /// Uploads a run and makes it the current one; `seen` is the pointer as it was before. Not where somebody else has
    /// published meanwhile, and over a log that is as new.
    pub async fn push(
        &self,
        folder: &Path,
        name: &str,
        manifest: &Manifest,
        mut seen: Option<Seen>,
    ) -> Result<bool, Failure> {
        let files = manifest.files.iter().map(|entry| entry.path.clone());
        self.upload(folder, &format!("runs/{name}"), files.collect()).await?;
        self.upload(folder, &format!("runs/{name}"), vec![MANIFEST.to_owned()]).await?;
        let pointer = Pointer { schema: 1, run: format!("runs/{name}") };
        let text = serde_json::to_string(&pointer).map_err(Failure::internal)? + "\n";
        loop {
            let mode = match seen {
                Some(seen) => PutMode::Update(seen.version),
                None => PutMode::Create,
            };
            let options = PutOptions { mode, ..PutOptions::default() };
            match self.store.put_opts(&Key::from(POINTER), text.clone().into(), options).await {
                Ok(_) => return Ok(true),
                Err(Error::Precondition { .. } | Error::AlreadyExists { .. }) => {}
                Err(error) => return Err(self.failed("publish", &error)),
            }
            seen = self.look().await?;
            let Some(now) = &seen else { continue };
            if now.name == name {
                // The store kept it although it said that it did not.
                return Ok(true);
            }
            let other = self.manifest(&now.name).await?;
            if other.is_some_and(|other| other.log_version >= manifest.log_version)
                || !self.is_whole(name, manifest).await?
            {
                return Ok(false);
            }
        }
    }

    /// As [`super::prune`]. A run of the same number as the current one may be another muster's that is not done.
    pub async fn prune(&self, current: &str, keep: usize, rewritten: Option<u64>) -> Result<(), Failure> {
        let last = number(current).unwrap_or(0);
        for name in self.names().await?.into_iter().filter(|name| name != current) {
            let is_old = number(&name).is_some_and(|number| number + keep as u64 <= last);
            let tells = match rewritten {
                Some(version) if !is_old => {
                    self.manifest(&name).await?.is_some_and(|manifest| manifest.log_version < version)
                }
                _ => false,
            };
            if is_old || tells {
                self.delete(&format!("runs/{name}")).await?;
            }
        }
        Ok(())
    }

    /// As [`super::Place::forget`].
    pub async fn forget(&self) -> Result<(), Failure> {
        let current = self.look().await?.map(|seen| seen.name);
        for name in self.names().await?.into_iter().filter(|name| Some(name) != current.as_ref()) {
            self.delete(&format!("runs/{name}")).await?;
        }
        self.delete("rolls").await?;
        self.delete("bundle").await
    }

    /// Makes what lies under `inside` the same as a folder.
    pub async fn copy(&self, folder: &Path, inside: &str) -> Result<(), Failure> {
        let files = files(folder, "").map_err(|error| super::unwritable(folder, &error))?;
        self.upload(folder, inside, files.clone()).await?;
        let mine: BTreeSet<Key> = files.iter().map(|file| Key::from(format!("{inside}/{file}"))).collect();
        let there = self.list(inside).await?.into_iter().map(|object| object.location);
        self.delete_all(there.filter(|key| !mine.contains(key)).collect()).await
    }

    /// How a message names a file of the current run.
    pub async fn shown(&self, path: &str) -> Result<String, Failure> {
        let run = self.look().await?.map(|seen| format!("runs/{}/", seen.name)).unwrap_or_default();
        Ok(format!("{}/{run}{path}", self.url))
    }

    async fn manifest(&self, name: &str) -> Result<Option<Manifest>, Failure> {
        let failed = |error: Error| self.failed("read", &error);
        let got = match self.store.get(&Key::from(format!("runs/{name}/{MANIFEST}"))).await {
            Err(Error::NotFound { .. }) => return Ok(None),
            got => got.map_err(failed)?,
        };
        Ok(serde_json::from_slice(&got.bytes().await.map_err(failed)?).ok())
    }

    /// Whether every file of a run is there with its size.
    async fn is_whole(&self, name: &str, manifest: &Manifest) -> Result<bool, Failure> {
        let objects = self.list(&format!("runs/{name}")).await?.into_iter();
        let there: BTreeMap<Key, u64> = objects.map(|object| (object.location, object.size)).collect();
        let size = |path: &str| there.get(&Key::from(format!("runs/{name}/{path}")));
        Ok(size(MANIFEST).is_some() && manifest.files.iter().all(|entry| size(&entry.path) == Some(&entry.bytes)))
    }

    /// Brings a run here, each file checked by its hash; whether it was whole.
    async fn download(&self, name: &str, runs: &Path) -> Result<bool, Failure> {
        let Some(manifest) = self.manifest(name).await? else { return Ok(false) };
        // Not the name of a stage: another muster that computes here would take it for what one that was killed left.
        let aside = runs.join(format!(".fetch-{}", std::process::id()));
        let _ = fs::remove_dir_all(&aside);
        let wanted = manifest.files.iter().map(|entry| self.get(name, &entry.path, &aside));
        let got: Vec<bool> = futures::stream::iter(wanted).buffer_unordered(AT_ONCE).try_collect().await?;
        if got.contains(&false) {
            let _ = fs::remove_dir_all(&aside);
            return Ok(false);
        }
        manifest.write(&aside)?;
        if let Some(wrong) = manifest.check(&aside)?.changed.first() {
            let _ = fs::remove_dir_all(&aside);
            return Err(Failure::usage(
                format!("{}/runs/{name}/{wrong} is not what the manifest says", self.url),
                "it was changed after it was published; delete it, and the next `muster run` publishes the outputs again",
            ));
        }
        let folder = runs.join(name);
        if folder.exists() {
            remove(&folder);
        }
        match fs::rename(&aside, &folder) {
            Err(error) if Run::open(&folder).is_none() => Err(super::unwritable(&folder, &error)),
            // Another muster brought it at the same time.
            Err(_) => Ok(fs::remove_dir_all(&aside).is_ok()),
            Ok(()) => Ok(true),
        }
    }

    /// Brings one file of a run; whether it is there.
    async fn get(&self, name: &str, path: &str, folder: &Path) -> Result<bool, Failure> {
        let failed = |error: Error| self.failed("read", &error);
        let to = folder.join(path);
        let unwritable = |error: std::io::Error| super::unwritable(&to, &error);
        let got = match self.store.get(&Key::from(format!("runs/{name}/{path}"))).await {
            Err(Error::NotFound { .. }) => return Ok(false),
            got => got.map_err(failed)?,
        };
        fs::create_dir_all(to.parent().unwrap_or(folder)).map_err(unwritable)?;
        let mut file = File::create(&to).map_err(unwritable)?;
        let mut chunks = got.into_stream();
        while let Some(chunk) = chunks.try_next().await.map_err(failed)? {
            file.write_all(&chunk).map_err(unwritable)?;
        }
        Ok(true)
    }

    async fn upload(&self, folder: &Path, inside: &str, files: Vec<String>) -> Result<(), Failure> {
        let puts = files.into_iter().map(|file| self.put(folder.join(&file), format!("{inside}/{file}")));
        futures::stream::iter(puts).buffer_unordered(AT_ONCE).try_collect().await
    }

    async fn put(&self, from: PathBuf, key: String) -> Result<(), Failure> {
        let failed = |error: Error| self.failed("write", &error);
        let unreadable = |error: std::io::Error| super::unwritable(&from, &error);
        let key = Key::from(key);
        let mut file = File::open(&from).map_err(unreadable)?;
        let size = file.metadata().map_err(unreadable)?.len();
        if size <= PART as u64 {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).map_err(unreadable)?;
            return self.store.put(&key, bytes.into()).await.map(drop).map_err(failed);
        }
        let mut upload =
            WriteMultipart::new_with_chunk_size(self.store.put_multipart(&key).await.map_err(failed)?, PART);
        let mut part = vec![0; PART];
        loop {
            let read = file.read(&mut part).map_err(unreadable)?;
            if read == 0 {
                return upload.finish().await.map(drop).map_err(failed);
            }
            upload.wait_for_capacity(4).await.map_err(failed)?;
            upload.write(&part[..read]);
        }
    }

    /// The names of the runs.
    async fn names(&self) -> Result<Vec<String>, Failure> {
        let found = self.store.list_with_delimiter(Some(&Key::from("runs"))).await;
        let folders = found.map_err(|error| self.failed("list", &error))?.common_prefixes;
        let names = folders.iter().filter_map(|folder| folder.filename().map(str::to_owned));
        Ok(names.filter(|name| number(name).is_some()).collect())
    }

    async fn list(&self, inside: &str) -> Result<Vec<ObjectMeta>, Failure> {
        let listed = self.store.list(Some(&Key::from(inside))).try_collect().await;
        listed.map_err(|error| self.failed("list", &error))
    }

    async fn delete(&self, inside: &str) -> Result<(), Failure> {
        let keys = self.list(inside).await?.into_iter().map(|object| object.location).collect();
        self.delete_all(keys).await
    }

    /// A run's manifest goes first: without it nobody takes the rest for a run.
    async fn delete_all(&self, mut keys: Vec<Key>) -> Result<(), Failure> {
        keys.sort_by_key(|key| key.filename() != Some(MANIFEST));
        let keys = futures::stream::iter(keys.into_iter().map(Ok)).boxed();
        let deleted = self.store.delete_stream(keys);
        let gone = deleted.try_for_each(|_| std::future::ready(Ok(()))).await;
        gone.map_err(|error| self.failed("remove old runs of", &error))
    }

    fn failed(&self, doing: &str, error: &Error) -> Failure {
        failure(&self.url, doing, error)
    }
}

fn failure(url: &str, doing: &str, error: &(dyn std::error::Error + 'static)) -> Failure {
    let hint =
        muster_log::store_hint(error).unwrap_or("check that it can be reached with these credentials, then run again");
    Failure::usage(format!("cannot {doing} the outputs {url}: {}", muster_log::innermost(error)), hint)
}

/// Every file below a folder, by its path with `/`.
fn files(folder: &Path, inside: &str) -> std::io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{inside}{}", entry.file_name().to_string_lossy());
        match entry.file_type()?.is_dir() {
            true => found.extend(files(&entry.path(), &format!("{name}/"))?),
            false => found.push(name),
        }
    }
    found.sort();
    Ok(found)
}
