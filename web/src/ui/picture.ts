// Any picture that the browser can read, as a small square that the server takes: 24 KB and 256 pixels at most. Made anew from
// its pixels, so that places and cameras written in the file do not travel along.

const SIDE = 256;
const MOST_BYTES = 24 << 10;
const MOST_FILE_BYTES = 32 << 20;
const QUALITIES = [0.9, 0.8, 0.65, 0.5, 0.35];

async function encode(canvas: HTMLCanvasElement): Promise<Blob | null> {
  for (const quality of QUALITIES) {
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', quality));
    if (blob && blob.size <= MOST_BYTES) return blob;
  }
  return null;
}

/** Null: not a picture, or one that no browser should be asked to open. */
export async function smallPicture(file: Blob): Promise<Blob | null> {
  if (file.size > MOST_FILE_BYTES) return null;
  const image = await createImageBitmap(file).catch(() => null);
  if (!image) return null;
  const side = Math.min(image.width, image.height);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = Math.min(SIDE, side);
  const context = canvas.getContext('2d');
  if (!context || side === 0) return null;
  context.fillStyle = '#fff'; // what was transparent
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(
    image,
    (image.width - side) / 2,
    (image.height - side) / 2,
    side,
    side,
    0,
    0,
    canvas.width,
    canvas.height,
  );
  image.close();
  return encode(canvas);
}
