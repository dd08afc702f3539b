// The keyboard: which key does what. Keys typed into a field are the field's.

export const KEYS = [
  { key: " ", shown: "Space", does: "play", says: "play_or_pause" },
  { key: ".", shown: ".", does: "step", says: "one_step" },
  { key: "e", shown: "E", does: "epoch", says: "one_epoch" },
  { key: "r", shown: "R", does: "reset", says: "start_anew" },
  { key: "[", shown: "[", does: "slower", says: "slower" },
  { key: "]", shown: "]", does: "faster", says: "faster" },
  { key: ",", shown: ",", does: "back", says: "back_one_epoch" },
  { key: "j", shown: "J", does: "previous_sample", says: "previous_sample" },
  { key: "k", shown: "K", does: "next_sample", says: "next_sample" },
  { key: "t", shown: "T", does: "theme", says: "light_or_dark" },
  { key: "l", shown: "L", does: "language", says: "other_language" },
  { key: "?", shown: "?", does: "help", says: "keys_of_the_page" },
];

const TYPED = new Set(["INPUT", "TEXTAREA", "SELECT"]);
const PRESSED = new Set(["BUTTON", "A", "SUMMARY"]);

/** What a key does here, or null. */
export function action(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return null;
  const tag = event.target?.tagName;
  if (event.target?.isContentEditable) return null;
  if (TYPED.has(tag) && !["range", "checkbox", "radio"].includes(event.target.type)) return null;
  const idle = event.target?.type === "range" || (event.target?.type === "radio" && event.target.checked);
  if (event.key === " " && (PRESSED.has(tag) || (TYPED.has(tag) && !idle))) return null; // presses it
  const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return KEYS.find(({ key }) => key === pressed)?.does ?? null;
}
