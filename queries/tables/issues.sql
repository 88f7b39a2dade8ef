/*---
title = "Issues"
definition = "Issues whose opening is in the log."
order = ["opened_at", "subject"]
[columns]
subject = "github:<owner>/<name>#<number>."
repository = "owner/name."
number = "The number."
opened_at = "UTC."
opened_event = "The event that says so."
author = "The person who opened it."
author_is_bot = "Whether a bot opened it."
responded_at = "First comment or close by a person who is neither the author nor a bot."
responded_event = "The event that says so."
responder = "That person."
closed_at = "First close."
closed_event = "The event that says so."
final_closed_at = "Last close; null while open (again)."
final_closed_event = "The event that says so."
reopenings = "How often it was opened again."
url = "The page to check."
---*/
SELECT subject, repository, number, opened_at, opened_event, author, author_is_bot, responded_at, responded_event, responder,
       closed_at, closed_event, final_closed_at, final_closed_event, reopenings, url
FROM items WHERE kind = 'issue'
