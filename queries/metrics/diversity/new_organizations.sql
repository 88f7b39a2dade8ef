/*---
version = 1
title = "New organisations"
definition = "Organisations whose first contribution in the whole log falls in the window; bots excluded."
source = "CHAOSS 3464 Organizational Diversity, new contributing organisations"
unit = "organisations"
statistic = "new"
value = "organisation_key"
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["First in what was collected: an organisation that contributed before the collection begins counts as new at its first collected act.", "Independent is a person's own row, not an organisation.", "In a repository: new to that repository."]
---*/
SELECT * FROM growth.contributions
