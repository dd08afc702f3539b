// Histograms as shapes, from counts and edges.

/** Bars of a histogram as shares of the drawing's width and height, tallest 1. */
export function bars(counts, edges) {
  const most = Math.max(1, ...counts);
  const low = edges[0];
  const width = edges[edges.length - 1] - low || 1;
  return Array.from(counts, (count, i) => ({
    x: (edges[i] - low) / width,
    width: (edges[i + 1] - edges[i]) / width,
    height: count / most,
    count,
    from: edges[i],
    to: edges[i + 1],
  }));
}

/** Mean and standard deviation that a histogram tells, from the middles of its bars. */
export function moments(counts, edges) {
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < counts.length; i++) {
    const middle = (edges[i] + edges[i + 1]) / 2;
    count += counts[i];
    sum += counts[i] * middle;
    squares += counts[i] * middle * middle;
  }
  if (!count) return { count: 0, mean: 0, deviation: 0 };
  const mean = sum / count;
  return { count, mean, deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)) };
}

/** The bar under a share of the width, or null. */
export function under(shapes, share) {
  return shapes.find((bar) => share >= bar.x && share <= bar.x + bar.width) ?? null;
}
