// Line icons on a 24 grid. They never speak: the name of what they stand for is text beside or around them.

import type { JSX } from 'preact';

const shapes = {
  lock: 'M7 11V8a5 5 0 0 1 10 0v3M5.5 11h13v9.5h-13zM12 15v2',
  unlock: 'M7 11V8a5 5 0 0 1 9.6-2M5.5 11h13v9.5h-13zM12 15v2',
  mic: 'M12 3.5a3 3 0 0 1 3 3V12a3 3 0 0 1-6 0V6.500a3 3 0 0 1 3-3zM5.500 11.500a6.500 6.500 0 0 0 13 0M12 18v3',
  'mic-off':
    'M15 9.500v-3a3 3 0 0 0-5.700-1.300M9 9.500V12a3 3 0 0 0 4.800 2.400M5.500 11.500a6.500 6.500 0 0 0 10.700 4.900M18 14a6 6 0 0 0 .500-2.500M12 18v3M4 4l16 16',
  hand: 'M8.500 12.500V6a1.300 1.300 0 0 1 2.600 0v5M11.100 10.500V4.500a1.300 1.300 0 0 1 2.600 0v6M13.700 10.800V6a1.300 1.300 0 0 1 2.600 0v7.500c0 4.200-2 7-5.300 7-2.600 0-4-1.300-5.200-3.600l-2-3.800a1.300 1.300 0 0 1 2.300-1.300l2.400 3.200',
  people:
    'M9 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 19.500c.500-3.300 3-5 6.500-5s6 1.700 6.500 5M16 4.900a3.300 3.300 0 0 1 0 6.200M18 14.900c2 .700 3.200 2.200 3.500 4.600',
  plus: 'M12 5v14M5 12h14',
  invite:
    'M10 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM3.500 19.500c.500-3.300 3-5 6.500-5 1.200 0 2.300.200 3.200.600M18 13v6M15 16h6',
  close: 'M6 6l12 12M18 6L6 18',
  back: 'M14.500 5.500L8 12l6.500 6.500',
  more: 'M5.500 12h.010M12 12h.010M18.500 12h.010',
  sound:
    'M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM15.500 9a4.200 4.200 0 0 1 0 6M18 6.500a7.800 7.800 0 0 1 0 11',
  warning: 'M12 4L2.800 19.500h18.400zM12 10v4.500M12 17.200h.010',
  key: 'M8 15.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM11.500 12H21M17.500 12v3M20.500 12v2',
  leave: 'M10 4.500H5v15h5M14.500 8l4 4-4 4M18 12H9.500',
  star: 'M12 4.500v15M5.500 8.200l13 7.600M18.500 8.200l-13 7.600',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  copy: 'M9 9h10.500v10.500H9zM15 9V4.500H4.500V15H9',
  link: 'M10 14a4 4 0 0 0 5.700 0l3-3a4 4 0 0 0-5.700-5.700l-1 1M14 10a4 4 0 0 0-5.700 0l-3 3a4 4 0 0 0 5.700 5.700l1-1',
  off: 'M3.500 12a8.500 8.500 0 1 0 17 0 8.500 8.500 0 0 0-17 0zM6 6l12 12',
  offline:
    'M4 4l16 16M8.500 15.500a5 5 0 0 1 7 0M5.500 12.200a9.500 9.500 0 0 1 4-2.300M18.500 12.200a9.600 9.600 0 0 0-4.600-2.500M12 19h.010',
  device: 'M6.500 3.500h11v17h-11zM11 17.500h2',
  feather: 'M4.500 19.500C6 13 10 6 19.500 4.500c0 8-4 12.500-11 12.500H7M4.500 19.500L12.500 11',
} as const;

export type IconName = keyof typeof shapes;

export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={shapes[name]} />
    </svg>
  );
}

/** The é of Aparté, its accent set apart: a word said aside. */
export function Mark(): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path class="mark-letter" d="M8 20.500h16.200A8.200 8.200 0 1 0 21.600 26" />
      <path class="mark-accent" d="M16 8L20.800 3.200" />
    </svg>
  );
}
