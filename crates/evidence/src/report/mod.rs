//! The report: one page that a committee can take apart, and the same as Markdown for a proposal.
//!
//! ```text
//! out/evidence/report.html      the page: styles, script and data inside, no network
//! out/evidence/report-data/     rows of populations that are too long to stand in the page
//! out/evidence/report.md        verdicts, figures and tables, to paste into a proposal
//! out/evidence/evidence.json    all of it for programs; evidence.schema.json says what is in it
//! out/evidence/{maintainers,organisations,meetings}.{csv,md}, claims.csv    the tables one by one
//! ```
//!
//! Every figure opens into its definition and the rows behind it, which are those that `muster trace` prints. What the page
//! shows is foreign text nearly everywhere; the template's formatter cleans and escapes every string that the program did
//! not write itself ([`text`]), the page's data is JSON that cannot end its script ([`script`]), and a content security
//! policy lets nothing run but the one script that ships with the program.

pub(crate) mod chart;
mod checked;
mod choice;
mod data;
mod page;
mod page_data;
mod population;
mod programs;
mod proposal;
mod script;
pub(crate) mod text;
mod words;

pub use checked::{claims, criteria};
pub use choice::shown;
pub use data::{
    Behind, Claim, Criteria, Criterion, Curve, CurveStep, Definition, FigureName, Maintainer, Meeting, Member,
    Organisation, Reading, Report, Rosters, Rows, Standing,
};
pub use page_data::MOST_MEMBERS;
pub use population::{Cells, Population, Populations};

use crate::csv;
use crate::file::{EvidenceError, Written, write_if_changed};
use crate::guard::without_emails;
use std::path::Path;

/// Writes `report.html` and `report.md` into the folder, beside the populations that [`Populations`] wrote there.
///
/// # Errors
/// [`EvidenceError`].
pub fn write(report: &Report, folder: &Path) -> Result<Vec<Written>, EvidenceError> {
    let html = page::html(report).map_err(|error| EvidenceError::Template(format!("{error:#}")))?;
    // Cells are clean already; this is for whatever two of them might make together.
    let page = write_if_changed(&folder.join("report.html"), &without_emails(&html))?;
    let text = write_if_changed(&folder.join("report.md"), &without_emails(&proposal::markdown(report)))?;
    let mut written = vec![page, text];
    for (name, content) in tables(report) {
        written.push(write_if_changed(&folder.join(name), &content)?);
    }
    Ok(written)
}

/// What the published schema of `evidence.json` is.
pub const SCHEMA: &str = include_str!("../../assets/evidence.schema.json");

fn tables(report: &Report) -> Vec<(&'static str, String)> {
    let rosters = &report.rosters;
    let page = |title: &str, table: String| without_emails(&proposal::alone(title, report, &table)).into_owned();
    vec![
        ("evidence.json", programs::evidence_json(report)),
        ("evidence.schema.json", SCHEMA.to_owned()),
        ("maintainers.csv", csv::maintainers_csv(&rosters.maintainers)),
        ("organisations.csv", csv::organisations_csv(&rosters.organisations)),
        ("meetings.csv", csv::meetings_csv(&rosters.meetings)),
        ("claims.csv", csv::claims_csv(&report.claims)),
        ("maintainers.md", page("listed maintainers", proposal::maintainers_md(rosters))),
        ("organisations.md", page("organisations in the last year", proposal::organisations_md(rosters, usize::MAX))),
        ("meetings.md", page("meetings in the last year", proposal::meetings_md(rosters, usize::MAX))),
    ]
}
