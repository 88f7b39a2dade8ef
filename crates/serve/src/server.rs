//! Accepts connections and ends them.

use crate::access::{Access, Door, Hashed};
use crate::catalogue::Phrasebook;
use crate::desk::Source;
use crate::handler::Connection;
use crate::limits::Limits;
use crate::session::{Session, locked};
use async_trait::async_trait;
use datafusion_postgres::datafusion_pg_catalog::sql::PostgresCompatibilityParser;
use datafusion_postgres::pgwire::api::RandomPidSecretKeyGenerator;
use datafusion_postgres::pgwire::api::cancel::CancelHandler;
use datafusion_postgres::pgwire::api::query::ExtendedQueryHandler;
use datafusion_postgres::pgwire::messages::cancel::CancelRequest;
use datafusion_postgres::pgwire::messages::startup::SecretKey;
use datafusion_postgres::pgwire::tokio::process_socket;
use datafusion_postgres::{DfSessionService, Parser};
use muster_query::datafusion::execution::memory_pool::MemoryPool;
use muster_query::datafusion::prelude::SessionContext;
use muster_query::{Opaque, opaque};
use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Handle, Runtime};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// What a server listens with.
pub struct Options {
    /// Who may come in.
    pub access: Access,
    /// How much a query may take.
    pub limits: Limits,
}

/// How long queries may go on after the server was asked to end.
const GRACE: Duration = Duration::from_secs(10);
/// How long to wait after a failed accept: there may be no file handle left.
const PAUSE: Duration = Duration::from_millis(100);

/// What all connections share.
pub(crate) struct Server {
    pub source: Arc<dyn Source>,
    pub limits: Limits,
    pub memory: Arc<dyn MemoryPool>,
    pub seats: Arc<Semaphore>,
    pub password: Option<Hashed>,
    pub certificate: Option<Vec<u8>>,
    pub needs_tls: bool,
    pub parser: Opaque<PostgresCompatibilityParser>,
    pub phrasebook: Phrasebook,
    /// Knows the types of a plan's parameters.
    pub types: Opaque<Arc<Parser>>,
    pub keys: RandomPidSecretKeyGenerator,
    pub running: Arc<Running>,
    pub threads: Threads,
}

/// The threads on which queries are computed. They are not those that speak with clients: a join may count for long before
/// it looks whether anybody still waits.
pub(crate) struct Threads(Option<Runtime>);

impl Threads {
    fn new() -> io::Result<Self> {
        let threads = tokio::runtime::Builder::new_multi_thread().thread_name("query").enable_all().build()?;
        Ok(Self(Some(threads)))
    }

    pub fn handle(&self) -> &Handle {
        // It is taken out as it is dropped, and not before.
        self.0.as_ref().map_or_else(|| unreachable!("the threads of the queries are gone"), Runtime::handle)
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(threads) = self.0.take() {
            threads.shutdown_background();
        }
    }
}

/// Answers clients until `end` comes; then finishes what is being answered, for ten seconds at most.
///
/// # Errors
/// An address outside this machine that anybody could ask, and one that is lost.
pub async fn serve(
    listener: TcpListener,
    options: Options,
    source: Arc<dyn Source>,
    end: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() && options.access.is_open() {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!("{address} can be reached from outside, and neither a password nor certificates are asked for"),
        ));
    }
    let (server, tls) = Server::new(options, source)?;
    let (ending, ended) = watch::channel(false);
    let mut connections = JoinSet::new();
    tokio::pin!(end);
    loop {
        tokio::select! {
            () = &mut end => break,
            accepted = listener.accept() => match accepted {
                Ok((socket, _)) => {
                    connections.spawn(connection(socket, tls.clone(), server.clone(), ended.clone()));
                }
                Err(_) => tokio::time::sleep(PAUSE).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    let _ = ending.send(true);
    let all = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(GRACE, all).await;
    Ok(())
}

impl Server {
    fn new(options: Options, source: Arc<dyn Source>) -> io::Result<(Arc<Self>, Option<TlsAcceptor>)> {
        let Options { access, limits } = options;
        let types = DfSessionService::new_with_hooks(Arc::new(SessionContext::new()), vec![]).query_parser();
        let server = Self {
            source,
            memory: limits.pool(),
            seats: Arc::new(Semaphore::new(limits.connections)),
            limits,
            password: access.password.as_deref().map(Hashed::new),
            certificate: access.tls.as_ref().map(|tls| tls.certificate.clone()),
            needs_tls: access.tls.is_some(),
            parser: opaque(PostgresCompatibilityParser::new()),
            phrasebook: Phrasebook::new(),
            types: opaque(types),
            keys: RandomPidSecretKeyGenerator::default(),
            running: Arc::default(),
            threads: Threads::new()?,
        };
        Ok((Arc::new(server), access.tls.map(|tls| tls.acceptor)))
    }
}

/// One connection, to its end or to the server's.
async fn connection(
    socket: TcpStream,
    tls: Option<TlsAcceptor>,
    server: Arc<Server>,
    mut ended: watch::Receiver<bool>,
) {
    let session = Arc::new(Session::new(server));
    let handlers = Connection { door: Arc::new(Door::new(session.clone())), session: session.clone() };
    let ending = async {
        let _ = ended.wait_for(|ended| *ended).await;
        session.idle().await;
    };
    tokio::select! {
        // A client that breaks off is its own affair.
        _ = process_socket(socket, tls, handlers) => {}
        () = ending => {}
    }
}

/// The connections by the key that cancels their queries.
#[derive(Default)]
pub(crate) struct Running(Mutex<HashMap<CancelKey, Weak<Session>>>);

/// A number and a secret.
type CancelKey = (i32, Vec<u8>);

impl Running {
    pub fn enter(&self, pid: i32, key: &SecretKey, session: &Arc<Session>) {
        let mut sessions = locked(&self.0);
        sessions.retain(|_, session| session.strong_count() > 0);
        sessions.insert((pid, key.to_bytes().to_vec()), Arc::downgrade(session));
    }
}

#[async_trait]
impl CancelHandler for Running {
    async fn on_cancel_request(&self, request: CancelRequest) {
        let key = (request.pid, request.secret_key.to_bytes().to_vec());
        let session = locked(&self.0).get(&key).and_then(Weak::upgrade);
        if let Some(session) = session {
            session.cancel();
        }
    }
}
