//! Claims: whether sentences with numbers hold, under which definition, and what would decide those that cannot be told.
//!
//! [`check`] is pure: it is given claims, what their words could mean ([`Meanings`]) and where figures come from
//! ([`Figures`]), and gives a [`Verdict`] each, which can be printed ([`claims_md`], [`claims_json`], [`claims_text`]).
//!
//! | module | what it does |
//! | --- | --- |
//! | `meanings` | `criteria/meanings.toml`: the metrics, windows and parts that a word could mean, and the data they need |
//! | `figures` | the trait of whoever computes figures |
//! | `read` | one number under one definition, in one window and group |
//! | `judge` | a value of which only bounds are known against what it must be |
//! | `course` | what lasts, over time: since when, until when |
//! | `check` | all readings of a claim, and which of them hold |
//! | `nearest` | the nearest statement that holds |
//! | [`extract`] | the claims of a document, as proposals |
//! | `verdict` | the answers, as data |
//! | `text`, `page` | the answers to read, and for programs |

mod check;
mod course;
pub mod extract;
mod figures;
mod judge;
mod meanings;
mod nearest;
mod page;
mod read;
mod text;
mod verdict;

#[cfg(test)]
mod tests;

pub use check::{check, figure};
pub use course::day;
pub use figures::{About, FigureCell, Figures, Interval, Missing, Setting};
pub use meanings::{Data, Meaning, Meanings, Since, WindowMeaning, WindowMeanings, Word};
pub use page::{claims_json, claims_md};
pub use text::claims_text;
pub use verdict::{Answer, Checked, Each, Part, Rate, Reading, Span, Step, Verdict, Way};
