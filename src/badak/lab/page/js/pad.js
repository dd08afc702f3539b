// A pad to draw a digit on with mouse or finger, and what a network gets of it.

/**
 * The ink of a drawing as pixels, 0 to 1: cut out, scaled into the middle, averaged.
 *
 * `alpha` are the drawing's inks, 0 to 255; the result is rows x columns, made as the data sets'
 * pictures are: those of 8x8 are filled from edge to edge; in larger ones the digit has 20 of 28
 * rows, and its centre of mass is in the middle.
 */
export function pixelsOf(alpha, width, height, rows, columns) {
  const small = Math.min(rows, columns) <= 10;
  const fill = small ? 1 : 20 / 28;
  let [left, top, right, bottom] = [width, height, -1, -1];
  let [mass, massX, massY] = [0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const ink = alpha[y * width + x];
      if (ink < 32) continue;
      mass += ink;
      massX += ink * (x + 0.5);
      massY += ink * (y + 0.5);
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
  const [x, y] = small ? [(left + right + 1) / 2, (top + bottom + 1) / 2] : [massX / mass, massY / mass];
  const x0 = x - (columns * cell) / 2;
  const y0 = y - (rows * cell) / 2;
  const fine = Math.max(2, Math.ceil(cell / 2)); // points within a cell, along each side
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let a = 0; a < fine; a++) {
        const down = Math.floor(y0 + (i + (a + 0.5) / fine) * cell);
        if (down < 0 || down >= height) continue;
        for (let b = 0; b < fine; b++) {
          const across = Math.floor(x0 + (j + (b + 0.5) / fine) * cell);
          if (across >= 0 && across < width) sum += alpha[down * width + across];
        }
      }
      pixels[i * columns + j] = sum / (255 * fine * fine);
    }
  }
  // Thin strokes are made as strong as those of the data: the darkest pixel is full.
  const most = Math.max(...pixels);
  return most > 0 ? pixels.map((value) => Math.min(1, value / most)) : pixels;
}
