// The embedder and its worklet come in a chunk of their own, when somebody first speaks.

import type { Variants } from '../mark/variants.ts';

export type { Variants };

export async function markMicrophone(
  microphone: MediaStreamTrack,
  patternKey: Uint8Array<ArrayBuffer>,
): Promise<Variants> {
  return (await import('../mark/variants.ts')).markMicrophone(microphone, patternKey);
}
