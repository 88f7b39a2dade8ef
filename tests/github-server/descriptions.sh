#!/usr/bin/env bash
# Fetches GitHub's published descriptions, which the ignored tests hold the server to, unless they are there already, and
# prints what to set: eval "$(tests/github-server/descriptions.sh)". They lie outside the checkout: together 14 MB.
set -euo pipefail
cache="${XDG_CACHE_HOME:-$HOME/.cache}/muster-github"

# Package, version, file in it, name here.
fetch() {
  [ -s "$cache/$4" ] && return
  work=$(mktemp -d)
  (cd "$work" && npm pack --silent "$1@$2" >/dev/null && tar xzf ./*.tgz "package/$3")
  mkdir -p "$cache"
  mv "$work/package/$3" "$cache/$4"
  rm -rf "$work"
}

fetch @octokit/openapi 23.0.2 generated/api.github.com.json openapi-23.0.2.json
fetch @octokit/graphql-schema 15.26.1 schema.graphql schema-15.26.1.graphql
echo "export MUSTER_GITHUB_OPENAPI='$cache/openapi-23.0.2.json'"
echo "export MUSTER_GITHUB_SCHEMA='$cache/schema-15.26.1.graphql'"
