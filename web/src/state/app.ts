// The whole client behind the screens: model.ts says what it shows and what it does. One session, at most
// one room, and what came in by the address bar.

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Face, Id, InviteInfo, RequestName, Requests, RoomCard } from '../api/messages.ts';
import { type Line, type Member, Session, type SessionState } from '../api/session.ts';
import type { KeysPorts, RoomKeys } from '../e2ee/types.ts';
import { ChainBook } from '../identity/chain.ts';
import { Device, Invitation } from '../identity/device.ts';
import { parseLink } from '../identity/links.ts';
import type { MemberKeys, Vault } from '../identity/vault.ts';
import type { Incoming, SocketOptions } from '../socket/socket.ts';
import { browserPorts } from './browser.ts';
import { doorway, Entry } from './entry.ts';
import { errorKey, type NoticeKey } from './keys.ts';
import type { App, Link, Me, Notice, Outcome, RoomView, Screen } from './model.ts';
import { attempt, failed } from './outcome.ts';
import { Room, type RoomPorts } from './room.ts';

export type AppVault = Pick<
  Vault,
  'member' | 'pending' | 'log' | 'savePending' | 'dropPending' | 'saveMember' | 'sawLog' | 'met' | 'saveMet'
>;

export interface Page {
  host: string;
  origin: string;
  fragment(): string;
  path(): string;
  show(path: string): void; // in the address bar, without a fragment
  onHide(f: () => void): void;
  onFragment(f: () => void): void; // a link was put into the address bar of a page that is already here
  reload(): void;
}

export interface KeyMaker {
  device: Device;
  book: ChainBook;
  role: Me['role'];
  room: Id;
  ports: KeysPorts;
}

export interface AppPorts extends Pick<RoomPorts, 'connect' | 'speakers' | 'microphone'> {
  page: Page;
  missing(): Promise<string | null>;
  vault(): Promise<AppVault>;
  line(options: Pick<SocketOptions, 'onState' | 'onEvent'>): Line;
  createKeys(maker: KeyMaker): Promise<RoomKeys>;
}

const LINKS: Record<SessionState, Link> = {
  connecting: 'connecting',
  offline: 'offline',
  visitor: 'online',
  member: 'online',
  refused: 'refused',
};
const ROOM_PATH = /^\/r\/([A-Za-z0-9_-]{22})$/;

export function createApp(ports: AppPorts = browserPorts()): App {
  return new Client(ports);
}

class Client implements App {
  readonly screen = signal<Screen>({ at: 'starting' });
  readonly link = signal<Link>('connecting');
  readonly club = signal('');
  readonly me = signal<Me | null>(null);
  readonly rooms: ReadonlySignal<RoomCard[]>;
  readonly room: ReadonlySignal<RoomView | null>;
  readonly notice = signal<Notice | null>(null);
  readonly invites = signal<{ left: number; list: InviteInfo[] } | null>(null);
  readonly known: ReadonlySignal<Face[]>;
  #ports: AppPorts;
  #session: Session;
  #vault: AppVault | null = null;
  #member: { device: Device; book: ChainBook } | null = null;
  #unsaved: MemberKeys | null = null; // a member's if the next hello succeeds
  #entry: Entry | null = null;
  #hall: Signal<ReadonlyMap<Id, RoomCard>> = signal(new Map());
  #met: Signal<ReadonlyMap<Id, Face>> = signal(new Map());
  #current = signal<Room | null>(null);
  #wanted: Id | null = null; // the room of a /r/ link, until we are in

