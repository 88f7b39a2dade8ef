#!/usr/bin/env python3
"""Writes archive/: what happened on GitHub, one line of the table below a record, in the layout of its day.

    python3 pipelines/demo/make-archive.py

Before 2015 the actor is a bare login and an issue a bare number. Until October 2025 objects are whole. Since then a pull
request has no author and no times, and a push no commits.
"""

import gzip
import json
import pathlib

HERE = pathlib.Path(__file__).parent
LANTERN = "acme-lights/lantern"
IDS = {"adanovak": 101, "bolind": 102, "chidi-o": 103, "danareyes": 104, "emilsato": 105, "fhaddad": 106, "gretao": 107,
       "hugow": 108, "jonasp": 110, "kwamea": 111, "lantern-bot": 112, "dependabot[bot]": 49699333}
RELEASES = {"v0.2.0": 301, "v0.3.0-rc.1": 302, "v0.3.0-rc.2": 303}

# time, who, what, number (and more). `opened` .. `reopened` are about issues, `pr-` about pull requests.
WHOLE = """
2025-01-10T10:00:00Z jonasp      opened     1
2025-01-11T10:00:00Z bolind      commented  1
2025-01-15T10:00:00Z bolind      closed     1
2025-01-20T10:00:00Z gretao      opened     2
2025-01-22T10:00:00Z gretao      closed     2
2025-02-05T10:00:00Z hugow       opened     3
2025-02-05T10:05:00Z lantern-bot commented  3
2025-02-08T10:00:00Z adanovak    commented  3
2025-02-14T18:00:00Z jonasp      starred    -
2025-04-03T10:00:00Z chidi-o     opened     4
2025-04-03T10:01:00Z lantern-bot commented  4
2025-04-05T10:00:00Z danareyes   commented  4
2025-04-08T10:00:00Z danareyes   pr-opened  31
2025-04-09T08:00:00Z adanovak    pr-reviewed 31 approved
2025-04-09T09:00:00Z adanovak    pr-merged  31 danareyes
2025-04-09T09:00:10Z adanovak    pushed     main
2025-04-13T10:00:00Z danareyes   closed     4
2025-04-20T10:00:00Z emilsato    opened     5
2025-04-24T10:00:00Z adanovak    closed     5
2025-05-01T10:00:00Z fhaddad     opened     6
2025-05-02T10:00:00Z fhaddad     commented  6
2025-05-07T10:00:00Z fhaddad     closed     6
2025-05-12T10:00:00Z fhaddad     pr-opened  32
2025-05-14T10:00:00Z bolind      pr-reviewed 32 changes_requested
2025-05-14T10:00:05Z bolind      pr-review-commented 32
2025-05-15T09:30:00Z fhaddad     pr-commented 32
2025-05-18T10:00:00Z bolind      pr-reviewed 32 approved
2025-05-19T09:00:00Z adanovak    pr-merged  32 fhaddad
2025-05-19T09:00:05Z adanovak    pushed     main
2025-05-20T10:00:00Z gretao      opened     7
2025-05-21T10:00:00Z bolind      commented  7
2025-05-23T10:00:00Z bolind      closed     7
2025-05-25T10:00:00Z gretao      reopened   7
2025-05-26T10:00:00Z dependabot[bot] pr-opened 33
2025-05-27T10:00:00Z bolind      pr-merged  33 dependabot[bot]
2025-06-02T10:00:00Z hugow       opened     8
2025-06-02T10:01:00Z lantern-bot commented  8
2025-06-10T10:00:00Z bolind      closed     7
2025-06-12T12:00:00Z kwamea      starred    -
2025-06-18T10:00:00Z adanovak    created    v0.2.0
2025-06-18T10:05:00Z adanovak    released   v0.2.0
2025-06-20T10:00:00Z lantern-bot opened     9
2025-07-15T10:00:00Z emilsato    opened     10
2025-07-22T10:00:00Z gretao      commented  10
2025-07-25T10:00:00Z emilsato    closed     10
2025-08-03T07:00:00Z kwamea      forked     kwamea/lantern
2025-08-11T16:00:00Z adanovak    member     emilsato
2025-08-20T10:00:00Z jonasp      opened     11
2025-08-20T22:00:00Z danareyes   commented  11
2025-09-03T10:00:00Z danareyes   closed     11
2025-09-10T10:00:00Z bolind      pr-opened  34
2025-09-15T10:00:00Z gretao      pr-reviewed 34 approved
2025-09-16T10:00:00Z danareyes   pr-merged  34 bolind
2025-09-20T20:00:00Z adanovak    elsewhere  5
2025-10-02T10:00:00Z jonasp      opened     12
2025-10-05T10:00:00Z adanovak    commented  12
2025-10-06T10:05:00Z lantern-bot released   v0.3.0-rc.1
2025-10-12T10:05:00Z lantern-bot released   v0.3.0-rc.2
"""

