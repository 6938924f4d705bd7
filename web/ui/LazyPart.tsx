// A part of the page whose file loads when it is first shown. If it cannot be shown, something else takes its place, and the rest of the
// page stays.
import { Component, type ReactNode, Suspense } from "react";
import { useText } from "../i18n/index.ts";

interface Props {
  /** Shown until the file is there. */
  readonly fallback?: ReactNode;
  /** Shown if the part fails. Absent: a sentence. */
  readonly instead?: ReactNode;
  readonly children?: ReactNode;
}

export class LazyPart extends Component<Props, { readonly failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError = (): { readonly failed: boolean } => ({ failed: true });

  override render(): ReactNode {
    const { fallback, instead = <NotShown />, children } = this.props;
    return this.state.failed ? instead : <Suspense fallback={fallback}>{children}</Suspense>;
  }
}

function NotShown() {
  const { notShown } = useText();
  return (
    <div role="alert" className="not-shown">
      {notShown.what}
      <button type="button" className="button" onClick={() => location.reload()}>
        {notShown.reload}
      </button>
    </div>
  );
}
