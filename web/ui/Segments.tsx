// A choice of one among a few, all visible: radio buttons drawn as one bar.
interface Props<T extends string> {
  /** What is chosen, for screen readers. */
  readonly label: string;
  /** Unique on the page. */
  readonly name: string;
  readonly choices: readonly T[];
  readonly chosen: T;
  readonly words: Readonly<Record<T, string>>;
  readonly onChoose: (choice: T) => void;
}

export function Segments<T extends string>({ label, name, choices, chosen, words, onChoose }: Props<T>) {
  return (
    <fieldset className="segments">
      <legend className="visually-hidden">{label}</legend>
      {choices.map((one) => (
        <label key={one} className="segments__one" data-on={one === chosen || undefined}>
          <input
            className="visually-hidden"
            type="radio"
            name={name}
            checked={one === chosen}
            onChange={() => onChoose(one)}
          />
          {words[one]}
        </label>
      ))}
    </fieldset>
  );
}
