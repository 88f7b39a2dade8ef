#!/bin/sh
# Makes lantern.bundle: the same commits, byte for byte the same ids, wherever it runs.
#   sh pipelines/demo/make-bundle.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null TZ=UTC LC_ALL=C
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
git init -q -b main "$work/lantern"
cd "$work/lantern"

ada='Ada Novak <ada@acme-lights.example>'
bo='Bo Lindqvist <bo@northwind.example>'
chidi='Chidi Okafor <103+chidi-o@users.noreply.github.com>'
dana='Dana Reyes <dana@blueheron.example>'
emil='Emil Sato <emil@northwind.example>'
emil_home='emil <emil.sato@home.example>'
fatima='Fatima Haddad <fatima@haddad.example>'
greta='Greta Olsen <gretao@users.noreply.github.com>'
hugo='Hugo Weiss <hugo@weiss.example>'
ines='Ines Marques <ines@marques.example>'
lena='Lena Brandt <lena@brandt.example>'
bot='dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>'

# as DAY PERSON: who acts, at 09:00 UTC of the day.
as() {
    GIT_AUTHOR_NAME=${2%% <*} GIT_AUTHOR_EMAIL=${2##*<} GIT_AUTHOR_DATE="$1T09:00:00Z"
    GIT_AUTHOR_EMAIL=${GIT_AUTHOR_EMAIL%>}
    GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE
    export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_AUTHOR_DATE GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL GIT_COMMITTER_DATE
}

# commit DAY PERSON FILE SUMMARY [CO-AUTHOR]: one line more in a file.
commit() {
    as "$1" "$2"
    mkdir -p "$(dirname "$3")"
    echo "$1 $4" >>"$3"
    save "$4" "${5-}"
}

save() {
    git add -A
    if [ -n "$2" ]; then
        git commit -q --no-gpg-sign -m "$1" -m "Co-authored-by: $2"
    else
        git commit -q --no-gpg-sign -m "$1"
    fi
}

# roster DAY SUMMARY: MAINTAINERS.md as it stands in rosters/ from that day on.
roster() {
    as "$1" "$ada"
    cp "$here/rosters/$1-MAINTAINERS.md" MAINTAINERS.md
    save "$2" ''
}

tag() {
    as "$1" "$ada"
    git tag --no-sign -a "$2" -m "$2"
}

cat >.mailmap <<'MAP'
Ada Novak <101+adanovak@users.noreply.github.com> <ada@acme-lights.example>
Bo Lindqvist <102+bolind@users.noreply.github.com> <bo@northwind.example>
Dana Reyes <104+danareyes@users.noreply.github.com> <dana@blueheron.example>
Emil Sato <105+emilsato@users.noreply.github.com> <emil@northwind.example>
Emil Sato <105+emilsato@users.noreply.github.com> <emil.sato@home.example>
Fatima Haddad <106+fhaddad@users.noreply.github.com> <fatima@haddad.example>
Hugo Weiss <108+hugow@users.noreply.github.com> <hugo@weiss.example>
MAP

# 2024Q4
roster 2024-10-01 'Begin'
commit 2024-10-03 "$bo"     src/colour.c  'Read the colour of a lamp'
commit 2024-10-08 "$ada"    src/switch.c  'Switch a lamp on and off'
commit 2024-10-15 "$bo"     src/colour.c  'Set the colour of a lamp'
commit 2024-10-22 "$hugo"   src/wire.c    'Speak the wire protocol'
commit 2024-11-04 "$ada"    src/dim.c     'Dim in steps'
commit 2024-11-12 "$hugo"   src/wire.c    'Answer a ping'
commit 2024-11-18 "$lena"   docs/guide.md 'Write a guide'
commit 2024-11-20 "$bot"    deps.txt      'Bump wire from 1.0 to 1.1'
commit 2024-12-02 "$bo"     src/colour.c  'Mix colours' "$chidi"
commit 2024-12-10 "$ada"    docs/guide.md 'Describe dimming'
tag    2024-12-12 v0.1.0
# 2025Q1
commit 2025-01-14 "$chidi"  src/colour.c  'Warm and cold white'
commit 2025-01-28 "$dana"   src/scene.c   'Scenes'
commit 2025-02-03 "$ada"    src/switch.c  'Switch a group of lamps'
roster 2025-02-10 'List Dana as a maintainer'
commit 2025-02-18 "$bot"    deps.txt      'Bump wire from 1.1 to 1.2'
commit 2025-02-25 "$dana"   src/scene.c   'Name a scene'
commit 2025-03-04 "$bo"     src/colour.c  'Round colours as lamps do'
commit 2025-03-11 "$chidi"  docs/guide.md 'Describe white'
commit 2025-03-20 "$emil_home" src/timer.c 'Timers' "$bo"
# 2025Q2
commit 2025-04-02 "$ada"    src/dim.c     'Dim smoothly'
commit 2025-04-09 "$dana"   src/scene.c   'Fade between scenes'
commit 2025-04-16 "$dana"   src/scene.c   'Forget a scene'
commit 2025-04-28 "$emil"   src/timer.c   'Repeat a timer'
commit 2025-05-06 "$bo"     src/wire.c    'Retry after a lost packet'
git checkout -q -b sunrise
commit 2025-05-14 "$fatima" src/sunrise.c 'Sunrise'
commit 2025-05-15 "$fatima" src/sunrise.c 'Sunset'
git checkout -q main
as 2025-05-19 "$ada"
git merge -q --no-ff --no-gpg-sign -m 'Merge pull request #32 from fhaddad/sunrise' sunrise
git branch -q -D sunrise
commit 2025-05-27 "$bot"    deps.txt      'Bump wire from 1.2 to 1.3'
commit 2025-06-05 "$dana"   src/sunrise.c 'Sunrise in a scene' "$fatima"
commit 2025-06-17 "$ada"    docs/guide.md 'Describe sunrise'
tag    2025-06-18 v0.2.0
# 2025Q3
commit 2025-07-08 "$emil"   src/timer.c   'Timers survive a restart'
commit 2025-07-22 "$emil"   src/timer.c   'Time zones'
roster 2025-08-01 'Hugo steps down, Emil joins the maintainers'
commit 2025-08-12 "$greta"  src/sensor.c  'Read a light sensor'
commit 2025-09-02 "$dana"   src/scene.c   'Scenes by sensor'
commit 2025-09-16 "$bo"     src/wire.c    'Speak protocol 2'
commit 2025-09-25 "$bot"    deps.txt      'Bump wire from 1.3 to 2.0'
# 2025Q4
commit 2025-10-06 "$greta"  src/sensor.c  'Read a motion sensor'
commit 2025-10-14 "$ines"   docs/guide.md 'Correct a sentence'
commit 2025-10-21 "$greta"  src/sensor.c  'Forget a sensor'
commit 2025-11-04 "$emil"   src/timer.c   'Timers by sensor'
roster 2025-11-15 'List Greta as a maintainer; Dana is at Tidewater now'
commit 2025-11-25 "$dana"   src/scene.c   'Share a scene' "$greta"
commit 2025-12-03 "$greta"  src/sensor.c  'Calibrate a sensor'
commit 2025-12-15 "$emil"   src/timer.c   'Skip a timer once'
tag    2025-12-16 v0.3.0

git -c pack.threads=1 bundle create -q "$here/lantern.bundle" HEAD main --tags
git log -1 --format='lantern.bundle at %H'
