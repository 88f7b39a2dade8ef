/*---
version = 1
title = "Elephant factor"
definition = "The smallest number of organisations whose people make half of the contributions; bots excluded."
source = "CHAOSS 3940 Elephant Factor (reaching 50 %), of contributions"
unit = "organisations"
statistic = "smallest_set"
value = "organisation_or_person"
parameters = { threshold = 0.5 }
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["A contribution is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release.", "Contributions of people of whom nobody says where they work are in the total and in no organisation's part. The variant of what is known leaves them out.", "Where too much is unknown for the known organisations to make the threshold, there is no value, and the note says so.", "Each Independent person stands as one of their own, not as an organisation called Independent."]
[variants]
p51 = { threshold = 0.51, title = "Elephant factor, 51 %", definition = "The smallest number of organisations whose people make 51 % of the contributions; bots excluded." }
p75 = { threshold = 0.75, title = "Elephant factor, 75 %", definition = "The smallest number of organisations whose people make three quarters of the contributions; bots excluded." }
known = { unknown_out = 1, title = "Elephant factor, of what is known", definition = "The smallest number of organisations whose people make half of the contributions of people whose organisation is known; bots excluded." }
---*/
SELECT * FROM growth.contributions
