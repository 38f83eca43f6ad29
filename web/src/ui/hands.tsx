// S7, for moderators: who knocks at the locked room, and raised hands. Who waits longest stands first.

import type { JSX } from 'preact';
import { t } from '../i18n/translate.ts';
import type { Face, Outcome, PersonView } from '../state/model.ts';
import { Avatar } from './avatar.tsx';
import { handsQueue, waiting } from './people.ts';
import { alike, attempt, now, say, useApp } from './view.ts';

// The row goes with its answer, and the button with it: whoever uses a keyboard stands on the heading again.
const focusHands = (): void => document.getElementById('hands')?.focus({ preventScroll: true });
async function answered(action: Promise<Outcome>): Promise<boolean> {
  const done = await attempt(action);
  if (done) focusHands();
  return done;
}

export function Hands({ people }: { people: PersonView[] }): JSX.Element {
  const queue = handsQueue(people);
  return (
    <>
      <Door />
      <Raised queue={queue} />
    </>
  );
}

/** Who knocks at the locked room. The live region stands empty from the start. */
function Door(): JSX.Element {
  const app = useApp();
  const room = app.room.value?.card;
  const knocks = app.hosting.knocks.value.filter((knock) => room?.locked && knock.room === room.id);
  const last = knocks.at(-1);
  const admit = async ({ account, name }: Face): Promise<void> => {
    if (await answered(app.hosting.ping(account))) say(t('ping.sent', { name }));
  };
  return (
    <>
      <p class="visually-hidden" role="status">
        {last && t('knock.heard', { name: last.by.name })}
      </p>
      {last && (
        <section aria-labelledby="door" class="hands">
          <h2 id="door" class="section-title">
            {t('knock.door')} <span class="count">{knocks.length}</span>
          </h2>
          <ul class="hands-list">
            {knocks.map(({ by }) => (
              <Waiting
                key={by.account}
                face={by}
                yes={t('ping.ask')}
                onYes={() => void admit(by)}
                onNo={() => {
                  app.hosting.dropKnock(by.account);
                  focusHands();
                }}
              />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Raised({ queue }: { queue: PersonView[] }): JSX.Element {
  const app = useApp();
  return (
    <section aria-labelledby="hands" class="hands">
      <h2 id="hands" class="section-title" tabIndex={-1}>
        {t('room.hands')} <span class="count">{queue.length}</span>
      </h2>
      {queue.length === 0 ? (
        <p class="hint">{t('room.no_hands')}</p>
      ) : (
        <ol class="hands-list">
          {queue.map((p, i) => (
            <Hand key={p.account} person={p} place={i + 1} />
          ))}
        </ol>
      )}
      {queue.length > 1 && (
        <button type="button" class="button small" onClick={() => void answered(app.hosting.lowerAll())}>
          {t('host.lower_all')}
        </button>
      )}
    </section>
  );
}

function Hand({ person: p, place }: { person: PersonView; place: number }): JSX.Element {
  const app = useApp();
  return (
    <Waiting
      face={p}
      place={place}
      since={p.hand}
      yes={t('person.bring')}
      onYes={() => void answered(app.bring(p.account))}
      onNo={() => void answered(app.hosting.lower(p.account))}
    />
  );
}

/** Somebody who waits for an answer. */
function Waiting(props: {
  face: Face;
  place?: number;
  since?: number;
  yes: string;
  onYes: () => void;
  onNo: () => void;
}): JSX.Element {
  const { account, name } = props.face;
  const id = `waiting-${account}`;
  return (
    <li>
      {props.place !== undefined && (
        <span class="hands-place" aria-hidden="true">
          {props.place}
        </span>
      )}
      <span class="face face-small">
        <Avatar account={account} name={name} />
      </span>
      <span id={id} class="hands-who">
        <strong dir="auto">{name}</strong>
        {alike.value.has(account) && <span class="soft">{t('alike.label')}</span>}
        {props.since !== undefined && <span class="soft">{waiting(props.since, now.value)}</span>}
      </span>
      <span class="hands-answers">
        <button type="button" class="button small primary" aria-describedby={id} onClick={props.onYes}>
          {props.yes}
        </button>
        <button type="button" class="button small" aria-describedby={id} onClick={props.onNo}>
          {t('host.not_now')}
        </button>
      </span>
    </li>
  );
}
