// Where units and weights of a network are drawn.

export const NODE = 36; // the side of a unit, in pixels
export const GAP = 8; // between units
export const MOST = 10; // units of a layer that are drawn; of more the first and the last

/** The units that are drawn of a layer: all, or the first ones and the last. */
export function shownUnits(units, most = MOST) {
  if (units <= most) return Array.from({ length: units }, (_, unit) => unit);
  return [...Array.from({ length: most - 1 }, (_, unit) => unit), units - 1];
}

/** The middle of each unit shown, from the top, in a column of a height. */
export function column(count, height, { node = NODE, gap = GAP } = {}) {
  const whole = count * node + (count - 1) * gap;
  const top = Math.max(0, (height - whole) / 2);
  return Array.from({ length: count }, (_, i) => top + i * (node + gap) + node / 2);
}

/** The height that the tallest column needs. */
export function tallest(counts, { node = NODE, gap = GAP } = {}) {
  const most = Math.max(1, ...counts);
  return most * node + (most - 1) * gap;
}

/** Width and opacity of a weight's line: by its size as a share of the layer's largest. */
export function stroke(weight, most) {
  const share = most > 0 && Number.isFinite(weight) ? Math.min(1, Math.abs(weight) / most) : 0;
  return { width: 0.5 + 4.5 * share, alpha: 0.12 + 0.83 * Math.sqrt(share) };
}

/** The point of a weight's curve at a share of the way, from left to right. */
export function along({ x0, y0, x1, y1 }, share) {
  const bend = (x1 - x0) / 2;
  const rest = 1 - share;
  const at = (a, b, c, d) =>
    rest ** 3 * a + 3 * rest ** 2 * share * b + 3 * rest * share ** 2 * c + share ** 3 * d;
  return [at(x0, x0 + bend, x1 - bend, x1), at(y0, y0, y1, y1)];
}

/** The line nearest to a point within some pixels, or null. */
export function nearest(lines, x, y, within = 6) {
  let best = null;
  let least = within;
  for (const line of lines) {
    if (x < line.x0 || x > line.x1) continue;
    // The curve's x is a cubic of the share; a few halvings find the share of this x.
    let low = 0;
    let high = 1;
    for (let i = 0; i < 12; i++) {
      const middle = (low + high) / 2;
      if (along(line, middle)[0] < x) low = middle;
      else high = middle;
    }
    const distance = Math.abs(along(line, low)[1] - y);
    if (distance < least) {
      least = distance;
      best = line;
    }
  }
  return best;
}
