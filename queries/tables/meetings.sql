/*---
title = "Meetings"
definition = "One row a meeting that notes record."
order = ["time", "meeting"]
[columns]
meeting = "meeting:<series>/<date>."
event_id = "The event."
time = "The meeting's day (or start, where stated), UTC."
date = "The day."
community = "The notes source."
series = "Which of its meetings."
title = "As written."
attendees = "People named as present; null where nobody is: not every record says who was there."
organisations = "Distinct organisations of theirs, as stated in the notes or known from rosters and other notes; Independent is none; null where nobody is named as present."
source = "The file."
---*/
WITH present AS (
  SELECT meeting, count(DISTINCT person) AS attendees,
         count(DISTINCT organisation_key) AS organisations
  FROM attendance GROUP BY meeting
)
SELECT e.subject AS meeting, e.id AS event_id, e.time, json_get_str(e.data, 'date') AS date,
       json_get_str(e.data, 'community') AS community, json_get_str(e.data, 'series') AS series,
       masked(json_get_str(e.data, 'title')) AS title, p.attendees,
       p.organisations, e.source
FROM events e LEFT JOIN present p ON p.meeting = e.subject
WHERE e.type = 'meeting.held' AND e.time <= as_of()
