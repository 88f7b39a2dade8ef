//! `docker-compose.yml`, read by the real Compose, and every command in it by the real muster. No container is started:
//! no engine runs where the tests do.

use crate::cluster::{root, wanted};
use crate::support::ran;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

fn compose(password: Option<&str>) -> crate::support::Ran {
    let mut command = Command::new(Path::new(&wanted("MUSTER_COMPOSE")).join("bin/docker-compose"));
    command.args(["--profile", "*", "config", "--format", "json"]).current_dir(root());
    command.env_remove("MUSTER_STORE_PASSWORD").envs(password.map(|password| ("MUSTER_STORE_PASSWORD", password)));
    ran(&command.output().unwrap())
}

#[test]
#[ignore = "needs Docker Compose: run by .ci/run"]
fn the_compose_file_is_read_by_compose_pinned_and_watched_and_its_commands_are_musters() {
    let read = compose(Some("a password"));
    assert_eq!(read.code, 0, "{}", read.err);
    assert_eq!(read.err, "", "a warning is a mistake");
    let file: Value = serde_json::from_str(&read.out).unwrap();
    let services = file["services"].as_object().unwrap();
    for wanted in ["kafka", "object-store", "collector", "archiver", "scheduler"] {
        assert!(services.contains_key(wanted), "no {wanted}");
    }
    for (name, service) in services {
        let image = service["image"].as_str().unwrap();
        let version = image.rsplit_once(':').unwrap_or_else(|| panic!("{name}: no version of {image}")).1;
        assert!(version.contains(|letter: char| letter.is_ascii_digit()), "{name}: {image}");
        let ends = service["healthcheck"]["disable"] == true || name == "bucket";
        assert!(ends || service["healthcheck"]["test"].is_array(), "{name} is not watched");
        if service["build"].is_object() {
            is_musters(name, service["command"].as_array().unwrap());
        }
    }
}

/// The arguments are known, and the pipeline file is one.
fn is_musters(name: &str, command: &[Value]) {
    let words: Vec<&str> = command.iter().map(|word| word.as_str().unwrap()).collect();
    let understood = Command::new(env!("CARGO_BIN_EXE_muster")).args(&words).arg("--help").output().unwrap();
    assert!(understood.status.success(), "{name}: {words:?}: {}", String::from_utf8_lossy(&understood.stderr));
    let file = words.iter().find_map(|word| word.strip_prefix("/pipelines/")).unwrap();
    let pipeline = root().join("pipelines").join(file);
    // Whoever asks for its own metrics is told that there are none, after it was read.
    let read = Command::new(env!("CARGO_BIN_EXE_muster")).args(["metrics", "check"]).arg(pipeline).output().unwrap();
    let said = String::from_utf8_lossy(&read.stderr);
    assert!(said.contains("has no metrics of its own"), "{file}: {said}");
}

#[test]
#[ignore = "needs Docker Compose: run by .ci/run"]
fn compose_refuses_to_start_without_a_password_and_says_which() {
    let refused = compose(None);
    assert_ne!(refused.code, 0);
    assert!(refused.err.contains("MUSTER_STORE_PASSWORD"), "{}", refused.err);
}
