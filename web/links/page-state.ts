// The page's program with everything it runs with, as a link holds it.

import { DEFAULT_PRESET } from "../../engine/index.ts";
import { OWN_DEFINITION, useKernel } from "../stores/kernel/kernel.ts";
import { environmentForLink } from "../stores/program/environment.ts";
import { useMapContents } from "../stores/program/map-contents.ts";
import { useProgram } from "../stores/program/program.ts";
import { useBreakpoints } from "../stores/run/breakpoints.ts";
import type { LinkState } from "./codec.ts";

export function programOfPage(): LinkState {
  const { source, progType, maps, input } = useProgram.getState();
  const { preset, definition } = useKernel.getState();
  const { breakpoints } = useBreakpoints.getState();
  const contents = Object.fromEntries(
    Object.entries(useMapContents.getState().byMap).filter(([, entries]) => Object.keys(entries).length > 0),
  );
  return {
    source,
    progType,
    maps,
    input,
    ...environmentForLink(),
    ...(Object.keys(contents).length > 0 && { contents }),
    ...(breakpoints.length > 0 && { breakpoints: breakpoints.map(({ line, when }) => [line, when] as const) }),
    ...(preset === OWN_DEFINITION && definition ? { definition } : preset === DEFAULT_PRESET ? {} : { preset }),
  };
}
