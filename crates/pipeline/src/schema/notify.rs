//! Who is told when a run fails, recovers, or changes a verdict: `[[notify]]`.

use super::{Key, Need, Section, Shape};

/// `[[notify]]`.
pub const NOTIFY: Section = Section {
    table: "notify",
    kind: None,
    title: "[[notify]]",
    what: "Who is told when a run fails, recovers, or changes the verdict on a claim: a command, or an address. \
           docs/operate.md shows the message.",
    keys: &[
        Key {
            name: "on",
            shape: Shape::Texts,
            need: Need::Optional("all of them"),
            what: "What about: `failure`, `recovery`, `verdict`.",
            example: "[\"failure\", \"recovery\"]",
        },
        Key {
            name: "command",
            shape: Shape::Texts,
            need: Need::OrElse("url"),
            what: "A program and its arguments, run in the pipeline file's folder. It gets the message as JSON on its standard \
                   input, and what matters most in variables `MUSTER_…`.",
            example: "[\"./tell.sh\", \"maintainers\"]",
        },
        Key {
            name: "url",
            shape: Shape::Url,
            need: Need::OrElse("command"),
            what: "Where the message is sent as JSON by POST. Its `text` is what Slack, Mattermost and Discord's Slack-compatible \
                   addresses show. An address that is a secret is written `env:NAME` and read from that variable when it is \
                   needed.",
            example: "\"env:SLACK_WEBHOOK\"",
        },
        Key {
            name: "headers_env",
            shape: Shape::Variables,
            need: Need::Optional("no further headers"),
            what: "Headers of the request, each from an environment variable.",
            example: "{ Authorization = \"PAGER_TOKEN\" }",
        },
        Key {
            name: "secret_env",
            shape: Shape::Text,
            need: Need::Optional("the request is not signed"),
            what: "The environment variable with a secret. The request is signed with it as GitHub signs: \
                   `X-Muster-Signature-256: sha256=<HMAC of the body>`.",
            example: "\"MUSTER_NOTIFY_SECRET\"",
        },
        Key {
            name: "link",
            shape: Shape::Url,
            need: Need::Optional("the path of `evidence/report.html`"),
            what: "Where the report is published, for the message.",
            example: "\"https://acme.example/evidence/report.html\"",
        },
        Key {
            name: "timeout",
            shape: Shape::Duration,
            need: Need::Optional("`10s`"),
            what: "How long one try may take.",
            example: "\"30s\"",
        },
        Key {
            name: "tries",
            shape: Shape::Number,
            need: Need::Optional("3"),
            what: "How often it is tried, with a pause that doubles from one second on.",
            example: "5",
        },
        Key {
            name: "repeat",
            shape: Shape::Duration,
            need: Need::Optional("`1d`"),
            what: "While the same failure lasts it is told again after so long.",
            example: "\"7d\"",
        },
    ],
};
