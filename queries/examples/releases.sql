/*---
question = "How often do we release?"
answer = "Each release with the days since the one before; release candidates are in it."
---*/
SELECT tag, to_char(time, '%Y-%m-%d') AS released, date_part('day', time - lag(time) OVER (ORDER BY time)) AS days
FROM releases
ORDER BY time
