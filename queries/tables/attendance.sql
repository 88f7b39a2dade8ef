/*---
title = "Who was at which meeting"
definition = "One row a person and meeting, as the notes state it."
order = ["time", "event_id"]
[columns]
event_id = "The event."
time = "The meeting's day (or start), UTC."
meeting = "meeting:<series>/<date>."
community = "The notes source."
person = "The person."
name = "The name as written."
written = "The organisation as written beside the name."
organisation = "What is written beside the name means, else the affiliation at that time; null where nobody says, or where sources of equal authority contradict each other."
organisation_key = "The same for counting: null for Independent too."
organisation_group = "The same with related companies merged: the topmost parent at that time."
role = "As stated in brackets."
is_bot = "Whether the person is a bot."
source = "The file."
---*/
SELECT e.id AS event_id, e.time, e.subject AS meeting, split_part(substr(e.id, 7), '/', 1) AS community, a.person,
       masked(json_get_str(e.data, 'name')) AS name, nullif(trim(json_get_str(e.data, 'organisation')), '') AS written,
       CASE WHEN s.organisation IS NOT NULL THEN s.organisation ELSE o.organisation END AS organisation,
       CASE WHEN s.organisation IS NOT NULL THEN s.organisation_key ELSE o.organisation_key END AS organisation_key,
       CASE WHEN s.organisation IS NOT NULL THEN s.organisation_group ELSE o.organisation_group END AS organisation_group,
       json_get_str(e.data, 'role') AS role, a.is_bot, e.source
FROM events e
LEFT JOIN resolved.accounts a ON a.raw = e.actor
LEFT JOIN resolved.affiliations o ON o.person = a.person
  AND (o."from" IS NULL OR e.time >= o."from") AND (o."until" IS NULL OR e.time < o."until")
LEFT JOIN resolved.spellings s ON s.written = json_get_str(e.data, 'organisation')
  AND (s."from" IS NULL OR e.time >= s."from") AND (s."until" IS NULL OR e.time < s."until")
WHERE e.type = 'meeting.attended' AND e.time <= as_of()
