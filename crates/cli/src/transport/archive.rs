//! `muster archive`: the topic into the log.

use super::Archived;
use super::meters::{self, Meters, Shared};
use super::settings::settings;
use crate::args::ArchiveArgs;
use crate::collect::LeftOut;
use crate::console::{Work, count};
use crate::failure::{CHECK_FAILED, Failure};
use crate::project::read_pipeline;
use muster_kafka::{Archiver, Batch, Fault, Reach, Settings};
use muster_log::{Conflict, Log};
use muster_pipeline::Pipeline;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

/// So many conflicts are told; all are counted.
const SHOWN: u64 = 5;
/// The file of metrics is written so often.
const METRICS: Duration = Duration::from_secs(5);

/// Archives until Ctrl-C, or until the end of the topic.
pub async fn archive(args: &ArchiveArgs) -> Result<ExitCode, Failure> {
    let pipeline = read_pipeline(&args.common.file, &args.common.sets)?;
    let settings = settings(&pipeline)?;
    let stop = Arc::new(AtomicBool::new(false));
    let asked = stop.clone();
    tokio::spawn(async move {
        crate::stop::asked().await;
        asked.store(true, Ordering::Relaxed);
    });
    let meters = Shared::default();
    if let Some(address) = args.metrics {
        meters::serve(address, meters.clone()).await?;
    }
    let mut log = Log::open_or_create(&pipeline.project.log.to_string()).await?;
    let job = Job {
        reach: if args.until_caught_up { Reach::ToTheEnd } else { Reach::Shared },
        instance: args.instance.clone().unwrap_or_else(host),
        from_start: args.from_start,
        meters_file: args.metrics_file.clone(),
        meters,
        stop,
    };
    let archived = job.carry_out(&pipeline, &settings, &mut log).await?;
    if args.common.json {
        crate::sql::say(&serde_json::to_string_pretty(&archived).map_err(Failure::internal)?)?;
    }
    if archived.is_conserved() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("error: {} records were read but not all are accounted for", count(archived.read));
    eprintln!("  = this is a fault of muster; please report it");
    Ok(ExitCode::from(CHECK_FAILED))
}

/// Archives what is in the topic now, for a run that has just collected into it.
pub async fn copy_to_the_end(pipeline: &Pipeline, log: &mut Log) -> Result<Archived, Failure> {
    let job = Job {
        reach: Reach::ToTheEnd,
        instance: host(),
        from_start: false,
        meters_file: None,
        meters: Shared::default(),
        stop: Arc::default(),
    };
    job.carry_out(pipeline, &settings(pipeline)?, log).await
}

/// The name of this machine: what an archiver is called in its group unless it is given a name.
fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "muster".to_owned() } else { name.to_owned() }
}

struct Job {
    reach: Reach,
    instance: String,
    from_start: bool,
    meters_file: Option<PathBuf>,
    meters: Shared,
    stop: Arc<AtomicBool>,
}

impl Job {
    async fn carry_out(&self, pipeline: &Pipeline, settings: &Settings, log: &mut Log) -> Result<Archived, Failure> {
        let mut work = Work::begin(format!("{:<9}{:<12}{:<28}", "archive", "kafka", settings.topic));
        let mut copy = Copying { left_out: LeftOut::of(log).await?, version: log.version(), meters: Meters::default() };
        copy.meters.archived.topic.clone_from(&settings.topic);
        let opened = Archiver::open(settings, log, self.reach, &self.instance, self.from_start, &self.stop).await;
        let mut archiver = match opened {
            Err(error) if error.fault == Fault::Stopped => return Ok(copy.meters.archived),
            opened => opened?,
        };
        let mut written = None;
        while !archiver.is_done() && !self.stop.load(Ordering::Relaxed) {
            let batch = archiver.next(log, &self.stop).await?;
            if !batch.is_empty() {
                copy.take(pipeline, &mut archiver, log, batch).await?;
            }
            (copy.meters.lag, copy.meters.errors) = (archiver.lag(), archiver.errors());
            work.at(&copy.progress(&archiver));
            self.publish(&copy.meters, &mut written)?;
        }
        written = None;
        self.publish(&copy.meters, &mut written)?;
        // Leaves the group, so that the others need not wait to find out.
        tokio::task::block_in_place(|| drop(archiver));
        work.end(&line(&copy.meters.archived));
        Ok(copy.meters.archived)
    }

