// bpf(2) for maps: create, look up, update, delete, go through the keys. The contents are in the virtual machine's memory, which
// programs use too.
// @kernel kernel/bpf/syscall.c map_create, map_lookup_elem, map_update_elem, map_delete_elem, map_get_next_key
import { toHex, viewOf } from "../base/bytes.ts";
import { ENOTSUPP, ERRNO } from "../facts/errno.ts";
import { MAP_FLAGS } from "../facts/flags.ts";
import { mapTypeByName } from "../facts/map-types.ts";
import type { MapDef } from "../program/program.ts";
import { BloomMap } from "../vm/maps/bloom.ts";
import { createMap } from "../vm/maps/create.ts";
import { type Answer, refused } from "./cause.ts";
import type { Kernel } from "./kernel.ts";
import { isValidName } from "./names.ts";
import type { FdTarget, MapObject, Prog } from "./objects.ts";

/** BPF_MAP_CREATE. A descriptor, or why there is none. `def.inner` describes the map that inner_map_fd of bpf_attr would name. */
export function mapCreate(kernel: Kernel, def: MapDef): Answer {
  const { EINVAL, ENOMEM } = ERRNO;
  if (!mapTypeByName(def.type)) return refused(EINVAL, { check: "map-type", type: def.type });
  // To create a map of maps, the caller must give an inner map as a model.
  if (OF_MAPS.has(def.type) && !def.inner) return refused(EINVAL, { check: "inner-map" });
  const map = createMap(kernel.memory, def);
  if (typeof map === "number") return refused(-map, { check: map === -ENOMEM ? "memory" : "map-sizes" });
  const name = mapName(def);
  if (!isValidName(name)) {
    map.close();
    return refused(EINVAL, { check: "map-name", name });
  }
  const object: MapObject = { kind: "map", id: kernel.nextMapId(), refs: 1, def, map, held: new Map() };
  kernel.maps.set(object.id, object);
  const fd = kernel.fds.install(object);
  if (fd >= 0) return { ret: fd };
  kernel.put(object);
  return refused(-fd, { check: "descriptors" });
}

/** bpf_attr.map_name. "" if the map is created without a name. */
export const mapName = ({ named, name }: MapDef): string => (named ? name : "");

/**
 * The value, or a negative errno. For a per-CPU map: the values of all CPUs, each rounded up to 8 bytes. `given`: what the
 * caller's buffer for the value holds. A bloom filter looks for these bytes.
 */
export function mapLookup(kernel: Kernel, fd: number, key: Uint8Array, given?: Uint8Array): Uint8Array | number {
  return withMap(kernel, fd, MAP_FLAGS.WRONLY, ({ def, map }) => {
    if (!(map instanceof BloomMap)) return map.lookup(sized(key, def.keySize));
    const value = sized(given ?? new Uint8Array(), def.valueSize);
    const found = map.contains(value);
    return found < 0 ? found : value;
  });
}

export function mapUpdate(kernel: Kernel, fd: number, key: Uint8Array, value: Uint8Array, flags = 0): Answer {
  const object = writableMap(kernel, fd);
  if (!("map" in object)) return object;
  // @kernel syscall.c __bpf_copy_key
  if (object.def.keySize === 0 && key.length > 0) return refused(ERRNO.EINVAL, { check: "element" });
  const wholeKey = sized(key, object.def.keySize);
  const target = targetOf(kernel, object, value);
  if (typeof target === "number") return refused(-target, { check: "element" });
  const stored = target ? idOf(target) : sized(value, object.map.userValueSize);
  const ret = object.map.update(wholeKey, stored, flags);
  if (ret >= 0 && target) hold(kernel, object, wholeKey, target);
  return ofElement(ret);
}

export function mapDelete(kernel: Kernel, fd: number, key: Uint8Array): Answer {
  const object = writableMap(kernel, fd);
  if (!("map" in object)) return object;
  const wholeKey = sized(key, object.def.keySize);
  const ret = object.map.delete(wholeKey);
  if (ret >= 0) hold(kernel, object, wholeKey, undefined);
  return ofElement(ret);
}

