// Key combinations as one sees them on a keyboard.
import { Fragment } from "react";
import { keyCaps } from "./combination.ts";

export function Keys({ names }: { readonly names: readonly string[] }) {
  return names.map((name, i) => (
    <Fragment key={name}>
      {i > 0 && " "}
      <span className="combination">
        {keyCaps(name).map((cap) => (
          <kbd key={cap} className="kbd">
            {cap}
          </kbd>
        ))}
      </span>
    </Fragment>
  ));
}
