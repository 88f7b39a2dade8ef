//! The report: one page that a committee can take apart, and the same as Markdown for a proposal.
//!
//! ```text
//! out/evidence/report.html      the page: styles, script and data inside, no network
//! out/evidence/report-data/     rows of populations that are too long to stand in the page
//! out/evidence/report.md        verdicts, figures and tables, to paste into a proposal
//! ```
//!
//! Every figure opens into its definition and the rows behind it, which are those that `muster trace` prints. What the page
//! shows is foreign text nearly everywhere; the template's formatter cleans and escapes every string that the program did
//! not write itself ([`text`]), the page's data is JSON that cannot end its script ([`script`]), and a content security
//! policy lets nothing run but the one script that ships with the program.

pub(crate) mod chart;
mod choice;
mod data;
mod page;
mod page_data;
mod population;
mod proposal;
mod script;
pub(crate) mod text;
mod words;

pub use choice::shown;
pub use data::{
    Behind, Claim, Criteria, Criterion, Curve, CurveStep, Definition, FigureName, Maintainer, Meeting, Member,
    Organisation, Reading, Report, Rosters, Rows, Standing,
};
pub use population::{Population, Populations};

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
    Ok(vec![page, text])
}
