/*---
version = 1
title = "Organisations leaving"
definition = "Organisations for which, in the window, 180 days have passed since the latest contribution of any of their people; bots excluded."
source = "muster"
unit = "organisations"
statistic = "count_distinct"
value = "organisation_key"
parameters = { days = 180 }
windows = ["quarter", "365d"]
direction = "lower is better"
caveats = ["In the order in which they left; the event is the last contribution of an organisation, and the person who made it is named.", "Counted on the day on which the pause became so long, so that a finished window never changes; who came back later has left all the same.", "An organisation also leaves when its people change employer.", "Independent is a person's own row, not an organisation."]
[variants]
90d = { days = 90, title = "Organisations leaving, after 90 days", definition = "Organisations for which, in the window, 90 days have passed since the latest contribution of any of their people; bots excluded." }
365d = { days = 365, title = "Organisations leaving, after 365 days", definition = "Organisations for which, in the window, 365 days have passed since the latest contribution of any of their people; bots excluded." }
---*/
WITH acts AS (
  SELECT event_id, time, person, name, kind, organisation, organisation_key, organisation_group, repository, url,
         lead(time) OVER its AS came_back_at
  FROM growth.contributions WHERE organisation_key IS NOT NULL
  WINDOW its AS (PARTITION BY organisation_key ORDER BY time, event_id, kind, person, url)
)
SELECT event_id, time + INTERVAL '$days days' AS time, organisation, organisation_key, organisation_group, time AS last_at,
       came_back_at, person, name, kind, repository, url
FROM acts
WHERE time + INTERVAL '$days days' < as_of() AND (came_back_at IS NULL OR came_back_at >= time + INTERVAL '$days days')
