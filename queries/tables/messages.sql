/*---
title = "Messages of chat and mail"
definition = "One row a message, whoever posted it; joins, leaves and other lines of the platform itself are none. Texts are not here: length, counts and a hash are what is kept of them, unless the pipeline says otherwise (events have the text then)."
order = ["time", "event_id"]
[columns]
event_id = "The event."
time = "When it was posted, UTC."
platform = "slack, discord, mail, zulip, mattermost or what the pipeline file calls it."
channel = "The channel: slack:<team>/<channel>, mail:<list>."
channel_name = "The channel as people call it."
thread = "The message that begins its thread; itself, where it begins one."
reply_to = "The very message that it answers, where the platform says so."
account = "Who posted; an e-mail address is replaced by a hash."
person = "The person."
name = "The name to show."
is_bot = "Whether a program posted it."
organisation = "The person's organisation at that time; null where nobody says, or where sources of equal authority contradict each other."
organisation_key = "The same for counting: null for Independent too."
organisation_group = "The same with related companies merged: the topmost parent at that time."
length = "Characters; of a mail without quoted lines."
links = "Links in it."
mentions = "Accounts mentioned."
files = "Files attached."
question = "Whether there is a question mark in it, of any script, links apart."
broadcast = "A reply that was shown in the channel too."
reactions = "Reactions to it."
edited = "Whether it was changed later."
deleted = "Whether it was deleted later."
url = "The page to check."
---*/
-- An export that names some of those who reacted says how many more there were; a later export may say so again, with more.
WITH each AS (
  SELECT subject, json_get_str(data, 'reaction') AS reaction, json_get_int(data, 'count') AS more FROM events
  WHERE type = 'message.reacted' AND time <= as_of()
),
one AS (SELECT subject, count(*) - count(more) + coalesce(max(more), 0) AS reactions FROM each GROUP BY subject, reaction),
reacted AS (SELECT subject, sum(reactions) AS reactions FROM one GROUP BY subject),
changed AS (
  SELECT subject, bool_or(type = 'message.edited') AS edited, bool_or(type = 'message.deleted') AS deleted
  FROM events WHERE type IN ('message.edited', 'message.deleted') AND time <= as_of() GROUP BY subject
)
SELECT masked(p.event_id) AS event_id, p.time, split_part(p.channel, ':', 1) AS platform, p.channel,
       coalesce(n.name, substr(p.channel, strpos(p.channel, ':') + 1)) AS channel_name, masked(t.thread) AS thread,
       masked(p.reply_to) AS reply_to, a.account, a.person, a.person_name AS name, p.bot OR coalesce(a.is_bot, false) AS is_bot,
       o.organisation, o.organisation_key, o.organisation_group, p.length, p.links, p.mentions, p.files, p.question, p.broadcast,
       coalesce(r.reactions, 0) AS reactions, coalesce(c.edited, false) AS edited, coalesce(c.deleted, false) AS deleted, p.url
FROM posts p
JOIN threads_of t ON t.event_id = p.event_id
LEFT JOIN resolved.accounts a ON a.raw = p.account
LEFT JOIN resolved.affiliations o ON o.person = a.person
  AND (o."from" IS NULL OR p.time >= o."from") AND (o."until" IS NULL OR p.time < o."until")
LEFT JOIN channels n ON n.channel = p.channel
LEFT JOIN reacted r ON r.subject = p.event_id
LEFT JOIN changed c ON c.subject = p.event_id
