// The notice beside the saved machines: what they contain, who owns it, and where its source is.
import type { KernelName } from "../../linux/kernels.ts";

export interface Manifest {
  readonly emulator: {
    readonly package: string;
    readonly version: string;
    /** Size of v86.wasm. */
    readonly bytes: number;
    readonly gzipped: number;
  };
  /** Debian's packages, each with the SHA-256 of its file. */
  readonly packages: readonly { readonly name: string; readonly version: string; readonly sha256: string }[];
  readonly kernels: Readonly<
    Record<
      KernelName,
      {
        /** Name of the file, in the folder of the manifest. */
        readonly file: string;
        readonly version: string;
        readonly source: { readonly package: string; readonly version: string };
        readonly bytes: number;
        readonly sha256: string;
        /** Bytes of the state before compression. */
        readonly state: number;
        readonly bzImage: { readonly bytes: number; readonly sha256: string };
      }
    >
  >;
}

const LICENCES: Readonly<Record<string, string>> = {
  "linux-source-6.1": "GPL-2.0-only",
  "linux-source-7.3": "GPL-2.0-only",
  "busybox-static": "GPL-2.0-only",
  seabios: "LGPL-3.0-only, parts GPL-3.0-only",
};
/** Debian's source package for each package. */
const SOURCE_PACKAGES: Readonly<Record<string, string>> = {
  "linux-source-6.1": "linux",
  "linux-source-7.3": "linux",
  "busybox-static": "busybox",
  seabios: "seabios",
};

export function noticeText({ packages, kernels }: Manifest): string {
  const states = Object.values(kernels).map(
    ({ file, version, source, bytes, sha256 }) =>
      `| \`${file}\` | Linux ${version} (\`${source.package}\` ${source.version}) | ${bytes} | \`${sha256}\` |`,
  );
  const rows = packages.map(
    ({ name, version, sha256 }) =>
      `| \`${name}\` | ${version} | \`${SOURCE_PACKAGES[name]}\` | ${LICENCES[name]} | \`${sha256}\` |`,
  );
  return `# What is in these files, and where its source is

The saved machines in this folder hold programs in machine code: a Linux kernel, busybox, the BIOS that started them, and an
init of ours. Each is free software under the licence named below. There is no warranty for any of them.

| file | kernel | bytes | SHA-256 |
|---|---|---|---|
${states.join("\n")}

## Made from
| Debian package | version | source package | licence | SHA-256 of the package |
|---|---|---|---|---|
${rows.join("\n")}

and from what is in \`source.tar.gz\` beside this file: the patches and the module of the take-home (GPL-2.0-only), the init
(\`agent.c\`, GPL-2.0-only), the configurations, and the scripts that fetch, compile, boot and save. \`oreore-6.1.config\` and
\`7.3.config\` are the whole configurations. The 7.3 kernel is compiled from Debian's source as it is.

## What section 3 of the GNU General Public License, version 2, asks for
Who gives away a program in machine code must do one of these:

- (a) give with it the complete source that belongs to it, in a form that machines read: all of the program, and the scripts
  that control its compilation and installation;
- (b) give with it a written offer, valid for three years at least, to give that source to anyone for no more than the cost of
  doing so;
- (c) pass on such an offer that one has received oneself; only for who gives it away without gain, and received it so.

Where machine code is offered for copying from a place, it is enough to offer the source for copying from the same place.

**How it is met.** What was written or changed here is given with it: \`source.tar.gz\` (a). For Linux and busybox, which are
Debian's unchanged, the people of this project offer (b): for three years after you received these files from a place of ours,
we give anyone who asks, for the cost of the medium and its sending, the complete sources named in the table. Ask in the
project's issues. They are also in Debian's archive and, for as long as Debian lasts, in its archive of snapshots, under the
names and versions of the table.

**If you give these files away yourself**, from a site of your own for example, keep this file and \`source.tar.gz\` with them, and
do one of these. Get the complete sources with \`npm run real-linux -- --sources DIR\` (on Debian, as root, without a build;
about 330 MB): it takes the packages of the table, checks their SHA-256, and adds the libraries that busybox has linked in.
Then put that folder beside these files (a), or keep it and offer it (b). Or, if you do it without gain, pass on this offer (c).

SeaBIOS is under the GNU Lesser General Public License, version 3, and so, in version 2.1, is the part of Debian's glibc that
busybox has linked in (the package's field Built-Using names its version): their sources are offered in the same way. The
emulator is v86, under the 2-clause BSD licence; its text is in the package and in \`LICENSE\` there.
`;
}
