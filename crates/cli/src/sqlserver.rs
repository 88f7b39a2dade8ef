//! `muster serve --sql`: the PostgreSQL protocol over what `muster sql` knows. What is answered and what not is decided in
//! `muster-serve`; here are the options, and the outputs as they come and go.

use crate::args::{AsOf, ServeArgs};
use crate::asof::Outputs;
use crate::compute::Basis;
use crate::failure::Failure;
use crate::project::read_pipeline;
use crate::publish::{Place, Run};
use crate::secret;
use crate::sql::open_for;
use async_trait::async_trait;
use clap::Args;
use muster_log::Log;
use muster_pipeline::Pipeline;
use muster_serve::{Access, Desk, Limits, Options, Source, Tls};
use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::Mutex;

/// What `serve --sql` listens with.
#[derive(Debug, Args)]
#[command(next_help_heading = "SQL")]
pub struct SqlServerArgs {
    /// Answer SQL here over the PostgreSQL protocol, read-only: 127.0.0.1:5433
    #[arg(long, value_name = "ADDRESS")]
    pub sql: Option<SocketAddr>,
    /// The environment variable with the password that clients must know. An address outside this machine needs one, or --client-ca
    #[arg(long, value_name = "NAME", default_value = "MUSTER_SQL_PASSWORD")]
    pub sql_password_env: String,
    /// A file with the password instead
    #[arg(long, value_name = "FILE", requires = "sql")]
    pub sql_password_file: Option<PathBuf>,
    /// The server's certificate, PEM: then nobody is answered without TLS
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Its private key, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Clients must have a certificate that one of these signed, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub client_ca: Option<PathBuf>,
    /// Memory for all queries together, in MB
    #[arg(long, value_name = "MB", default_value_t = 1024)]
    pub sql_memory: usize,
    /// Memory for one query, in MB
    #[arg(long, value_name = "MB", default_value_t = 256)]
    pub sql_query_memory: usize,
    /// How long one query may take
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub sql_seconds: u64,
    /// How many rows one answer may have
    #[arg(long, value_name = "ROWS", default_value_t = 1_000_000)]
    pub sql_rows: usize,
    /// How many may be connected at once
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    pub sql_connections: usize,
    /// With e-mail addresses, which the log has; without it they are replaced by hashes
    #[arg(long, requires = "sql")]
    pub private: bool,
}

/// Listens until it is asked to end, if it is asked to listen at all.
pub async fn serve(args: &ServeArgs) -> Result<(), Failure> {
    let Some(address) = args.sql.sql else { return Ok(()) };
    let options = Options { access: access(&args.sql)?, limits: limits(&args.sql) };
    if !address.ip().is_loopback() && options.access.is_open() {
        return Err(Failure::usage(
            format!("{address} can be reached from outside, and anybody could ask"),
            format!(
                "set {} or give --sql-password-file, or ask for certificates with --tls-cert, --tls-key and --client-ca",
                args.sql.sql_password_env
            ),
        ));
    }
    if !address.ip().is_loopback() && options.access.tls.is_none() {
        eprintln!("hint: answers go over the network as they are; give --tls-cert and --tls-key");
    }
    let pipeline = read_pipeline(&args.file, &args.sets)?;
    let source = Standing { pipeline, private: args.sql.private, now: Mutex::default(), then: Mutex::default() };
    source.desk(None).await.map_err(Failure::internal)?;
    let listener = tokio::net::TcpListener::bind(address).await.map_err(|error| {
        Failure::usage(format!("cannot listen on {address}: {error}"), "choose another --sql ADDRESS")
    })?;
    let here = listener.local_addr().unwrap_or(address);
    eprintln!("listening on postgresql://{here}/{} for SQL; Ctrl-C ends", muster_query::DATABASE);
    muster_serve::serve(listener, options, Arc::new(source), async {
        crate::stop::asked().await;
    })
    .await
    .map_err(|error| Failure::internal(format!("the server failed: {error}")))
}

fn access(args: &SqlServerArgs) -> Result<Access, Failure> {
    let password = match &args.sql_password_file {
        Some(file) => {
            let text = std::fs::read_to_string(file).map_err(|error| {
                Failure::usage(format!("{} cannot be read: {error}", file.display()), "it should hold the password")
            })?;
            let password = text.trim_end_matches(['\r', '\n']).to_owned();
            if password.is_empty() {
                return Err(Failure::usage(format!("{} is empty", file.display()), "write the password into it"));
            }
            Some(password)
        }
        None => secret::variable(&args.sql_password_env, "the password of the SQL server").ok(),
    };
    let tls = match (&args.tls_cert, &args.tls_key) {
        (Some(certificate), Some(key)) => {
            let tls = Tls::read(certificate, key, args.client_ca.as_deref());
            Some(tls.map_err(|error| {
                Failure::usage(error, "give PEM files: the certificate, its key, and who signs clients")
            })?)
        }
        _ => None,
    };
    Ok(Access { password, tls })
}

