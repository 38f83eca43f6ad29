// The real outside of app.ts: this page, its IndexedDB, its WebSocket and its WebRTC.

import { decoders } from '../api/decode.ts';
import { makeRoomKeys } from '../e2ee/keys.ts';
import { Passkeys } from '../identity/passkey.ts';
import { Vault } from '../identity/vault.ts';
import { connect } from '../rtc/connection.ts';
import { markMicrophone } from '../rtc/mark.ts';
import { Microphone } from '../rtc/microphone.ts';
import { Speakers } from '../rtc/speakers.ts';
import { missingFeature } from '../rtc/support.ts';
import { Socket } from '../socket/socket.ts';
import type { AppPorts } from './app.ts';

interface NetworkInformation extends EventTarget {
  readonly type?: string; // wifi, cellular, …; where the browser tells
}

function onNetwork(f: () => void): void {
  addEventListener('online', f);
  const { connection } = navigator as Navigator & { connection?: NetworkInformation };
  let type = connection?.type;
  connection?.addEventListener('change', () => {
    if (connection.type === type) return; // only its speed is another
    type = connection.type;
    f();
  });
}

export function browserPorts(): AppPorts {
  const { host, origin, protocol } = location;
  return {
    page: {
      host,
      origin,
      fragment: () => location.hash,
      path: () => location.pathname,
      lang: () => (document.documentElement.lang === 'fr' ? 'fr' : 'en'),
      show: (path) => history.replaceState(null, '', path),
      onHide: (f) => addEventListener('pagehide', f),
      onNetwork,
      onFragment: (f) => addEventListener('hashchange', () => location.hash && f()),
      reload: () => location.reload(),
    },
    missing: () => missingFeature(),
    vault: () => Vault.open(),
    line: (options) =>
      new Socket({
        url: `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/ws`,
        decoders,
        wake: [window, document],
        ...options,
      }),
    connect,
    mark: markMicrophone,
    speakers: (slots, device, onBlocked) => new Speakers(slots, device, onBlocked),
    microphone: (onState, wish) => new Microphone(onState, wish, navigator.mediaDevices),
    devices: navigator.mediaDevices ?? null,
    passkeys: () => (Passkeys.available() ? new Passkeys(navigator.credentials) : null),
    createKeys: (maker) => makeRoomKeys({ ...maker, log: () => maker.book.head }),
  };
}
