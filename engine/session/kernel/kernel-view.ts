// The kernel as the page shows it after a call.

import { toHex } from "../../base/bytes.ts";
import type { KernelDefinition } from "../../kernel/definition.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { FdTarget, MapObject, Prog } from "../../kernel/objects.ts";
import { mapAttr } from "../../program/program.ts";
import type { FdView, KernelView, MapView, OwnTypeView, ProgView } from "../views/kernel.ts";

const MAX_ENTRIES = 256;
const MAX_LINES = 1000;

export function kernelView(kernel: Kernel): KernelView {
  const { attach } = kernel.definition.type;
  return {
    own: ownTypeView(kernel.definition),
    fds: kernel.fds.list().map(([fd, target]) => ({ fd, ...fdText(target) })),
    progs: [...kernel.progs.values()].map((prog) => progView(prog)),
    maps: mapViews(kernel),
    attachments: kernel.steps[1]
      ? [{ attachType: attach.id, attachName: attach.name, progId: kernel.attached.get(attach.id)?.id ?? 0 }]
      : [],
    steps: kernel.steps as KernelView["steps"],
    tracePipe: kernel.tracePipe.slice(-MAX_LINES),
  };
}

const ownTypeView = ({ type: { name }, attribute: { path }, files }: KernelDefinition): OwnTypeView => ({
  name,
  module: `${name}_module`,
  path,
  paths: [path, ...files.map((file) => file.path)],
});

const mapViews = (kernel: Kernel): MapView[] => [...kernel.maps.values()].map((map) => mapView(kernel, map));

function fdText(target: FdTarget): Omit<FdView, "fd"> {
  switch (target.kind) {
    case "prog":
      return { kind: "prog", id: target.id, text: `${target.type.name} prog, ${target.insns.length} insns` };
    case "map":
      return { kind: "map", id: target.id, text: `${target.def.type} map ${target.def.name}` };
    case "file":
      return { kind: "file", id: 0, text: target.path };
  }
}

function progView(prog: Prog): ProgView {
  return {
    id: prog.id,
    progType: prog.type.name,
    insnCnt: prog.insns.length,
  };
}

function mapView(kernel: Kernel, object: MapObject): MapView {
  const { id, def, map } = object;
  const entries = map.entries(MAX_ENTRIES);
  return {
    id,
    fd: kernel.fds.fdOf(object),
    ...mapAttr(def),
    entries: entries.slice(0, MAX_ENTRIES).map(({ key, values }) => ({ key: toHex(key), values: values.map(toHex) })),
    more: entries.length < MAX_ENTRIES ? 0 : Math.max(0, map.count - MAX_ENTRIES),
  };
}
