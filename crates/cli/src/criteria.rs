//! `muster criteria`: a body's criteria, answered.

use crate::args::CriteriaArgs;
use crate::check::{meanings, opened};
use crate::compute::Basis;
use crate::failure::{CHECK_FAILED, Failure};
use crate::figures::Computed;
use crate::project::read_pipeline;
use muster_evidence::claims::day;
use muster_evidence::criteria::{Answered, Profile, Taken, answer, criteria_json, criteria_md, criteria_text};
use muster_evidence::{Written, write_if_changed};
use muster_pipeline::Pipeline;
use std::path::Path;
use std::process::ExitCode;

/// Answers a profile, or lists those there are; exit status 1 when a required criterion is not met.
pub async fn criteria(args: &CriteriaArgs) -> Result<ExitCode, Failure> {
    let pipeline = read_pipeline(&args.common.file, &args.common.sets)?;
    let Some(name) = &args.body else { return list() };
    let profile = profile(name)?;
    let opened = opened(&pipeline, &args.as_of).await?;
    let answered = answered(&opened.pipeline, &opened.basis, opened.version, &profile).await?;
    let text = match (args.common.json, args.markdown) {
        (true, _) => criteria_json(&answered),
        (false, true) => criteria_md(&answered),
        (false, false) => criteria_text(&answered),
    };
    crate::sql::print_bytes(text.as_bytes())?;
    say_unused(&pipeline, &profile);
    Ok(if answered.is_refuted() { ExitCode::from(CHECK_FAILED) } else { ExitCode::SUCCESS })
}

fn list() -> Result<ExitCode, Failure> {
    let mut text = String::new();
    for name in Profile::shipped() {
        let profile = Profile::named(name).map_err(Failure::internal)?;
        text.push_str(&format!("{name:<18} {} ({})\n", profile.title, profile.version));
    }
    text.push_str("\nor the path of a file of your own, which ends with .toml (docs/criteria.md)\n");
    crate::sql::print_bytes(text.as_bytes())
}

/// A profile that comes with muster, or a user's own file.
fn profile(name: &str) -> Result<Profile, Failure> {
    if !name.ends_with(".toml") {
        return Profile::named(name).map_err(|error| Failure::usage(error, "or the path of a file of your own"));
    }
    let text = std::fs::read_to_string(name)
        .map_err(|error| Failure::usage(format!("{name}: {error}"), "give a file of criteria (docs/criteria.md)"))?;
    let id = Path::new(name).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Profile::parse(&id, &text).map_err(|error| Failure::usage(error, "docs/criteria.md says how one is written"))
}

async fn answered(pipeline: &Pipeline, basis: &Basis, version: u64, profile: &Profile) -> Result<Answered, Failure> {
    let meanings = meanings()?;
    let figures = Computed::new(pipeline, basis, version, &meanings, &meanings.with_others(profile.metrics())).await?;
    let taken = Taken {
        project: pipeline.project.name.clone(),
        muster_version: env!("CARGO_PKG_VERSION").to_owned(),
        as_of: day(basis.as_of),
        log_version: i64::try_from(version).unwrap_or(i64::MAX),
    };
    Ok(answer(profile, &pipeline.evidence.links, &meanings, &figures, taken))
}

/// `criteria-<body>.json` and `.md` in the folder of the evidence, for each body that the pipeline file names.
pub async fn write(pipeline: &Pipeline, basis: &Basis, version: u64, evidence: &Path) -> Result<Vec<Written>, Failure> {
    let mut written = Vec::new();
    for name in &pipeline.evidence.criteria {
        let profile = profile(name)?;
        let answered = answered(pipeline, basis, version, &profile).await?;
        let file = |ending: &str| evidence.join(format!("criteria-{}.{ending}", profile.id));
        written.push(write_if_changed(&file("json"), &criteria_json(&answered))?);
        written.push(write_if_changed(&file("md"), &criteria_md(&answered))?);
    }
    Ok(written)
}

/// The text of each profile that the pipeline file names, so that a change of one is a change of what is computed.
pub fn texts(pipeline: &Pipeline) -> Vec<String> {
    pipeline.evidence.criteria.iter().map(|name| format!("{:?}", profile(name).ok())).collect()
}

/// A link of the pipeline file that no criterion asks for is most likely misspelt.
fn say_unused(pipeline: &Pipeline, profile: &Profile) {
    let links = profile.links();
    for name in pipeline.evidence.links.keys().filter(|name| !links.contains(&name.as_str())) {
        eprintln!("note: no criterion of {} asks for the link `{name}`; it asks for {}", profile.id, links.join(", "));
    }
}
