# Sourced by scripts that take packages from Debian's archive: `debian_archive WORK SUITE` prepares apt for one suite, in a state directory of its own,
# so that nothing is installed and apt's own lists stay as they are. It asks the mirror that apt is configured with.
die() { echo "$*" >&2; exit 1; }

debian_archive() {
  mkdir -p "$1/lists/partial" "$1/cache/archives/partial" "$1/root"
  # The mirror: the first archive that is not one of security updates.
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(ORIGIN)' 2>/dev/null |
    awk '$1 !~ /security/ && $2 == "Debian" { print $1; exit }')
  [ -n "$mirror" ] || mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' |
    awk '$1 !~ /security/ && $2 ~ /^(stable|testing|sid|bookworm|trixie|forky)/ { print $1; exit }')
  [ -n "$mirror" ] || die "apt knows no Debian archive: add one to its sources"
  keys=/usr/share/keyrings/debian-archive-keyring.gpg
  [ -r "$keys" ] || die "missing: $keys; install with: apt-get install debian-archive-keyring"
  echo "deb [signed-by=$keys] $mirror $2 main" >"$1/sources.list"
  cat >"$1/apt.conf" <<CONF
Dir::Etc::SourceList "$1/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "$1/lists";
Dir::Cache "$1/cache";
APT::Sandbox::User "";
APT::Install-Recommends "false";
CONF
  export APT_CONFIG="$1/apt.conf"
  log=$1/log
  apt-get -q update >"$log" 2>&1 || die "apt-get update of $2 failed: $(grep -m 1 '^[EW]:' "$log" || tail -n 1 "$log")"
}
