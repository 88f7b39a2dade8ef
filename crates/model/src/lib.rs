//! The vocabulary of muster, and nothing else: no files, no network, no clock, no Arrow.
//!
//! | word | here | meaning |
//! | --- | --- | --- |
//! | event | [`Event`] | one fact that a source states; a CloudEvents 1.0 envelope with a typed [`Payload`] |
//! | account | [`account`] | a login, an e-mail, a chat id or a name in notes, written `<scheme>:<rest>` |
//! | problem | [`Problem`] | input that could not be read, or that was read with a doubt: where, what, what to do |
//! | collector | [`Collector`] | turns one source into [`Batch`]es of events, problems and a cursor |
//! | cursor | [`Cursor`] | how far a collector has come; committed together with its events |
//! | window | [`Window`] | a half-open span of time, UTC |
//! | claim | [`Claim`] | a sentence with numbers, and what the metrics must say for it to hold |
//!
//! Every stage crate knows this one; it knows none of them.

pub mod account;
mod batch;
mod claim;
mod event;
mod forgotten;
mod metric;
pub mod payload;
mod privacy;
mod problem;
pub mod redaction;
mod window;

pub use batch::{Batch, CollectError, Collector, Counts, Cursor};
pub use claim::{Claim, Comparison, Cut, Expectation};
pub use event::{Event, parse_time};
pub use jiff::Timestamp;
pub use jiff::civil::Date;
pub use metric::{MetricSpec, Variant};
pub use payload::Payload;
pub use privacy::Privacy;
pub use problem::{Problem, Severity};
pub use window::{Window, WindowError, WindowKind};
