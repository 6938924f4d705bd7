#!/bin/bash
# fetch.sh DIR: installs what compiles, and puts the packages of packages.txt into DIR/packages. Their suites may be others
# than this machine's: they come through an apt configuration of their own in DIR/apt, so that the machine's stays as it is.
# Writes DIR/packages/list: package, version, SHA-256 of the package's file, one line each.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dir=$1
keys=/usr/share/keyrings/debian-archive-keyring.gpg

tools=(build-essential gcc-multilib flex bison bc libelf-dev pahole cpio xz-utils patch zstd)
missing=()
for package in "${tools[@]}"; do
	dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

# The archive that this machine takes Debian from.
site=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -E '/debian/?$' | head -n 1)
site=${site%/}
apt=$dir/apt
mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$dir/packages"
cat >"$apt/apt.conf" <<EOF
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$apt/lists";
Dir::Cache "$apt/cache";
APT::Sandbox::User "root";
EOF
own=$(dpkg --print-architecture)
wanted=$(grep -v '^#' "$here/packages.txt")
for suite in $(cut -d' ' -f4 <<<"$wanted" | sort -u); do
	architectures=$(awk -v suite="$suite" -v own="$own" '$4 == suite { print $2 == "all" ? own : $2 }' <<<"$wanted" | sort -u | paste -sd,)
	archive=$site
	case $suite in *-security) archive=$site-security ;; esac
	echo "deb [signed-by=$keys arch=$architectures] $archive $suite main"
done >"$apt/sources.list"
export APT_CONFIG=$apt/apt.conf
apt-get update -qq

cd "$dir/packages"
: >list
while read -r package architecture version suite; do
	name=$package
	[ "$architecture" = all ] || name=$package:$architecture
	if [ "${PACKAGES:-}" = newest ]; then
		want=$name/$suite
	else
		want=$name=$version
	fi
	# What an earlier run fetched is not fetched again.
	file=$(compgen -G "${package}_*.deb" || true)
	if [ "${PACKAGES:-}" = newest ] || [ -z "$file" ] || [ "$(dpkg-deb -f "$file" Version)" != "$version" ]; then
		rm -f "$package"_*.deb
		if ! apt-get download -qq "$want"; then
			echo "$package $version is not in the archive any more: it is among Debian's snapshots. For a new build PACKAGES=newest takes the one that is there" >&2
			exit 1
		fi
		file=$(ls "$package"_*.deb)
	fi
	echo "$package $(dpkg-deb -f "$file" Version) $(sha256sum "$file" | cut -d' ' -f1)" >>list
	mkdir -p "../unpacked/$package"
	dpkg-deb -x "$file" "../unpacked/$package"
done <<<"$wanted"
