#!/bin/sh
# One API, few verbs, and a key that the caller cannot read. docs/credentials.md says how it is installed: under an account
# of its own, started through sudo, so that an agent with a shell has the verbs and not the key.
set -eu
key_file=/etc/example-api/key
base=https://api.example.com

die() { printf '%s\n' "$1" >&2; exit 2; }

# Names that cannot be paths, options or anything else of an address.
name() { case $1 in '' | *[!A-Za-z0-9_-]* | -*) die "not a name" ;; esac; }

request() {
  # By a pipe: what stands in the arguments of a process everybody can read.
  answer=$(printf 'header = "Authorization: Bearer %s"\nurl = "%s/%s"\n' "$(cat "$key_file")" "$base" "$1" |
    curl --config - --silent --show-error --fail --proto =https --max-redirs 0 --max-time 20)
  # A server that sends the key back does not get it through.
  if printf '%s' "$answer" | grep -qF -f "$key_file"; then die "the answer holds the key and is withheld"; fi
  printf '%s\n' "$answer"
}

verb=${1:-}
case $verb in
  list-issues) [ $# -eq 2 ] || die "usage: list-issues PROJECT"; name "$2"; request "projects/$2/issues" ;;
  show-issue) [ $# -eq 3 ] || die "usage: show-issue PROJECT NUMBER"; name "$2"; name "$3"; request "projects/$2/issues/$3" ;;
  *) die "verbs: list-issues PROJECT, show-issue PROJECT NUMBER" ;;
esac
