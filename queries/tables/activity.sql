/*---
title = "What accounts did on GitHub"
definition = "One row a fact: everything in the log that GitHub tells, also what is no contribution of ours (closing, labelling, pushing, starring). The packs of other tools' definitions count from here."
order = ["time", "event_id"]
[columns]
event_id = "The event."
type = "The event's type, issue.opened and so on."
time = "UTC."
repository = "owner/name."
subject = "The issue, pull request, commit or repository it happened to."
number = "Number of the issue or pull request, if it is about one."
account = "Who did it; github-id:<n> where GitHub's number is known."
login = "Who did it, by the login of that day; null where the account is deleted."
person = "The person."
name = "The name to show."
is_bot = "Whether the person is a bot."
devstats_bot = "Whether DevStats takes the login for a bot; true where there is none."
organisation = "The person's organisation at that time; null where nobody says, or where sources of equal authority contradict each other."
organisation_key = "The same for counting: null for Independent too."
author_account = "Merges: the author of the pull request, as in account."
author_login = "Merges: the author, by the login of that day."
author = "Merges: the author, as a person."
url = "The page to check."
---*/
SELECT f.event_id, f.type, f.time, f.repository, f.subject, f.number, f.account,
       substr(f.login, strpos(f.login, ':') + 1) AS login, a.person, a.person_name AS name, coalesce(a.is_bot, false) AS is_bot,
       devstats_bot(f.login) AS devstats_bot, o.organisation, o.organisation_key,
       f.author_account, substr(f.author_login, strpos(f.author_login, ':') + 1) AS author_login, w.person AS author, f.url
FROM facts f
LEFT JOIN resolved.accounts a ON a.raw = f.account
LEFT JOIN resolved.accounts w ON w.raw = f.author_account
LEFT JOIN resolved.affiliations o ON o.person = a.person
  AND (o."from" IS NULL OR f.time >= o."from") AND (o."until" IS NULL OR f.time < o."until")
