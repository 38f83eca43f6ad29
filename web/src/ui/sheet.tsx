// A modal sheet: from below on a phone, in the middle on a desk. The browser's own <dialog> keeps the focus
// inside and gives it back to whatever opened the sheet.

import type { ComponentChildren, JSX } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import { Icon } from './icons.tsx';
import { Notices } from './notices.tsx';

interface Props {
  title: string;
  onClose: () => void;
  lead?: JSX.Element | undefined; // what stands before the title
  class?: string;
  closable?: boolean;
  children: ComponentChildren;
}

export function Sheet({
  title,
  onClose,
  lead,
  class: kind = '',
  closable = true,
  children,
}: Props): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  const id = useId();

  useLayoutEffect(() => {
    const element = dialog.current;
    if (!element) return;
    element.showModal();
    const first = element.querySelector<HTMLElement>('[data-first]');
    (first && matchMedia('(pointer: fine)').matches ? first : heading.current)?.focus({
      preventScroll: true,
    });
    const cancel = (e: Event): void => {
      e.preventDefault();
      close.current();
    };
    // A second Escape without a click between closes the dialog without asking first (HTML, close watchers).
    const closed = (): void => {
      close.current();
      requestAnimationFrame(() => {
        if (element.isConnected && !element.open) element.showModal(); // one that wants to stay
      });
    };
    const press = (e: MouseEvent): void => {
      if (e.target === element) close.current(); // the backdrop: the sheet's own area is covered by its body
    };
    element.addEventListener('cancel', cancel);
    element.addEventListener('close', closed);
    element.addEventListener('mousedown', press);
    return () => {
      element.removeEventListener('close', closed); // it comes after the sheet has gone, and would close the next
      element.close(); // while it still stands: this gives the focus back to what opened it
    };
  }, []);

  return (
    <dialog ref={dialog} class={`sheet ${kind}`} aria-labelledby={id}>
      <div class="sheet-body">
        <header class="sheet-head">
          {lead}
          <h2 id={id} ref={heading} tabIndex={-1} dir="auto">
            {title}
          </h2>
          {closable && (
            <button type="button" class="plain-icon" onClick={onClose}>
              <Icon name="close" />
              <span class="visually-hidden">{t('close')}</span>
            </button>
          )}
        </header>
        {children}
      </div>
      <Notices />
    </dialog>
  );
}

/** A question with two answers; the calm one first in reach. */
export function Ask(props: {
  title: string;
  text?: string;
  yes: string;
  no: string;
  danger?: boolean;
  onYes: () => void;
  onNo: () => void;
  children?: ComponentChildren;
}): JSX.Element {
  return (
    <Sheet title={props.title} onClose={props.onNo} class="sheet-ask" closable={false}>
      {props.text && <p>{props.text}</p>}
      {props.children}
      <div class="answers">
        <button type="button" class="button" onClick={props.onNo}>
          {props.no}
        </button>
        <button type="button" class={props.danger ? 'button danger' : 'button primary'} onClick={props.onYes}>
          {props.yes}
        </button>
      </div>
    </Sheet>
  );
}
