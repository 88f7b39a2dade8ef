/*---
title = "Threads of chat and mail"
definition = "One row a thread; a message that nobody answered is one, too. Threads that programs begin are here and in no metric."
order = ["started_at", "thread"]
[columns]
thread = "The message that begins it."
started_event = "The event that says so: the message, or its deletion where only its place is left; null where it was never collected."
started_at = "When it began, UTC; of a beginning that was never collected, the first answer."
channel = "The channel."
channel_name = "As people call it."
starter = "The person who began it; null where that is not known."
name = "Their name."
starter_is_bot = "Whether a program began it."
organisation = "The starter's organisation at that time."
question = "Whether there is a question mark in the first message."
messages = "Messages in it, the first one included."
people = "Distinct people in it, programs apart."
answered_at = "First message by somebody else who is no program."
answered_event = "The event that says so."
answerer = "That person."
last_at = "The last message."
linked_by = "In how many issues, pull requests and meeting notes a link to one of its messages stands."
url = "The page to check."
---*/
WITH begun AS (
  SELECT event_id, time, person, name, is_bot, organisation, question, url FROM messages WHERE thread = event_id
),
gone AS (
  SELECT masked(subject) AS event_id, min(time) AS time, min(id) AS id FROM events
  WHERE type = 'message.deleted' AND time <= as_of() AND json_get_bool(data, 'tombstone') GROUP BY 1
),
held AS (
  SELECT thread, min(channel) AS channel, min(channel_name) AS channel_name, min(time) AS first_at, max(time) AS last_at,
         count(*) AS messages, count(DISTINCT CASE WHEN NOT is_bot THEN person END) AS people
  FROM messages GROUP BY thread
),
-- min(time_key(t) || x) holds the x of the earliest t, ties by x; no id has a line feed.
answers AS (
  SELECT m.thread, min(m.time) AS time, min(time_key(m.time) || m.event_id || chr(10) || m.person) AS first
  FROM messages m JOIN begun b ON b.event_id = m.thread
  WHERE m.event_id <> m.thread AND NOT m.is_bot AND m.person <> coalesce(b.person, '') AND m.time >= b.time
  GROUP BY m.thread
),
-- Links name a channel and a message, without the workspace or server.
links AS (
  SELECT json_get_str(data, 'item') AS item, subject AS by FROM events
  WHERE type IN ('item.reviewed', 'item.linked') AND time <= as_of()
),
linked AS (
  SELECT m.thread, count(DISTINCT l.by) AS number
  FROM messages m
  JOIN links l ON l.item = m.platform || ':' || split_part(m.event_id, '/', 2) || '/' || split_part(m.event_id, '/', 3)
  GROUP BY m.thread
)
SELECT h.thread, coalesce(b.event_id, g.id) AS started_event, coalesce(b.time, g.time, h.first_at) AS started_at, h.channel,
       h.channel_name, b.person AS starter, b.name, b.is_bot AS starter_is_bot, b.organisation, coalesce(b.question, false) AS question,
       h.messages, h.people, a.time AS answered_at, split_part(substr(a.first, 21), chr(10), 1) AS answered_event,
       split_part(a.first, chr(10), 2) AS answerer, h.last_at, coalesce(l.number, 0) AS linked_by, b.url
FROM held h
LEFT JOIN begun b ON b.event_id = h.thread
LEFT JOIN gone g ON g.event_id = h.thread
LEFT JOIN answers a ON a.thread = h.thread
LEFT JOIN linked l ON l.thread = h.thread
