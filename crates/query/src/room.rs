//! How many rows are held in memory, by all steps of a computation together.

use datafusion::common::resources_datafusion_err;
use datafusion::error::Result;
use datafusion::execution::TaskContext;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{MemoryPool, MemoryReservation};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// So many bytes of rows are held at once. What is more is sorted in runs on disk: slower, but a community of any size fits into a
/// laptop.
const ALL: usize = 512 << 20;

/// So many bytes each sort may hold whatever the others do: runs on disk are not shorter.
const LEAST: usize = 64 << 20;

/// So many runs are merged at once, of each of which some rows are held.
const RUNS: usize = 16;

/// Who sorts, by the names under which DataFusion and `order` ask for memory.
const SORTS: [&str; 2] = ["ExternalSorter[", SORTED];

/// The name under which `order` asks for memory.
pub(crate) const SORTED: &str = "rows to sort";

/// The memory that rows have. A sort that is refused more of it goes on with runs on disk. What joins and groups hold is
/// counted and never refused: joins cannot go to disk, and groups that did can fail when they are merged. A computation that
/// takes more memory is better than none.
#[derive(Debug)]
pub(crate) struct Room {
    all: usize,
    least: usize,
    taken: AtomicUsize,
}

impl Default for Room {
    fn default() -> Self {
        Self::new(ALL, LEAST)
    }
}

impl Room {
    pub fn new(all: usize, least: usize) -> Self {
        Self { all, least, taken: AtomicUsize::new(0) }
    }
}

impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} bytes taken", self.reserved(), self.all)
    }
}

impl MemoryPool for Room {
    fn name(&self) -> &str {
        "room"
    }

    fn grow(&self, _: &MemoryReservation, more: usize) {
        self.taken.fetch_add(more, Ordering::Relaxed);
    }

    fn shrink(&self, _: &MemoryReservation, less: usize) {
        self.taken.fetch_sub(less, Ordering::Relaxed);
    }

    fn try_grow(&self, of: &MemoryReservation, more: usize) -> Result<()> {
        let sorts = SORTS.iter().any(|name| of.consumer().name().starts_with(name));
        if sorts && of.size() >= self.least && self.reserved() + more > self.all {
            return Err(resources_datafusion_err!("{self}, {more} more asked for by {}", of.consumer().name()));
        }
        self.grow(of, more);
        Ok(())
    }

    fn reserved(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }
}

/// A task whose runs go into a folder, and are gone when they are read.
pub(crate) fn with_runs_in(folder: &Path, task: TaskContext) -> Result<Arc<TaskContext>> {
    let disk = DiskManagerBuilder::default().with_mode(DiskManagerMode::Directories(vec![folder.to_owned()]));
    let disk = disk.with_max_spill_merge_fan_in(RUNS);
    let runtime = RuntimeEnvBuilder::from_runtime_env(&task.runtime_env()).with_disk_manager_builder(disk);
    Ok(Arc::new(task.with_runtime(runtime.build_arc()?)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

    use super::*;
    use datafusion::arrow::array::RecordBatch;
    use datafusion::arrow::util::pretty::pretty_format_batches;
    use datafusion::execution::memory_pool::MemoryConsumer;
    use datafusion::physical_plan::{ExecutionPlan, collect};
    use datafusion::prelude::{SessionConfig, SessionContext};

    /// How often the steps of a plan went to disk.
    fn runs(plan: &Arc<dyn ExecutionPlan>) -> usize {
        let own = plan.metrics().and_then(|metrics| metrics.spill_count()).unwrap_or_default();
        own + plan.children().into_iter().map(runs).sum::<usize>()
    }

    /// The answer to a question over 100,000 rows, and how often it went to disk.
    async fn answer(sql: &str, room: Room) -> (Vec<RecordBatch>, usize) {
        let folder = tempfile::tempdir().unwrap();
        let room = RuntimeEnvBuilder::new().with_memory_pool(Arc::new(room)).build_arc().unwrap();
        let config = SessionConfig::new().with_target_partitions(1);
        let context = SessionContext::new_with_config_rt(config, room.clone());
        let rows = context.sql(sql).await.unwrap();
        let task = with_runs_in(folder.path(), rows.task_ctx()).unwrap();
        let plan = rows.create_physical_plan().await.unwrap();
        let answer = collect(plan.clone(), task).await.unwrap();
        let runs = runs(&plan);
        drop(plan);
        assert_eq!(room.memory_pool.reserved(), 0, "what was taken is given back");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "runs are gone when they are read");
        (answer, runs)
    }

    #[tokio::test]
    async fn what_has_no_room_goes_to_disk_and_comes_back_the_same() {
        let rows = "SELECT value, 'person ' || (value * 7919 % 5003) AS person FROM range(100000)";
        let questions = [
            format!(
                "SELECT value, row_number() OVER (PARTITION BY person ORDER BY value) AS nth FROM ({rows}) ORDER BY value"
            ),
            format!("SELECT person, value % 1009 AS part, count(*) FROM ({rows}) GROUP BY 1, 2 ORDER BY 1, 2"),
            // What a join holds stays.
            format!(
                "SELECT a.value, b.value AS other FROM ({rows}) a JOIN ({rows}) b ON a.person = b.person AND a.value = b.value + 5003 ORDER BY 1"
            ),
        ];
        for sql in questions {
            let shown = |rows: &[RecordBatch]| pretty_format_batches(rows).unwrap().to_string();
            let (all_held, none) = answer(&sql, Room::new(usize::MAX, 1)).await;
            let (little_held, some) = answer(&sql, Room::new(100_000, 10_000)).await;
            assert_eq!(none, 0);
            assert!(some > 0, "{sql} was to go to disk");
            assert_eq!(shown(&all_held), shown(&little_held), "{sql}");
        }
    }

    #[test]
    fn little_is_never_refused_and_much_only_to_who_sorts() {
        let room: Arc<dyn MemoryPool> = Arc::new(Room::new(100, 10));
        let joins = MemoryConsumer::new("held side of a join").register(&room);
        joins.try_grow(1000).unwrap();
        let groups = MemoryConsumer::new("groups").with_can_spill(true).register(&room);
        groups.try_grow(1000).unwrap();
        let sorts = MemoryConsumer::new(SORTED).with_can_spill(true).register(&room);
        sorts.try_grow(10).unwrap();
        let refused = sorts.try_grow(1).unwrap_err().to_string();
        assert!(refused.contains("2010 of 100 bytes taken, 1 more asked for by rows to sort"), "{refused}");
        joins.free();
        groups.free();
        sorts.try_grow(90).unwrap();
        assert!(sorts.try_grow(1).is_err());
        drop(sorts);
        assert_eq!(room.reserved(), 0);
    }
}
