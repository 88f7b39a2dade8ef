//! `[schedule]`: when the pipeline runs by itself.

use super::{Key, Need, Section, Shape};

/// Of every kind of source.
pub(super) const SOURCE_SCHEDULE: Key = Key {
    name: "schedule",
    shape: Shape::Cron,
    need: Need::Optional("the pipeline's own `cron`"),
    what: "When this source is collected, where that is not when the others are; needs a `[schedule]`.",
    example: "\"@hourly\"",
};

/// `[schedule]`.
pub const SCHEDULE: Section = Section {
    table: "schedule",
    kind: None,
    title: "[schedule]",
    what: "When `muster schedule` runs the pipeline, and what it does when a run fails or is missed; see docs/schedule.md. \
           The whole table is optional: without it the pipeline runs when somebody runs it.",
    keys: &[
        Key {
            name: "cron",
            shape: Shape::Cron,
            need: Need::Required,
            what: "When: minute, hour, day of the month, month, day of the week (with seconds before them, where there are six), \
                   or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.",
            example: "\"30 2 * * *\"",
        },
        Key {
            name: "timezone",
            shape: Shape::Text,
            need: Need::Optional("`UTC`"),
            what: "The time zone of `cron` and of the sources' own schedules, by its name in the IANA database.",
            example: "\"Europe/Berlin\"",
        },
        Key {
            name: "jitter",
            shape: Shape::Duration,
            need: Need::Optional("none"),
            what: "A run begins up to so much later, by another amount each time, so that many pipelines do not begin at once.",
            example: "\"10m\"",
        },
        Key {
            name: "timeout",
            shape: Shape::Duration,
            need: Need::Optional("`12h`"),
            what: "A run that takes longer is ended, and counts as failed.",
            example: "\"2h\"",
        },
        Key {
            name: "retries",
            shape: Shape::Count,
            need: Need::Optional("2"),
            what: "How often a failed run is tried again before the next due time.",
            example: "3",
        },
        Key {
            name: "backoff",
            shape: Shape::Duration,
            need: Need::Optional("`5m`"),
            what: "How long after a failure the first retry comes; each further one waits twice as long, a day at most.",
            example: "\"5m\"",
        },
        Key {
            name: "missed",
            shape: Shape::Text,
            need: Need::Optional("`once`"),
            what: "What becomes of times at which nobody could run it: `once` makes up for all of them with one run, `skip` lets \
                   them pass.",
            example: "\"skip\"",
        },
    ],
};
