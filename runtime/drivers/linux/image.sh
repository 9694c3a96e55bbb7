# --- Images: where they live, private package lists, resolving a recipe ----------------------------------------------------------
#   $appl_images/apt/<suite>/          package lists and apt's configuration, apart from the host's own
#   $appl_images/debs/<sha256>.deb     packages, verified
#   $appl_images/layers/<digest>/      tree/ with its packages, epoch and content digest; squashfs when a microVM needs it
#   $appl_images/kernels/<digest>/     kernel, initramfs
#   $appl_images/built/<key>/          one image for one form: layers, lowest first, and packages; for microVMs squashfs and kernel
appl_images=$APPL_HOME/images

# appl_image_failed LOG MESSAGE [REMEDY]: gives up, and tells a full disk from anything else by what the tools printed.
appl_image_failed() {
  tail -n 20 "$1"
  if grep -qE 'No space left on device|You don.t have enough free space' "$1"; then
    appl_fail no-space "the disk that holds $appl_images is full" "free some space (appl image gc removes unused images)"
  fi
  appl_fail operation-failed "$2" "${3:-}"
}
appl_image_mirror_remedy='see whether apt-get update works on this host: its mirrors or its proxy may be out of reach'


# Where Debian's packages of suite $1 come from: the host's own mirrors, or deb.debian.org. apt itself reads the
# host's configuration here, in whatever format it is written, without its lists.
appl_image_mirrors() {
  appl_mirror_lists=$(mktemp -d) || return
  apt-get -o Dir::State::lists="$appl_mirror_lists" --print-uris update 2>/dev/null |
    sed -n "s#^'\([a-z]*://[^']*\)/dists/\($1\|$1-updates\|$1-security\)/InRelease'.*#deb \1 \2 main#p" |
    sort -u
  rm -rf "$appl_mirror_lists"
}

appl_image_sources() {
  appl_key=/usr/share/keyrings/debian-archive-keyring.gpg
  if [ -e "$appl_key" ]; then appl_key=" [signed-by=$appl_key]"; else appl_key=; fi
  appl_mirrors=$(appl_image_mirrors "$1")
  if [ -z "$appl_mirrors" ]; then
    appl_mirrors="deb http://deb.debian.org/debian $1 main
deb http://deb.debian.org/debian $1-updates main
deb http://deb.debian.org/debian-security $1-security main"
  fi
  printf '%s\n' "$appl_mirrors" | sed "s#^deb #deb$appl_key #"
}

# apt's configuration for folder $1, with the host's own way to the network (proxies) and none of its other habits.
appl_image_apt_configuration() {
  cat <<END
Dir "$1";
Dir::State "$1";
Dir::State::lists "$1/lists";
Dir::State::status "$1/status";
Dir::Cache "$1/cache";
Dir::Etc "$1";
Dir::Etc::sourcelist "$1/sources.list";
END
  for appl_part in main parts sourceparts trustedparts preferences preferencesparts netrc netrcparts; do
    echo "Dir::Etc::$appl_part \"/dev/null\";"
  done
  cat <<END
Acquire::Languages "none";
Acquire::ForceHash "SHA256";
Acquire::Retries "2";
APT::Architecture "$(dpkg --print-architecture)";
APT::Install-Recommends "false";
APT::Get::Assume-Yes "true";
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
pkgCacheGen::ForceEssential ",";
END
  apt-config dump | grep -E '^Acquire::(http|https|ftp|Check-|ForceIPv)' || true
}

# Makes the private apt of suite $1 and brings its lists up to date unless they are younger than $2 seconds.
appl_image_lists() {
  appl_apt=$appl_images/apt/$1
  appl_age=$(($(date +%s) - $(stat -c %Y "$appl_apt/updated" 2>/dev/null || echo 0)))
  [ "$appl_age" -ge "$2" ] || return 0
  echo "package lists of $1"
  mkdir -p "$appl_apt/lists/partial" "$appl_apt/cache/archives/partial" &&
    appl_image_sources "$1" >"$appl_apt/sources.list" &&
    appl_image_apt_configuration "$appl_apt" >"$appl_apt/apt.conf" &&
    : >"$appl_apt/status" || appl_fail no-space "cannot write to $appl_apt"
  if APT_CONFIG=$appl_apt/apt.conf apt-get -qq update >"$appl_apt/update.log" 2>&1; then
    rm -f "$appl_apt/base" "$appl_apt/kernel"
    touch "$appl_apt/updated"
  elif [ -e "$appl_apt/updated" ]; then
    echo "package lists of $1 could not be brought up to date; using those of $appl_age seconds ago"
  else
    appl_image_failed "$appl_apt/update.log" "the package lists of Debian $1 could not be fetched" "$appl_image_mirror_remedy"
  fi
}

