/*---
title = "Who was at which meeting, by name"
---*/
SELECT split_part(substr(id, 7), '/', 1) || '/' || substr(subject, 9) AS meeting, actor AS account,
       coalesce(json_get_str(data, 'name'), '') AS name
FROM events WHERE type = 'meeting.attended' AND time <= as_of()
