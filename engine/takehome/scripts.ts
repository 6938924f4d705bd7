// The files of the take-home that build and try it: a Makefile, and a script for QEMU that runs on Debian or Ubuntu.
import type { KernelDefinition } from "../kernel/definition.ts";
import { namesOf } from "./names.ts";

export const makefile = (): string => `# The loaders, for the machine that runs the patched kernel.
CFLAGS ?= -O2 -Wall -Wextra

all: loader loader-libbpf
loader: loader.c
	$(CC) $(CFLAGS) -static -o $@ $<
loader-libbpf: loader-libbpf.c
	$(CC) $(CFLAGS) -o $@ $< -lbpf
replay: replay.c
	$(CC) $(CFLAGS) -static -o $@ $<
clean:
	rm -f loader loader-libbpf replay
`;

export function qemuScript(definition: KernelDefinition): string {
  const { lower } = namesOf(definition);
  const { path } = definition.attribute;
  return `#!/bin/bash
# Patches and builds Linux 6.1, boots it in QEMU, and runs the demo there. Needs a Debian or Ubuntu with root for the
# packages; about a quarter of an hour on two cores. Nothing outside BUILD (default: build/) is touched.
#   ./try.sh            the demo, then the machine stops
#   ./try.sh shell      a shell in the machine
#   ./try.sh replay F   runs the calls in the file F (see replay.c) and prints one JSON line each
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
BUILD=\${BUILD:-$here/build}
JOBS=\${JOBS:-$(nproc)}
TARBALL=\${TARBALL:-/usr/src/linux-source-6.1.tar.xz}
mode=\${1:-demo}

packages=(linux-source-6.1 qemu-system-x86 busybox-static build-essential flex bison bc libelf-dev cpio xz-utils patch)
missing=()
for package in "\${packages[@]}"; do
	dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ \${#missing[@]} -gt 0 ]; then
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "\${missing[@]}" >/dev/null
fi

mkdir -p "$BUILD"
tree=$BUILD/linux-source-6.1
applied=$BUILD/applied
if [ ! -d "$applied" ]; then
	rm -rf "$tree"
	tar -C "$BUILD" -xf "$TARBALL"
fi
# If the patches differ from those of the last time, the old ones are undone first. So only what differs is compiled again.
if ! diff -rq "$here/patches" "$applied" >/dev/null 2>&1; then
	for file in $(ls -r "$applied"/*.patch 2>/dev/null); do
		patch -s -d "$tree" -p1 -R <"$file"
	done
	rm -rf "$applied"
	for file in "$here"/patches/*.patch; do
		patch -d "$tree" -p1 --fuzz=0 <"$file"
	done
	cp -r "$here/patches" "$applied"
fi
if [ ! -e "$tree/.config" ]; then
	make -s -C "$tree" ARCH=x86_64 tinyconfig
	"$tree/scripts/kconfig/merge_config.sh" -m -O "$tree" "$tree/.config" "$here/kernel.config" >/dev/null
	make -s -C "$tree" ARCH=x86_64 olddefconfig
fi
make -s -C "$tree" ARCH=x86_64 -j"$JOBS" bzImage modules 2> >(tee "$BUILD/warnings" >&2)
make -s -C "$here/module" KDIR="$tree" 2> >(tee -a "$BUILD/warnings" >&2)
make -s -C "$here" loader replay

root=$BUILD/root
rm -rf "$root"
mkdir -p "$root"/{bin,proc,sys,dev,tmp}
cp /bin/busybox "$root/bin/busybox"
cp "$here/loader" "$here/replay" "$here/module/${lower}_module.ko" "$root/"
[ "$mode" = replay ] && cp "$2" "$root/calls"
cat >"$root/init" <<EOF
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
insmod /${lower}_module.ko
echo "== ready"
case $mode in
replay)	/replay </calls ;;
shell)	setsid cttyhack sh ;;
*)
	/loader 2>/dev/null
	echo 10 > ${path}
	cat ${path}
	;;
esac
echo "== done"
reboot -f
EOF
chmod +x "$root/init"
(cd "$root" && find . | cpio -o -H newc --quiet | gzip) >"$BUILD/initramfs.gz"

# Software emulation is fast enough for this, and works inside virtual machines too; ACCEL=kvm for real hardware.
exec qemu-system-x86_64 -machine accel="\${ACCEL:-tcg}" -m 256 -nographic -no-reboot \\
	-kernel "$tree/arch/x86/boot/bzImage" -initrd "$BUILD/initramfs.gz" \\
	-append "console=ttyS0 quiet panic=-1"
`;
}
