// Written by `mlvision new --browser`.
// Turns a picture into the pixels that the model was trained on: its centre, resized to a square as ML.NET's ResizeImages(IsoCrop) does
// it. That draws with Skia, which enlarges by a cubic, and shrinks by halving the picture, again and again, before it interpolates.

const COLOURS = 3;
const MOST_PIXELS_AT_ONCE = 1 << 20;

/**
 * Reads and resizes a picture.
 * @param {CanvasImageSource} picture What to draw.
 * @param {number} width Its width in pixels.
 * @param {number} height Its height in pixels.
 * @param {number} size Width and height of the square.
 * @returns {Uint8Array} [size, size, 3]: red, green and blue, 0..255.
 */
export function squareOf(picture, width, height, size) {
  const place = placeOf(width, height, size);
  const [scaleX, scaleY] = [place.width / width, place.height / height];
  const filter = Math.min(scaleX, scaleY) < 1 ? LINEAR : Math.max(scaleX, scaleY) === 1 ? COPY : CUBIC;
  const source = readHalved(picture, width, height, Math.max(0, Math.floor(-Math.log2(Math.sqrt(scaleX * scaleY)))));
  const across = axisOf(filter, size, place.left, place.width, source.width);
  const down = axisOf(filter, size, place.top, place.height, source.height);
  return resample(source, across, down, filter, size);
}

/** Where the whole picture is placed so that its centre fills the square; in single precision and truncated, as ML.NET has it. */
export function placeOf(width, height, size) {
  const f = Math.fround;
  const [scaleX, scaleY] = [f(f(size) / f(width)), f(f(size) / f(height))];
  const scale = Math.max(scaleX, scaleY);
  const [placedWidth, placedHeight] = [f(width * scale), f(height * scale)];
  return {
    left: scaleY < scaleX ? 0 : Math.trunc(f(f(size - placedWidth) / 2)),
    top: scaleY < scaleX ? Math.trunc(f(f(size - placedHeight) / 2)) : 0,
    width: Math.trunc(placedWidth),
    height: Math.trunc(placedHeight),
  };
}

/** How many pixels along an axis make one, their weights by the distance behind the first, and how sums become bytes. */
const COPY = { taps: 1, shift: 0, weight: () => 1, round: sum => sum };

const LINEAR = {
  taps: 2,
  shift: 0,
  weight: (fraction, tap) => tap === 0 ? 1 - fraction : fraction,
  round: sum => Math.floor(sum + 0.5),
};

/** Mitchell and Netravali 1988, equation 8, with B = C = 1/3. */
const CUBIC = {
  taps: 4,
  shift: -1,
  weight: (fraction, tap) => mitchell(Math.abs(fraction + 1 - tap)),
  round: sum => Math.min(Math.max(Math.floor(sum + 0.5), 0), 255),
};

function mitchell(distance) {
  return distance < 1 ? ((21 * distance - 36) * distance * distance + 16) / 18
    : distance < 2 ? (((-7 * distance + 36) * distance - 60) * distance + 32) / 18
      : 0;
}

/** For each pixel of the square along an axis: the first of the source pixels that make it, and their weights. */
function axisOf({ taps, shift, weight }, size, offset, placed, source) {
  const first = new Int32Array(size);
  const weights = new Float64Array(size * taps);
  for (let target = 0; target < size; target++) {
    const place = (target + 0.5 - offset) * source / placed - 0.5;
    const nearest = Math.floor(place + (taps === 1 ? 0.5 : 0));
    first[target] = nearest + shift;
    // Because of truncation, the last row or column may lie outside of the picture: it stays black.
    for (let tap = 0; tap < taps && target - offset < placed; tap++) {
      weights[target * taps + tap] = weight(place - nearest, tap);
    }
  }

  return { first, weights };
}

