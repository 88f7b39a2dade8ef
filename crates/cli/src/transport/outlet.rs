//! Batches of a collector into the topic.

use super::settings::settings;
use crate::failure::Failure;
use muster_kafka::{Fault, Observer, Settings, TransportError};
use muster_model::{CollectError, Cursor, Event};
use muster_pipeline::Pipeline;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A way to the topic.
pub struct Transport {
    settings: Arc<Settings>,
    observer: Arc<Observer>,
}

/// One collector's producer.
pub struct Outlet {
    inner: Arc<Mutex<muster_kafka::Outlet>>,
    stop: Arc<AtomicBool>,
}

impl Transport {
    /// Finds the brokers and the topics.
    pub async fn connect(pipeline: &Pipeline) -> Result<Self, Failure> {
        let settings = Arc::new(settings(pipeline)?);
        let asked = settings.clone();
        let connect = move || Observer::connect(&asked, &[asked.topic.clone(), asked.cursors()]);
        let observer = off_the_runtime(connect).await??;
        Ok(Self { settings, observer: Arc::new(observer) })
    }

    /// Becomes the collector of a source, and says where it stands. The inner error is this source's alone.
    pub async fn outlet(&self, source: &str) -> Result<Result<(Outlet, Option<Cursor>), CollectError>, Failure> {
        let (settings, observer, source) = (self.settings.clone(), self.observer.clone(), source.to_owned());
        let opened = off_the_runtime(move || muster_kafka::Outlet::open(&settings, &observer, &source)).await?;
        sorted(opened.map(|(outlet, cursor)| {
            let stop = outlet.stopper();
            (Outlet { inner: Arc::new(Mutex::new(outlet)), stop }, cursor)
        }))
    }
}

impl Outlet {
    /// Produces events and the cursor, both or neither. The inner error is this source's alone.
    pub async fn send(
        &mut self,
        events: Vec<Event>,
        cursor: Option<Cursor>,
    ) -> Result<Result<(), CollectError>, Failure> {
        let inner = self.inner.clone();
        let sent = off_the_runtime(move || {
            inner.lock().unwrap_or_else(PoisonError::into_inner).send(&events, cursor.as_ref())
        });
        sorted(sent.await?)
    }
}

impl Drop for Outlet {
    /// Whoever is stopped takes an open transaction back, so that no reader has to wait until it times out.
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        drop(self.inner.lock());
    }
}

/// What concerns one source alone ends that one; what concerns the brokers ends the run.
fn sorted<T>(result: Result<T, TransportError>) -> Result<Result<T, CollectError>, Failure> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(error) if [Fault::Fenced, Fault::TooLarge].contains(&error.fault) => {
            Ok(Err(CollectError::new(error.message, error.hint)))
        }
        Err(error) => Err(error.into()),
    }
}

async fn off_the_runtime<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(Failure::internal)
}
