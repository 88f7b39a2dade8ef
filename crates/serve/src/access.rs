//! Who may come in: TLS, a password or a certificate, and how many at once.

use crate::error::fatal;
use crate::server::Server;
use crate::session::Session;
use crate::setting::SERVER_VERSION;
use async_trait::async_trait;
use datafusion_postgres::pgwire::api::auth::sasl::SASLAuthStartupHandler;
use datafusion_postgres::pgwire::api::auth::sasl::scram::{
    SCRAM_ITERATIONS, ScramAuth, gen_salted_password, random_nonce,
};
use datafusion_postgres::pgwire::api::auth::{
    AuthSource, DefaultServerParameterProvider, LoginInfo, Password, ServerParameterProvider, StartupHandler,
    finish_authentication, protocol_negotiation, save_startup_parameters_to_metadata,
};
use datafusion_postgres::pgwire::api::{ClientInfo, PidSecretKeyGenerator};
use datafusion_postgres::pgwire::error::{PgWireError, PgWireResult};
use datafusion_postgres::pgwire::messages::startup::{SecretKey, Startup};
use datafusion_postgres::pgwire::messages::{PgWireBackendMessage, PgWireFrontendMessage};
use futures::Sink;
use muster_query::DATABASE;
use std::collections::HashMap;
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig, crypto};

/// What a client must bring. Without either, everybody on this machine may come in.
#[derive(Default)]
pub struct Access {
    /// The password, whatever the user's name: SCRAM, so it does not go over the wire.
    pub password: Option<String>,
    /// TLS, perhaps with the clients' certificates. Where it is there, nobody comes in without it.
    pub tls: Option<Tls>,
}

impl Access {
    /// Whether anybody who reaches the address gets in.
    pub fn is_open(&self) -> bool {
        self.password.is_none() && !self.tls.as_ref().is_some_and(|tls| tls.knows_clients)
    }
}

/// The server's certificate and key, and whose certificates are accepted from clients.
pub struct Tls {
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) certificate: Vec<u8>,
    knows_clients: bool,
}

/// A certificate or key that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {message}")]
pub struct TlsError {
    path: PathBuf,
    message: String,
}

impl Tls {
    /// Reads PEM files. With `client_ca` a client must have a certificate that one of those signed.
    ///
    /// # Errors
    /// A file that cannot be read, or does not hold what it should.
    pub fn read(certificate: &Path, key: &Path, client_ca: Option<&Path>) -> Result<Self, TlsError> {
        let wrong = |path: &Path, message: &dyn std::fmt::Display| TlsError {
            path: path.to_owned(),
            message: message.to_string(),
        };
        let chain = certificates(certificate)?;
        let private = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(key, &error))?;
        let provider = Arc::new(crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong(certificate, &error))?;
        let builder = match client_ca {
            None => builder.with_no_client_auth(),
            Some(path) => {
                let mut roots = RootCertStore::empty();
                for root in certificates(path)? {
                    roots.add(root).map_err(|error| wrong(path, &error))?;
                }
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
                builder.with_client_cert_verifier(verifier.map_err(|error| wrong(path, &error))?)
            }
        };
        let mut config = builder.with_single_cert(chain, private).map_err(|error| wrong(key, &error))?;
        config.alpn_protocols = vec![b"postgresql".to_vec()];
        let pem = std::fs::read(certificate).map_err(|error| wrong(certificate, &error))?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Ok(Self { acceptor, certificate: pem, knows_clients: client_ca.is_some() })
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let wrong = |message: String| TlsError { path: path.to_owned(), message };
    let all: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(path).map_err(|error| wrong(error.to_string()))?.collect();
    let all = all.map_err(|error| wrong(error.to_string()))?;
    if all.is_empty() { Err(wrong("there is no certificate in it; it should be PEM".to_owned())) } else { Ok(all) }
}

/// The password as SCRAM has it: salted and hashed once, when the server starts.
#[derive(Debug, Clone)]
pub(crate) struct Hashed(Password);

