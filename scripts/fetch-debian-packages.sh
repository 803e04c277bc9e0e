#!/bin/sh
# fetch-debian-packages.sh DIR SUITE PACKAGE…: unpacks packages of a Debian suite into DIR, which appears whole or not at all. Nothing is installed.
set -eu
export LC_ALL=C
[ $# -ge 3 ] || { echo "usage: fetch-debian-packages.sh DIR SUITE PACKAGE…" >&2; exit 2; }
. "$(dirname "$0")/debian-archive.sh"
dir=$1
suite=$2
shift 2
mkdir -p "$(dirname "$dir")"
work=$(cd "$(dirname "$dir")" && pwd)/.fetch-$$
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
debian_archive "$work" "$suite"
for package in "$@"; do
  (cd "$work" && apt-get -q download "$package" >"$log" 2>&1) || die "download of $package failed: $(tail -n 1 "$log")"
  dpkg -x "$work/$package"_*.deb "$work/root"
done
rm -rf "$dir"
mv "$work/root" "$dir"
