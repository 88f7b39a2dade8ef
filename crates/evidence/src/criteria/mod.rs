//! What a body asks of a project, answered as far as data can: `criteria/*.toml` are the bodies' criteria in our own words.
//!
//! [`Profile`] is the file, [`answer`] holds figures and links against it, [`Answered`] is what is shown. A criterion that
//! names a threshold is a claim and is answered like one; one that a document answers needs a link and is never met by it
//! alone, because nobody here has read the document.

mod answer;
mod page;
mod profile;

pub use answer::{Answered, CriterionAnswer, LinkAnswer, Status, Taken, answer};
pub use page::{criteria_json, criteria_md, criteria_text};
pub use profile::{Criterion, Profile};

#[cfg(test)]
mod tests;