/** An element holds a reference to its program or map. The object that it held before loses one. */
function hold(kernel: Kernel, { held }: MapObject, key: Uint8Array, target: Prog | MapObject | undefined): void {
  const at = toHex(key);
  const before = held.get(at);
  if (target) {
    target.refs++;
    held.set(at, target);
  } else held.delete(at);
  if (before) kernel.put(before);
}

const ofElement = (ret: number): Answer => (ret < 0 ? refused(-ret, { check: "element" }) : { ret });

/** The map behind a descriptor, if user space may write to it. */
const writableMap = (kernel: Kernel, fd: number): MapObject | Answer => accessibleMap(kernel, fd, MAP_FLAGS.RDONLY);

/** The map behind a descriptor. `forbidding`: the flags with which user space may not do what it wants. @kernel syscall.c map_get_sys_perms */
function accessibleMap(kernel: Kernel, fd: number, forbidding: number): MapObject | Answer {
  const target = kernel.fds.get(fd);
  if (!target) return refused(ERRNO.EBADF, { check: "bad-fd", fd });
  if (target.kind !== "map") return refused(ERRNO.EINVAL, { check: "not-a-map", fd });
  return target.def.flags & forbidding ? refused(ERRNO.EPERM, { check: "map-access" }) : target;
}

/** BPF_MAP_LOOKUP_AND_DELETE_ELEM: the value, which is deleted from the map, or a negative errno. */
export function mapLookupAndDelete(kernel: Kernel, fd: number, key: Uint8Array): Uint8Array | number {
  return withMap(kernel, fd, MAP_FLAGS.RDONLY | MAP_FLAGS.WRONLY, ({ def, map }) =>
    POPS.has(def.type) ? map.lookupAndDelete(sized(key, def.keySize)) : -ENOTSUPP,
  );
}

/** The key after `key`. For `undefined`: the first key. After the last key: -ENOENT. */
export function mapNextKey(kernel: Kernel, fd: number, key: Uint8Array | undefined): Uint8Array | number {
  return withMap(kernel, fd, MAP_FLAGS.WRONLY, ({ def, map }) => map.nextKey(key && sized(key, def.keySize)));
}

function withMap<Result>(
  kernel: Kernel,
  fd: number,
  forbidding: number,
  use: (object: MapObject) => Result,
): Result | number {
  const object = accessibleMap(kernel, fd, forbidding);
  return "map" in object ? use(object) : object.ret;
}

/** The object whose descriptor is the value for a map of objects. undefined: the map holds plain values. */
function targetOf(kernel: Kernel, { def }: MapObject, value: Uint8Array): Prog | MapObject | undefined | number {
  const holds = HOLDS[def.type];
  if (!holds) return undefined;
  const target = kernel.fds.get(viewOf(sized(value, 4)).getInt32(0, true));
  if (!target) return -ERRNO.EBADF;
  if (holds === "socket") return -ERRNO.ENOTSOCK;
  return target.kind === "file" || target.kind !== holds ? -ERRNO.EINVAL : target;
}

/** What a map of objects stores for an object: its id, as bytes. */
function idOf(target: Prog | MapObject): Uint8Array {
  const id = new Uint8Array(4);
  viewOf(id).setUint32(0, target.kind === "prog" ? target.loaded.id : target.map.id, true);
  return id;
}

/** A key or value with the size that bpf(2) reads, which does not depend on how many bytes the caller gives. Missing bytes are zero. */
function sized(bytes: Uint8Array, size: number): Uint8Array {
  if (bytes.length === size) return bytes;
  const whole = new Uint8Array(size);
  whole.set(bytes.subarray(0, size));
  return whole;
}

const OF_MAPS: ReadonlySet<string> = new Set(["array_of_maps", "hash_of_maps"]);
/** Map types that support BPF_MAP_LOOKUP_AND_DELETE_ELEM. */
const POPS: ReadonlySet<string> = new Set(["hash", "percpu_hash", "lru_hash", "lru_percpu_hash", "queue", "stack"]);

/** What the values of a map of objects stand for. There are no sockets here. */
const HOLDS: Readonly<Record<string, FdTarget["kind"] | "socket">> = {
  prog_array: "prog",
  array_of_maps: "map",
  hash_of_maps: "map",
  sockmap: "socket",
  sockhash: "socket",
  reuseport_sockarray: "socket",
};
