/*---
version = 1
title = "Elephant factor of reviews"
definition = "The smallest number of organisations whose people make half of the reviews; bots excluded."
source = "CHAOSS 3940 Elephant Factor (reaching 50 %), of reviews"
unit = "organisations"
statistic = "smallest_set"
value = "organisation_or_person"
parameters = { threshold = 0.5 }
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["Contributions of people of whom nobody says where they work are in the total and in no organisation's part. The variant of what is known leaves them out.", "Where too much is unknown for the known organisations to make the threshold, there is no value, and the note says so.", "Each Independent person stands as one of their own, not as an organisation called Independent."]
[variants]
p51 = { threshold = 0.51, title = "Elephant factor of reviews, 51 %", definition = "The smallest number of organisations whose people make 51 % of the reviews; bots excluded." }
p75 = { threshold = 0.75, title = "Elephant factor of reviews, 75 %", definition = "The smallest number of organisations whose people make three quarters of the reviews; bots excluded." }
known = { unknown_out = 1, title = "Elephant factor of reviews, of what is known", definition = "The smallest number of organisations whose people make half of the reviews of people whose organisation is known; bots excluded." }
---*/
SELECT * FROM diversity.reviews_by_organization
