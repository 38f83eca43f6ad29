// S12, for founder and admins: what the server has to tell, how it is, who was invited, and looking somebody up.

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t, whenOf } from '../i18n/translate.ts';
import type { Alert } from '../state/admin-model.ts';
import type { Face, Id } from '../state/model.ts';
import { HealthSection, LimitsSection } from './admin-health.tsx';
import { FindSection, InvitesSection } from './admin-people.tsx';
import { Row } from './me-sheet.tsx';
import { BanAsk } from './person-actions.tsx';
import { Sheet } from './sheet.tsx';
import { attempt, closeSheet, useApp } from './view.ts';

export function AdminSheet(): JSX.Element {
  const app = useApp();
  const [banned, setBanned] = useState<Face | null>(null);
  const [wanted, setWanted] = useState<Id>(''); // to be looked up: pressed beside an alert or an invitation
  useEffect(() => {
    void attempt(app.admin.loadAlerts());
    void app.admin.loadHealth();
    void app.admin.loadInvites();
    return () => app.admin.close();
  }, []);
  if (banned) return <BanAsk person={banned} />;
  return (
    <Sheet title={t('admin.title')} onClose={closeSheet}>
      <AlertsSection onLook={setWanted} />
      <nav class="actions" aria-label={t('admin.elsewhere')}>
        <Row icon="warning" text={reports(app.reports.waiting.value)} to={{ at: 'reports' }} />
        <Row icon="star" text={t('me.moderation')} to={{ at: 'moderation' }} />
        <Row icon="sound" text={t('me.trace')} to={{ at: 'trace' }} />
      </nav>
      <FindSection wanted={wanted} onBan={setBanned} />
      <InvitesSection onLook={setWanted} />
      <HealthSection />
      <LimitsSection />
    </Sheet>
  );
}

const reports = (n: number): string => (n > 0 ? t('hall.reports', { n }) : t('reports.title'));

export function alertText({ kind, count, about }: Alert): string {
  return t(`admin.alert_${kind}`, { n: count, name: about ? about.name || t('mod.nobody') : '' });
}

function AlertsSection({ onLook }: { onLook: (account: Id) => void }): JSX.Element {
  const { alerts } = useApp().admin;
  return (
    <section aria-labelledby="admin-alerts" class="stack">
      <h3 id="admin-alerts">{t('admin.alerts')}</h3>
      {alerts.value?.length === 0 && <p>{t('admin.alerts_none')}</p>}
      <ul class="rows">
        {alerts.value?.map((alert) => (
          <li key={alert.n} class="row">
            <span id={`alert-${alert.n}`}>
              <strong dir="auto">{alertText(alert)}</strong>
              <span class="soft">{whenOf(alert.time)}</span>
              <span class="soft">{t(`admin.alert_${alert.kind}_hint`)}</span>
            </span>
            {alert.about && (
              <button
                type="button"
                class="button small"
                aria-describedby={`alert-${alert.n}`}
                onClick={() => onLook(alert.about?.account ?? '')}
              >
                {t('admin.look_up')}
              </button>
            )}
          </li>
        ))}
      </ul>
      <p class="hint">{t('admin.alerts_text')}</p>
    </section>
  );
}
