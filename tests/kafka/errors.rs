//! What goes wrong is said within 15 seconds, with what to do; once it is put right, nothing is missing.

use crate::cluster::Cluster;
use crate::support::{Ran, SmallDisk, World};
use crate::transport::{
    DIRECT, THROUGH, archive, count, project, project_with_topic, same_as_direct, succeeds, transport, within,
    write_hours,
};
use std::process::Command;

/// The limit of the issue.
const SOON: u64 = 15;

/// Runs `muster`, which must soon end with an error that has these words and a line that says what to do.
fn fails(world: &World, arguments: &[&str], words: &[&str]) -> Ran {
    fails_with(&mut world.command(arguments), words)
}

fn fails_with(command: &mut Command, words: &[&str]) -> Ran {
    let ran = within(SOON, command);
    assert!([2, 3].contains(&ran.code), "{command:?} ended with {}: {}{}", ran.code, ran.out, ran.err);
    assert!(ran.err.contains("error: ") && ran.err.contains("  = "), "{command:?}: {}", ran.err);
    for word in words {
        assert!(ran.err.contains(word), "{command:?} does not say {word:?}: {}", ran.err);
    }
    // librdkafka's own lines, and ours when we have not thought of something.
    for noise in ["panicked", "rdkafka#", "%3|", "%4|", "w1ck-0il", "hunter2"] {
        assert!(!ran.err.contains(noise) && !ran.out.contains(noise), "{command:?}: {}{}", ran.out, ran.err);
    }
    ran
}

#[test]
#[ignore = "needs Java: run by .ci/run"]
fn a_broker_that_is_absent_is_said_by_every_command() {
    // Nothing listens on port 1.
    let world = project("127.0.0.1:1", "nowhere");
    write_hours(&world, 1, 10);
    for arguments in [
        &["collect", THROUGH][..],
        &["run", THROUGH],
        &["archive", THROUGH],
        &["archive", THROUGH, "--until-caught-up"],
        &["topic", "create", THROUGH],
        &["topic", "check", THROUGH],
    ] {
        fails(&world, arguments, &["127.0.0.1:1"]);
    }
}

