//! Brokers, collectors and archivers that are killed while events flow: in the end the log is the undisturbed one.

use crate::cluster::Cluster;
use crate::support::World;
use crate::transport::{
    DIRECT, Running, THROUGH, archive, project, project_with_topic, same_as_direct, succeeds, write_hours,
};
use std::time::{Duration, Instant};

/// A disaster strikes so often in a test.
const BROKER_KILLS: u32 = 5;
const COLLECTOR_KILLS: u32 = 10;
const ARCHIVER_KILLS: u32 = 10;
/// How often everything is collected anew, where it is collected before enough was killed.
const LIVES: u32 = 16;
/// How long a collection or an archiver may take to end once nothing disturbs it any more.
const CALM: Duration = Duration::from_secs(300);

/// A program that is started again when it fails, as a service manager does.
struct Service<'a> {
    world: &'a World,
    arguments: Vec<String>,
    /// None when it has come to its good end.
    running: Option<Running>,
    kills: u32,
    failures: u32,
}

impl<'a> Service<'a> {
    fn start(world: &'a World, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|&text| text.to_owned()).collect();
        let mut service = Self { world, arguments, running: None, kills: 0, failures: 0 };
        service.launch();
        service
    }

    fn launch(&mut self) {
        let arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        self.running = Some(Running::start(&mut self.world.command(&arguments)));
    }

    /// Whether it has come to its good end; when it failed instead, it begins again. It fails with a message.
    fn is_done(&mut self) -> bool {
        let Some(running) = self.running.take_if(Running::ended) else { return self.running.is_none() };
        let ran = running.finish();
        if ran.code != 0 {
            self.failures += 1;
            let said = format!("{:?} ended with {}: {}{}", self.arguments, ran.code, ran.out, ran.err);
            assert!(ran.err.contains("error: ") && !ran.err.contains("panicked") && self.failures < 50, "{said}");
            std::thread::sleep(Duration::from_millis(200));
            self.launch();
        }
        ran.code == 0
    }

    /// SIGKILL, if it runs, and another start.
    fn kill(&mut self) {
        if let Some(running) = self.running.take_if(|running| !running.ended()) {
            running.finish();
            self.kills += 1;
            self.launch();
        }
    }

