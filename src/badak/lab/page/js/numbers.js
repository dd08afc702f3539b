// Numbers as texts: short ones for the eye, exact ones where they are asked for.

const MINUS = "−";

/** A number with a few significant digits: 0.01234 -> "0.0123", 1234567 -> "1.23e6". */
export function short(value, digits = 3) {
  if (value === null || value === undefined) return "–";
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : `${MINUS}∞`;
  if (value === 0) return "0";
  const size = Math.abs(value);
  let text;
  if (size >= 1e6 || size < 1e-4) {
    const [mantissa, exponent] = size.toExponential(digits - 1).split("e");
    text = `${trimmed(mantissa)}e${exponent.replace("+", "").replace("-", MINUS)}`;
  } else {
    const rounded = Number(size.toPrecision(digits));
    const places = Math.max(0, digits - 1 - Math.floor(Math.log10(rounded)));
    text = trimmed(rounded.toFixed(places));
  }
  return value < 0 ? MINUS + text : text;
}

/** A share as a percentage: 0.98765 -> "98.8 %" without the space. */
export function percent(share, places = 1) {
  return share === null || share === undefined || Number.isNaN(share)
    ? "–"
    : `${(100 * share).toFixed(places)}%`;
}

/** A whole number with commas. */
export function whole(value) {
  return value === null || value === undefined ? "–" : Math.round(value).toLocaleString("en");
}

/** All digits that a float32 has, and no more. */
export function exact(value) {
  if (value === null || value === undefined) return "–";
  if (!Number.isFinite(value)) return short(value);
  for (let digits = 6; digits <= 9; digits++) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === Math.fround(value)) return String(text).replace("-", MINUS);
  }
  return String(Number(value.toPrecision(9))).replace("-", MINUS); // of no float32, such as a mean of two
}

/** A speed: samples a second. */
export function rate(value) {
  if (!value) return "0";
  if (value >= 1e6) return `${short(value / 1e6, 3)}M`;
  if (value >= 1e4) return `${Math.round(value / 1e3)}k`;
  return value >= 10 ? whole(value) : short(value, 2);
}

/** Seconds as a text: "0.8 s", "2:05". */
export function seconds(value) {
  if (value < 60) return `${value.toFixed(1)} s`;
  const rest = Math.floor(value % 60);
  return `${Math.floor(value / 60)}:${String(rest).padStart(2, "0")}`;
}

function trimmed(text) {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
