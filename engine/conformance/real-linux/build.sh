#!/bin/bash
# build.sh DIR KERNEL SOURCE [TAKE-HOME]: compiles KERNEL (oreore-6.1, 7.3) from DIR/unpacked/SOURCE, with the patches and the
# module of the take-home where one is given. Leaves bzImage, config and initrd.gz in DIR/KERNEL. Half an hour on two cores
# for the first time; later only what differs is compiled again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dir=$1 kernel=$2 source=$3 takehome=${4:-}
JOBS=${JOBS:-$(nproc)}
out=$dir/$kernel
tree=$out/tree
mkdir -p "$out"

if [ ! -d "$tree" ]; then
	mkdir -p "$tree.new"
	tar -C "$tree.new" --strip-components=1 -xf "$dir/unpacked/$source/usr/src/$source.tar.xz"
	if [ -n "$takehome" ]; then
		for file in "$takehome"/patches/*.patch; do
			patch -s -d "$tree.new" -p1 --fuzz=0 <"$file"
		done
	fi
	mv "$tree.new" "$tree"
fi

fragments=("$here/kernel.config")
[ -e "$here/$kernel.config" ] && fragments+=("$here/$kernel.config")
make -s -C "$tree" ARCH=i386 allnoconfig >/dev/null
"$tree/scripts/kconfig/merge_config.sh" -m -O "$tree" "$tree/.config" "${fragments[@]}" >/dev/null
make -s -C "$tree" ARCH=i386 olddefconfig
targets=(bzImage)
[ -n "$takehome" ] && targets+=(modules)
# The same sources give the same kernel, whoever compiles it when and where.
export KBUILD_BUILD_USER=oreore KBUILD_BUILD_HOST=oreore KBUILD_BUILD_TIMESTAMP=2026-11-29
make -s -C "$tree" ARCH=i386 -j"$JOBS" "${targets[@]}"
cp "$tree/arch/x86/boot/bzImage" "$out/bzImage"
cp "$tree/.config" "$out/config"

root=$out/root
rm -rf "$root"
mkdir -p "$root"/{bin,root,dev,proc,sys,tmp}
gcc -m32 -static -nostdlib -ffreestanding -fno-stack-protector -fno-pie -no-pie -Os -Wall -Wextra -s -o "$root/init" "$here/agent.c"
cp "$dir/unpacked/busybox-static/bin/busybox" "$root/bin/busybox"
if [ -n "$takehome" ]; then
	make -s -C "$takehome/module" KDIR="$tree" ARCH=i386
	strip --strip-debug -o "$root/module.ko" "$takehome"/module/*_module.ko
fi
(cd "$root" && find . | sort | cpio -o -H newc --quiet --reproducible | gzip -9n) >"$out/initrd.gz"
