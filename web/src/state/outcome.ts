import { RequestError } from '../socket/failure.ts';
import { errorCode } from './keys.ts';
import type { Outcome } from './model.ts';

export const failed = (code: string): Outcome<never> => ({ ok: false, code });

// Runs what may reject and says how it went. Nothing that fails here is the person's fault or ours to hide:
// an error without a code is a bug, and is left in the console for whoever looks.
export async function attempt<T>(run: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await run() };
  } catch (error) {
    if (!(error instanceof RequestError)) {
      console.error(error);
      return failed('internal');
    }
    const code = errorCode(error.code);
    const wait = error.retry_after_ms;
    return wait === undefined ? failed(code) : { ok: false, code, retryAfterMs: wait };
  }
}
