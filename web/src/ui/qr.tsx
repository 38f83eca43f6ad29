// A picture to scan. Drawn in this browser; the library comes when the first one is shown. Dark on light in both themes:
// many cameras read nothing else.

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

const QUIET = 4; // modules of light around it, ISO/IEC 18004 5.3.8

export function Qr({ text, label }: { text: string; label: string }): JSX.Element | null {
  const [modules, setModules] = useState<boolean[][] | null>(null);
  useEffect(() => {
    let gone = false;
    void import('qr').then(({ default: encode }) => {
      if (!gone) setModules(encode(text, 'raw', { ecc: 'medium', border: QUIET }));
    });
    return () => {
      gone = true;
    };
  }, [text]);
  if (!modules) return null;
  const size = modules.length;
  const path = modules.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
    >
      <path class="qr-light" d={`M0 0h${size}v${size}H0z`} />
      <path class="qr-dark" d={path} />
    </svg>
  );
}
