/*---
title = "Organisations"
definition = "One row an organisation that somebody is affiliated with or a source names."
order = ["organisation"]
[columns]
organisation = "Its name."
people = "How many people are ever affiliated with it."
spellings = "As sources write it, separated by semicolons."
organisation_group = "The topmost parent at the as-of instant; itself where it has none."
---*/
SELECT organisation, people, spellings, organisation_group FROM resolved.organizations
