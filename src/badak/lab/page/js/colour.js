// The project's colours, and numbers as colours: blue below zero, orange above.

export const THEMES = {
  light: {
    ground: [255, 255, 255],
    ink: [31, 35, 40],
    quiet: [89, 97, 107],
    faint: [201, 206, 214],
    middle: [247, 247, 247],
    series: ["#0067a5", "#c85200", "#00805a", "#a8487c", "#8a6d00", "#3d9bd4", "#5b5f66", "#6b4fb3",
      "#b3322e", "#4d7a1f"].map(rgb),
  },
  dark: {
    ground: [22, 25, 29],
    ink: [230, 232, 235],
    quiet: [166, 171, 179],
    faint: [74, 80, 88],
    middle: [42, 46, 52],
    series: ["#4fb0ec", "#f0883e", "#2fc79a", "#e08bb8", "#e6c84f", "#8fd0f5", "#a6abb3", "#b39ef2",
      "#ff8f80", "#a3d977"].map(rgb),
  },
};

/** The three numbers of "#rrggbb". */
export function rgb(hex) {
  return [1, 3, 5].map((place) => Number.parseInt(hex.slice(place, place + 2), 16));
}

/** A colour between two, at a share from 0 to 1. */
export function mix(from, to, share) {
  return from.map((value, i) => Math.round(value + (to[i] - value) * share));
}

export function css([red, green, blue], alpha = 1) {
  return alpha === 1 ? `rgb(${red} ${green} ${blue})` : `rgb(${red} ${green} ${blue} / ${alpha})`;
}

/** 256 colours for -1 to 1: the first series below zero, the second above. */
export function diverging(theme) {
  const { series, middle } = THEMES[theme];
  return table((share) =>
    share < 0.5
      ? mix(middle, series[0], 1 - 2 * share)
      : mix(middle, series[1], 2 * share - 1),
  );
}

/** 256 colours for 0 to 1, from the ground's to a full blue. */
export function sequential(theme) {
  const { ground, series } = THEMES[theme];
  return table((share) => mix(ground, series[0], share));
}

/** 256 greys for pixels: ink on the ground. */
export function greys(theme) {
  const { ground, ink } = THEMES[theme];
  return table((share) => mix(ground, ink, share));
}

function table(colour) {
  const colours = new Uint8ClampedArray(256 * 3);
  for (let i = 0; i < 256; i++) colours.set(colour(i / 255), 3 * i);
  return colours;
}

/** The place in a table of 256 for a value between low and high. */
export function place(value, low, high) {
  if (Number.isNaN(value)) return 127;
  const share = high > low ? (value - low) / (high - low) : 0.5;
  return Math.max(0, Math.min(255, Math.round(255 * share)));
}

/** The colour of a class, as three numbers. */
export function ofClass(theme, label) {
  const { series } = THEMES[theme];
  return series[((label % series.length) + series.length) % series.length];
}

/** The contrast of two colours as WCAG 2 counts it, 1 to 21. */
export function contrast(first, second) {
  const [dark, light] = [luminance(first), luminance(second)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour) {
  const [red, green, blue] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
