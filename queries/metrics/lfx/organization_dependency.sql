/*---
version = 1
title = "Organisation dependency, by LFX Insights"
definition = "How few organisations make 51 % of the code contributions with a known organisation of the last 365 days, their shares rounded to two decimals; bots excluded."
source = "LFX Insights (crowd.dev services/libs/tinybird/pipes/) organization_dependency.pipe"
unit = "organisations"
statistic = "count_distinct"
value = "dependency"
unknown = "organisation"
compares = "diversity.elephant_factor"
windows = ["365d"]
direction = "higher is better"
caveats = [
  "Drops unaffiliated work, that of the Independent too, from the denominator: concentration is overstated where many are independent.",
  "51 %, shares rounded to two decimals, ties by name.",
  "Code contributions only: issues, discussions, chat, mail and meetings do not count.",
  "Every role in a commit counts: author and committer are two contributions, each trailer one more.",
  "Review requests and commits inside a pull request, which LFX counts, are not in the log.",
  "The set is that of the 365 days before the as-of instant. In another window this counts those of the set that contribute in it.",
]
[parameters]
percent = 51
limit = 100
---*/
WITH counted AS (
  SELECT organisation_key, count(*) AS contributions FROM lfx.active_contributors
  WHERE organisation_key IS NOT NULL AND time >= as_of() - INTERVAL '365 days' AND time < as_of() GROUP BY organisation_key
),
shares AS (
  SELECT organisation_key, contributions, round(100.0 * contributions / sum(contributions) OVER (), 2) AS share FROM counted
),
ranked AS (
  SELECT *, row_number() OVER (ORDER BY share DESC, organisation_key) AS rank,
         sum(share) OVER (ORDER BY share DESC, organisation_key ROWS UNBOUNDED PRECEDING) AS running
  FROM shares
)
-- The unaffiliated are shown, as they are what LFX leaves out.
SELECT c.event_id, c.time, c.kind, c.person, c.name, c.organisation, r.contributions, r.share, r.running,
       CASE WHEN r.rank <= $limit AND (r.running <= $percent OR r.running - r.share < $percent)
            THEN c.organisation_key END AS dependency, c.repository, c.url
FROM lfx.active_contributors c LEFT JOIN ranked r ON r.organisation_key = c.organisation_key
WHERE c.time >= as_of() - INTERVAL '365 days' AND c.time < as_of()
