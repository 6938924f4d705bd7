// What the program attaches to, for types with more than one attach type. The choice is written into the text as `@attach`.
import type { ProgTypeView } from "../../../engine/index.ts";
import { useVerdict } from "../../stores/check/verdict.ts";
import { useSettings } from "../../stores/page/settings.ts";
import { chooseAttach } from "../../stores/program/attach-type.ts";

const WORDS = {
  en: { label: "Attach type", none: "no attach type", needed: "choose an attach type" },
  ja: { label: "アタッチタイプ", none: "アタッチタイプなし", needed: "アタッチタイプを選択" },
} as const;

export default function AttachSelect({ type }: { readonly type: ProgTypeView }) {
  const words = WORDS[useSettings((s) => s.language)];
  const readOnly = useSettings((s) => s.readOnly);
  const attach = useVerdict((s) => s.check?.attach);
  if (!attach) return null;
  const { attachTypes, attachNeeded } = type;
  const isOne = attachTypes.some(({ id }) => id === attach.id);
  const isUnsaidOne = attachTypes.some(({ id }) => id === type.attachUnsaid);
  return (
    <select
      className="select attach-select"
      data-testid="attach-type"
      data-needed={(attachNeeded && attach.saidBy === "") || undefined}
      aria-label={words.label}
      title={attach.saidBy === "record" ? ".expected_attach_type" : `${words.label}: // @attach ${attach.name}`}
      disabled={readOnly || attach.saidBy === "record"}
      value={attach.name}
      onChange={(event) => void chooseAttach(event.currentTarget.value)}
    >
      {!isUnsaidOne && <option value="">{attachNeeded ? words.needed : words.none}</option>}
      {!isOne && attach.name !== "" && <option value={attach.name}>{attach.name}</option>}
      {attachTypes.map(({ id, name }) => (
        <option key={id} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}
