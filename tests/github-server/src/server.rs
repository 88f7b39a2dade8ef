//! The server: a thread with a runtime of its own, so that tests without one can use it.

use crate::exchange::{Exchange, answer};
use crate::faults::Faults;
use crate::log::Request;
use crate::tokens::{App, Token, Tokens};
use crate::world::World;
use axum::Router;
use axum::body::Body;
use hyper_util::rt::TokioIo;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tower::ServiceExt as _;

/// How the server behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port; zero takes a free one.
    pub port: u16,
    /// Every answer takes at least this long.
    pub latency: Duration,
    /// The tokens that are known.
    pub tokens: Vec<Token>,
    /// The App whose installation may ask for tokens.
    pub app: Option<App>,
    /// So long lasts a window of the primary limit; GitHub's is an hour.
    pub window: Duration,
    /// Searches a window, if not GitHub's 30.
    pub searches: Option<u64>,
    /// The primary limit is told with 429 and not with 403; GitHub does both.
    pub limit_with_429: bool,
    /// More requests at once than this meet the secondary limit; GitHub's is 100.
    pub concurrency: usize,
    /// What `Retry-After` of a secondary limit says, in seconds; GitHub's is mostly 60.
    pub retry_after: u64,
    /// What goes wrong.
    pub faults: Faults,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            latency: Duration::ZERO,
            tokens: vec![Token::new("token")],
            app: None,
            window: Duration::from_secs(3_600),
            searches: None,
            limit_with_429: false,
            concurrency: 100,
            retry_after: 1,
            faults: Faults::default(),
        }
    }
}

/// All that the connections share.
pub(crate) struct Shared {
    pub(crate) world: RwLock<World>,
    pub(crate) options: Options,
    pub(crate) url: String,
    pub(crate) tokens: Mutex<Tokens>,
    pub(crate) faults: Mutex<Faults>,
    pub(crate) attempts: Mutex<BTreeMap<u64, u32>>,
    pub(crate) requests: Mutex<Vec<Request>>,
    pub(crate) at_once: AtomicUsize,
    pub(crate) most_at_once: AtomicUsize,
}

/// A running server; dropping it stops it and cuts every connection.
pub struct Server {
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Server {
    /// Starts a server on 127.0.0.1.
    ///
    /// # Panics
    /// If no port or thread can be had.
    #[must_use]
    pub fn start(world: World, options: Options) -> Self {
        let listener = std::net::TcpListener::bind(("127.0.0.1", options.port)).expect("a local port");
        let address = listener.local_addr().expect("the address of a bound socket");
        listener.set_nonblocking(true).expect("a socket that does not block");
        let window = i64::try_from(options.window.as_secs()).unwrap_or(i64::MAX / 2).max(1);
        let shared = Arc::new(Shared {
            world: RwLock::new(world),
            url: url_of(address),
            tokens: Mutex::new(Tokens::new(options.tokens.clone(), options.app.clone(), window, options.searches)),
            faults: Mutex::new(options.faults.clone()),
            attempts: Mutex::default(),
            requests: Mutex::default(),
            at_once: AtomicUsize::new(0),
            most_at_once: AtomicUsize::new(0),
            options,
        });
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("github".to_owned())
            .spawn(move || {
                let runtime = tokio::runtime::Builder::new_multi_thread()
                    .worker_threads(2)
                    .enable_all()
                    .build()
                    .expect("a runtime");
                runtime.block_on(serve(listener, served, stopped));
                runtime.shutdown_background();
            })
            .expect("a thread");
        Self { shared, stop: Some(stop), thread: Some(thread) }
    }

    /// `http://127.0.0.1:<port>`: the root of the REST API; `/graphql` is below it.
    #[must_use]
    pub fn url(&self) -> String {
        self.shared.url.clone()
    }

    /// The world moves on.
    pub fn update<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.shared.world.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// A look at the world.
    pub fn world<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.shared.world.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Tokens come and go.
    pub fn tokens<T>(&self, change: impl FnOnce(&mut Tokens) -> T) -> T {
        change(&mut held(&self.shared.tokens))
    }

    /// Other faults from now on.
    pub fn set_faults(&self, faults: Faults) {
        *held(&self.shared.faults) = faults;
    }

    /// Every request so far, in the order of their ends.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        held(&self.shared.requests).clone()
    }

    /// The requests so far, which are then forgotten.
    #[must_use]
    pub fn take_requests(&self) -> Vec<Request> {
        std::mem::take(&mut held(&self.shared.requests))
    }

    /// The most requests that were open at the same time.
    #[must_use]
    pub fn most_at_once(&self) -> usize {
        self.shared.most_at_once.load(Ordering::SeqCst)
    }

    /// Waits until the server ends, which is when the program does.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _gone = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

pub(crate) fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn url_of(address: SocketAddr) -> String {
    format!("http://{address}")
}

async fn serve(listener: std::net::TcpListener, shared: Arc<Shared>, mut stopped: oneshot::Receiver<()>) {
    let listener = TcpListener::from_std(listener).expect("a socket of this runtime");
    let router = Router::new().fallback(answer).with_state(shared);
    loop {
        tokio::select! {
            _ = &mut stopped => return,
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                tokio::spawn(connection(stream, router.clone()));
            }
        }
    }
}

/// One connection. axum lets no handler end a connection without an answer, so each is served here, with a bell that a
/// handler can ring to have it reset.
async fn connection(stream: TcpStream, router: Router) {
    let reset = Arc::new(Notify::new());
    let bell = Arc::clone(&reset);
    let service = hyper::service::service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(Exchange { reset: Arc::clone(&bell) });
        router.clone().oneshot(request.map(Body::new))
    });
    let mut connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        _ended = &mut connection => {}
        () = reset.notified() => {
            // No lingering: what is left unsent is dropped and the peer gets a reset in place of an end.
            let stream = connection.into_parts().io.into_inner();
            let _best_effort = stream.set_zero_linger();
        }
    }
}
