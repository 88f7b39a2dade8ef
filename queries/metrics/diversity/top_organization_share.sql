/*---
version = 1
title = "Top organisation's share"
definition = "The part of the contributions that people of the organisation with the most of them make; bots excluded."
source = "CHAOSS 3464 Organizational Diversity"
unit = "share"
statistic = "top_share"
value = "organisation_or_person"
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = ["A contribution is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release.", "The range is what it would be if nobody, or everybody, of whom nobody says where they work were of that organisation.", "Contributions of people of whom nobody says where they work are in the total and in no organisation's part. The variant of what is known leaves them out.", "Each Independent person stands as one of their own, not as an organisation called Independent."]
[variants]
known = { unknown_out = 1, title = "Top organisation's share, of what is known", definition = "The part of the contributions of people whose organisation is known that people of the organisation with the most of them make; bots excluded." }
---*/
SELECT * FROM growth.contributions
