#!/usr/bin/env bash
# psql against a running server: psql.sh PORT EXAMPLES. Its usual questions to the catalogue, and the examples.
set -euo pipefail
ask() { PGOPTIONS='' psql -X -v ON_ERROR_STOP=1 "host=127.0.0.1 port=$port user=tester dbname=muster" "$@"; }
port="$1" examples="$2"

expect() { # what it is about, a pattern, the command
  local about="$1" pattern="$2"; shift 2
  local said; said="$("$@" 2>&1)" || { echo "$about failed: $said"; exit 1; }
  grep -qE -- "$pattern" <<<"$said" || { echo "$about: no $pattern in: $said"; exit 1; }
  echo "$about"
}

expect '\conninfo' 'connected to database "muster" as user "tester"' ask -c '\conninfo'
expect '\l' '^ *muster ' ask -c '\l'
expect '\dn' 'growth' ask -c '\dn'
expect '\d' 'contributions' ask -c '\d'
expect '\dt' 'public *\| *contributions *\| *table' ask -c '\dt'
expect '\dt growth.*' 'growth *\| *active_contributors' ask -c '\dt growth.*'
expect '\dv' 'facts' ask -c '\dv'
expect '\d contributions' 'time *\| *timestamp' ask -c '\d contributions'
expect '\d growth.active_contributors' 'event_id *\| *text' ask -c '\d growth.active_contributors'
expect '\d+ events' 'actor *\| *text' ask -c '\d+ events'
expect '\du' 'Role name' ask -c '\du'
expect '\d+ contributions' 'event_id *\| *text' ask -c '\d+ contributions'
expect '\di' '(Did not find|Schema|List)' ask -c '\di'
expect '\x' 'RECORD 1' ask -x -c 'SELECT 1 AS one, now() IS NOT NULL AS two'
expect 'two statements' '^2$' ask -At -c 'SELECT 1; SELECT 2'
expect '\gdesc' 'timestamp with time zone' ask -f <(echo 'SELECT time FROM contributions \gdesc')
expect 'FETCH_COUNT' '^ *1000$' ask -At -v FETCH_COUNT=100 -c 'SELECT value FROM generate_series(1, 1000)'
expect 'PGOPTIONS' '^2025-06-01 00:00:00' env PGOPTIONS='-c muster.as_of=2025-06-01' psql -X "host=127.0.0.1 port=$port user=tester dbname=muster" -At -c 'SELECT as_of()'
for file in "$examples"/*.sql; do
  ask -q -o /dev/null -f "$file" || { echo "$file failed"; exit 1; }
done
echo "$(ls "$examples"/*.sql | wc -l) examples"
for refused in 'DROP TABLE contributions' 'INSERT INTO metrics VALUES (1)' "COPY metrics TO '/tmp/muster-stolen'" '\copy metrics to /dev/null' "SELECT * FROM '/etc/passwd'"; do
  if said="$(ask -c "$refused" 2>&1)"; then echo "$refused was not refused: $said"; exit 1; fi
done
echo "writing and files outside are refused"
