//! `muster check`: whether the pipeline's claims hold.

use crate::args::CheckArgs;
use crate::compute::{Basis, open};
use crate::failure::{CHECK_FAILED, Failure};
use crate::figures::Computed;
use crate::project::{environment, read_pipeline, snapshot};
use crate::state::State;
use muster_evidence::claims::{Checked, Meanings, check as answer, claims_json, claims_md, claims_text, day};
use muster_evidence::{Written, write_if_changed};
use muster_log::Log;
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
    let (basis, version) = computed(&pipeline).await?;
    let checked = checked(&pipeline, &basis, version, &claims).await?;
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

/// What the last run computed, opened again: the log at its version, as of its instant.
pub async fn computed(pipeline: &Pipeline) -> Result<(Basis, u64), Failure> {
    let out = &pipeline.project.out;
    let incomplete = || {
        Failure::usage(format!("the outputs in {} are not complete", out.display()), "compute them: muster run FILE")
    };
    let as_of = State::read(out).and_then(|state| state.as_of.parse().ok()).ok_or_else(incomplete)?;
    let cells = muster_stats::read_cells(&out.join("metrics.parquet"))?;
    let version = cells.first().and_then(|cell| u64::try_from(cell.log_version).ok());
    let log = Log::open(&pipeline.project.log.to_string()).await?;
    let snapshot = snapshot(&log, version).await?;
    let basis = open(pipeline, &snapshot, as_of).await?;
    basis.engine.open_tables(&basis.library, &out.join("tables")).await?;
    Ok((basis, snapshot.version()))
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
