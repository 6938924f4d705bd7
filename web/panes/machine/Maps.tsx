// The maps of the program: their contents at this step, with the step's changes. Their contents before the run, which the reader may set.
// Their contents in the running kernel, which bpf(2) may change.
import { useEffect, useRef } from "react";
import { create } from "zustand";
import type { MapInput } from "../../../engine/index.ts";
import { useMachineTexts } from "../../i18n/machine.ts";
import { useVerdict } from "../../stores/check/verdict.ts";
import { useKernel } from "../../stores/kernel/kernel.ts";
import { deleteElement, updateElement, useMapCalls } from "../../stores/kernel/kernel-maps.ts";
import { dropMapElement, setMapElement, useMapContents } from "../../stores/program/map-contents.ts";
import { useMachine } from "../../stores/run/machine.ts";
import { followContents, useStepContents } from "../../stores/run/step-contents.ts";
import { Segments } from "../../ui/Segments.tsx";
import "./maps.css";
import { type MapLike, MapTable } from "./MapTable.tsx";

type When = "step" | "now";

const useWhen = create<{ readonly when: When }>()(() => ({ when: "step" }));

export default function Maps() {
  const words = useMachineTexts();
  const when = useWhen((s) => s.when);
  const inKernel = useKernel((s) => (s.kernel?.maps.length ?? 0) > 0);
  const shown = inKernel ? when : "step";
  return (
    <div className="maps-view">
      {inKernel && (
        <Segments
          label={words.maps.when}
          name="maps-when"
          choices={["step", "now"]}
          chosen={shown}
          words={{ step: words.maps.byRun, now: words.maps.now }}
          onChoose={(one) => useWhen.setState({ when: one })}
        />
      )}
      {shown === "step" ? <AtStep /> : <InKernel />}
    </div>
  );
}

/** A map before a run, when no run shows it. */
const declared = (map: MapInput, i: number, set: Readonly<Record<string, string>>): MapLike => ({
  ...map,
  id: -1 - i,
  fd: -1,
  count: Object.keys(set).length,
  from: 0,
  entries: Object.entries(set).map(([key, value]) => ({ key, values: [value], addresses: [], label: "", was: null })),
  removed: [],
  changedAt: -1,
});

function AtStep() {
  const words = useMachineTexts();
  useEffect(() => followContents("maps"), []);
  const run = useMachine((s) => s.run);
  const origin = useMachine((s) => s.origin);
  const maps = useStepContents((s) => s.maps);
  const check = useVerdict((s) => s.check);
  const contents = useMapContents((s) => s.byMap);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (maps.length > 0)
      list.current?.querySelector("[data-written], [data-gone]")?.scrollIntoView({ block: "nearest" });
  }, [maps]);
  const all = run ? maps : (check?.maps ?? []).map((map, i) => declared(map, i, contents[map.name] ?? {}));
  const trial = origin !== "event" && origin !== "test";
  if ((check?.maps.length ?? 0) === 0 && all.length === 0)
    return (
      <p className="hint maps-view__none">
        {words.maps.none} {words.maps.noneHint}
      </p>
    );
  return (
    <div ref={list}>
      {all.map((map) => (
        <MapTable
          key={map.name + map.id}
          map={map}
          {...(trial && {
            onSet: (key: string, values: readonly string[]) => {
              setMapElement(map.name, key, wide(map, values));
              return true;
            },
            onDelete: (key: string) => dropMapElement(map.name, key),
            deletable: (key: string) => Object.hasOwn(contents[map.name] ?? {}, key),
          })}
        />
      ))}
      {trial && <p className="hint maps-view__note">{words.maps.initial}</p>}
    </div>
  );
}

function InKernel() {
  const words = useMachineTexts();
  const maps = useKernel((s) => s.kernel?.maps) ?? [];
  const last = useMapCalls((s) => s.last);
  return (
    <>
      {maps.map(({ more, ...map }) => (
        <MapTable
          key={map.id}
          map={{
            ...map,
            id: -map.id,
            count: map.entries.length + more,
            from: 0,
            entries: map.entries.map((entry) => ({ ...entry, addresses: [], label: "", was: null })),
            removed: [],
            changedAt: -1,
          }}
          whole
          call={last?.fd === map.fd ? last.call : null}
          {...(map.fd >= 0 && {
            onSet: (key: string, values: readonly string[]) => updateElement(map.fd, key, wide(map, values)),
            onDelete: (key: string) => void deleteElement(map.fd, key),
            deletable: () => true,
          })}
        />
      ))}
      <p className="hint maps-view__note">{words.maps.editing}</p>
    </>
  );
}

/** The value, or one per CPU, each padded to a multiple of 8 bytes, as bpf(2) takes them. */
const wide = (
  { type, valueSize }: { readonly type: string; readonly valueSize: number },
  values: readonly string[],
): string =>
  /percpu/.test(type)
    ? values.map((value) => value.padEnd(2 * Math.ceil(valueSize / 8) * 8, "0")).join("")
    : (values[0] ?? "");