TRIMMED = """
2025-10-13T10:00:00Z kwamea      pr-opened  35
2025-10-14T10:00:00Z emilsato    pr-reviewed 35 approved
2025-10-15T09:00:00Z emilsato    pr-merged  35
2025-10-15T09:00:04Z emilsato    pushed     main
2025-10-15T10:00:00Z gretao      opened     13
2025-10-16T10:00:00Z danareyes   commented  13
2025-10-30T10:00:00Z adanovak    closed     12
2025-11-03T10:00:00Z kwamea      opened     14
2025-11-03T10:01:00Z lantern-bot commented  14
2025-11-04T08:00:00Z kwamea      starred    -
2025-11-12T10:00:00Z emilsato    closed     14
2025-11-20T10:00:00Z chidi-o     opened     15
2025-11-20T10:01:00Z lantern-bot commented  15
2025-11-24T10:00:00Z danareyes   pr-opened  36
2025-11-26T10:00:00Z danareyes   pr-closed  36
2025-12-02T10:00:00Z gretao      pr-opened  37
2025-12-02T10:03:00Z adanovak    labeled    15
2025-12-03T08:00:00Z adanovak    pr-reviewed 37 approved
2025-12-03T08:30:00Z adanovak    pr-merged  37
2025-12-10T10:00:00Z kwamea      opened     16
2025-12-15T10:00:00Z kwamea      closed     16
2025-12-29T10:00:00Z jonasp      opened     17
"""

opened_at = {}


def rows(table):
    for number, line in enumerate(table.strip().splitlines()):
        time, who, what, *rest = line.split()
        yield number, time, who, what, rest


def user(login):
    return {"login": login, "id": IDS[login], "type": "Bot" if login.endswith("[bot]") else "User"}


def issue(number):
    time, who = opened_at[number]
    return {"number": number, "user": user(who), "created_at": time}


