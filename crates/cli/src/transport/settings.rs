//! `[transport]` as the crate of Kafka takes it, with its secrets.

use crate::failure::Failure;
use crate::secret;
use muster_kafka::{Mode, Secret, Security, Settings, TransportError};
use muster_pipeline::Pipeline;
use std::path::Path;

/// The variable of the password where the pipeline file names none.
const PASSWORD: &str = "KAFKA_PASSWORD";

impl From<TransportError> for Failure {
    fn from(error: TransportError) -> Self {
        let hint = error.hint.clone();
        Self::usage(error, hint)
    }
}

/// What the pipeline file says, with the secrets that it names.
pub fn settings(pipeline: &Pipeline) -> Result<Settings, Failure> {
    let Some(transport) = &pipeline.transport else {
        return Err(Failure::usage(
            format!("{} has no [transport]: collectors write into the log themselves", pipeline.file.display()),
            "add [transport] with kind = \"kafka\"; docs/kafka.md says how",
        ));
    };
    let security = security(&transport.security)?;
    let small = |number: u64| i32::try_from(number).unwrap_or(i32::MAX);
    Ok(Settings {
        project: pipeline.project.name.clone(),
        brokers: transport.brokers.clone(),
        topic: transport.topic.clone(),
        partitions: small(transport.partitions.unwrap_or(6)),
        replication: transport.replication.map(small),
        retention_days: transport.retention_days.unwrap_or(14),
        mode: match transport.mode {
            muster_pipeline::Mode::Binary => Mode::Binary,
            muster_pipeline::Mode::Structured => Mode::Structured,
        },
        group: transport.group.clone().unwrap_or_else(|| format!("muster-{}", transport.topic)),
        batch: usize::try_from(transport.batch.unwrap_or(20_000)).unwrap_or(usize::MAX),
        security,
        properties: transport.properties.clone(),
    })
}

/// The password that a file holds.
fn first_line(path: &Path) -> Result<Secret, Failure> {
    let text = secret::file(path).map_err(|error| Failure::usage(&error, &error.hint))?;
    match text.lines().next().map(str::trim).filter(|line| !line.is_empty()) {
        Some(line) => Ok(Secret(line.to_owned())),
        None => Err(Failure::usage(format!("{} is empty", path.display()), "write the password into its first line")),
    }
}

fn security(given: &muster_pipeline::Security) -> Result<Security, Failure> {
    let variable = |name: &str, what: &str| {
        secret::variable(name, what).map(Secret).map_err(|error| Failure::usage(&error, &error.hint))
    };
    let password = match (&given.password_file, &given.user) {
        (Some(path), _) => Some(first_line(path)?),
        (None, Some(user)) => {
            let name = given.password_env.as_deref().unwrap_or(PASSWORD);
            Some(variable(name, &format!("the password of the Kafka user {user}"))?)
        }
        (None, None) => None,
    };
    let key_password = given.key_password_env.as_deref().map(|name| variable(name, "the password of the key"));
    Ok(Security {
        protocol: given.protocol.clone(),
        mechanism: given.mechanism.clone(),
        user: given.user.clone(),
        password,
        ca: given.ca.clone(),
        certificate: given.certificate.clone(),
        key: given.key.clone(),
        key_password: key_password.transpose()?,
    })
}
