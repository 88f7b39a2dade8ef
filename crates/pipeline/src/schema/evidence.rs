//! What the figures are held against: `[evidence]`, `[[milestone]]`, `[[claim]]` and what a claim expects.

use super::{Key, Need, Section, Shape};

/// `[evidence]`.
pub const EVIDENCE: Section = Section {
    table: "evidence",
    kind: None,
    title: "[evidence]",
    what: "What people read: how they are named in it, and which criteria it answers. The whole table is optional.",
    keys: &[
        Key {
            name: "privacy",
            shape: Shape::Text,
            need: Need::Optional("`public`"),
            what: "How people are named in what leaves the project: `public` (names and public logins), `initials` or \
                   `hashed`. E-mail addresses are never in it.",
            example: "\"initials\"",
        },
        Key {
            name: "claims",
            shape: Shape::Path,
            need: Need::Optional("only the claims in this file"),
            what: "A file of further `[[claim]]` tables, such as `muster claims extract` writes.",
            example: "\"claims.toml\"",
        },
        Key {
            name: "criteria",
            shape: Shape::Texts,
            need: Need::Optional("no criteria in the report"),
            what: "Whose criteria the report answers: a body's name as `muster criteria` lists it, or the path of a \
                   file of your own, which ends with `.toml`.",
            example: "[\"cncf-graduation\"]",
        },
        Key {
            name: "links",
            shape: Shape::Links,
            need: Need::Optional("no criterion is answered by a link"),
            what: "Where a criterion that no data can answer is answered: the name of its link (`muster criteria` shows it) \
                   to an address.",
            example: "{ code-of-conduct = \"https://github.com/acme/lantern/blob/main/CODE_OF_CONDUCT.md\" }",
        },
    ],
};

/// `[[milestone]]`.
pub const MILESTONE: Section = Section {
    table: "milestone",
    kind: None,
    title: "[[milestone]]",
    what: "A day that the community looks back to. Claims are also read as since then, and some metrics compare the year \
           before with the year after.",
    keys: &[
        Key {
            name: "name",
            shape: Shape::Text,
            need: Need::Required,
            what: "What happened. No two are called the same.",
            example: "\"incubation\"",
        },
        Key { name: "date", shape: Shape::Day, need: Need::Required, what: "When.", example: "\"2020-04-09\"" },
    ],
};

/// `[[claim]]`.
pub const CLAIM: Section = Section {
    table: "claim",
    kind: None,
    title: "[[claim]]",
    what: "A sentence with numbers, and what must be so for it to hold. `muster check` answers it; `muster claims extract` \
           writes such tables from a document.",
    keys: &[
        Key {
            name: "id",
            shape: Shape::Text,
            need: Need::Required,
            what: "A name for it. No two are called the same.",
            example: "\"contributors\"",
        },
        Key {
            name: "text",
            shape: Shape::Text,
            need: Need::Required,
            what: "The sentence, as it is printed.",
            example: "\"In the past year we had 234 active contributors from 55 different organizations\"",
        },
        Key {
            name: "required",
            shape: Shape::Flag,
            need: Need::Optional("true"),
            what: "Whether `muster check` ends with exit status 1 when the claim fails.",
            example: "false",
        },
        Key {
            name: "place",
            shape: Shape::Text,
            need: Need::Optional("the claim is in no document"),
            what: "Where the sentence stands: file, line and column.",
            example: "\"application.md:41:1\"",
        },
        Key {
            name: "expect",
            shape: Shape::Expectations,
            need: Need::Required,
            what: "What must be so; the claim holds when all of it does.",
            example: "[{ metric = \"growth.active_contributors\", window = \"365d\", op = \">=\", value = 234 }]",
        },
    ],
};

/// One entry of a claim's `expect`.
pub const EXPECTATION: Section = Section {
    table: "expect",
    kind: None,
    title: "an expectation",
    what: "One entry of a claim's `expect`: a metric in a window, and what it must be.",
    keys: &[
        Key {
            name: "metric",
            shape: Shape::Text,
            need: Need::Required,
            what: "The metric's id.",
            example: "\"growth.active_contributors\"",
        },
        Key {
            name: "window",
            shape: Shape::Window,
            need: Need::Optional("`365d`"),
            what: "The window: a number of days before the as-of instant, `all`, two days such as `2024-06-01..2025-06-01`, \
                   one calendar window by its label (`2025`, `2025Q2`, `2025-06`, `2025-12-05`), or `day`, `week`, `month`, \
                   `quarter`, `year` for the last complete one.",
            example: "\"365d\"",
        },
        Key {
            name: "op",
            shape: Shape::Text,
            need: Need::Required,
            what: "`>=`, `>`, `<=`, `<` or `=` with `value`; `between` with `values`.",
            example: "\">=\"",
        },
        Key {
            name: "value",
            shape: Shape::Figure,
            need: Need::OrElse("values"),
            what: "What the figure is held against, in the metric's unit; a share is from 0 to 1.",
            example: "234",
        },
        Key {
            name: "values",
            shape: Shape::Bounds,
            need: Need::OrElse("value"),
            what: "The two ends of `between`; both count in.",
            example: "[15, 20]",
        },
        Key {
            name: "over",
            shape: Shape::Window,
            need: Need::Optional("one window is judged"),
            what: "For a rate (\"15 to 20 new contributors per quarter\"): the span, each whole `window` of which is judged. \
                   Two days, a number of days, or `all`.",
            example: "\"2021-01-01..2025-01-01\"",
        },
        Key {
            name: "group",
            shape: Shape::Text,
            need: Need::Optional("everything"),
            what: "One group of the metric.",
            example: "\"repository=acme/lantern\"",
        },
    ],
};
