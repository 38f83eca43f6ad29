// What end-to-end encryption needs from the browser. There is no fallback: what is missing is named.

async function generates(
  subtle: SubtleCrypto,
  algorithm: 'Ed25519' | 'X25519',
  usages: KeyUsage[],
): Promise<boolean> {
  try {
    await subtle.generateKey({ name: algorithm }, false, usages);
    return true;
  } catch {
    return false;
  }
}

export async function missingFeature(scope: typeof globalThis = globalThis): Promise<string | null> {
  if (!scope.isSecureContext) return 'HTTPS';
  if (!('WebSocket' in scope)) return 'WebSocket';
  if (!('indexedDB' in scope)) return 'IndexedDB';
  if (!('RTCPeerConnection' in scope)) return 'WebRTC';
  if (!('RTCRtpScriptTransform' in scope)) return 'RTCRtpScriptTransform';
  if (!scope.crypto?.subtle) return 'WebCrypto';
  if (!(await generates(scope.crypto.subtle, 'Ed25519', ['sign', 'verify']))) return 'Ed25519';
  if (!(await generates(scope.crypto.subtle, 'X25519', ['deriveBits']))) return 'X25519';
  return null;
}
