#!/bin/bash
# sources.sh DIR OUT: puts the complete sources of Debian's packages in DIR/packages into OUT, as Debian gives them away. For a
# kernel this is the package with its patched source. For a compiled program it is its source package, and those of what it has
# linked in (Built-Using). Writes OUT/SHA256SUMS. After fetch.sh, with the apt configuration that it left in DIR/apt.
set -euo pipefail
dir=$(cd "$1" && pwd)
mkdir -p "$2"
out=$(cd "$2" && pwd)

# The same archives, with sources instead of packages.
export APT_CONFIG=$dir/apt/sources.conf
sed "s|sources.list\"|source-packages.list\"|" "$dir/apt/apt.conf" >"$APT_CONFIG"
sed -E 's/^deb \[(.*) arch=[^]]*\]/deb-src [\1]/' "$dir/apt/sources.list" >"$dir/apt/source-packages.list"
apt-get update -qq

wanted=()
while read -r package _; do
	file=$(compgen -G "$dir/packages/${package}_*.deb")
	case $package in
	linux-source-*) cp "$file" "$out" ;;
	*)
		wanted+=("$(dpkg-deb --showformat '${source:Package}=${source:Version}' -W "$file")")
		# Such as: glibc (= 2.36-9+deb12u10), libxcrypt (= 1:4.4.33-2)
		for part in "$(dpkg-deb -f "$file" Built-Using)" "$(dpkg-deb -f "$file" Static-Built-Using)"; do
			mapfile -t used < <(tr ',' '\n' <<<"$part" | sed -nE 's/^ *([^ ]+) \(= ([^)]+)\) *$/\1=\2/p')
			wanted+=("${used[@]}")
		done
		;;
	esac
done <"$dir/packages/list"

cd "$out"
for one in "${wanted[@]}"; do
	if ! apt-get source -qq --download-only "$one"; then
		echo "the source of $one is not in the archive any more: it is among Debian's snapshots" >&2
		exit 1
	fi
done
# shellcheck disable=SC2035
sha256sum *.* >SHA256SUMS
