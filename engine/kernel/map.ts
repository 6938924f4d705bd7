// bpf(2) for maps: create, look up, update, delete, walk. The contents are the virtual machine's, which programs see too.
// @kernel kernel/bpf/syscall.c map_create, map_lookup_elem, map_update_elem, map_delete_elem, map_get_next_key
import { viewOf } from "../base/bytes.ts";
import { ERRNO } from "../facts/errno.ts";
import { checkMapCreate } from "../facts/map-create.ts";
import { mapTypeByName } from "../facts/map-types.ts";
import type { MapDef } from "../program/program.ts";
import { createMap } from "../vm/index.ts";
import { BloomMap } from "../vm/maps/bloom.ts";
import { isValidName } from "./admit.ts";
import type { Kernel } from "./kernel.ts";
import type { FdTarget, MapObject } from "./objects.ts";

/** BPF_MAP_CREATE: a descriptor or a negative errno. Of an unknown map type -EINVAL. */
export function mapCreate(kernel: Kernel, def: MapDef): number {
  if (!mapTypeByName(def.type)) return -ERRNO.EINVAL;
  // A map of maps is created with the descriptor of one to take after.
  if (OF_MAPS.has(def.type) && !def.inner) return -ERRNO.EINVAL;
  const refused = checkMapCreate(def);
  if (refused < 0) return refused;
  const map = createMap(kernel.memory, def);
  if (typeof map === "number") return map;
  if (!isValidName(def.name)) {
    map.close();
    return -ERRNO.EINVAL;
  }
  const object: MapObject = { kind: "map", id: kernel.nextMapId(), refs: 1, def, map };
  kernel.maps.set(object.id, object);
  const fd = kernel.fds.install(object);
  if (fd < 0) kernel.put(object);
  return fd;
}

/**
 * The value (per CPU: all values, each rounded up to 8 bytes), or a negative errno. `given`: what stood in the place of
 * the value before, which a bloom filter looks for.
 */
export function mapLookup(kernel: Kernel, fd: number, key: Uint8Array, given?: Uint8Array): Uint8Array | number {
  return withMap(kernel, fd, ({ def, map }) => {
    if (!(map instanceof BloomMap)) return map.lookup(key);
    const found = map.contains(given ?? new Uint8Array(def.valueSize));
    return found < 0 ? found : (given ?? new Uint8Array(def.valueSize));
  });
}

export function mapUpdate(kernel: Kernel, fd: number, key: Uint8Array, value: Uint8Array, flags = 0): number {
  return withMap(kernel, fd, (object) => {
    const stored = valueToStore(kernel, object, value);
    return typeof stored === "number" ? stored : object.map.update(key, stored, flags);
  });
}

export function mapDelete(kernel: Kernel, fd: number, key: Uint8Array): number {
  return withMap(kernel, fd, ({ map }) => map.delete(key));
}

/** BPF_MAP_LOOKUP_AND_DELETE_ELEM: the value, which is then gone, or a negative errno. */
export function mapLookupAndDelete(kernel: Kernel, fd: number, key: Uint8Array): Uint8Array | number {
  return withMap(kernel, fd, ({ def, map }) => (POPS.has(def.type) ? map.lookupAndDelete(key) : -ENOTSUPP));
}

/** The key after `key`, the first for `undefined`, -ENOENT after the last. */
export function mapNextKey(kernel: Kernel, fd: number, key: Uint8Array | undefined): Uint8Array | number {
  return withMap(kernel, fd, ({ map }) => map.nextKey(key));
}

function withMap<Result>(kernel: Kernel, fd: number, use: (object: MapObject) => Result): Result | number {
  const target = kernel.fds.get(fd);
  if (!target) return -ERRNO.EBADF;
  return target.kind === "map" ? use(target) : -ERRNO.EINVAL;
}

/** Maps of objects are given descriptors and keep ids. */
function valueToStore(kernel: Kernel, object: MapObject, value: Uint8Array): Uint8Array | number {
  const holds = HOLDS[object.def.type];
  if (!holds) return value;
  const target = kernel.fds.get(viewOf(value).getInt32(0, true));
  if (!target) return -ERRNO.EBADF;
  if (target.kind === "file" || target.kind !== holds) return -ERRNO.EINVAL;
  const id = new Uint8Array(4);
  viewOf(id).setUint32(0, target.kind === "prog" ? target.loaded.id : target.map.id, true);
  return id;
}

const OF_MAPS: ReadonlySet<string> = new Set(["array_of_maps", "hash_of_maps"]);
/** Kinds that can give a value away. */
const POPS: ReadonlySet<string> = new Set(["hash", "percpu_hash", "lru_hash", "lru_percpu_hash", "queue", "stack"]);
/** Not one of errno.h's: reaches user space as a bare number. */
const ENOTSUPP = 524;

/** What the values of a map of objects stand for. */
const HOLDS: Readonly<Record<string, FdTarget["kind"]>> = {
  prog_array: "prog",
  array_of_maps: "map",
  hash_of_maps: "map",
};
