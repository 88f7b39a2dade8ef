/*---
version = 1
title = "Top reviewer's share"
definition = "The part of the reviews that the person with the most of them does; bots excluded."
source = "muster"
unit = "share"
statistic = "top_share"
value = "person"
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = ["Reviews that were submitted, each one; a comment on a line is a comment."]
---*/
SELECT * FROM diversity.reviews_by_organization