impl Hashed {
    pub fn new(password: &str) -> Self {
        let salt = random_nonce().into_bytes();
        let hashed = gen_salted_password(password, &salt, SCRAM_ITERATIONS);
        Self(Password::new(Some(salt), hashed))
    }
}

#[async_trait]
impl AuthSource for Hashed {
    async fn get_password(&self, _login: &LoginInfo) -> PgWireResult<Password> {
        Ok(self.0.clone())
    }
}

/// The beginning of one connection.
pub(crate) struct Door {
    session: Arc<Session>,
    scram: Option<SASLAuthStartupHandler<Parameters>>,
}

impl Door {
    pub fn new(session: Arc<Session>) -> Self {
        let server = &session.server;
        let scram = server.password.clone().map(|password| {
            let mut scram = ScramAuth::new(Arc::new(password));
            if let Some(certificate) = &server.certificate {
                // Binds the password to this TLS connection; where the certificate's kind is not known, it goes without.
                let _ = scram.configure_certificate(certificate);
            }
            SASLAuthStartupHandler::new(Arc::new(Parameters))
                .with_scram(scram)
                .with_pid_secret_key_generator(Arc::new(Keys(session.clone())))
        });
        Self { session, scram }
    }

    /// What must be right before anything is asked.
    fn admit(&self, client: &impl ClientInfo, startup: &Startup) -> PgWireResult<()> {
        let server: &Server = &self.session.server;
        if server.needs_tls && !client.is_secure() {
            return Err(fatal("28000", "this server accepts TLS only", "connect with sslmode=require"));
        }
        let given = |name: &str| startup.parameters.get(name).map(String::as_str);
        let database = given("database").or(given("user")).unwrap_or_default();
        if database != DATABASE {
            let message = format!("there is no database {database:?}");
            return Err(fatal("3D000", message, format!("connect to the database {DATABASE}")));
        }
        let seat = server.seats.clone().try_acquire_owned().map_err(|_| {
            let message = format!("{} are connected, which is the limit", server.limits.connections);
            fatal("53300", message, "try again later, or ask for a higher limit")
        })?;
        self.session.sit(seat);
        self.session.begin(given("options").unwrap_or_default())
    }
}

#[async_trait]
impl StartupHandler for Door {
    async fn on_startup<C>(&self, client: &mut C, message: PgWireFrontendMessage) -> PgWireResult<()>
    where
        C: ClientInfo + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        if let PgWireFrontendMessage::Startup(startup) = &message {
            self.admit(client, startup)?;
        }
        match (&self.scram, &message) {
            (Some(scram), _) => scram.on_startup(client, message).await,
            (None, PgWireFrontendMessage::Startup(startup)) => {
                protocol_negotiation(client, startup).await?;
                save_startup_parameters_to_metadata(client, startup);
                let (pid, key) = Keys(self.session.clone()).generate(client);
                client.set_pid_and_secret_key(pid, key);
                finish_authentication(client, &Parameters).await
            }
            (None, _) => Ok(()),
        }
    }
}

/// Gives a connection the key with which another one may cancel its query.
struct Keys(Arc<Session>);

impl PidSecretKeyGenerator for Keys {
    fn generate(&self, client: &dyn ClientInfo) -> (i32, SecretKey) {
        let server = &self.0.server;
        let (pid, key) = server.keys.generate(client);
        server.running.enter(pid, &key, &self.0);
        (pid, key)
    }
}

/// What a client is told about the server as it connects.
#[derive(Debug)]
pub(crate) struct Parameters;

impl ServerParameterProvider for Parameters {
    fn server_parameters<C: ClientInfo>(&self, client: &C) -> Option<HashMap<String, String>> {
        let mut parameters = DefaultServerParameterProvider::default();
        parameters.server_version = format!("{SERVER_VERSION} (muster {})", env!("CARGO_PKG_VERSION"));
        parameters.is_superuser = false;
        parameters.default_transaction_read_only = true;
        parameters.time_zone = "UTC".to_owned();
        parameters.server_parameters(client)
    }
}
