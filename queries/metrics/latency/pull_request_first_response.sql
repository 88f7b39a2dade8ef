/*---
version = 1
title = "Time to first response, pull requests"
definition = "How long it takes until half of the pull requests have had a comment, review, merge or close by a person who is neither their author nor a bot; those still waiting count as at least that long."
source = "CHAOSS 3448 Time to First Response, with Kaplan-Meier for what is still open"
unit = "days"
statistic = "kaplan_meier"
value = "seconds"
observed = "answered"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = ["By the window of opening; pull requests that bots open are out.", "A pull request closed by its author or a bot without any answer is censored at its close.", "Where too many still wait, the quantile is not reached: the figure is null, not the median of the finished (which stands beside it as naive)."]
[variants]
p25 = { quantile = 0.25, definition = "How long it takes until a quarter of the pull requests have had a comment, review, merge or close by a person who is neither their author nor a bot; those still waiting count as at least that long." }
p75 = { quantile = 0.75, definition = "How long it takes until three quarters of the pull requests have had a comment, review, merge or close by a person who is neither their author nor a bot; those still waiting count as at least that long." }
p85 = { quantile = 0.85, definition = "How long it takes until 85 of 100 of the pull requests have had a comment, review, merge or close by a person who is neither their author nor a bot; those still waiting count as at least that long." }
---*/
SELECT r.opened_event AS event_id, r.opened_at AS time, r.repository, r.number, r.author AS person, p.name,
       r.responded_at IS NOT NULL AS answered,
       date_part('epoch', coalesce(r.responded_at, r.closed_at, as_of())) - date_part('epoch', r.opened_at) AS seconds,
       r.responded_at, r.responded_event, r.responder,
       r.reviewed_at IS NOT NULL AS reviewed,
       date_part('epoch', coalesce(r.reviewed_at, r.closed_at, as_of())) - date_part('epoch', r.opened_at) AS seconds_to_review,
       r.reviewed_at,
       r.merged_at IS NOT NULL AS merged,
       date_part('epoch', coalesce(r.merged_at, r.final_closed_at, as_of())) - date_part('epoch', r.opened_at) AS seconds_to_merge,
       r.merged_at, r.merged_event, r.merger,
       r.closed_at IS NOT NULL AS closed,
       date_part('epoch', coalesce(r.closed_at, as_of())) - date_part('epoch', r.opened_at) AS seconds_to_close,
       r.closed_at, r.closed_event,
       r.final_closed_at IS NOT NULL AS closed_now,
       date_part('epoch', coalesce(r.final_closed_at, as_of())) - date_part('epoch', r.opened_at) AS seconds_to_final_close,
       r.final_closed_at, r.final_closed_event, r.reopenings, r.url
FROM pull_requests r LEFT JOIN people p ON p.person = r.author
WHERE NOT r.author_is_bot