fn limits(args: &SqlServerArgs) -> Limits {
    Limits {
        memory: args.sql_memory << 20,
        query_memory: args.sql_query_memory << 20,
        time: Duration::from_secs(args.sql_seconds),
        rows: args.sql_rows,
        connections: args.sql_connections,
    }
}

/// The outputs of a pipeline: those that stand, looked at again when there may be others, and those of the last as-ofs asked for.
struct Standing {
    pipeline: Pipeline,
    private: bool,
    now: Mutex<Option<Now>>,
    then: Mutex<Vec<Then>>,
}

/// How often to look whether there are new outputs.
const LOOK: Duration = Duration::from_secs(1);
/// How many as-ofs are held open: as many as are kept on disk.
const HELD: usize = 8;

struct Now {
    log: Log,
    /// What the outputs were computed from; none before the first run.
    inputs: Option<String>,
    /// Holds them, so that no run removes them while they are asked for.
    _outputs: Option<Outputs>,
    version: u64,
    looked: Instant,
    desk: Arc<Desk>,
}

struct Then {
    as_of: String,
    /// The version of the log when it was asked for.
    version: u64,
    outputs: Option<Outputs>,
    desk: Arc<Desk>,
}

#[async_trait]
impl Source for Standing {
    async fn desk(&self, as_of: Option<&str>) -> Result<Arc<Desk>, String> {
        let desk = match as_of {
            None => self.now().await.map(|(desk, _)| desk),
            Some(as_of) => self.then(as_of).await,
        };
        desk.map_err(|failure| failure.words().to_owned())
    }
}

impl Standing {
    /// What stands now, and the version of the log.
    async fn now(&self) -> Result<(Arc<Desk>, u64), Failure> {
        let mut now = self.now.lock().await;
        if let Some(now) = now.as_mut()
            && (now.looked.elapsed() < LOOK || !now.changed(&self.pipeline).await?)
        {
            return Ok((now.desk.clone(), now.version));
        }
        let log = Log::open(&self.pipeline.project.log.to_string()).await?;
        let inputs = standing(&self.pipeline).await?;
        let (desk, _outputs) = self.open(&[]).await?;
        let (version, looked) = (log.version(), Instant::now());
        *now = Some(Now { log, inputs, _outputs, version, looked, desk: desk.clone() });
        Ok((desk, version))
    }

    async fn then(&self, given: &str) -> Result<Arc<Desk>, Failure> {
        let as_of: AsOf = given.parse().map_err(|error: String| {
            Failure::usage(format!("muster.as_of = {given:?}: {error}"), "write 2025-06-01, or a version of the log")
        })?;
        let (_, version) = self.now().await?;
        let mut held = self.then.lock().await;
        held.retain(|then| then.version == version && then.stands());
        if let Some(then) = held.iter().find(|then| then.as_of == given) {
            return Ok(then.desk.clone());
        }
        let (desk, outputs) = self.open(&[as_of]).await?;
        held.truncate(HELD - 1);
        held.insert(0, Then { as_of: given.to_owned(), version, outputs, desk: desk.clone() });
        Ok(desk)
    }

    async fn open(&self, given: &[AsOf]) -> Result<(Arc<Desk>, Option<Outputs>), Failure> {
        let (pipeline, private, given) = (self.pipeline.clone(), self.private, given.to_vec());
        apart(move || async move {
            let (basis, outputs) = open_for(&pipeline, &given).await?;
            Ok((desk(basis, private).await?, outputs))
        })
        .await
    }
}

impl Then {
    /// Whether nobody removed the outputs: somebody who asked to be left out may be in them.
    fn stands(&self) -> bool {
        self.outputs.as_ref().is_none_or(|outputs| Run::open(outputs.folder()).is_some())
    }
}

/// What the published outputs were computed from.
async fn standing(pipeline: &Pipeline) -> Result<Option<String>, Failure> {
    Ok(Place::of(pipeline)?.standing().await?.map(|manifest| manifest.inputs))
}

impl Now {
    /// Whether there are other outputs or another log. While outputs are being written the last ones stay.
    async fn changed(&mut self, pipeline: &Pipeline) -> Result<bool, Failure> {
        self.looked = Instant::now();
        self.log.refresh().await?;
        let inputs = standing(pipeline).await?;
        let written = inputs.is_some() || self.inputs.is_none();
        Ok(written && (inputs != self.inputs || self.log.version() != self.version))
    }
}

async fn desk(basis: Basis, private: bool) -> Result<Arc<Desk>, Failure> {
    if !private {
        basis.engine.hide_addresses(&basis.library).await?;
    }
    Ok(Arc::new(Desk::new(basis.engine, private)?))
}

/// On a thread of its own: opening and computing take long, and nobody's answer should wait for them.
async fn apart<T: Send + 'static, W: Future<Output = Result<T, Failure>>>(
    work: impl FnOnce() -> W + Send + 'static,
) -> Result<T, Failure> {
    let handle = Handle::current();
    let done = tokio::task::spawn_blocking(move || handle.block_on(work())).await;
    done.map_err(|error| Failure::internal(format!("the tables could not be opened: {error}")))?
}
