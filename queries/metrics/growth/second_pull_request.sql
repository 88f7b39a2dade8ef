/*---
version = 1
title = "First pull request to second"
definition = "Of the people who opened their first pull request in the window, the share who opened a second within 180 days; bots excluded."
source = "muster; CHAOSS Conversion Rate, of the step that newcomers take or do not"
unit = "share"
statistic = "share"
value = "came_again"
parameters = { days = 180 }
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["By the window of the first pull request; whose 180 days have not yet passed is left out, also when the second is there already.", "First in what was collected. The second may be in another repository; the repository is that of the first."]
[variants]
90d = { days = 90, title = "First pull request to second, within 90 days", definition = "Of the people who opened their first pull request in the window, the share who opened a second within 90 days; bots excluded." }
---*/
WITH opened AS (
  SELECT event_id, time, person, name, organisation, organisation_key, organisation_group, repository, url, row_number() OVER mine AS nth,
         lead(time) OVER mine AS second_at, lead(event_id) OVER mine AS second_event, lead(url) OVER mine AS second_url
  FROM growth.contributions WHERE kind = 'pull_request' WINDOW mine AS (PARTITION BY person ORDER BY nth)
)
SELECT event_id, time, person, name, second_at, second_event, second_url,
       CASE WHEN time + INTERVAL '$days days' <= as_of() THEN coalesce(second_at < time + INTERVAL '$days days', false) END AS came_again,
       second_at IS NOT NULL AS opened_second, date_part('epoch', coalesce(second_at, as_of())) - date_part('epoch', time) AS seconds,
       organisation, organisation_key, organisation_group, repository, url
FROM opened WHERE nth = 1
