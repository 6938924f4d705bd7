// The kernels of the page, by the names used on the command line and for the page's files. Measured facts (size, exact version,
// hash) are in public/linux/kernels.json, which is written when the machines are built.

export interface KernelKind {
  /** The kernel has the talk's program type and its module. */
  readonly oreore: boolean;
  /** The release in short form, such as `6.1`. */
  readonly release: string;
}

export const KERNELS = {
  "oreore-6.1": { oreore: true, release: "6.1" },
  "7.3": { oreore: false, release: "7.3" },
} as const satisfies Readonly<Record<string, KernelKind>>;
export type KernelName = keyof typeof KERNELS;

export const isKernel = (name: string): name is KernelName => Object.hasOwn(KERNELS, name);
