/*---
version = 1
title = "Contributor dependency, by LFX Insights"
definition = "How few people make 51 % of the code contributions of the last 365 days, their shares rounded to two decimals; bots excluded."
source = "LFX Insights (crowd.dev services/libs/tinybird/pipes/) contributor_dependency.pipe"
unit = "people"
statistic = "count_distinct"
value = "dependency"
unknown = "organisation"
compares = "diversity.contributor_absence_factor"
windows = ["365d"]
direction = "higher is better"
caveats = [
  "51 %, not half.",
  "Shares are rounded to two decimals before they are summed; ties by id.",
  "LFX ranks 100 people for its score; its widget ranks 10 unless asked otherwise, so that a long set is cut short.",
  "Code contributions only: issues, discussions, chat, mail and meetings do not count.",
  "Every role in a commit counts: author and committer are two contributions, each trailer one more.",
  "Review requests and commits inside a pull request, which LFX counts, are not in the log.",
  "The set is that of the 365 days before the as-of instant, LFX's only window. In another window this counts those of the set who contribute in it.",
]
[parameters]
percent = 51
limit = 100
---*/
WITH counted AS (
  SELECT person, count(*) AS contributions FROM lfx.active_contributors
  WHERE time >= as_of() - INTERVAL '365 days' AND time < as_of() GROUP BY person
),
shares AS (
  SELECT person, contributions, round(100.0 * contributions / sum(contributions) OVER (), 2) AS share FROM counted
),
ranked AS (
  SELECT *, row_number() OVER (ORDER BY share DESC, person) AS rank,
         sum(share) OVER (ORDER BY share DESC, person ROWS UNBOUNDED PRECEDING) AS running
  FROM shares
)
SELECT c.event_id, c.time, c.kind, c.person, c.name, c.organisation, r.contributions, r.share, r.running,
       CASE WHEN r.rank <= $limit AND (r.running <= $percent OR r.running - r.share < $percent) THEN c.person END AS dependency,
       c.repository, c.url
FROM lfx.active_contributors c JOIN ranked r ON r.person = c.person
WHERE c.time >= as_of() - INTERVAL '365 days' AND c.time < as_of()