    /// Lets it come to its good end.
    fn ends_well(&mut self) {
        let begun = Instant::now();
        while !self.is_done() {
            assert!(begun.elapsed() < CALM, "{:?} does not end", self.arguments);
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// SIGKILL, for good.
    fn stop(self) {
        self.running.map(Running::finish);
    }
}

/// The same numbers at every run of the test.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

#[test]
#[ignore = "needs Java: run by .ci/run"]
fn brokers_collectors_and_archivers_killed_again_and_again_lose_nothing_and_double_nothing() {
    let cluster = Cluster::start(&[]);
    let world = project(&cluster.brokers(), "life0");
    write_hours(&world, 400, 300);
    succeeds(&world, &["collect", DIRECT]);
    let mut random = Random(20_251_121);
    let (mut brokers, mut collectors, mut archivers) = (0, 0, 0);
    for life in 0..LIVES {
        let (pipeline, log) = (pipeline_of_life(&world, life), format!("log{life}"));
        let mut collector = Service::start(&world, &["collect", &pipeline]);
        let mut pair = ["one", "two"].map(|name| Service::start(&world, &["archive", &pipeline, "--instance", name]));
        while !collector.is_done() {
            std::thread::sleep(Duration::from_millis(300 + random.below(1_200)));
            match random.below(5) {
                0 if brokers < BROKER_KILLS => {
                    cluster.kill();
                    brokers += 1;
                    std::thread::sleep(Duration::from_millis(random.below(1_000)));
                    cluster.restart();
                }
                1..=3 if collectors + collector.kills < COLLECTOR_KILLS => collector.kill(),
                _ => pair[usize::from(random.below(2) == 0)].kill(),
            }
            // Archivers of a topic never come to an end by themselves.
            assert!(!pair.iter_mut().any(Service::is_done));
        }
        collectors += collector.kills;
        archivers += pair.iter().map(|service| service.kills).sum::<u32>();
        pair.into_iter().for_each(Service::stop);
        succeeds(&world, &["archive", &pipeline, "--until-caught-up"]);
        same_as_direct(&world, &log);
        if brokers >= BROKER_KILLS && collectors >= COLLECTOR_KILLS && archivers >= ARCHIVER_KILLS {
            eprintln!(
                "{brokers} kills of the broker, {collectors} of collectors, {archivers} of archivers, {} lives",
                life + 1
            );
            return;
        }
    }
    panic!("everything was too quick to be killed: {brokers} kills of the broker, {collectors}, {archivers}");
}

/// A pipeline with a topic and a log of its own; its file.
fn pipeline_of_life(world: &World, life: u32) -> String {
    let pipeline = world.read(THROUGH).replace("\"life0\"", &format!("\"life{life}\""));
    let file = format!("life{life}.toml");
    world.write(&file, pipeline.replace("\"log\"", &format!("\"log{life}\"")));
    succeeds(world, &["topic", "create", &file]);
    file
}

#[test]
#[ignore = "needs Java: run by .ci/run"]
fn a_cluster_that_loses_its_leader_twice_gives_the_undisturbed_log() {
    let cluster = Cluster::start(&["--nodes", "3"]);
    let world = project_with_topic(&cluster, "led");
    write_hours(&world, 400, 300);
    succeeds(&world, &["collect", DIRECT]);
    let mut collector = Service::start(&world, &["collect", THROUGH]);
    let mut archiver = Service::start(&world, &["archive", THROUGH]);
    for _ in 0..2 {
        std::thread::sleep(Duration::from_secs(2));
        let leader = cluster.peer(&["leader", "led"]).trim().to_owned();
        cluster.kill_node(&leader);
        std::thread::sleep(Duration::from_secs(6));
        cluster.restart();
        assert!(!archiver.is_done());
        collector.is_done();
    }
    collector.ends_well();
    archiver.stop();
    archive(&world);
    same_as_direct(&world, "log");
}

#[test]
#[ignore = "needs Java: run by .ci/run"]
fn of_two_instances_of_a_collector_the_first_is_fenced_and_no_event_is_doubled() {
    let cluster = Cluster::start(&[]);
    let world = project_with_topic(&cluster, "fenced");
    write_hours(&world, 400, 900);
    succeeds(&world, &["collect", DIRECT]);
    let mut first = Running::start(&mut world.command(&["collect", THROUGH]));
    // The first has committed something, and is in the middle of the rest when it is held up: the longest pause there is.
    while cluster.records("raw", "fenced.cursors").is_empty() {
        assert!(!first.ended(), "it was too quick: {}", first.finish().err);
    }
    first.signal("STOP");
    let second = world.muster(&["collect", THROUGH]);
    assert_eq!(second.code, 0, "{}", second.err);
    first.signal("CONT");
    assert!(first.wait(CALM));
    let first = first.finish();
    assert!(first.code != 0 && first.err.contains("error: "), "{}{}", first.out, first.err);
    assert!(first.err.contains("another") || first.err.contains("fenced"), "{}", first.err);
    archive(&world);
    same_as_direct(&world, "log");
}

#[test]
#[ignore = "needs Java: run by .ci/run"]
fn collectors_and_archivers_that_are_told_to_stop_end_well_and_the_next_ones_go_on() {
    let cluster = Cluster::start(&[]);
    let world = project_with_topic(&cluster, "stopped");
    write_hours(&world, 400, 300);
    succeeds(&world, &["collect", DIRECT]);
    let stop = |arguments: &[&str]| {
        let mut running = Running::start(&mut world.command(arguments));
        std::thread::sleep(Duration::from_secs(3));
        running.terminate();
        assert!(running.wait(Duration::from_secs(10)), "{arguments:?} did not stop");
        let ran = running.finish();
        // A collector that was quicker than the signal has ended well too.
        assert!([0, 130, 143].contains(&ran.code), "{arguments:?} ended with {}: {}", ran.code, ran.err);
    };
    stop(&["collect", THROUGH]);
    stop(&["archive", THROUGH]);
    succeeds(&world, &["collect", THROUGH]);
    stop(&["archive", THROUGH]);
    archive(&world);
    same_as_direct(&world, "log");
}
