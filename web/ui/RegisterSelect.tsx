// Chooses one of R0 … R10 from a list.
const REGISTERS = Array.from({ length: 11 }, (_, n) => n);

interface RegisterSelectProps {
  readonly label: string;
  /** 0 … 10. */
  readonly value: number;
  readonly onChoose: (reg: number) => void;
}

export const RegisterSelect = ({ label, value, onChoose }: RegisterSelectProps) => (
  <select
    className="select"
    aria-label={label}
    value={value}
    onChange={(event) => onChoose(Number(event.currentTarget.value))}
  >
    {REGISTERS.map((n) => (
      <option key={n} value={n}>{`R${n}`}</option>
    ))}
  </select>
);
