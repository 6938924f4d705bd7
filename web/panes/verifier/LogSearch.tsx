// Searches the log: how many lines contain the text, and how to go from one to the next. If the page has only a part of the log, the engine
// searches.
import { ChevronDown, ChevronUp, X } from "lucide-react";
import { type KeyboardEvent, useDeferredValue, useEffect, useRef, useState } from "react";
import type { CheckView } from "../../../engine/index.ts";
import { useVerifierTexts } from "../../i18n/verifier.ts";
import { goToFound, goToLine, searchLog, showFound, useLog } from "../../stores/check/log.ts";
import { linesWith } from "../../stores/check/log-pages.ts";
import { IconButton } from "../../ui/IconButton.tsx";

interface Props {
  readonly check: CheckView;
  readonly lines: readonly string[];
  readonly onClose: () => void;
}

export default function LogSearch({ check, lines, onClose }: Props) {
  const text = useVerifierTexts();
  const { query, foundIndex } = useLog();
  const field = useRef<HTMLInputElement>(null);
  const asked = useDeferredValue(query ?? "");
  const [hits, setHits] = useState<readonly number[]>([]);
  useEffect(() => field.current?.select(), []);
  useEffect(() => {
    let wanted = true;
    void linesWith(check, lines, asked).then((all) => wanted && setHits(all));
    return () => {
      wanted = false;
    };
  }, [check, lines, asked]);
  const line = hits[foundIndex] ?? -1;
  useEffect(() => {
    showFound(line);
    if (line >= 0) goToLine(line);
  }, [line]);
  const go = (by: number): void => goToFound(by, hits.length);
  const close = (): void => {
    searchLog(null);
    showFound(-1);
    onClose();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  };
  const buttons = [
    [text.log.previous, ChevronUp, () => go(-1), hits.length === 0],
    [text.log.next, ChevronDown, () => go(1), hits.length === 0],
    [text.log.close, X, close, false],
  ] as const;
  return (
    <search className="log__search">
      <input
        ref={field}
        className="field log__query"
        type="search"
        aria-label={text.log.search}
        placeholder={text.log.search}
        value={query ?? ""}
        onChange={(event) => searchLog(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <output className="hint log__count">
        {asked === "" ? "" : hits.length === 0 ? text.log.none : text.log.found(foundIndex + 1, hits.length)}
      </output>
      {buttons.map(([label, Icon, act, disabled]) => (
        <IconButton key={label} label={label} Icon={Icon} off={disabled} act={act} />
      ))}
    </search>
  );
}
