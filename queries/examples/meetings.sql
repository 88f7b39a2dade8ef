/*---
question = "Who comes to the meetings?"
answer = "The meetings of the last 92 days, with the people and the organisations that the notes name."
---*/
SELECT date, series, attendees, organisations
FROM meetings
WHERE time >= as_of() - INTERVAL '92 days' AND time < as_of()
ORDER BY time
