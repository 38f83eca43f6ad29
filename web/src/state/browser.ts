// The real outside of app.ts: this page, its IndexedDB, its WebSocket and its WebRTC.

import { decoders } from '../api/decode.ts';
import { makeRoomKeys } from '../e2ee/keys.ts';
import { Passkeys } from '../identity/passkey.ts';
import { Vault } from '../identity/vault.ts';
import { connect } from '../rtc/connection.ts';
import { Microphone } from '../rtc/microphone.ts';
import { Speakers } from '../rtc/speakers.ts';
import { missingFeature } from '../rtc/support.ts';
import { Socket } from '../socket/socket.ts';
import type { AppPorts } from './app.ts';

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
    speakers: (slots, onBlocked) => new Speakers(slots, onBlocked),
    microphone: (onState) => new Microphone(onState, navigator.mediaDevices),
    passkeys: () => (Passkeys.available() ? new Passkeys(navigator.credentials) : null),
    createKeys: (maker) => makeRoomKeys({ ...maker, log: () => maker.book.head }),
  };
}
