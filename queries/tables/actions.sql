/*---
title = "Action items, as they stood at each meeting"
definition = "One row an action item and meeting. The same words in a later meeting of the community are the same action, until it is done."
order = ["time", "event_id"]
[columns]
event_id = "The event."
time = "The meeting's day (or start), UTC."
meeting = "meeting:<series>/<date>."
community = "The notes source."
action = "The event that first records it; the same words, recorded as open after they were done, are another action."
text = "What is to be done."
owners = "Accounts of those who are to do it, separated by spaces; e-mail addresses are replaced by hashes."
state = "open or done, as of that meeting."
source = "The file."
---*/
-- An id ends in a hash of the action's words and owners.
WITH recorded AS (
  SELECT e.id, e.time, e.subject, split_part(substr(e.id, 7), '/', 1) AS community, split_part(e.id, '/action/', 2) AS words,
         masked(json_get_str(e.data, 'text')) AS text, masked_list(json_get_json(e.data, 'owners')) AS owners,
         json_get_str(e.data, 'state') AS state, e.source
  FROM events e WHERE e.type = 'action.recorded' AND e.time <= as_of()
),
before AS (SELECT *, lag(state) OVER (PARTITION BY community, words ORDER BY time, id) AS state_before FROM recorded),
turns AS (
  SELECT *, sum(CASE WHEN state = 'open' AND state_before = 'done' THEN 1 ELSE 0 END)
              OVER (PARTITION BY community, words ORDER BY time, id) AS turn
  FROM before
)
SELECT id AS event_id, time, subject AS meeting, community,
       first_value(id) OVER (PARTITION BY community, words, turn ORDER BY time, id) AS action, text, owners, state, source
FROM turns
