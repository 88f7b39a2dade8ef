/*---
title = "Tellings of the facts of which one lacks something"
definition = "Events about the same things as those whose ids end in ~, up to the as-of instant."
[columns]
event_id = "The telling."
type = "The event's type."
time = "When it happened, UTC."
subject = "What it happened to."
collector = "Who collected it."
whole = "The id without its marks."
marks = "How many marks its id has: the fewer, the less it lacks."
---*/
-- Tellings that lack something end in marks (crates/collect/src/github/fact.rs). They are few, and a fact has one subject: only
-- what happened to the same things is looked at.
SELECT e.id AS event_id, e.type, e.time, e.subject, e.collector, rtrim(e.id, '~') AS whole,
       length(e.id) - length(rtrim(e.id, '~')) AS marks
FROM events e
WHERE e.time <= as_of() AND e.subject IN (SELECT subject FROM events WHERE id LIKE '%~' AND time <= as_of())
