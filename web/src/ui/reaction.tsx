// Reactions: line drawings of our own, and how one rises at a person's picture. They are seen and not announced: a
// crowd that claps would drown the speech.

import type { JSX } from 'preact';
import type { Reaction } from '../state/model.ts';
import '../style/talk.css';

const shapes: Record<Reaction, string> = {
  clap: 'M8.5 13.5L5 10a1.4 1.4 0 0 1 2-2l4 4M9 10L6.8 7.800a1.400 1.400 0 0 1 2-2L14 11M11.500 8.500L10 7a1.400 1.400 0 0 1 2-2l5 5V7.500a1.400 1.400 0 0 1 2.800 0V14a6.500 6.500 0 0 1-11.100 4.600L5.500 15.400a1.400 1.400 0 0 1 2-2L10 16M15 2v2M19.500 3l-1 1.800M3.500 4.500L5 5.500',
  heart:
    'M12 20C5.500 15.500 3 12.300 3 8.900A4.700 4.700 0 0 1 12 7a4.700 4.700 0 0 1 9 1.900c0 3.400-2.500 6.600-9 11.100z',
  laugh:
    'M3.500 12a8.500 8.500 0 1 0 17 0 8.500 8.500 0 0 0-17 0zM7.500 13.500h9a4.500 4.500 0 0 1-9 0zM7.500 10l1.500-1.500 1.500 1.500M13.500 10l1.500-1.500 1.500 1.500',
  yes: 'M7.500 11v8.500M4 11h3.500l3.700-7a2 2 0 0 1 3.700 1.300L14.300 9.500h4.200a2 2 0 0 1 2 2.400l-1.200 6a2 2 0 0 1-2 1.600H4z',
  wonder:
    'M8.500 9a3.500 3.500 0 1 1 5.300 3c-1.200.8-1.800 1.500-1.800 3M12 19h.010M3 5.500L4.500 7M21 5.500L19.500 7',
};

export function ReactionIcon({ is }: { is: Reaction }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={shapes[is]} />
    </svg>
  );
}

export function Rising({ is }: { is: Reaction }): JSX.Element {
  return (
    <span class="rising" data-reaction={is}>
      <ReactionIcon is={is} />
    </span>
  );
}
