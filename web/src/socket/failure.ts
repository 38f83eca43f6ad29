import type { WireError } from '../api/messages.ts';

// What a request can end with beside its reply. The codes of docs/protocol.md "Errors" come from the
// server; these three are the client's own: the request never arrived, was never answered, or was
// answered with something that is no such reply.
export type LocalCode = 'offline' | 'timeout' | 'bad_reply';

export class RequestError extends Error implements WireError {
  readonly code: string;
  readonly retry_after_ms?: number;

  constructor(error: WireError) {
    super(error.message);
    this.name = 'RequestError';
    this.code = error.code;
    if (error.retry_after_ms !== undefined) this.retry_after_ms = error.retry_after_ms;
  }

  static local(code: LocalCode, message: string): RequestError {
    return new RequestError({ code, message });
  }
}

const PASSING = new Set([
  'offline',
  'timeout',
  'rate_limited',
  'busy',
  'server_full',
  'store_failed',
  'internal',
]);

// Whether the same request may well succeed later: nothing was wrong with it.
export const passes = (code: string): boolean => PASSING.has(code);