def record(serial, time, who, what, rest, whole):
    number = int(rest[0]) if rest and rest[0].isdigit() else None
    pull = {"number": number}
    if whole and what.startswith("pr-") and what != "pr-merged":
        pull = {"number": number, "merged": False}
    if what in ("opened", "pr-opened"):
        opened_at[number] = (time, who)
        if whole and what == "pr-opened":
            pull |= {"user": user(who), "created_at": time}
    comment = {"id": 9000 + serial, "user": user(who), "created_at": time}
    repo = LANTERN
    if what in ("opened", "reopened"):
        kind, payload = "IssuesEvent", {"action": what, "issue": issue(number)}
    elif what == "closed":
        kind, payload = "IssuesEvent", {"action": what, "issue": issue(number) | {"closed_at": time}}
    elif what == "labeled":
        kind, payload = "IssuesEvent", {"action": what, "issue": issue(number), "label": {"name": "help wanted"}}
    elif what == "commented":
        kind, payload = "IssueCommentEvent", {"action": "created", "issue": issue(number), "comment": comment}
    elif what == "pr-commented":
        page = {"url": f"https://api.github.com/repos/{LANTERN}/pulls/{number}"}
        kind = "IssueCommentEvent"
        payload = {"action": "created", "issue": issue(number) | {"pull_request": page}, "comment": comment}
    elif what == "pr-review-commented":
        kind, payload = "PullRequestReviewCommentEvent", {"action": "created", "pull_request": pull, "comment": comment}
    elif what == "pr-reviewed":
        review = {"id": 7000 + serial, "user": user(who), "submitted_at": time, "state": rest[1]}
        kind, payload = "PullRequestReviewEvent", {"action": "created", "pull_request": pull, "review": review}
    elif what == "pr-opened":
        kind, payload = "PullRequestEvent", {"action": "opened", "number": number, "pull_request": pull}
    elif what == "pr-closed":
        kind, payload = "PullRequestEvent", {"action": "closed", "number": number, "pull_request": pull}
    elif what == "pr-merged" and whole:
        pull |= {"user": user(rest[1]), "merged": True, "merged_at": time, "merged_by": user(who)}
        kind, payload = "PullRequestEvent", {"action": "closed", "number": number, "pull_request": pull}
    elif what == "pr-merged":
        kind, payload = "PullRequestEvent", {"action": "merged", "number": number, "pull_request": pull}
    elif what == "pushed":
        kind, payload = "PushEvent", {"push_id": 5000 + serial, "ref": f"refs/heads/{rest[0]}", "head": f"{serial:040x}"}
        if whole:
            payload |= {"size": 0, "commits": []}
    elif what == "released":
        release = {"id": RELEASES[rest[0]], "tag_name": rest[0], "published_at": time, "author": user(who)}
        kind, payload = "ReleaseEvent", {"action": "published", "release": release}
    elif what == "created":
        kind, payload = "CreateEvent", {"ref": rest[0], "ref_type": "tag"}
    elif what == "member":
        kind, payload = "MemberEvent", {"action": "added", "member": user(rest[0])}
    elif what == "starred":
        kind, payload = "WatchEvent", {"action": "started"}
    elif what == "forked":
        kind, payload = "ForkEvent", {"forkee": {"full_name": rest[0]}}
    elif what == "elsewhere":
        repo = "someone-else/other"
        payload = {"action": "opened", "issue": {"number": number, "user": user(who), "created_at": time}}
        kind = "IssuesEvent"
    else:
        raise ValueError(what)
    actor = {"id": IDS[who], "login": who}
    return {"id": str(40000 + serial), "type": kind, "actor": actor, "repo": {"id": 7, "name": repo},
            "payload": payload, "created_at": time}


def old(kind, time, who, payload, page):
    """A record before 2015, of the project that came before lantern."""
    repository = {"owner": "acme-lights", "name": "wick", "url": "https://github.com/acme-lights/wick"}
    return {"created_at": time, "type": kind, "actor": who, "actor_attributes": {"login": who, "type": "User"},
            "repository": repository, "payload": payload, "url": f"https://github.com/acme-lights/wick/{page}"}


MATS = "0d6d4c6d0a4f3e1f6d0a4e2f7a3b1c9d8e7f6a5b@mats.example"
BEFORE_2015 = [
    old("WatchEvent", "2014-11-18T09:15:00-08:00", "matsp", {"action": "started"}, ""),
    old("IssuesEvent", "2014-11-20T09:00:00-08:00", "adanovak", {"action": "opened", "number": 1, "issue": 51200}, "issues/1"),
    old("IssueCommentEvent", "2014-11-21T09:00:00-08:00", "matsp", {"issue_id": 51200, "comment_id": 61200},
        "issues/1#issuecomment-61200"),
    old("PushEvent", "2014-11-22T09:00:00-08:00", "matsp",
        {"ref": "refs/heads/master", "head": f"{77:040x}", "size": 1,
         "shas": [[f"{77:040x}", MATS, "Trim the wick", "Mats Pettersson", True]]}, "compare/a...b"),
    old("IssuesEvent", "2014-11-22T09:05:00-08:00", "adanovak", {"action": "closed", "number": 1, "issue": 51200}, "issues/1"),
    old("GollumEvent", "2014-12-01T09:00:00-08:00", "adanovak", {"pages": []}, "wiki"),
]


def lines(records):
    return "".join(json.dumps(record, separators=(",", ":")) + "\n" for record in records)


whole = lines(record(n, *row, True) for n, *row in rows(WHOLE))
trimmed = lines(record(n + 500, *row, False) for n, *row in rows(TRIMMED))
# The download broke off in the middle of the last line.
trimmed += '{"id":"40999","type":"IssuesEvent","actor":{"id":110,"login":"jonasp"},"repo":{"id":7,"na'

(HERE / "archive").mkdir(exist_ok=True)
(HERE / "archive/2014.json").write_text(lines(BEFORE_2015))
with (HERE / "archive/2025-whole.json.gz").open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
    packed.write(whole.encode())
(HERE / "archive/2025-trimmed.json").write_text(trimmed)
