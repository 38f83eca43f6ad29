// Aparté as an app: a press where the browser offers it, else the way through its menus. Nobody is asked for it.

import type { JSX } from 'preact';
import { t } from '../i18n/translate.ts';
import { Icon } from './icons.tsx';
import { offer } from './install.ts';
import { type Way, wayHere } from './install-way.ts';
import { Sheet } from './sheet.tsx';
import { openSheet } from './view.ts';

export function InstallSheet(): JSX.Element {
  return (
    <Sheet title={t('install.title')} onClose={() => openSheet({ at: 'me' })}>
      <Install />
    </Sheet>
  );
}

export function Install(): JSX.Element {
  const offered = offer.value;
  const install = async (): Promise<void> => {
    offer.value = null; // it can be used once
    await offered?.prompt();
  };
  return (
    <>
      <p>{t('install.text')}</p>
      {offered ? (
        <button type="button" class="button wide" onClick={() => void install()}>
          <Icon name="plus" />
          {t('install.yes')}
        </button>
      ) : (
        <By way={wayHere()} />
      )}
    </>
  );
}

/** Safari keeps what an icon opens apart from itself, keys too: there it is one more device of the account. */
function By({ way }: { way: Way }): JSX.Element {
  switch (way) {
    case 'ios':
      return (
        <>
          <Steps list={[t('install.ios_share'), t('install.ios_add')]} />
          <p class="hint">{t('install.apart')}</p>
        </>
      );
    case 'mac':
      return (
        <>
          <Steps list={[t('install.mac_file'), t('install.mac_add')]} />
          <p class="hint">{t('install.apart')}</p>
        </>
      );
    case 'android':
      return <Steps list={[t('install.menu'), t('install.android_add')]} />;
    case 'menu':
      return <Steps list={[t('install.menu'), t('install.menu_add')]} />;
    default:
      return <p role="status">{t(`install.${way}`)}</p>;
  }
}

const Steps = ({ list }: { list: string[] }): JSX.Element => (
  <ol class="steps">
    {list.map((text) => (
      <li key={text}>{text}</li>
    ))}
  </ol>
);