#[test]
#[ignore = "needs Java: run by .ci/run"]
fn a_wrong_password_a_missing_one_and_an_expired_certificate_are_said_and_the_right_ones_work() {
    let cluster = Cluster::start(&["--secure"]);
    let world = project(&cluster.brokers(), "secured");
    write_hours(&world, 2, 50);
    succeeds(&world, &["collect", DIRECT]);
    succeeds(&world, &["topic", "create", THROUGH]);
    let ca = cluster.authority();
    let pipeline = |listener: &str, security: &str| {
        let section = transport(&cluster.address(listener), "secured");
        let security = format!("[transport.security]\n{security}");
        let file = format!("{}-{}.toml", listener.to_lowercase(), security.len());
        world.write(&file, format!("{}{section}{security}", crate::archive::PIPELINE));
        file
    };
    let login = |mechanism: &str, protocol: &str| {
        format!(
            "protocol = \"{protocol}\"\nmechanism = \"{mechanism}\"\nuser = \"muster\"\npassword_env = \"SECRET\"\nca = {ca:?}\n"
        )
    };
    let each = |file: &str| [vec!["collect".to_owned(), file.to_owned()], vec!["archive".to_owned(), file.to_owned()]];
    // Wrong: by every mechanism, producing and archiving.
    for mechanism in ["PLAIN", "SCRAM-SHA-512"] {
        let file = pipeline("SASL_PLAINTEXT", &login(mechanism, "sasl_plaintext"));
        for arguments in each(&file) {
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            fails_with(world.command(&arguments).env("SECRET", "hunter2"), &["uthentication", "[transport.security]"]);
            fails_with(world.command(&arguments).env_remove("SECRET"), &["SECRET"]);
        }
    }
    // Out of date, and by an authority that nobody named.
    let expired = pipeline("EXPIRED", &format!("protocol = \"ssl\"\nca = {ca:?}\n"));
    let unknown = pipeline("SSL", "protocol = \"ssl\"\n");
    for (file, word) in [(expired, "expired"), (unknown, "ca")] {
        for arguments in each(&file) {
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            fails(&world, &arguments, &["certificate", word]);
        }
    }
    assert_eq!(cluster.records("raw", "secured").len(), 0);
    // Right.
    let certificate = pipeline("SSL", &format!("protocol = \"ssl\"\nca = {ca:?}\n"));
    succeeds(&world, &["collect", &certificate]);
    let both = pipeline("SASL_SSL", &login("SCRAM-SHA-512", "sasl_ssl"));
    let ran = within(120, world.command(&["archive", &both, "--until-caught-up"]).env("SECRET", "w1ck-0il"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    same_as_direct(&world, "log");
}

#[test]
#[ignore = "needs Java: run by .ci/run"]
fn a_topic_that_is_not_there_is_said_and_made_as_the_message_tells() {
    let cluster = Cluster::start(&[]);
    let world = project(&cluster.brokers(), "unknown");
    write_hours(&world, 2, 50);
    succeeds(&world, &["collect", DIRECT]);
    for arguments in [&["collect", THROUGH][..], &["archive", THROUGH], &["topic", "check", THROUGH]] {
        fails_or_finds(&world, arguments);
    }
    succeeds(&world, &["topic", "create", THROUGH]);
    succeeds(&world, &["collect", THROUGH]);
    archive(&world);
    same_as_direct(&world, "log");
}

/// `topic check` finds that the topic is missing, which is what it is for; the others cannot go on.
fn fails_or_finds(world: &World, arguments: &[&str]) {
    if arguments[0] == "topic" {
        let ran = within(SOON, &mut world.command(arguments));
        assert!([1, 2].contains(&ran.code) && (ran.out + &ran.err).contains("muster topic create"));
    } else {
        fails(world, arguments, &["unknown", "muster topic create"]);
    }
}

#[test]
#[ignore = "needs Java: run by .ci/run"]
fn an_event_larger_than_the_topic_takes_is_said_and_the_batch_is_whole_when_it_takes_it() {
    let cluster = Cluster::start(&[]);
    let world = project(&cluster.brokers(), "narrow");
    write_hours(&world, 2, 50);
    succeeds(&world, &["collect", DIRECT]);
    cluster.peer(&["create", "narrow", "4", "1", "max.message.bytes=150"]);
    cluster.peer(&["create", "narrow.cursors", "1", "1", "cleanup.policy=compact"]);
    cluster.peer(&["create", "narrow.rejected", "1", "1"]);
    fails(&world, &["collect", THROUGH], &["max.message.bytes", "narrow"]);
    archive(&world);
    assert_eq!(count(&world, "log"), 0, "nothing of what could not be sent whole");
    cluster.peer(&["alter", "narrow", "max.message.bytes=1048588"]);
    succeeds(&world, &["collect", THROUGH]);
    archive(&world);
    same_as_direct(&world, "log");
}

#[test]
#[ignore = "needs Java: run by .ci/run"]
fn a_full_disk_at_the_archiver_or_a_size_limit_where_nothing_may_be_mounted_is_said_and_nothing_is_lost() {
    let cluster = Cluster::start(&[]);
    let world = project_with_topic(&cluster, "full");
    write_hours(&world, 10, 3000);
    succeeds(&world, &["collect", DIRECT]);
    succeeds(&world, &["collect", THROUGH]);
    world.write(THROUGH, world.read(THROUGH).replace("\"log\"", "\"disk/log\""));
    let disk = SmallDisk::mount(world.path("disk"));
    let until = ["archive", THROUGH, "--until-caught-up"];
    for arguments in [&until[..], &["archive", THROUGH]] {
        if disk.is_some() {
            world.write("disk/ballast", vec![1; (1 << 20) - (300 << 10)]);
            fails(&world, arguments, &["space"]);
        } else {
            eprintln!("a tmpfs may not be mounted here: a limit on the size of files stands for the full disk");
            let mut limited = Command::new("sh");
            limited
                .args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_muster")])
                .args(arguments)
                .current_dir(world.path(""))
                .env("NO_COLOR", "1");
            fails_with(&mut limited, &["space"]);
        }
    }
    disk.iter().for_each(|disk| disk.grow("256m"));
    archive(&world);
    same_as_direct(&world, "disk/log");
}

#[test]
#[ignore = "needs Java: run by .ci/run"]
fn a_topic_that_was_deleted_and_made_again_is_said_and_no_position_is_guessed() {
    let cluster = Cluster::start(&[]);
    let world = project_with_topic(&cluster, "again");
    cluster.peer(&["binary", "again", "40"]);
    archive(&world);
    cluster.peer(&["delete", "again"]);
    std::thread::sleep(std::time::Duration::from_secs(2));
    cluster.peer(&["create", "again", "4", "1"]);
    cluster.peer(&["structured", "again", "4"]);
    let ran = within(SOON, &mut world.command(&["archive", THROUGH, "--until-caught-up"]));
    assert!([2, 3].contains(&ran.code) && ran.err.contains("made again"), "{} {}{}", ran.code, ran.out, ran.err);
    assert_eq!(count(&world, "log"), 40);
    // As the message tells.
    succeeds(&world, &["archive", THROUGH, "--until-caught-up", "--from-start"]);
    assert_eq!(count(&world, "log"), 44);
}
