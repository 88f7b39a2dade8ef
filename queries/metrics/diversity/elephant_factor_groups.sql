/*---
version = 1
title = "Elephant factor, related companies merged"
definition = "The smallest number of organisations whose people make half of the contributions, a company and its parents at that time counted once; bots excluded."
source = "CHAOSS 3940 Elephant Factor (reaching 50 %), of contributions"
unit = "organisations"
statistic = "smallest_set"
value = "group_or_person"
parameters = { threshold = 0.5 }
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["A contribution is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release.", "Companies that belong to one at that time count as one: organization_relations says which. One that was bought inside the window stands on its own before that day.", "Contributions of people of whom nobody says where they work are in the total and in no organisation's part. The variant of what is known leaves them out.", "Where too much is unknown for the known organisations to make the threshold, there is no value, and the note says so.", "Each Independent person stands as one of their own, not as an organisation called Independent."]
[variants]
p51 = { threshold = 0.51, title = "Elephant factor, related companies merged, 51 %", definition = "The smallest number of organisations whose people make 51 % of the contributions, a company and its parents at that time counted once; bots excluded." }
p75 = { threshold = 0.75, title = "Elephant factor, related companies merged, 75 %", definition = "The smallest number of organisations whose people make three quarters of the contributions, a company and its parents at that time counted once; bots excluded." }
known = { unknown_out = 1, title = "Elephant factor, related companies merged, of what is known", definition = "The smallest number of organisations whose people make half of the contributions of people whose organisation is known, a company and its parents at that time counted once; bots excluded." }
---*/
SELECT * FROM growth.contributions
