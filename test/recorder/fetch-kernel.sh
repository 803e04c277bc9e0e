#!/bin/sh
# fetch-kernel.sh DIR [SUITE [VERSION]]: unpacks a Debian kernel into DIR (DIR/vmlinuz, DIR/lib/modules/VERSION) for record.mjs --kernel DIR.
# Asks the mirror that apt is configured with, in a state directory of its own: nothing is installed, apt's own lists stay as they are.
# VERSION is what follows linux-image- in the package's name; "amd64" means the newest that the suite has.
set -eu
export LC_ALL=C
[ $# -ge 1 ] || { echo "usage: fetch-kernel.sh DIR [SUITE [VERSION]]" >&2; exit 2; }
suite=${2:-experimental}
version=${3:-7.3-amd64}
. "$(dirname "$0")/../../scripts/debian-archive.sh"

mkdir -p "$1"
dir=$(cd "$1" && pwd)
work=$dir/.fetch
rm -rf "$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
debian_archive "$work" "$suite"

# A package such as linux-image-amd64 only depends on the one of a version.
needs=$(apt-cache show --no-all-versions "linux-image-$version" 2>/dev/null | sed -n 's/^Depends: //p' | tr ',|' '\n\n' | sed 's/^ *//; s/ .*//')
named=$(echo "$needs" | sed -n 's/^linux-image-\([0-9].*\)$/\1/p' | head -n 1)
if [ -n "$named" ]; then version=$named; fi

# The kernel and its modules are one package, or (since 7.x) several. Which of these exist is the archive's to say.
found=
for part in linux-image linux-binary linux-modules linux-base; do
  apt-cache show "$part-$version" >/dev/null 2>&1 || continue
  (cd "$work" && apt-get -q download "$part-$version" >"$log" 2>&1) || die "download of $part-$version failed: $(tail -n 1 "$log")"
  for package in "$work/$part-$version"_*.deb; do
    dpkg -x "$package" "$work/root"
    rm "$package"
  done
  found=yes
done
[ -n "$found" ] || die "$suite has no linux-image-$version; it has: $(apt-cache pkgnames linux-image- | sed -n 's/^linux-image-\([0-9].*amd64\)$/\1/p' |
  sort -V | tail -n 4 | tr '\n' ' ')"

modules=
for place in "$work/root/usr/lib/modules/$version" "$work/root/lib/modules/$version"; do
  if [ -d "$place/kernel" ]; then modules=$place; fi
done
[ -n "$modules" ] || die "the packages of $version hold no modules"
image=
for place in "$work/root/boot/vmlinuz-$version" "$modules/vmlinuz" "$work/root/usr/lib/modules/$version/vmlinuz"; do
  if [ -f "$place" ]; then image=$place; fi
done
[ -n "$image" ] || die "the packages of $version hold no kernel image"
rm -rf "$dir/lib/modules" "$dir/vmlinuz"
mkdir -p "$dir/lib/modules"
cp "$image" "$dir/vmlinuz"
cp -r "$modules" "$dir/lib/modules/"
PATH=$PATH:/usr/sbin:/sbin depmod -b "$dir" "$version"
echo "$version"