# Prints what apt would install, as lines "<section> <name> <version> <sha256> <bytes> <url>".
# $1: section, $2: apt's database of installed packages, the rest: apt's words.
appl_image_choose() {
  appl_section=$1
  appl_status=$2
  shift 2
  APT_CONFIG=$appl_apt/apt.conf apt-get -o Dir::State::status="$appl_status" -qq --no-remove --print-uris "$@" \
    >"$appl_apt/chosen" 2>>"$appl_apt/choose.log" || return
  awk -v section="$appl_section" -v quote="'" '{
    gsub(quote, "", $1); sub("SHA256:", "", $4); split($2, part, "_"); gsub("%3a", ":", part[2])
    print section, part[1], part[2], $4, $3, $1
  }' "$appl_apt/chosen"
}

# The base is what Debian calls essential: dpkg, a shell and their libraries. apt stays outside. usr-is-merged keeps
# init-system-helpers from bringing usrmerge with all of perl. The answer holds until the lists change.
appl_image_choose_base() {
  if [ ! -e "$appl_apt/base" ]; then
    appl_image_choose base "$appl_apt/status" install '?essential' usr-is-merged >"$appl_apt/base.new" &&
      APT_CONFIG=$appl_apt/apt.conf apt-cache show $(awk '{print $2 "=" $3}' "$appl_apt/base.new") \
        2>>"$appl_apt/choose.log" |
      sed 's/^Package: .*/&\nStatus: install ok installed/; /^\(Filename\|Size\|MD5sum\|SHA256\): /d' \
        >"$appl_apt/installed" &&
      mv "$appl_apt/base.new" "$appl_apt/base" || return
  fi
  cat "$appl_apt/base"
}

# The meta package names the kernel of today; only that one and a static busybox are fetched, and nothing is installed.
appl_image_choose_kernel() {
  if [ ! -e "$appl_apt/kernel" ]; then
    appl_kernel=$(APT_CONFIG=$appl_apt/apt.conf apt-cache show --no-all-versions linux-image-cloud-amd64 \
      2>>"$appl_apt/choose.log" | sed -n 's/^Depends:.*\(linux-image-[^ ,]*\).*/\1/p')
    [ -n "$appl_kernel" ] || appl_fail host-unsuitable "Debian $appl_suite has no kernel for microVMs on this kind of machine" \
      "use containers, or a host with an amd64 processor"
    appl_image_choose kernel "$appl_apt/status" download "$appl_kernel" busybox-static >"$appl_apt/kernel.new" &&
      mv "$appl_apt/kernel.new" "$appl_apt/kernel" || return
  fi
  cat "$appl_apt/kernel"
}

# appl_image_resolve SUITE SECONDS kernel|- PACKAGE...: answers with the packages of an image as a JSON list. SECONDS is how old the
# package lists may be; the kernel is for microVMs.
appl_image_resolve() {
  appl_suite=$1 appl_seconds=$2 appl_with=$3
  shift 3
  appl_apt=$appl_images/apt/$appl_suite
  mkdir -p "$appl_apt"
  chmod 755 "$appl_images"
  exec 7>"$appl_apt/lock"
  flock 7
  appl_image_lists "$appl_suite" "$appl_seconds"
  : >"$appl_apt/choose.log"
  {
    appl_image_choose_base &&
      { [ $# -eq 0 ] || appl_image_choose packages "$appl_apt/installed" install "$@"; } &&
      { [ "$appl_with" != kernel ] || appl_image_choose_kernel; }
  } >"$appl_apt/resolved" || appl_image_unresolved
  appl_answer "[$(awk '{
    printf "%s{\"layer\":\"%s\",\"name\":\"%s\",\"version\":\"%s\",\"sha256\":\"%s\",\"size_bytes\":%s,\"url\":\"%s\"}",
      comma, $1, $2, $3, $4, $5, $6
    comma = ","
  }' "$appl_apt/resolved")]"
}

appl_image_unresolved() {
  appl_missing=$(sed -n 's/^E: Unable to locate package \(.*\)/\1/p; s/^E: Package .\([^ ]*\). has no installation candidate/\1/p' \
    "$appl_apt/choose.log" | sort -u | tr '\n' ' ')
  [ -z "$appl_missing" ] ||
    appl_fail operation-failed "Debian $appl_suite has no package ${appl_missing% }" "correct the packages of the image"
  appl_image_failed "$appl_apt/choose.log" "these packages of Debian $appl_suite cannot be installed together"
}
