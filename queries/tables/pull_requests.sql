/*---
title = "Pull requests"
definition = "Pull requests whose opening is in the log."
order = ["opened_at", "subject"]
[columns]
subject = "github:<owner>/<name>#<number>."
repository = "owner/name."
number = "The number."
opened_at = "UTC."
opened_event = "The event that says so."
author = "The person who opened it."
author_is_bot = "Whether a bot opened it."
responded_at = "First comment, review, merge or close by a person who is neither the author nor a bot."
responded_event = "The event that says so."
responder = "That person."
reviewed_at = "First review or review comment by such a person."
closed_at = "First close or merge."
closed_event = "The event that says so."
merged_at = "Merge."
merged_event = "The event that says so."
merger = "The person who merged."
final_closed_at = "Last close or merge; null while open (again)."
final_closed_event = "The event that says so."
reopenings = "How often it was opened again."
url = "The page to check."
---*/
SELECT subject, repository, number, opened_at, opened_event, author, author_is_bot, responded_at, responded_event, responder,
       reviewed_at, closed_at, closed_event, merged_at, merged_event, merger, final_closed_at,
       final_closed_event, reopenings, url
FROM items WHERE kind = 'pull_request'