/** Adds up source pixels, first along the rows; beyond the edges, the outermost pixels are repeated. */
function resample(source, across, down, { taps, round }, size) {
  const pixels = new Uint8Array(size * size * COLOURS);
  const sums = new Float64Array(COLOURS);
  for (let y = 0, to = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      sums.fill(0);
      for (let i = 0; i < taps; i++) {
        const row = clamp(down.first[y] + i, source.height) * source.width;
        for (let j = 0; j < taps; j++) {
          const from = (row + clamp(across.first[x] + j, source.width)) * COLOURS;
          const weight = down.weights[y * taps + i] * across.weights[x * taps + j];
          sums[0] += weight * source.pixels[from];
          sums[1] += weight * source.pixels[from + 1];
          sums[2] += weight * source.pixels[from + 2];
        }
      }

      for (let colour = 0; colour < COLOURS; colour++) {
        pixels[to++] = round(sums[colour]);
      }
    }
  }

  return pixels;
}

/** The picture's pixels, after it was halved a number of times. */
function readHalved(picture, width, height, halvings) {
  if (halvings === 0) {
    return { width, height, pixels: readRows(picture, width, 0, height) };
  }

  // The first time in bands of rows, so that a picture of 50 megapixels is never copied as a whole.
  let halved = { width: Math.max(1, width >> 1), height: Math.max(1, height >> 1) };
  halved.pixels = new Uint8Array(halved.width * halved.height * COLOURS);
  const rows = Math.max(1, Math.floor(MOST_PIXELS_AT_ONCE / width / 2));
  for (let row = 0; row < halved.height; row += rows) {
    const count = Math.min(rows, halved.height - row);
    const needed = Math.min(2 * count + 1, height - 2 * row);
    halve(readRows(picture, width, 2 * row, needed), width, height, halved, row, count);
  }

  for (let time = 1; time < halvings && halved.width + halved.height > 2; time++) {
    const half = { width: Math.max(1, halved.width >> 1), height: Math.max(1, halved.height >> 1) };
    half.pixels = new Uint8Array(half.width * half.height * COLOURS);
    halve(halved.pixels, halved.width, halved.height, half, 0, half.height);
    halved = half;
  }

  return halved;
}

/** Averages two pixels along each axis, or three by 1, 2, 1 where their number is odd, so that none is left out. */
function halve(source, width, height, target, row, count) {
  const [across, down] = [tapsFor(width), tapsFor(height)];
  const total = across.reduce((sum, weight) => sum + weight) * down.reduce((sum, weight) => sum + weight);
  for (let y = 0; y < count; y++) {
    let to = (row + y) * target.width * COLOURS;
    for (let x = 0; x < target.width; x++) {
      for (let colour = 0; colour < COLOURS; colour++, to++) {
        let sum = 0;
        for (let i = 0; i < down.length; i++) {
          const from = ((2 * y + i) * width + 2 * x) * COLOURS + colour;
          for (let j = 0; j < across.length; j++) {
            sum += down[i] * across[j] * source[from + j * COLOURS];
          }
        }

        target.pixels[to] = Math.floor(sum / total);
      }
    }
  }
}

function tapsFor(length) {
  return length === 1 ? [1] : length % 2 === 0 ? [1, 1] : [1, 2, 1];
}

/** Reads rows of the picture: red, green and blue, multiplied by their opacity. */
function readRows(picture, width, top, rows) {
  const canvas = new OffscreenCanvas(width, rows);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, 0, top, width, rows, 0, 0, width, rows);
  const read = context.getImageData(0, 0, width, rows).data;
  const pixels = new Uint8Array(width * rows * COLOURS);
  for (let from = 0, to = 0; from < read.length; from += 4, to += COLOURS) {
    const opacity = read[from + 3] / 255;
    pixels[to] = Math.round(read[from] * opacity);
    pixels[to + 1] = Math.round(read[from + 1] * opacity);
    pixels[to + 2] = Math.round(read[from + 2] * opacity);
  }

  return pixels;
}

function clamp(index, length) {
  return Math.min(Math.max(index, 0), length - 1);
}
