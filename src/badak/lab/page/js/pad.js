// A pad to draw a digit on with mouse or finger, and what a network gets of it.

/**
 * The ink of a drawing as pixels, 0 to 1: cut out, scaled into the middle, averaged.
 *
 * `alpha` are the drawing's inks, 0 to 255; the result is rows x columns. The digit fills
 * `fill` of the picture, as in the data sets of digits.
 */
export function pixelsOf(alpha, width, height, rows, columns, fill = 0.8) {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (alpha[y * width + x] < 32) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  const pixels = new Float32Array(rows * columns);
  if (right < 0) return pixels;
  const size = Math.max(right - left + 1, bottom - top + 1);
  const cell = size / (fill * Math.min(rows, columns));
  const x0 = (left + right + 1) / 2 - (columns * cell) / 2;
  const y0 = (top + bottom + 1) / 2 - (rows * cell) / 2;
  const fine = Math.max(2, Math.ceil(cell / 2)); // points within a cell, along each side
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let a = 0; a < fine; a++) {
        const y = Math.floor(y0 + (i + (a + 0.5) / fine) * cell);
        if (y < 0 || y >= height) continue;
        for (let b = 0; b < fine; b++) {
          const x = Math.floor(x0 + (j + (b + 0.5) / fine) * cell);
          if (x >= 0 && x < width) sum += alpha[y * width + x];
        }
      }
      pixels[i * columns + j] = sum / (255 * fine * fine);
    }
  }
  // Thin strokes are made as strong as those of the data: the darkest pixel is full.
  const most = Math.max(...pixels);
  return most > 0 ? pixels.map((value) => Math.min(1, value / most)) : pixels;
}
