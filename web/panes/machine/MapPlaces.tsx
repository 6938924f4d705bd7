// The line of the program that declares a map, and the lines that load it. The one at the cursor or at the run's step is marked.
import { useMachineTexts } from "../../i18n/machine.ts";
import { useVerdict } from "../../stores/check/verdict.ts";
import { revealSpan, useFocus } from "../../stores/page/focus.ts";
import { useSettings } from "../../stores/page/settings.ts";
import { useMachine } from "../../stores/run/machine.ts";

export function MapPlaces({ name }: { readonly name: string }) {
  const words = useMachineTexts().maps;
  const language = useSettings((s) => s.language);
  const check = useVerdict((s) => s.check);
  const cursor = useFocus((s) => s.line);
  const current = useMachine((s) => (s.run ? (s.view?.slot ?? -1) : -1));
  const place = check?.mapPlaces[check.maps.findIndex((map) => map.name === name)];
  // A map of the kernel that the editor's program does not have.
  if (!check || !place) return null;
  const link = (span: NonNullable<typeof place.declared>, here: boolean) => (
    <button
      key={span.start}
      type="button"
      className="link"
      aria-current={here || undefined}
      onClick={() => revealSpan(span)}
    >
      {words.line(span.line)}
    </button>
  );
  const uses = check.slots.filter(({ slot, span }) => span && place.uses.includes(slot));
  return (
    <p className="hint mapv__places" lang={language}>
      <span>
        {place.declared ? (
          <>
            {words.declared} {link(place.declared, place.declared.line === cursor)}
          </>
        ) : (
          words.given
        )}
      </span>
      {uses.length > 0 && (
        <span>
          {words.used} {uses.map(({ slot, span }) => span && link(span, slot === current || span.line === cursor))}
        </span>
      )}
    </p>
  );
}
