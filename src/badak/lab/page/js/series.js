// Lines over time that were measured at different steps.

/** One axis of steps for all lines, with null where a line has no value. */
export function joined(lines) {
  const steps = [...new Set(lines.flatMap((line) => Array.from(line.x)))].sort((a, b) => a - b);
  const place = new Map(steps.map((step, i) => [step, i]));
  return [steps, ...lines.map((line) => {
    const values = new Array(steps.length).fill(null);
    for (let i = 0; i < line.x.length; i++) {
      if (Number.isFinite(line.y[i])) values[place.get(line.x[i])] = line.y[i];
    }
    return values;
  })];
}
