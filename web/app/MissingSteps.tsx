// Says which steps of the recipe the kernel lacks, and applies them again. Loaded when the kernel is there.
import { TriangleAlert } from "lucide-react";
import { useExtendTexts } from "../i18n/extend.ts";
import { applySteps, useKernel } from "../stores/kernel/kernel.ts";
import "./missing-steps.css";

const STEPS = [1, 2, 3, 4] as const;

export default function MissingSteps() {
  const { recipe: words } = useExtendTexts();
  const steps = useKernel((s) => s.kernel?.steps);
  const missing = STEPS.filter((step) => steps?.[step - 1] === false);
  return (
    <p className="header__missing" role="status">
      <TriangleAlert size={15} aria-hidden="true" />
      <span>{words.missing(missing.map((step) => words.step[step - 1] ?? "").join(", "))}</span>
      <button type="button" className="button" onClick={() => void applySteps(missing)}>
        {words.putBack}
      </button>
    </p>
  );
}
