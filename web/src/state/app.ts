// The whole client behind the screens: model.ts says what it shows and what it does. One session, at most
// one room, and what came in by the address bar.

import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Face, Id, RoomCard } from '../api/messages.ts';
import { type Line, type Member, Session, type SessionState } from '../api/session.ts';
import type { KeysPorts, RoomKeys } from '../e2ee/types.ts';
import type { ChainBook } from '../identity/chain.ts';
import type { Device } from '../identity/device.ts';
import type { ForkProof } from '../identity/log.ts';
import type { Passkeys } from '../identity/passkey.ts';
import type { MemberKeys } from '../identity/vault.ts';
import type { Incoming, SocketOptions } from '../socket/socket.ts';
import { Account } from './account.ts';
import { Admin } from './admin.ts';
import { browserPorts } from './browser.ts';
import { type AppVault, Core, type Membership, type Page } from './core.ts';
import { Devices } from './devices.ts';
import { Door } from './door.ts';
import { Elsewhere } from './elsewhere.ts';
import { ClubEvents } from './events.ts';
import { Hallway } from './hallway.ts';
import { Hosting } from './hosting.ts';
import { House } from './house.ts';
import { Invites } from './invites.ts';
import { errorKey, MOST_PEOPLE, type NoticeKey } from './keys.ts';
import { Known } from './known.ts';
import { credentialOf, openMembership } from './membership.ts';
import type { App, Fork, Link, Me, NewRoom, Notice, Outcome, RoomView, Screen } from './model.ts';
import { Moderation } from './moderation.ts';
import { attempt, failed } from './outcome.ts';
import { Recovery } from './recovery.ts';
import { Reports } from './reports.ts';
import { Room, type RoomPorts, unknownRoom } from './room.ts';
import { type DevicesEdge, Sound } from './sound.ts';
import { Ties, whoOf } from './ties.ts';
import { Tracing } from './tracing.ts';

export interface KeyMaker {
  device: Device;
  book: ChainBook;
  role: Me['role'];
  room: Id;
  ports: KeysPorts;
}

export type { AppVault };

