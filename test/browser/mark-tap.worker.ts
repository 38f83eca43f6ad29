// Passes encoded frames through, and tells the page of each: which sender's, when in RTP time, and what is in it.

export {};

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;

scope.onrtctransform = (event: RTCTransformEvent) => {
  const { readable, writable, options } = event.transformer;
  const tap = new TransformStream<RTCEncodedAudioFrame, RTCEncodedAudioFrame>({
    async transform(frame, controller) {
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', frame.data));
      scope.postMessage({
        variant: options.variant,
        rtp: frame.getMetadata().rtpTimestamp,
        hash: hash.join(' '),
      });
      controller.enqueue(frame);
    },
  });
  void readable.pipeThrough(tap).pipeTo(writable);
};
