/*---
version = 1
title = "Elephant factor, by CHAOSS"
definition = "The smallest number of organisations whose commits reach half of all commits; bots excluded."
source = "CHAOSS 3940 Elephant Factor"
unit = "organisations"
statistic = "smallest_set"
value = "organisation_key"
unknown = "organisation"
compares = "diversity.commit_elephant_factor"
windows = ["quarter", "365d"]
direction = "higher is better"
caveats = [
  "Unknown and Independent weigh in the total and are no organisation; the variant `known` leaves them out. CHAOSS does not say.",
  "Merge commits count.",
  "Reaches 50 %: a tie is enough.",
  "Higher means more distributed. CHAOSS' page says the opposite of its own formula.",
]
[parameters]
threshold = 0.5
[variants]
known = { unknown_out = 1, title = "Elephant factor of known organisations, by CHAOSS", definition = "The smallest number of organisations whose commits reach half of the commits with a known organisation; bots excluded." }
---*/
SELECT c.event_id, c.time, c.account, c.person, c.name, c.organisation, c.organisation_key, c.repository, c.url
FROM contributions c WHERE NOT c.is_bot AND c.kind = 'commit'