export interface AppPorts extends Pick<RoomPorts, 'connect' | 'speakers' | 'microphone' | 'mark'> {
  page: Page;
  missing(): Promise<string | null>;
  vault(): Promise<AppVault>;
  line(options: Pick<SocketOptions, 'onState' | 'onEvent'>): Line;
  passkeys(): Passkeys | null;
  createKeys(maker: KeyMaker): Promise<RoomKeys>;
  devices: DevicesEdge | null;
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
  readonly known: ReadonlySignal<Face[]>;
  readonly fork = signal<Fork | null>(null);
  readonly sound: Sound;
  readonly ties: Ties;
  readonly events: ClubEvents;
  readonly reports: Reports;
  readonly admin: Admin;
  readonly hosting: Hosting;
  readonly elsewhere = new Elsewhere((room) => this.#enter(room));
  readonly tracing: Tracing;
  readonly house: House;
  #ports: AppPorts;
  #session: Session;
  #core: Core;
  #account: Account;
  #invites: Invites;
  #devices: Devices;
  #recovery: Recovery;
  #moderation: Moderation;
  #door: Door;
  #hall: Hallway;
  #known: Known;
  #current = signal<Room | null>(null);
  #wanted: Id | null = null; // the room of a /r/ link, until we are in

  constructor(ports: AppPorts) {
    this.#ports = ports;
    this.sound = new Sound(() => this.#current.value, ports.devices);
    const line = ports.line({
      onState: (state) => this.#session.onState(state),
      onEvent: (event) => this.#session.onEvent(event),
    });
    this.#session = new Session(line, ports.page.host, {
      state: (state) => this.#onSession(state),
      club: (name, founder) => {
        this.club.value = name;
        this.#door.clubFounder = founder;
      },
      member: (member) => this.#onMember(member),
      refused: (code) => void this.#onRefused(code),
      event: (event) => this.#onEvent(event),
    });
    const core = new Core(this.#session, ports.page, this.me);
    this.#core = core;
    const passkeys = ports.passkeys();
    this.#door = new Door(core, this.screen, passkeys, async (keys) => credentialOf(await this.#use(keys)));
    this.#account = new Account(core);
    this.#invites = new Invites(core);
    this.#devices = new Devices(core);
    this.#recovery = new Recovery(core, passkeys, () => this.club.value);
    this.#moderation = new Moderation(core);
    this.hosting = new Hosting(core, (key, params) => this.#tell(key, params));
    this.ties = new Ties(core);
    this.events = new ClubEvents(core, (key, params) => this.#tell(key, params));
    this.tracing = new Tracing(core);
    this.reports = new Reports(core);
    this.admin = new Admin(core);
    this.#known = new Known(core);
    this.known = this.#known.faces;
    this.house = new House(core, this.known);
    this.#hall = new Hallway(this.events, (card) => this.#hereIs(card));
    this.rooms = this.#hall.rooms;
    this.room = computed(() => this.#current.value?.view.value ?? null);
    // A fresh start reads the new link as any other; somebody in a room is a member already and stays.
    ports.page.onFragment(() => {
      if (this.#current.value) ports.page.show(ports.page.path());
      else ports.page.reload();
    });
    ports.page.onNetwork(() => this.#current.value?.networkChanged());
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
    this.#core.vault = vault;
    this.#onFork(await vault.fork());
    this.#wanted = ROOM_PATH.exec(path)?.[1] ?? null;
    await this.#known.load();
    await this.#door.open(fragment);
  }

  lookAgain: App['lookAgain'] = () => this.#door.lookAgain();
  join: App['join'] = (name) => this.#door.join(name);

  async openRoom({ picked, ...room }: NewRoom): Promise<Outcome> {
    const members = { ...room, ...whoOf(picked) };
    return this.elsewhere.go(null, async () => {
      const opened = await attempt(() => this.#session.request('room.open', members));
      return opened.ok ? this.#enter(opened.value.room) : opened;
    });
  }

  async enterRoom(id: Id): Promise<Outcome> {
    if (this.#current.value?.id === id) {
      this.showHall(false);
      return { ok: true, value: undefined };
    }
    this.#wanted = null;
    return this.elsewhere.go(id, () => this.#enter(id));
  }

  async #enter(id: Id): Promise<Outcome> {
    const { me } = this;
    if (!me.value) return failed('offline');
    this.elsewhere.dropMoved();
    void this.#current.value?.leave(); // one room at a time; its leave goes out before our join
    const room: Room = new Room(
      this.#card(id),
      me.value.account,
      this.#roomPorts(() => this.#onRoomOver(room)),
    );
    this.#current.value = room;
    this.showHall(false);
    this.#ports.page.show(`/r/${id}`);
    return this.hosting.entered(this.#card(id), await room.enter());
  }

  async leaveRoom(): Promise<void> {
    await this.#current.value?.leave();
  }

  showHall(show: boolean): void {
    if (!this.#core.member) return;
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

  remove(account: Id, forGood: boolean): Promise<Outcome> {
    return this.#inRoom(async (room) =>
      room.removed(account, await this.#moderation.remove(account, room.host, room.id, forGood)),
    );
  }

  endRoom: App['endRoom'] = () => this.#inRoom((room) => room.close());
  setVolume: App['setVolume'] = (account, volume) => this.#current.value?.setVolume(account, volume);
  tapToListen: App['tapToListen'] = () => this.#current.value?.play();
  holdSound: App['holdSound'] = () => this.#current.value?.hold();

  dismissNotice(): void {
    this.notice.value = null;
  }

  get invites(): App['invites'] {
    return this.#invites.list;
  }
  makeInvites: App['makeInvites'] = (count, hours) => this.#invites.make(count, hours);
  revokeInvite: App['revokeInvite'] = (invite) => this.#invites.revoke(invite);
  loadInvites: App['loadInvites'] = () => this.#invites.load();

  setProfile: App['setProfile'] = (change) => this.#account.set(change);
  readProfile: App['readProfile'] = (account) => this.#account.read(account);
  loadPicture: App['loadPicture'] = (account) => this.#account.loadPicture(account);
  exportAccount: App['exportAccount'] = () => this.#account.export();

  get devices(): App['devices'] {
    return this.#devices.list;
  }
  get found(): App['found'] {
    return this.#devices.found;
  }
  loadDevices: App['loadDevices'] = () => this.#devices.load();
  findDevice: App['findDevice'] = (codeOrLink) => this.#devices.find(codeOrLink);
  addDevice: App['addDevice'] = () => this.#devices.add();
  dropFound: App['dropFound'] = () => this.#devices.drop();
  revokeDevice: App['revokeDevice'] = (device) => this.#devices.revoke(device);

  get recovery(): App['recovery'] {
    return this.#recovery.has;
  }
  makeRecoveryCode: App['makeRecoveryCode'] = () => this.#recovery.makeCode();
  addPasskeys: App['addPasskeys'] = (code) => this.#recovery.addPasskeys(code);
  dropPasskeys: App['dropPasskeys'] = () => this.#recovery.dropPasskeys();
  loadRecovery: App['loadRecovery'] = () => this.#recovery.load();

  get modLog(): App['modLog'] {
    return this.#moderation.log;
  }
  get asks(): App['asks'] {
    return this.#moderation.asks;
  }
  get claims(): App['claims'] {
    return this.#moderation.claims;
  }
  ban: App['ban'] = (account, hold) => this.#moderation.ban(account, hold);
  readmit: App['readmit'] = (account) => this.#moderation.readmit(account);
  loadModLog: App['loadModLog'] = () => this.#moderation.load();
  undo: App['undo'] = (entry) => this.#moderation.undo(entry);
  unban: App['unban'] = (account) => this.#moderation.unban(account);
  hold: App['hold'] = (account) => this.#moderation.hold(account);
  release: App['release'] = (account, subtree) => this.#moderation.release(account, subtree);
  setRole: App['setRole'] = (account, role) => this.#moderation.setRole(account, role);
  loadClaims: App['loadClaims'] = () => this.#moderation.loadClaims();
  claim: App['claim'] = (target, successor) => this.#moderation.claim(target, successor);
  cosign: App['cosign'] = (id) => this.#moderation.cosign(id);
  succeed: App['succeed'] = (target) => this.#moderation.succeed(target);

  async veto(): Promise<Outcome> {
    const outcome = await this.#moderation.veto();
    if (outcome.ok) this.#core.change({ claim: null });
    return outcome;
  }

  async deleteAccount(): Promise<Outcome> {
    const outcome = await this.#account.delete();
    if (!outcome.ok) return outcome;
    void this.#current.value?.leave();
    this.#session.close();
    this.#core.member = null;
    this.me.value = null;
    const { ties, events, reports, admin, sound, elsewhere } = this;
    for (const part of [this.#hall, this.#known, ties, events, reports, admin, sound, elsewhere])
      part.forget();
    await this.#core.vault?.forget().catch(console.error);
    this.screen.value = { at: 'stranger' };
    return outcome;
  }

  startPairing: App['startPairing'] = () => this.#door.startPairing();
  acceptPairing: App['acceptPairing'] = () => this.#door.acceptPairing();
  startRecovery: App['startRecovery'] = () => this.#door.startRecovery();
  recoverByCode: App['recoverByCode'] = (code) => this.#door.recoverByCode(code);
  recoverByPasskey: App['recoverByPasskey'] = () => this.#door.recoverByPasskey();
  recover: App['recover'] = () => this.#door.recover();
  backToDoor: App['backToDoor'] = () => this.#door.back();

  refusePairing(): void {
    this.#door.refusePairing();
    this.#tell('error.words_differ', {}, true);
  }

  async #use(keys: MemberKeys): Promise<Membership> {
    const member = await openMembership(
      this.#core,
      keys,
      (proof) => this.#onFork(proof),
      () => this.#current.value?.logGrew(),
    );
    this.#core.member = member;
    return member;
  }

  // It never passes silently: kept, shown, and a server that shows it itself is not talked to any more.
  #onFork(proof: ForkProof | null): void {
    if (!proof) return;
    const { size, ours, theirs, carrier } = proof;
    this.fork.value ??= { size, ours, theirs, heard: carrier === null ? 'server' : 'room' };
    void this.#core.vault?.saveFork(proof).catch(console.error);
    if (carrier === null && this.#core.member) this.#session.distrust('log_forked');
  }

  #onSession(state: SessionState): void {
    this.link.value = LINKS[state];
    this.#door.onState(state);
    if (state === 'member') void this.#core.member?.book.catchUp();
    this.#current.value?.onSession(state === 'member');
    if (state === 'member' && this.#wanted) void this.#enterWanted(this.#wanted);
  }

  async #enterWanted(id: Id): Promise<void> {
    const outcome = await this.enterRoom(id);
    if (!outcome.ok && !this.hosting.full.value) this.#tell(errorKey(outcome.code), { n: MOST_PEOPLE });
    if (!this.#current.value) this.#ports.page.show('/');
  }

  #onMember({ account, name, role, held, elsewhere, claim }: Member): void {
    const successor = claim && { account: claim.successor, name: claim.name };
    this.me.value = {
      ...this.me.value,
      account,
      name,
      role,
      held,
      claim: successor && { successor, until: claim.until },
    };
    this.elsewhere.is(elsewhere);
    if (elsewhere) this.#current.value?.elsewhere();
    this.#door.onMember();
    void this.#account.load();
  }

  async #onRefused(code: string): Promise<void> {
    this.me.value = null;
    this.#hall.forget();
    this.elsewhere.forget();
    void this.#current.value?.leave();
    if (code === 'other_log') {
      const { size, head } = this.#core.book.head; // the server has not that one, and does not say what it has
      this.#onFork({ size, ours: head, theirs: '', carrier: null });
    }
    if (!(await this.#door.onRefused(code))) this.#tell(errorKey(code), {}, true);
  }

  #onEvent(event: Incoming): void {
    for (const part of [this.hosting, this.reports, this.admin]) part.onEvent(event);
    this.elsewhere.onEvent(event);
    if (this.#hall.onEvent(event)) return;
    switch (event.ev) {
      case 'guest':
        this.#known.met([event]);
        this.#tell('notice.guest', { name: event.name });
        void this.loadInvites();
        break;
      case 'profile':
        this.#account.onProfile(event);
        this.#known.met([event]);
        this.#current.value?.rename(event);
        break;
      case 'held':
        this.#core.change({ held: event.held });
        break;
      case 'role':
        this.#core.change({ role: event.role });
        break;
      case 'claimed':
        this.#core.change({ claim: event });
        break;
      case 'claim':
        void this.#moderation.loadClaims();
        break;
      case 'mod.ask':
        this.#moderation.onAsk(event);
        break;
      case 'pair.done':
        this.#devices.onDone();
        break;
      case 'pair.gone':
        this.#devices.onGone(event.key);
        break;
      case 'pair.offer':
        this.#door.onOffer(event);
        break;
      default:
        this.#current.value?.onEvent(event);
    }
  }

  #roomPorts(left: () => void): RoomPorts {
    const { createKeys } = this.#ports;
    const { device, book } = this.#core;
    return {
      device,
      tracing: this.tracing,
      ...this.#ports, // connect, speakers, microphone, mark
      sound: this.sound,
      request: (name, members) => this.#session.request(name, members),
      createKeys: (room, ports) =>
        createKeys({ device, book, role: this.me.value?.role ?? 'member', room, ports }),
      notice: (key, params) => this.#tell(key, params),
      failed: (code) => this.#tell(errorKey(code), { n: MOST_PEOPLE }),
      left,
      moved: (card) => this.elsewhere.left(card),
      met: (people) => this.#known.met(people),
      lang: () => this.#ports.page.lang(),
      chains: {
        inviters: (account) => this.#core.member?.book.inviters(account) ?? null,
        nameOf: (account) => this.#known.nameOf(account),
        picture: (account) => this.#account.picture(account),
      },
    };
  }

  #onRoomOver(room: Room): void {
    if (this.#current.value !== room) return;
    this.#current.value = null;
    this.#ports.page.show('/');
    if (this.screen.value.at === 'room') this.screen.value = { at: 'hall' };
  }

  #hereIs(card: RoomCard): void {
    if (card.id === this.#current.value?.id) this.#current.value.onCard(card);
  }

  #card(id: Id): RoomCard {
    return this.#hall.card(id) ?? unknownRoom(id);
  }

  #tell(key: NoticeKey | ReturnType<typeof errorKey>, params: Notice['params'] = {}, urgent = false): void {
    this.notice.value = { key, params, urgent };
  }

  #inRoom(act: (room: Room) => Promise<Outcome>): Promise<Outcome> {
    const room = this.#current.value;
    return room ? act(room) : Promise.resolve(failed('not_in_room'));
  }
}
