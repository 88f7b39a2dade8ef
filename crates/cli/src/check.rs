//! `muster check`: whether the pipeline's claims hold.

use crate::args::{AsOf, CheckArgs};
use crate::asof::outputs;
use crate::compute::{Basis, open};
use crate::failure::{CHECK_FAILED, Failure};
use crate::figures::Computed;
use crate::project::{environment, read_pipeline};
use muster_evidence::claims::{Checked, Meanings, check as answer, claims_json, claims_md, claims_text, day};
use muster_evidence::{Written, write_if_changed};
use muster_model::Claim;
use muster_pipeline::Pipeline;
use std::path::Path;
use std::process::ExitCode;

/// Answers every claim; exit status 1 when one fails that is required.
pub async fn check(args: &CheckArgs) -> Result<ExitCode, Failure> {
    let mut pipeline = read_pipeline(&args.common.file, &args.common.sets)?;
    for file in &args.claims {
        let claims = std::mem::take(&mut pipeline.claims);
        pipeline.claims =
            muster_pipeline::read_claims(file, claims, &environment).map_err(|errors| Failure::config(&errors))?;
    }
    let claims = chosen(&pipeline.claims, &args.ids)?;
    let opened = opened(&pipeline, &args.as_of).await?;
    let checked = checked(&opened.pipeline, &opened.basis, opened.version, &claims).await?;
    let text = match args.common.json {
        true => claims_json(&checked),
        false => claims_text(&checked, &meanings()?),
    };
    crate::sql::print_bytes(text.as_bytes())?;
    Ok(if checked.is_refuted() { ExitCode::from(CHECK_FAILED) } else { ExitCode::SUCCESS })
}

/// The claims asked for; all of them where none is named.
fn chosen(claims: &[Claim], ids: &[String]) -> Result<Vec<Claim>, Failure> {
    let known = || claims.iter().map(|claim| claim.id.as_str()).collect::<Vec<_>>().join(", ");
    if claims.is_empty() {
        return Err(Failure::usage(
            "there are no claims",
            "write [[claim]] tables (docs/claims.md), or have them proposed: muster claims extract DOCUMENT",
        ));
    }
    if let Some(unknown) = ids.iter().find(|id| claims.iter().all(|claim| claim.id != **id)) {
        return Err(Failure::usage(format!("there is no claim {unknown:?}"), format!("there are {}", known())));
    }
    Ok(claims.iter().filter(|claim| ids.is_empty() || ids.contains(&claim.id)).cloned().collect())
}

/// Outputs on disk, opened again.
pub struct Opened {
    /// The pipeline as they were computed with it.
    pub pipeline: Pipeline,
    /// SQL over the log as it was for them, and the definitions.
    pub basis: Basis,
    /// The version of the log.
    pub version: u64,
}

/// The outputs of the last run, or those of the `--as-of` given.
pub async fn opened(pipeline: &Pipeline, given: &[AsOf]) -> Result<Opened, Failure> {
    let outputs = outputs(pipeline, given).await?;
    let basis = open(&outputs.pipeline, &outputs.snapshot().await?, outputs.as_of).await?;
    basis.engine.open_tables(&basis.library, &outputs.folder().join("tables")).await?;
    Ok(Opened { version: outputs.log_version, basis, pipeline: outputs.pipeline })
}

/// The verdicts on claims, over the populations on disk.
pub async fn checked(pipeline: &Pipeline, basis: &Basis, version: u64, claims: &[Claim]) -> Result<Checked, Failure> {
    let meanings = meanings()?;
    let metrics = claims.iter().flat_map(|claim| &claim.expect).map(|expectation| expectation.metric.as_str());
    let figures = Computed::new(pipeline, basis, version, &meanings, &meanings.with_others(metrics)).await?;
    let verdicts = answer(claims, &meanings, &figures);
    let version = i64::try_from(version).unwrap_or(i64::MAX);
    Ok(Checked::new(&pipeline.project.name, env!("CARGO_PKG_VERSION"), day(basis.as_of), version, verdicts))
}

/// `claims.json` and `claims.md` in the folder of the evidence; of a pipeline that claims nothing, neither.
pub async fn write(pipeline: &Pipeline, basis: &Basis, version: u64, evidence: &Path) -> Result<Vec<Written>, Failure> {
    if pipeline.claims.is_empty() {
        return Ok(Vec::new());
    }
    let checked = checked(pipeline, basis, version, &pipeline.claims).await?;
    Ok(vec![
        write_if_changed(&evidence.join("claims.json"), &claims_json(&checked))?,
        write_if_changed(&evidence.join("claims.md"), &claims_md(&checked))?,
    ])
}

/// What the words of a claim could mean.
pub fn meanings() -> Result<Meanings, Failure> {
    Meanings::shipped().map_err(Failure::internal)
}
