//! The evidence for programs: everything that the report says, unrounded.

use super::data::{Claim, Criteria, Maintainer, Meeting, Organisation, Report};
use crate::json::{Summary, guarded, summary};
use serde::Serialize;

#[derive(Serialize)]
struct Evidence<'a> {
    #[serde(flatten)]
    summary: Summary<'a>,
    privacy: &'a str,
    claims: &'a [Claim],
    criteria: &'a [Criteria],
    maintainers: &'a [Maintainer],
    organisations: &'a [Organisation],
    meetings: &'a [Meeting],
}

/// `evidence.json`; its shape is in `assets/evidence.schema.json`.
pub(crate) fn evidence_json(report: &Report) -> String {
    guarded(&Evidence {
        summary: summary(&report.provenance, &report.figures, &report.rejected),
        privacy: &report.privacy,
        claims: &report.claims,
        criteria: &report.criteria,
        maintainers: &report.rosters.maintainers,
        organisations: &report.rosters.organisations,
        meetings: &report.rosters.meetings,
    })
}