  constructor(ports: AppPorts) {
    this.#ports = ports;
    const line = ports.line({
      onState: (state) => this.#session.onState(state),
      onEvent: (event) => this.#session.onEvent(event),
    });
    this.#session = new Session(line, ports.page.host, {
      state: (state) => this.#onSession(state),
      club: (name) => {
        this.club.value = name;
      },
      member: (member) => this.#onMember(member),
      refused: (code) => void this.#onRefused(code),
      event: (event) => this.#onEvent(event),
    });
    this.rooms = computed(() => [...this.#hall.value.values()].sort((a, b) => b.opened - a.opened));
    this.room = computed(() => this.#current.value?.view.value ?? null);
    this.known = computed(() =>
      [...this.#met.value.values()].filter(({ account }) => account !== this.me.value?.account),
    );
    // A fresh start reads the new link as any other; somebody in a room is a member already and stays.
    ports.page.onFragment(() => {
      if (this.#current.value) ports.page.show(ports.page.path());
      else ports.page.reload();
    });
    // Who is on stage may only be reloading, and the room would end with its last: the server's grace decides.
    ports.page.onHide(() => {
      const me = this.room.value?.me.value;
      if (me && !me.stage) this.#session.tell('room.leave', {});
    });
  }

  async start(): Promise<void> {
    const { page } = this.#ports;
    const fragment = page.fragment();
    const path = page.path();
    if (fragment !== '') page.show(path); // the secret leaves the address bar before anything else happens
    const missing = await this.#ports.missing();
    const vault = missing ? null : await this.#ports.vault().catch(() => null);
    if (!vault) {
      this.screen.value = { at: 'unsupported', missing: missing ?? 'IndexedDB' };
      return;
    }
    this.#vault = vault;
    this.#wanted = ROOM_PATH.exec(path)?.[1] ?? null;
    this.#met.value = new Map((await vault.met()).map((face) => [face.account, face]));
    const member = await vault.member();
    const keys = member ?? (await vault.pending());
    const link = await parseLink(fragment);
    if (link === 'mistyped') this.screen.value = { at: 'invite', invite: doorway('invite', 'mistyped') };
    else if (link && member)
      this.screen.value = { at: 'invite', invite: doorway(link.kind, 'member_already') };
    else if (link) this.#enterBy(new Entry(this.#session, vault, await Invitation.open(link)));
    else this.screen.value = keys ? { at: 'hall' } : { at: 'stranger' };
    if (keys) await this.#open(keys, member === null);
    else if (this.#entry) this.#session.open(null);
  }

  async join(name: string): Promise<Outcome> {
    const entry = this.#entry;
    if (!entry) return failed('not_found');
    const redeemed = await entry.redeem(name);
    if (!redeemed.ok) return redeemed;
    this.#unsaved = redeemed.value;
    const device = this.#use(redeemed.value);
    const opened = await attempt(() => this.#session.become(device));
    // Offline: the redemption counts, and the session opens with the connection that comes back.
    if (!opened.ok && this.#session.state === 'refused') return opened;
    this.#entry = null;
    this.screen.value = { at: 'hall' };
    return { ok: true, value: undefined };
  }

  async makeInvite(): Promise<Outcome<string>> {
    const outcome = await attempt(async () => {
      const { record, link } = await this.#as((device) => device.invite(this.#ports.page.origin, Date.now()));
      await this.#session.request('invite.create', { record });
      return link;
    });
    if (outcome.ok) void this.loadInvites();
    return outcome;
  }

  async revokeInvite(invite: string): Promise<Outcome> {
    const outcome = await this.#signed('invite.revoke', (device) => device.revokeInvite(invite, Date.now()));
    if (outcome.ok) void this.loadInvites();
    return outcome;
  }

  loadInvites(): Promise<Outcome> {
    return attempt(async () => {
      const { left, invites } = await this.#session.request('invite.list', {});
      this.invites.value = { left, list: invites.sort((a, b) => b.time - a.time) };
    });
  }

  async openRoom(title: string, picked: Id[] | null): Promise<Outcome> {
    const members: Requests['room.open'][0] = picked
      ? { title, who: 'picked', picked }
      : { title, who: 'everyone' };
    const opened = await attempt(() => this.#session.request('room.open', members));
    return opened.ok ? this.enterRoom(opened.value.room) : opened;
  }

  async enterRoom(id: Id): Promise<Outcome> {
    const { me } = this;
    if (this.#current.value?.id === id) {
      this.showHall(false);
      return { ok: true, value: undefined };
    }
    if (!me.value) return failed('offline');
    void this.#current.value?.leave(); // one room at a time; its leave goes out before our join
    const room: Room = new Room(
      this.#card(id),
      me.value.account,
      this.#roomPorts(() => this.#onRoomOver(room)),
    );
    this.#current.value = room;
    this.#wanted = null;
    this.showHall(false);
    this.#ports.page.show(`/r/${id}`);
    return room.enter();
  }

  async leaveRoom(): Promise<void> {
    await this.#current.value?.leave();
  }

  showHall(show: boolean): void {
    if (!this.#member) return;
    this.screen.value = !show && this.#current.value ? { at: 'room' } : { at: 'hall' };
  }

  raiseHand(up: boolean): Promise<Outcome> {
    return this.#inRoom((room) => room.act('room.hand', { up }));
  }

  mute(muted: boolean): Promise<Outcome> {
    return this.#inRoom((room) => room.mute(muted));
  }

  answerCall(accept: boolean): Promise<Outcome> {
    return this.#inRoom((room) => room.answer(accept));
  }

  bring(account: Id): Promise<Outcome> {
    return this.#inRoom((room) => room.act('room.bring', { account }));
  }

  sendBack(account: Id): Promise<Outcome> {
    return this.#inRoom((room) => room.act('room.send_back', { account }));
  }

  muteOther(account: Id): Promise<Outcome> {
    return this.#inRoom((room) => room.act('room.mute_other', { account }));
  }

  remove(account: Id): Promise<Outcome> {
    return this.#inRoom((room) => room.act('room.remove', { account }));
  }

  ban(account: Id): Promise<Outcome> {
    return this.#signed('member.ban', (device) => device.ban(account, Date.now()));
  }

  endRoom(): Promise<Outcome> {
    return this.#inRoom((room) => room.close());
  }

  setVolume(account: Id, volume: number): void {
    this.#current.value?.setVolume(account, volume);
  }

  tapToListen(): void {
    this.#current.value?.play();
  }

  dismissNotice(): void {
    this.notice.value = null;
  }

  #enterBy(entry: Entry): void {
    this.#entry = entry;
    entry.view.subscribe((invite) => {
      if (this.#entry === entry) this.screen.value = { at: 'invite', invite };
    });
  }

  async #open(keys: MemberKeys, pending: boolean): Promise<void> {
    if (pending) this.#unsaved = keys;
    this.#session.open(this.#use(keys, await this.#vault?.log()));
  }

  #use(keys: MemberKeys, log?: Device['log']): Device {
    const keep = (head: Device['log']): void => void this.#vault?.sawLog(head).catch(console.error);
    const device = new Device(keys, log, keep);
    this.#member = { device, book: new ChainBook(keys.founder) };
    return device;
  }

  #onSession(state: SessionState): void {
    this.link.value = LINKS[state];
    if (state === 'visitor') void this.#entry?.look();
    else if (state === 'offline') this.#entry?.offline();
    this.#current.value?.onSession(state === 'member');
    if (state === 'member' && this.#wanted) void this.#enterWanted(this.#wanted);
  }

  async #enterWanted(id: Id): Promise<void> {
    const outcome = await this.enterRoom(id);
    if (!outcome.ok) this.#tell(errorKey(outcome.code));
  }

  #onMember({ account, name, role }: Member): void {
    this.me.value = { account, name, role };
    if (this.#entry) this.screen.value = { at: 'hall' };
    this.#entry = null;
    const keys = this.#unsaved;
    this.#unsaved = null;
    if (keys) void this.#vault?.saveMember(keys).catch(console.error);
  }

  async #onRefused(code: string): Promise<void> {
    const unsaved = this.#unsaved;
    this.#unsaved = null;
    this.me.value = null;
    this.#hall.value = new Map();
    void this.#current.value?.leave();
    if (!unsaved || code !== 'unknown_account') {
      this.#tell(errorKey(code), {}, true);
      return;
    }
    // The redemption whose answer we missed had not counted.
    await this.#vault?.dropPending().catch(console.error);
    if (!this.#entry) this.screen.value = { at: 'stranger' };
    else if (this.#entry.sent) this.#entry.fail('invite_used');
    else this.#session.open(null);
  }

  #onEvent(event: Incoming): void {
    switch (event.ev) {
      case 'hall':
        this.#hall.value = new Map(event.rooms.map((card) => [card.id, card]));
        break;
      case 'hall.room':
        this.#hall.value = new Map(this.#hall.value).set(event.room.id, event.room);
        break;
      case 'hall.gone': {
        const hall = new Map(this.#hall.value);
        hall.delete(event.room);
        this.#hall.value = hall;
        break;
      }
      case 'guest':
        this.#onMet([event]);
        this.#tell('notice.guest', { name: event.name });
        void this.loadInvites();
        break;
      default:
        this.#current.value?.onEvent(event);
    }
    if (event.ev === 'hall.room' && event.room.id === this.#current.value?.id)
      this.#current.value.onCard(event.room);
  }

  #roomPorts(left: () => void): RoomPorts {
    const { connect, speakers, microphone, createKeys } = this.#ports;
    return {
      connect,
      speakers,
      microphone,
      request: (name, members) => this.#session.request(name, members),
      createKeys: (room, ports) =>
        this.#as((device, book) =>
          createKeys({ device, book, role: this.me.value?.role ?? 'member', room, ports }),
        ),
      notice: (key, params) => this.#tell(key, params),
      failed: (code) => this.#tell(errorKey(code)),
      left,
      met: (people) => this.#onMet(people),
      chains: {
        inviters: (account) => this.#member?.book.get(account)?.inviters ?? null,
        nameOf: (account) => this.#met.value.get(account)?.name ?? null,
      },
    };
  }

  #onRoomOver(room: Room): void {
    if (this.#current.value !== room) return;
    this.#current.value = null;
    this.#ports.page.show('/');
    if (this.screen.value.at === 'room') this.screen.value = { at: 'hall' };
  }

  #onMet(people: Face[]): void {
    const news = people.filter(({ account, name }) => {
      return account !== this.me.value?.account && this.#met.value.get(account)?.name !== name;
    });
    if (news.length === 0) return;
    const faces = news.map(({ account, name }): [Id, Face] => [account, { account, name }]);
    this.#met.value = new Map([...this.#met.value, ...faces]);
    void this.#vault?.saveMet(faces.map(([, face]) => face)).catch(console.error);
  }

  #card(id: Id): RoomCard {
    const known = this.#hall.value.get(id);
    return known ?? { id, title: '', who: 'everyone', opened: Date.now(), people: 0, speakers: 0, faces: [] };
  }

  #tell(key: NoticeKey | ReturnType<typeof errorKey>, params: Notice['params'] = {}, urgent = false): void {
    this.notice.value = { key, params, urgent };
  }

  #inRoom(act: (room: Room) => Promise<Outcome>): Promise<Outcome> {
    const room = this.#current.value;
    return room ? act(room) : Promise.resolve(failed('not_in_room'));
  }

  async #as<T>(act: (device: Device, book: ChainBook) => Promise<T>): Promise<T> {
    if (!this.#member) throw new Error('no member on this browser');
    return act(this.#member.device, this.#member.book);
  }

  async #signed(
    name: Extract<RequestName, 'invite.revoke' | 'member.ban'>,
    sign: (d: Device) => Promise<string>,
  ): Promise<Outcome> {
    return attempt(async () => {
      await this.#session.request(name, { record: await this.#as(sign) });
    });
  }
}
