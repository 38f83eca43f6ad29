// The sound check: a chord for the ears, a meter for the microphone. Loaded when somebody opens it.

import { constraintsOf, type MicWish } from './microphone.ts';
import { peak, sink } from './speakers.ts';

const CHORD_HZ = [261.63, 329.63, 392, 523.25]; // C major, from middle C
const CHORD_S = 1.6;
const LOUD = 0.12; // of one tone
const METER_MS = 50;

// Through an <audio> element and the device that was chosen: as a room is heard, so what can fail there fails here.
export async function playChord(device: string): Promise<void> {
  const context = new AudioContext();
  const element = document.createElement('audio');
  try {
    const out = context.createMediaStreamDestination();
    CHORD_HZ.forEach((hz, i) => {
      const tone = context.createOscillator();
      const gain = context.createGain();
      const from = context.currentTime + 0.1 + i * 0.15; // one after the other, softly in and out
      tone.frequency.value = hz;
      gain.gain.setValueAtTime(0, from);
      gain.gain.linearRampToValueAtTime(LOUD, from + 0.05);
      gain.gain.setTargetAtTime(0, from + 0.5, 0.25);
      tone.connect(gain).connect(out);
      tone.start(from);
      tone.stop(from + CHORD_S);
    });
    element.srcObject = out.stream;
    await sink(element, device);
    await Promise.all([context.resume(), element.play()]);
    await new Promise((done) => setTimeout(done, (CHORD_S + 0.6) * 1000));
  } finally {
    element.srcObject = null;
    void context.close().catch(() => undefined);
  }
}

// Opens the microphone and says how loud it is, 0 to 1, until the function that comes back is called. Rejects as
// getUserMedia does.
export async function meter(wish: MicWish, onLevel: (level: number) => void): Promise<() => void> {
  const stream = await navigator.mediaDevices.getUserMedia(constraintsOf(wish));
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  void context.resume();
  const timer = setInterval(() => onLevel(peak(analyser)), METER_MS);
  return () => {
    clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
    void context.close().catch(() => undefined);
  };
}
