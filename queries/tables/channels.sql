/*---
title = "Channels and mailing lists"
definition = "One row a channel in which somebody posted or that an export describes."
order = ["channel"]
[columns]
channel = "slack:<team>/<channel>, discord:<server>/<channel>, mail:<list>."
platform = "slack, discord, mail, zulip, mattermost or what the pipeline file calls it."
name = "As people call it; of several names the latest."
kind = "public, private, group, direct, list or forum."
parent = "The server or channel that it is part of."
archived = "No longer in use."
messages = "Messages, those of programs too."
first_message = "The first, UTC."
last_message = "The last, UTC."
---*/
WITH described AS (
  SELECT subject AS channel, json_get_str(data, 'name') AS name, json_get_str(data, 'kind') AS kind,
         json_get_str(data, 'parent') AS parent, coalesce(json_get_bool(data, 'archived'), false) AS archived,
         row_number() OVER (PARTITION BY subject ORDER BY time DESC, id DESC) AS age
  FROM events WHERE type = 'channel.described' AND time <= as_of()
),
posted AS (
  SELECT channel, count(*) AS messages, min(time) AS first_message, max(time) AS last_message FROM posts GROUP BY channel
),
known AS (SELECT channel FROM posted UNION SELECT channel FROM described)
SELECT k.channel, split_part(k.channel, ':', 1) AS platform,
       masked(coalesce(d.name, substr(k.channel, strpos(k.channel, ':') + 1))) AS name,
       coalesce(d.kind, CASE WHEN k.channel LIKE 'mail:%' THEN 'list' ELSE 'public' END) AS kind, d.parent,
       coalesce(d.archived, false) AS archived, coalesce(p.messages, 0) AS messages, p.first_message, p.last_message
FROM known k
LEFT JOIN described d ON d.channel = k.channel AND d.age = 1
LEFT JOIN posted p ON p.channel = k.channel
