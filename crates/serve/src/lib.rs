//! The PostgreSQL protocol over events, tables and metrics, read-only.
