// The kernels of the page, by the names that the command line and the page's files have. What is measured of them (size,
// exact version, sum) stands in public/linux/kernels.json, which the recipe writes.

export interface KernelKind {
  /** The talk's program type is patched in, and its module is there. */
  readonly oreore: boolean;
  /** Release as people say it. */
  readonly release: string;
}

export const KERNELS = {
  "oreore-6.1": { oreore: true, release: "6.1" },
  "7.3": { oreore: false, release: "7.3" },
} as const satisfies Readonly<Record<string, KernelKind>>;
export type KernelName = keyof typeof KERNELS;

export const isKernel = (name: string): name is KernelName => Object.hasOwn(KERNELS, name);
