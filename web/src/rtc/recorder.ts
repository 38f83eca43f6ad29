// Records what is heard in the room and what we say ourselves, into this browser's memory and from there into a file
// of whoever records. It runs only while state/recording.ts says that everybody on stage has agreed. And the two
// tones by which everybody hears that it begins and that it ends.

export interface RoomSound {
  heard: MediaStream[]; // one per slot
  mine: MediaStreamTrack | null;
}

export interface RecordedFile {
  blob: Blob;
  name: string;
}

const KINDS = ['audio/webm;codecs=opus', 'audio/mp4'];
const SLICE_MS = 1_000; // so that a page that is closed loses little of what the browser could still save
const TONE_S = 0.18;
const LOW_HZ = 440;
const HIGH_HZ = 660;

export class Recorder {
  readonly #sound: () => RoomSound;
  #context: AudioContext | null = null;
  #mix: MediaStreamAudioDestinationNode | null = null;
  #sources: MediaStreamAudioSourceNode[] = [];
  #recorder: MediaRecorder | null = null;
  #parts: Blob[] = [];
  #mine: MediaStreamTrack | null = null;
  #watch: ReturnType<typeof setInterval> | undefined;

  constructor(sound: () => RoomSound) {
    this.#sound = sound;
  }

  static available(): boolean {
    return typeof MediaRecorder === 'function' && KINDS.some((kind) => MediaRecorder.isTypeSupported(kind));
  }

  start(): void {
    if (this.#recorder) {
      if (this.#recorder.state === 'paused') this.#recorder.resume();
      return;
    }
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)) ?? '';
    this.#context = new AudioContext();
    this.#mix = this.#context.createMediaStreamDestination();
    this.#connect();
    this.#recorder = new MediaRecorder(this.#mix.stream, { mimeType });
    this.#recorder.ondataavailable = ({ data }) => data.size > 0 && this.#parts.push(data);
    this.#recorder.start(SLICE_MS);
    // A microphone that was opened or changed meanwhile.
    this.#watch = setInterval(() => this.#sound().mine !== this.#mine && this.#connect(), SLICE_MS);
  }

  pause(): void {
    if (this.#recorder?.state === 'recording') this.#recorder.pause();
  }

  soundChanged(): void {
    if (this.#recorder) this.#connect();
  }

  // Null: nothing was recorded.
  async finish(): Promise<RecordedFile | null> {
    const recorder = this.#recorder;
    const context = this.#context;
    clearInterval(this.#watch);
    this.#recorder = this.#context = this.#mix = null;
    if (!recorder) return null;
    await new Promise<void>((resolve) => {
      recorder.onstop = () => resolve();
      if (recorder.state === 'inactive') resolve();
      else recorder.stop();
    });
    for (const source of this.#sources) source.disconnect();
    this.#sources = [];
    void context?.close().catch(() => undefined);
    const parts = this.#parts;
    this.#parts = [];
    if (parts.length === 0) return null;
    const type = recorder.mimeType || 'audio/webm';
    const ending = type.startsWith('audio/mp4') ? 'm4a' : 'webm';
    const day = new Date().toISOString().slice(0, 16).replace(/[:T]/g, '-');
    return { blob: new Blob(parts, { type }), name: `aparte-${day}.${ending}` };
  }

  #connect(): void {
    const { heard, mine } = this.#sound();
    for (const source of this.#sources) source.disconnect();
    this.#mine = mine;
    const streams = mine ? [...heard, new MediaStream([mine])] : heard;
    this.#sources = streams.flatMap((stream) => {
      if (!this.#context || !this.#mix || stream.getAudioTracks().length === 0) return [];
      const source = this.#context.createMediaStreamSource(stream);
      source.connect(this.#mix);
      return [source];
    });
  }
}

// Two short notes: upwards when a recording begins to run, downwards when it does not any more. Made here, at every
// client on its own, so that no sound has to travel for it.
export function tone(up: boolean): void {
  if (typeof AudioContext !== 'function') return;
  const context = new AudioContext();
  const [first, second] = up ? [LOW_HZ, HIGH_HZ] : [HIGH_HZ, LOW_HZ];
  play(context, first, 0);
  const last = play(context, second, TONE_S);
  last.onended = () => void context.close().catch(() => undefined);
}

function play(context: AudioContext, hertz: number, after: number): OscillatorNode {
  const at = context.currentTime + after;
  const note = context.createOscillator();
  const gain = context.createGain();
  note.frequency.value = hertz;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(0.15, at + 0.02);
  gain.gain.linearRampToValueAtTime(0, at + TONE_S);
  note.connect(gain).connect(context.destination);
  note.start(at);
  note.stop(at + TONE_S);
  return note;
}
