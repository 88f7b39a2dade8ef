//! Object stores: S3, Google's and Azure's, with the credentials of the environment.

use crate::store::Chunk;
use futures::stream::BoxStream;
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, ObjectStoreScheme,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, RetryConfig,
};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// An object store whose root is what the URL names: for what is kept beside a log. The credentials are the environment's.
///
/// # Errors
/// A URL that is none, a scheme that is not supported, an environment that contradicts itself. Nothing is asked of the
/// store yet.
pub fn object_store(url: &str) -> Result<Arc<dyn ObjectStore>, Box<dyn std::error::Error + Send + Sync>> {
    Ok(bucket(&Url::parse(url)?)?)
}

/// The store of a URL, rooted at the URL's path.
pub(crate) fn bucket(url: &Url) -> object_store::Result<Arc<dyn ObjectStore>> {
    let (scheme, path) = ObjectStoreScheme::parse(url)?;
    let path = Path::parse(path)?;
    let configured = |key: &str| key.to_ascii_lowercase();
    Ok(match scheme {
        ObjectStoreScheme::AmazonS3 => {
            let start = AmazonS3Builder::new().with_url(url.as_str()).with_retry(patience());
            let set = |builder: AmazonS3Builder, (key, value): (String, String)| match configured(&key).parse() {
                Ok(key) => builder.with_config(key, value),
                Err(_) => builder,
            };
            Arc::new(Rooted::new(credentials().fold(start, set).build()?, path))
        }
        ObjectStoreScheme::GoogleCloudStorage => {
            let start = GoogleCloudStorageBuilder::new().with_url(url.as_str()).with_retry(patience());
            let set =
                |builder: GoogleCloudStorageBuilder, (key, value): (String, String)| match configured(&key).parse() {
                    Ok(key) => builder.with_config(key, value),
                    Err(_) => builder,
                };
            Arc::new(Rooted::new(credentials().fold(start, set).build()?, path))
        }
        ObjectStoreScheme::MicrosoftAzure => {
            let start = MicrosoftAzureBuilder::new().with_url(url.as_str()).with_retry(patience());
            let set = |builder: MicrosoftAzureBuilder, (key, value): (String, String)| match configured(&key).parse() {
                Ok(key) => builder.with_config(key, value),
                Err(_) => builder,
            };
            Arc::new(Rooted::new(credentials().fold(start, set).build()?, path))
        }
        other => {
            return Err(object_store::Error::NotSupported { source: format!("a store like {other:?}").into() });
        }
    })
}

/// How long a store may fail before it is said: seconds. The ten tries over three minutes of the library are long for
/// somebody who mistyped the address, and whoever runs on a schedule tries again anyway.
fn patience() -> RetryConfig {
    RetryConfig { max_retries: 5, retry_timeout: Duration::from_secs(30), ..RetryConfig::default() }
}

/// What the environment says about object stores; nothing else of it is looked at.
fn credentials() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(key, _)| ["AWS_", "AZURE_", "GOOGLE_"].iter().any(|prefix| key.starts_with(prefix)))
}

/// A store whose root is a folder of another.
///
/// `PrefixStore` of object_store 0.13 gives what is read the name that it has in the other store, and DataFusion, which asks for
/// an object and gets one with another name, then leaves it out without a word.
#[derive(Debug)]
struct Rooted<T: ObjectStore>(PrefixStore<T>);

impl<T: ObjectStore> Rooted<T> {
    fn new(store: T, root: Path) -> Self {
        Self(PrefixStore::new(store, root))
    }
}

impl<T: ObjectStore> fmt::Display for Rooted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[async_trait::async_trait]
impl<T: ObjectStore> ObjectStore for Rooted<T> {
    async fn get_opts(&self, location: &Path, options: GetOptions) -> object_store::Result<GetResult> {
        let mut got = self.0.get_opts(location, options).await?;
        got.meta.location = location.clone();
        Ok(got)
    }

    async fn put_opts(&self, to: &Path, payload: PutPayload, options: PutOptions) -> object_store::Result<PutResult> {
        self.0.put_opts(to, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        to: &Path,
        options: PutMultipartOptions,
    ) -> object_store::Result<Box<dyn MultipartUpload>> {
        self.0.put_multipart_opts(to, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> object_store::Result<Vec<Chunk>> {
        self.0.get_ranges(location, ranges).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, object_store::Result<Path>>,
    ) -> BoxStream<'static, object_store::Result<Path>> {
        self.0.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, object_store::Result<ObjectMeta>> {
        self.0.list(prefix)
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, object_store::Result<ObjectMeta>> {
        self.0.list_with_offset(prefix, offset)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> object_store::Result<ListResult> {
        self.0.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> object_store::Result<()> {
        self.0.copy_opts(from, to, options).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> object_store::Result<()> {
        self.0.rename_opts(from, to, options).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use object_store::ObjectStoreExt as _;
    use object_store::memory::InMemory;

    #[tokio::test]
    async fn an_object_has_the_name_by_which_it_was_asked_for() {
        let rooted = Rooted::new(InMemory::new(), Path::from("lantern/log"));
        let name = Path::from("a.parquet");
        rooted.put(&name, "x".into()).await.expect("put");
        assert_eq!(rooted.head(&name).await.expect("head").location, name);
        assert_eq!(rooted.get(&name).await.expect("get").meta.location, name);
    }
}
