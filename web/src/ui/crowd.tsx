// A list of people of any length: the rows that can be seen, and some around them, are drawn; the list is as high as if
// all were there. It says its whole size to screen readers, and who has the focus stays, however far one scrolls.

import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { PersonView } from '../state/model.ts';
import { Person } from './person.tsx';

const MARGIN_PX = 400; // above and below the window: a flick of the finger finds faces there
const ALL = 60; // so few are always drawn

interface Grid {
  columns: number;
  rowPx: number; // with the gap below
}

export function Crowd({ people }: { people: PersonView[] }): JSX.Element {
  const list = useRef<HTMLUListElement>(null);
  const [grid, setGrid] = useState<Grid>({ columns: 1, rowPx: 0 });
  const [rows, setRows] = useState<[first: number, end: number]>([0, ALL]);
  const [held, setHeld] = useState<string | null>(null); // who has the focus
  const whole = people.length <= ALL;

  useLayoutEffect(() => {
    const element = list.current;
    if (!element || whole) return;
    const measure = (): void => setGrid((before) => same(before, gridOf(element)));
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [whole]);

  useEffect(() => {
    const element = list.current;
    if (!element || whole || grid.rowPx === 0) return;
    const look = (): void => {
      const top = -element.getBoundingClientRect().top;
      const first = Math.max(0, Math.floor((top - MARGIN_PX) / grid.rowPx));
      const end = Math.max(first + 1, Math.ceil((top + innerHeight + MARGIN_PX) / grid.rowPx));
      setRows((before) => (before[0] === first && before[1] === end ? before : [first, end]));
    };
    look();
    addEventListener('scroll', look, { passive: true, capture: true });
    addEventListener('resize', look);
    return () => {
      removeEventListener('scroll', look, { capture: true });
      removeEventListener('resize', look);
    };
  }, [whole, grid]);

  if (whole) {
    return (
      <ul class="audience-grid">
        {people.map((p) => (
          <li key={p.account}>
            <Person person={p} size="small" />
          </li>
        ))}
      </ul>
    );
  }
  const { columns, rowPx } = grid;
  const from = rows[0] * columns;
  const shown = people.slice(from, rows[1] * columns).map((p, i) => ({ p, at: from + i }));
  const heldAt = held === null ? -1 : people.findIndex((p) => p.account === held);
  const heldOne = people[heldAt];
  if (heldOne && !shown.some(({ at }) => at === heldAt)) shown.push({ p: heldOne, at: heldAt });
  return (
    <ul
      ref={list}
      class="audience-grid crowd"
      style={{ height: `${Math.ceil(people.length / columns) * rowPx}px` }}
      onFocusIn={(e) => setHeld(accountOf(e.target))}
      onFocusOut={(e) => leavesFor(e.relatedTarget) && setHeld(null)}
    >
      {shown.map(({ p, at }) => (
        <li
          key={p.account}
          data-account={p.account}
          aria-setsize={people.length}
          aria-posinset={at + 1}
          style={{ gridRowStart: Math.floor(at / columns) + 1, gridColumnStart: (at % columns) + 1 }}
        >
          <Person person={p} size="small" />
        </li>
      ))}
    </ul>
  );
}

const accountOf = (target: EventTarget | null): string | null =>
  target instanceof Element ? (target.closest('li')?.dataset.account ?? null) : null;

// Not for a sheet, which gives the focus back, nor because the window lost it.
const leavesFor = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('dialog') === null;

function gridOf(list: HTMLElement): Grid {
  const { gridTemplateColumns, gridAutoRows, rowGap } = getComputedStyle(list);
  // Where it became narrower than it was drawn for, faces still stand in columns of no width at its end.
  const columns = gridTemplateColumns.split(' ').filter((width) => Number.parseFloat(width) > 0).length;
  return { columns, rowPx: Number.parseFloat(gridAutoRows) + Number.parseFloat(rowGap) };
}

const same = (a: Grid, b: Grid): Grid => (a.columns === b.columns && a.rowPx === b.rowPx ? a : b);
