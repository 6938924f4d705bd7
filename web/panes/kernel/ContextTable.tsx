// A context from both sides: the struct that programs see, the one the kernel holds, and the instructions in between.
import type { ContextView } from "../../../engine/index.ts";
import { useExtendTexts } from "../../i18n/extend.ts";
import { ScrollRegion } from "../../ui/ScrollRegion.tsx";

export function ContextTable({ context }: { readonly context: ContextView }) {
  const { context: words } = useExtendTexts();
  const same = context.fields.every(({ accesses }) =>
    accesses.every(({ from, to }) => to.length === 1 && to[0] === from),
  );
  return (
    <figure className="ctx">
      <figcaption>
        {words.title}
        <span className="ctx__note">{same ? words.same : words.differs}</span>
      </figcaption>
      <ScrollRegion className="ctx__scroll" aria-label={words.title}>
        <table className="ctx__table">
          <thead>
            <tr>
              <th scope="col">
                {words.prog} <code lang="en">{context.prog}</code>
              </th>
              <th scope="col">
                {words.kern} <code lang="en">{context.kern}</code>
              </th>
              <th scope="col">{words.access}</th>
            </tr>
          </thead>
          <tbody lang="en">
            {context.fields.map((field) => (
              <tr key={field.off}>
                <th scope="row">
                  <Member {...field} />
                </th>
                <td>{field.kernel ? <Member {...field.kernel} /> : "…"}</td>
                <td>
                  {field.accesses.map(({ from, to }) => (
                    <Access key={from} from={from} to={to} />
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </figure>
  );
}

const Member = ({ name, off, size }: { readonly name: string; readonly off: number; readonly size: number }) => (
  <>
    <code>{name}</code> <span className="ctx__place">{size === 1 ? `+${off}` : `+${off} … ${off + size - 1}`}</span>
  </>
);

/** An access that is not rewritten is shown once. */
function Access({ from, to }: { readonly from: string; readonly to: readonly string[] }) {
  const changed = to.length !== 1 || to[0] !== from;
  return (
    <div className="ctx__access" data-changed={changed || undefined}>
      <code>{from}</code>
      {changed && (
        <ol>
          {to.map((insn, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: an instruction has no other name than its place
            <li key={i}>
              <code>{insn}</code>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
