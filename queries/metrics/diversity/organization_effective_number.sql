/*---
version = 1
title = "Effective number of organisations"
definition = "How many organisations with equal parts would be as diverse as those who contributed in the window; bots excluded."
source = "Hill (1973): exponential of Shannon's entropy"
unit = "organisations"
statistic = "effective_number"
value = "organisation_or_person"
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["A contribution is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release.", "Contributions of people of whom nobody says where they work are left out: the unknown share says how many those are.", "Each Independent person stands as one of their own, not as an organisation called Independent."]
---*/
SELECT * FROM growth.contributions
