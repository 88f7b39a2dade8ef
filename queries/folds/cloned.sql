/*---
title = "Repositories with a Git source of their own"
definition = "The repositories whose commits are collected from Git: what their pushes list is known better. They are few, and the planner sees that."
[columns]
repository = "owner/name."
---*/
SELECT DISTINCT repository FROM signatures WHERE role = 'author' AND repository IS NOT NULL
