// The link as a QR code (uqr), as one path. On a projector it fills the screen. Always dark on light, because cameras need that.
import { useMemo } from "react";
import { encode } from "uqr";
import { useShareTexts } from "../i18n/share.ts";

/** Version 40 at the lowest correction holds 2953 bytes. A margin is kept. */
const MOST = 2900;

interface Props {
  readonly link: string;
  readonly filled: boolean;
  readonly onFill: (filled: boolean) => void;
}

export function QrCode({ link, filled, onFill }: Props) {
  const words = useShareTexts();
  const code = useMemo(
    () => (link.length > 0 && link.length <= MOST ? encode(link, { ecc: "L", border: 3 }) : null),
    [link],
  );
  if (link.length > MOST)
    return (
      <p className="share__size" data-size="tooLong">
        {words.qrTooLong(link.length)}
      </p>
    );
  if (!code) return null;
  const path = code.data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return (
    <>
      <svg
        className="share__qr"
        viewBox={`0 0 ${code.size} ${code.size}`}
        role="img"
        aria-label={words.qr}
        shapeRendering="crispEdges"
      >
        <rect width={code.size} height={code.size} fill="#ffffff" />
        <path d={path} fill="#000000" />
      </svg>
      <div className="share__row">
        <button type="button" className="button" onClick={() => onFill(!filled)}>
          {filled ? words.unfill : words.fill}
        </button>
        <span className="hint">{words.qrAbout}</span>
      </div>
    </>
  );
}
