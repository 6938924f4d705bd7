// Key combinations as on a keyboard, each key drawn by itself. Also as a text.
import { Fragment } from "react";
import { useText } from "../i18n/index.ts";
import { keyCaps } from "./combination.ts";

export function Keys({ names }: { readonly names: readonly string[] }) {
  const { space } = useText();
  return names.map((name, i) => (
    <Fragment key={name}>
      {i > 0 && " "}
      <span className="combination">
        {keyCaps(name).map((cap, at) => (
          <Fragment key={cap}>
            {at > 0 && " "}
            <kbd className="kbd">{cap === "Space" ? space : cap}</kbd>
          </Fragment>
        ))}
      </span>
    </Fragment>
  ));
}
