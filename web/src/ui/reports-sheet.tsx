// S12, for founder and admins: what was reported, and closing it. Its words are deleted then.

import type { JSX } from 'preact';
import { useEffect, useId } from 'preact/hooks';
import { dayOf, t, whenOf } from '../i18n/translate.ts';
import type { Report } from '../state/model.ts';
import { Sheet } from './sheet.tsx';
import { attempt, closeSheet, say, useApp } from './view.ts';

export function ReportsSheet(): JSX.Element {
  const app = useApp();
  const list = app.reports.list.value;
  useEffect(() => {
    void attempt(app.reports.load());
  }, []);
  return (
    <Sheet title={t('reports.title')} onClose={closeSheet}>
      <p class="hint">{t('reports.text')}</p>
      {list?.length === 0 && <p>{t('reports.none')}</p>}
      <ul class="rows">
        {list?.map((report) => (
          <One key={report.id} report={report} />
        ))}
      </ul>
    </Sheet>
  );
}

function One({ report }: { report: Report }): JSX.Element {
  const app = useApp();
  const id = useId();
  const close = async (untrue: boolean): Promise<void> => {
    if (await attempt(app.reports.close(report, untrue))) say(t('reports.closed'));
  };
  return (
    <li class="report">
      <p id={id}>
        <strong dir="auto">{t('reports.entry', { by: report.by.name, target: report.target.name })}</strong>
        <span class="soft">
          {t(`report.reason_${report.reason}`)} · {whenOf(report.time)}
          {report.title && ` · ${report.title}`}
        </span>
      </p>
      {report.text && (
        <p class="said" dir="auto">
          {report.text}
        </p>
      )}
      {report.evidence && (
        <pre class="evidence" dir="auto">
          {report.evidence}
        </pre>
      )}
      {report.untrue > 0 && <p class="warn">{t('reports.untrue_before', { n: report.untrue })}</p>}
      <p class="hint">{t('reports.until', { date: dayOf(report.until) })}</p>
      <div class="answers">
        <button type="button" class="button small" aria-describedby={id} onClick={() => void close(true)}>
          {t('reports.close_untrue')}
        </button>
        <button
          type="button"
          class="button small primary"
          aria-describedby={id}
          onClick={() => void close(false)}
        >
          {t('reports.close')}
        </button>
      </div>
    </li>
  );
}
