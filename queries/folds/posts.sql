/*---
title = "Messages of chat and mail, as posted"
definition = "One row a message, its payload read once. The thread is what the message itself names."
[columns]
event_id = "The event."
time = "When it was posted, UTC."
channel = "slack:<team>/<channel> and the like; mail:<list>."
account = "Who posted."
thread = "The message that begins the thread, where this one names it."
reply_to = "The very message that it answers, where it names it."
topic = "What it is about, where it names no other message."
continues = "Whether it goes on with its topic."
name = "The sender's name as shown."
bot = "Whether a program posted it."
length = "Characters."
links = "Links in it."
mentions = "Accounts mentioned."
files = "Files attached."
question = "Whether there is a question mark in it."
broadcast = "A reply that was shown in the channel too."
url = "The page to check."
---*/
SELECT id AS event_id, time, subject AS channel, actor AS account, json_get_str(data, 'thread') AS thread,
       json_get_str(data, 'reply_to') AS reply_to, json_get_str(data, 'topic') AS topic,
       coalesce(json_get_bool(data, 'continues'), false) AS continues, json_get_str(data, 'name') AS name,
       coalesce(json_get_bool(data, 'bot'), false) AS bot, json_get_int(data, 'length') AS length,
       coalesce(json_get_int(data, 'links'), 0) AS links, coalesce(json_get_int(data, 'mentions'), 0) AS mentions,
       coalesce(json_get_int(data, 'files'), 0) AS files, coalesce(json_get_bool(data, 'question'), false) AS question,
       coalesce(json_get_bool(data, 'broadcast'), false) AS broadcast, url
FROM events WHERE type = 'message.posted' AND time <= as_of()
