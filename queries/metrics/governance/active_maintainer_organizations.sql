/*---
version = 1
title = "Organisations of the active listed maintainers, 365 days"
definition = "Distinct organisations of the maintainers listed at the window's end who contributed or attended a meeting in the 365 days before it."
source = "muster"
unit = "organisations"
statistic = "interval_count_distinct"
value = "active_organisation"
from = "time"
until = "until"
parameters = { days = 365 }
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["An act is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release, in any repository, or a meeting attended; messages are not.", "As the rosters write them; governance.maintainer_organizations has those of all who are listed.", "Independent is a person's own row, not an organisation.", "Who acts under an account that nothing joins to the roster's seems idle: muster people shows what is joined."]
[variants]
180d = { days = 180, title = "Organisations of the active listed maintainers, 180 days", definition = "Distinct organisations of the maintainers listed at the window's end who contributed or attended a meeting in the 180 days before it." }
90d = { days = 90, title = "Organisations of the active listed maintainers, 90 days", definition = "Distinct organisations of the maintainers listed at the window's end who contributed or attended a meeting in the 90 days before it." }
---*/
SELECT * FROM governance.active_maintainers
