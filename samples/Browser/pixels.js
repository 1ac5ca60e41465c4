// Written by `mlvision new --browser`.
// Turns a picture into the pixels that the model was trained on: the centre of the picture, resized to a square as ML.NET's
// ResizeImages(IsoCrop) does it, by a cubic of 4 × 4 source pixels without averaging.

const TAPS = 4;
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
  const isCopied = width === size && height === size;
  const across = axisOf(size, place.left, place.width, width, isCopied);
  const down = axisOf(size, place.top, place.height, height, isCopied);
  const pixels = new Uint8Array(size * size * 3);
  const first = Math.min(...across.first);
  const columns = Math.max(...across.first) + TAPS - first;

  // Bands of rows, so that a picture of 50 megapixels is never copied as a whole.
  for (let begin = 0; begin < size;) {
    const top = down.first[begin];
    let end = begin + 1;
    while (end < size && (down.first[end] + TAPS - top) * columns <= MOST_PIXELS_AT_ONCE) {
      end++;
    }

    const band = readBand(picture, width, height, first, top, columns, down.first[end - 1] + TAPS - top);
    for (let y = begin; y < end; y++) {
      drawRow(band, columns, first, down.first[y] - top, down.weights.subarray(y * TAPS, (y + 1) * TAPS), across, pixels, y * size * 3);
    }

    begin = end;
  }

  return pixels;
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

/** For each pixel of the square along an axis: the first of the source pixels that make it, and their weights. */
function axisOf(size, offset, placed, source, isCopied) {
  const first = new Int32Array(size);
  const weights = new Float64Array(size * TAPS);
  for (let target = 0; target < size; target++) {
    if (isCopied) {
      first[target] = target;
      weights[target * TAPS] = 1;
      continue;
    }

    const centre = (target + 0.5 - offset) * source / placed - 0.5;
    const nearest = Math.floor(centre);
    first[target] = nearest - 1;
    // Because of truncation, the last row or column may lie outside of the picture: it stays black.
    if (target - offset < placed) {
      for (let tap = 0; tap < TAPS; tap++) {
        weights[target * TAPS + tap] = mitchell(Math.abs(centre - (nearest - 1 + tap)));
      }
    }
  }

  return { first, weights };
}

/** Mitchell and Netravali 1988, equation 8, with B = C = 1/3. */
function mitchell(distance) {
  return distance < 1 ? ((21 * distance - 36) * distance * distance + 16) / 18
    : distance < 2 ? (((-7 * distance + 36) * distance - 60) * distance + 32) / 18
      : 0;
}

/** Pixels of a part of the picture, multiplied by their opacity; beyond the edges, the outermost pixels are repeated. */
function readBand(picture, width, height, left, top, columns, rows) {
  const [x, y] = [clamp(left, width), clamp(top, height)];
  const [w, h] = [clamp(left + columns - 1, width) - x + 1, clamp(top + rows - 1, height) - y + 1];
  const canvas = new OffscreenCanvas(w, h);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, x, y, w, h, 0, 0, w, h);
  const inside = context.getImageData(0, 0, w, h).data;
  const band = new Uint8ClampedArray(columns * rows * 3);
  for (let row = 0, to = 0; row < rows; row++) {
    const line = (clamp(top + row, height) - y) * w;
    for (let column = 0; column < columns; column++, to += 3) {
      const from = (line + clamp(left + column, width) - x) * 4;
      const opacity = inside[from + 3] / 255;
      band[to] = inside[from] * opacity;
      band[to + 1] = inside[from + 1] * opacity;
      band[to + 2] = inside[from + 2] * opacity;
    }
  }

  return band;
}

function drawRow(band, columns, left, row, weights, across, pixels, to) {
  for (let x = 0; x < across.first.length; x++) {
    for (let colour = 0; colour < 3; colour++, to++) {
      let sum = 0;
      for (let i = 0; i < TAPS; i++) {
        if (weights[i] === 0) {
          continue;
        }

        let from = ((row + i) * columns + across.first[x] - left) * 3 + colour;
        let line = 0;
        for (let j = 0; j < TAPS; j++, from += 3) {
          line += across.weights[x * TAPS + j] * band[from];
        }

        sum += weights[i] * line;
      }

      pixels[to] = Math.min(Math.max(Math.floor(sum + 0.5), 0), 255);
    }
  }
}

function clamp(index, length) {
  return Math.min(Math.max(index, 0), length - 1);
}
