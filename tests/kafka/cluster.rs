//! A Kafka cluster for one test, and the other systems at its topics.

use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

/// The brokers of one test. They end with it, also when it panics, and when the whole program is killed.
pub struct Cluster {
    folder: tempfile::TempDir,
}

impl Cluster {
    /// Starts one; `options` are those of `kafka.sh start`.
    pub fn start(options: &[&str]) -> Self {
        let cluster = Self { folder: tempfile::tempdir().unwrap() };
        let owner = std::process::id().to_string();
        cluster.script("start", &[options, &["--owner", &owner]].concat());
        cluster
    }

    /// The addresses of a listener, as a client takes them.
    pub fn address(&self, listener: &str) -> String {
        std::fs::read_to_string(self.folder.path().join("address").join(listener)).unwrap().trim().to_owned()
    }

    /// The brokers without passwords and certificates.
    pub fn brokers(&self) -> String {
        self.address("PLAINTEXT")
    }

    /// The certificate of the authority behind the brokers' certificates.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("tls/ca.pem")
    }

    /// SIGKILL for every broker.
    pub fn kill(&self) {
        self.script("kill", &[]);
    }

    /// SIGKILL for one broker.
    pub fn kill_node(&self, node: &str) {
        self.script("kill", &[node]);
    }

    /// Starts the brokers that do not run.
    pub fn restart(&self) {
        self.script("start", &[]);
    }

    /// Lets `peer.py` do something; what it printed.
    pub fn peer(&self, arguments: &[&str]) -> String {
        let output = self.peer_command(arguments).output().unwrap();
        assert!(output.status.success(), "peer {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Every record of a topic as `peer.py` prints them: `read` for events, `raw` for records.
    pub fn records(&self, how: &str, topic: &str) -> Vec<serde_json::Value> {
        self.peer(&[how, topic]).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// A transaction that stays open until the answer is dropped.
    pub fn open_transaction(&self, topic: &str, events: u32) -> OpenTransaction {
        use std::io::{BufRead, BufReader};
        let mut child = self
            .peer_command(&["open", topic, &events.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "open\n");
        OpenTransaction { input: child.stdin.take(), child }
    }

    fn peer_command(&self, arguments: &[&str]) -> Command {
        let python = Path::new(&wanted("MUSTER_KAFKA_PY")).join("bin/python");
        let mut command = Command::new(python);
        command.arg(root().join("tests/kafka/peer.py")).arg(self.brokers()).args(arguments);
        command
    }

    fn script(&self, verb: &str, options: &[&str]) {
        wanted("MUSTER_KAFKA");
        let script = root().join("tests/support/kafka.sh");
        let output = Command::new(script).arg(verb).arg(self.folder.path()).args(options).output().unwrap();
        assert!(output.status.success(), "kafka.sh {verb}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let script = root().join("tests/support/kafka.sh");
        let _ = Command::new(script).arg("kill").arg(self.folder.path()).status();
    }
}

/// See [`Cluster::open_transaction`].
pub struct OpenTransaction {
    input: Option<ChildStdin>,
    child: Child,
}

impl OpenTransaction {
    /// Commits it.
    pub fn commit(mut self) {
        drop(self.input.take());
        assert!(self.child.wait().unwrap().success());
    }
}

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A variable that `.ci/run` sets.
#[allow(clippy::disallowed_methods, reason = "where the brokers' programs are is the machine's affair")]
pub fn wanted(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set; see how .ci/run sets it"))
}
