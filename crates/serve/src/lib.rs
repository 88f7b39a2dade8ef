//! The PostgreSQL protocol over events, tables and metrics, read-only: what `muster serve --sql` listens with.
//!
//! The protocol is pgwire's, the catalogue and the encoding of rows are datafusion-postgres'. Ours is what lies between: which
//! statements are answered at all, and how much a query may take.
//!
//! | module | what it does |
//! | --- | --- |
//! | `server` | accepts connections and ends them |
//! | `access` | who may come in: TLS, passwords, certificates, how many |
//! | `session` | one connection: its settings, its cursors, its cancelling |
//! | `handler` | the protocol's messages, to a session |
//! | `statement` | which statements only read |
//! | `setting` | SET and SHOW |
//! | `desk` | the tables as of one instant, and their catalogue |
//! | `catalogue` | what tools ask of it besides |
//! | `answer` | a plan into rows: memory, time, number of rows, e-mail addresses |
//! | `wire` | what the protocol has no type for |
//! | `ends` | a query that nobody waits for has to end |
//! | `bounded` | functions that would make one huge value |
//! | `error` | mistakes in the words and codes of PostgreSQL |

mod access;
mod answer;
mod bounded;
mod catalogue;
mod cursor;
mod desk;
mod ends;
mod error;
mod handler;
mod limits;
mod server;
mod session;
mod setting;
mod statement;
mod wire;

pub use access::{Access, Tls, TlsError};
pub use desk::{Desk, Source};
pub use limits::Limits;
pub use server::{Options, serve};