    fn publish(&self, meters: &Meters, written: &mut Option<Instant>) -> Result<(), Failure> {
        meters.clone_into(&mut self.meters.lock().unwrap_or_else(PoisonError::into_inner));
        let Some(path) = &self.meters_file else { return Ok(()) };
        if written.is_some_and(|written| written.elapsed() < METRICS) {
            return Ok(());
        }
        *written = Some(Instant::now());
        meters::write(path, meters).map_err(|error| {
            Failure::usage(format!("{}: {error}", path.display()), "name a file in a folder that you may write")
        })
    }
}

/// The work, and what became of it so far.
struct Copying {
    left_out: LeftOut,
    /// The log's version for which `left_out` holds.
    version: u64,
    meters: Meters,
}

impl Copying {
    /// One batch into the log, without those who asked to be left out.
    async fn take(
        &mut self,
        pipeline: &Pipeline,
        archiver: &mut Archiver,
        log: &mut Log,
        mut batch: Batch,
    ) -> Result<(), Failure> {
        log.refresh().await?;
        if log.version() != self.version {
            // Somebody else has written, perhaps that a person is to be left out.
            self.left_out = LeftOut::of(log).await?;
        }
        let has_wish = self.left_out.apply(batch.events_mut());
        let counts = batch.counts.clone();
        let appended = archiver.append(log, batch).await?.appended;
        if has_wish {
            crate::forget::rewrite_where_due(log, pipeline).await?;
            self.left_out = LeftOut::of(log).await?;
        }
        self.version = log.version();
        let archived = &mut self.meters.archived;
        tell(&appended.conflicts, archived.conflicts);
        archived.read += counts.read;
        archived.appended += appended.appended;
        archived.duplicates += appended.duplicates;
        archived.conflicts += appended.conflicts.len() as u64;
        archived.rejected += counts.rejected;
        for (kind, number) in counts.unknown {
            *archived.unknown.entry(kind).or_default() += number;
        }
        self.meters.bytes += counts.bytes;
        self.meters.commits += 1;
        self.meters.version = self.version;
        Ok(())
    }

    fn progress(&self, archiver: &Archiver) -> String {
        let archived = &self.meters.archived;
        let behind: i64 = self.meters.lag.values().sum();
        let behind = u64::try_from(behind).unwrap_or_default();
        let mut line =
            format!("{} read, {} new, {} behind", count(archived.read), count(archived.appended), count(behind));
        if let Some(trouble) = archiver.trouble().filter(|_| archiver.is_silent()) {
            line.push_str(&format!("; {trouble}"));
        }
        line
    }
}

fn tell(conflicts: &[Conflict], before: u64) {
    let room = usize::try_from(SHOWN.saturating_sub(before)).unwrap_or_default();
    for conflict in conflicts.iter().take(room) {
        eprintln!(
            "{}: stated again with another payload by {}; the first, by {}, stays",
            conflict.id, conflict.source, conflict.stored_source
        );
    }
}

/// The counts, for people.
fn line(archived: &Archived) -> String {
    let mut line = format!(
        "{:>9} read {:>9} new {:>7} duplicate {:>5} rejected",
        count(archived.read),
        count(archived.appended),
        count(archived.duplicates),
        count(archived.rejected)
    );
    let unknown = archived.unknown.values().sum();
    for (number, word) in [(archived.conflicts, "in conflict"), (unknown, "of unknown type")] {
        if number > 0 {
            line.push_str(&format!("  {} {word}", count(number)));
        }
    }
    line
}
