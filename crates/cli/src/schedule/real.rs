//! The world as it is: the machine's clock, files, processes, and the terminal.

use super::clock::{Clock, SystemClock, plus};
use super::daemon::{News, World};
use super::folder::{Change, Folder};
use super::holder;
use super::run::{lease_of, said};
use crate::health::Health;
use crate::{history, runs, tell};
use muster_log::{Holder, Leases, LogError};
use muster_model::Timestamp;
use muster_pipeline::schedule::Memory;
use muster_pipeline::{Pipeline, SetArg};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};
use tokio::sync::watch;

/// A run that does not end by itself this long after its time-out is killed, as is one that was asked to end.
const GRACE: Duration = Duration::from_secs(30);

/// The machine.
pub struct Real {
    folder: Mutex<Folder>,
    sets: Vec<SetArg>,
    ending: watch::Receiver<bool>,
    health: Health,
}

impl Real {
    /// Watches these files and folders; `ending` becomes true when the daemon is asked to end.
    pub fn new(folder: Folder, sets: Vec<SetArg>, ending: watch::Receiver<bool>, health: Health) -> Self {
        Self { folder: Mutex::new(folder), sets, ending, health }
    }

    fn command(&self, pipeline: &Pipeline, run: &str) -> std::io::Result<Command> {
        let mut command = Command::new(program()?);
        command.args(["run", "--due"]);
        for set in &self.sets {
            command.arg("--set").arg(&set.0);
        }
        // Should it not live to record its end, that is done by this id.
        command.env("MUSTER_RUN_ID", run);
        command.arg(&pipeline.file).stdin(Stdio::null()).stdout(Stdio::null());
        // Ctrl-C at the terminal is the daemon's to pass on.
        #[cfg(unix)]
        command.process_group(0);
        Ok(command)
    }

    /// What the news are for those who ask how things stand.
    fn note(&self, news: &News<'_>) {
        match news {
            News::Kept(pipeline) | News::Ended(pipeline, _) => self.health.watch(pipeline, next(pipeline), false),
            News::Begins(pipeline, _) => self.health.watch(pipeline, next(pipeline), true),
            News::Refused(file, why) => self.health.refused(file, why),
            News::Gone(file) => self.health.forget(file),
            News::Failed(..) => {}
        }
    }

    async fn wait(&self, mut child: Child, limit: Duration) -> std::io::Result<ExitStatus> {
        let mut ending = self.ending.clone();
        tokio::select! {
            ended = child.wait() => return ended,
            () = SystemClock.sleep_until(plus(SystemClock.now(), limit)) => {}
            _ = ending.wait_for(|ending| *ending) => {
                terminate(&child);
                if let Ok(ended) = tokio::time::timeout(GRACE, child.wait()).await {
                    return ended;
                }
            }
        }
        child.start_kill()?;
        child.wait().await
    }
}

impl Clock for Real {
    fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    async fn sleep_until(&self, instant: Timestamp) {
        SystemClock.sleep_until(instant).await;
    }
}

impl World for Real {
    fn me(&self) -> Holder {
        holder::myself()
    }

    fn changes(&self) -> Vec<Change> {
        self.health.beat();
        self.folder.lock().map(|mut folder| folder.changes()).unwrap_or_default()
    }

    async fn leases(&self, pipeline: &Pipeline) -> Result<Leases, LogError> {
        let (location, name) = lease_of(pipeline);
        Leases::open(&location, &name, true).await
    }

    async fn run(&self, pipeline: &Pipeline) -> String {
        let begun = Instant::now();
        let limit = pipeline.schedule.as_ref().map_or(Duration::MAX, |schedule| schedule.timeout.saturating_add(GRACE));
        let id = history::new_id(SystemClock.now());
        let ended = match self.command(pipeline, &id).and_then(|mut command| command.spawn()) {
            Ok(child) => self.wait(child, limit).await,
            Err(error) => return format!("cannot be started: {error}"),
        };
        let took = begun.elapsed().as_secs_f64();
        match ended {
            Ok(status) if status.success() => format!("well, {took:.1} s"),
            Ok(status) => {
                let how = format!("{status}, {took:.1} s");
                // Without an exit status it was killed, and could not record how it ended.
                if status.code().is_none()
                    && let Err(failure) = runs::close(pipeline, Some(&id), &how).await
                {
                    tell!("warning: {}", failure.words());
                }
                how
            }
            Err(error) => format!("how, is not known: {error}"),
        }
    }

    async fn asked_to_end(&self) {
        let _ = self.ending.clone().wait_for(|ending| *ending).await;
    }

    fn tell(&self, news: News<'_>) {
        self.note(&news);
        let file = |path: &Path| path.display().to_string();
        match news {
            News::Kept(pipeline) => {
                let when = pipeline
                    .schedule
                    .as_ref()
                    .map(|schedule| format!("{} {}", schedule.when, schedule.when.zone().iana_name().unwrap_or("UTC")));
                say("kept", &file(&pipeline.file), &when.unwrap_or_default());
            }
            News::Refused(path, why) => say("refused", &file(path), why),
            News::Gone(path) => say("gone", &file(path), "it is run no more"),
            News::Begins(pipeline, turn) => {
                let turn = pipeline.schedule.as_ref().map(|schedule| said(schedule, turn));
                say("run", &pipeline.project.name, &turn.unwrap_or_default());
            }
            News::Ended(pipeline, how) => say("ended", &pipeline.project.name, &how),
            News::Failed(pipeline, error) => {
                say("failed", &pipeline.project.name, &format!("{error}\n  = {}", error.hint));
            }
        }
    }
}

/// When a pipeline is due next.
fn next(pipeline: &Pipeline) -> Option<Timestamp> {
    let (schedule, now) = (pipeline.schedule.as_ref()?, SystemClock.now());
    schedule.upcoming(&Memory::new(now), now, 1).first().map(|turn| turn.due)
}

fn say(what: &str, which: &str, words: &str) {
    tell!("{what:<9}{which:<28}{words}");
    tracing::info!(pipeline = which, told = words, "{what}");
}

/// This program, also after a new version was put in its place.
fn program() -> std::io::Result<PathBuf> {
    let running = Path::new("/proc/self/exe");
    if running.exists() { Ok(running.to_owned()) } else { std::env::current_exe() }
}

#[cfg(unix)]
fn terminate(child: &Child) {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;
    // The number is the child's as long as it was not waited for to its end.
    if let Some(process) = child.id().and_then(|id| i32::try_from(id).ok()) {
        let _ = kill(Pid::from_raw(process), Signal::SIGTERM);
    }
}

#[cfg(not(unix))]
fn terminate(_: &Child) {}
