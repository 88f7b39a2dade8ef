/*---
version = 1
title = "Core contributors"
definition = "The smallest number of people who make 80 % of the contributions; bots excluded."
source = "GrimoireLab Onion (80 % core, the next 15 % regular, the last 5 % casual), the top person always core"
unit = "people"
statistic = "smallest_set"
value = "person"
parameters = { threshold = 0.8 }
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["A contribution is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release.", "How few carry the work depends on how much the many do: it says nothing about how much a core person does.", "Active contributors who are neither core nor regular are the onion's casual ones."]
[variants]
and_regular = { threshold = 0.95, title = "Core and regular contributors", definition = "The smallest number of people who make 95 % of the contributions; bots excluded." }
---*/
SELECT * FROM growth.contributions
