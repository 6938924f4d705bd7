// Shows something else if a part of the page fails, so that the rest still works.
import { Component, type ReactNode } from "react";

interface Props {
  readonly instead: ReactNode;
  readonly children: ReactNode;
}

export class Fallback extends Component<Props, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { readonly failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? this.props.instead : this.props.children;
  }
}
