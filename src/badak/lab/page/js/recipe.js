// Edits of a recipe. Each returns a new recipe; none changes the one it is given.

const UNITS = new Set(["dense"]);

/** The recipe with the value at a path such as ["data", "noise"] set. */
export function withValue(recipe, path, value) {
  const [key, ...rest] = path;
  const copy = Array.isArray(recipe) ? [...recipe] : { ...recipe };
  copy[key] = rest.length ? withValue(recipe?.[key] ?? {}, rest, value) : value;
  return copy;
}

/** The value at a path, or undefined. */
export function valueAt(recipe, path) {
  return path.reduce((value, key) => value?.[key], recipe);
}

function withLayers(recipe, layers) {
  return withValue(recipe, ["network", "layers"], layers);
}

/** A new layer of a kind; one of units takes after the one before it. */
export function newLayer(kind, before) {
  if (!UNITS.has(kind)) return kind === "dropout" ? { kind, rate: 0.2 } : { kind };
  const like = before?.kind === "dense" ? before : {};
  return {
    kind,
    units: like.units ?? 4,
    activation: like.activation ?? "tanh",
    ...(like.initializer ? { initializer: like.initializer } : {}),
  };
}

export function addLayer(recipe, at, kind) {
  const layers = recipe.network.layers;
  const before = layers.slice(0, at).reverse().find((layer) => layer.kind === "dense");
  return withLayers(recipe, [...layers.slice(0, at), newLayer(kind, before), ...layers.slice(at)]);
}

export function removeLayer(recipe, at) {
  return withLayers(recipe, recipe.network.layers.filter((_, i) => i !== at));
}

/** The recipe with a layer moved by one place, -1 or 1; as it is where there is no place. */
export function moveLayer(recipe, at, by) {
  const layers = [...recipe.network.layers];
  const to = at + by;
  if (to < 0 || to >= layers.length) return recipe;
  [layers[at], layers[to]] = [layers[to], layers[at]];
  return withLayers(recipe, layers);
}

export function setLayer(recipe, at, changes) {
  return withLayers(
    recipe,
    recipe.network.layers.map((layer, i) => (i === at ? { ...layer, ...changes } : layer)),
  );
}

/** The name of an activation as a recipe gives it, or "formula". */
export function activationName(activation) {
  if (!activation) return "identity";
  if (typeof activation === "string") return activation;
  return "formula" in activation ? "formula" : activation.name;
}

/** What output and loss a task asks for; two classes may have one unit or two. */
export function natural({ task, classes = [] }, units = "auto") {
  if (task === "number") return { activation: "identity", loss: "mean_squared_error" };
  if (classes.length === 2 && units !== 2) return { units: 1, activation: "sigmoid", loss: "binary_crossentropy" };
  return { units: classes.length, activation: "softmax", loss: "categorical_crossentropy" };
}

/**
 * Which parts of output and loss are set otherwise than the task asks: [part, set, asked].
 *
 * `outputs` is how many units the output has.
 */
export function unnatural(recipe, data, outputs) {
  const { units, activation } = recipe.network.output;
  const { loss } = recipe.training;
  const wanted = natural(data, units === "auto" ? outputs : units);
  const set = {
    units: units === "given" ? "auto" : units,
    activation: activation === "auto" ? "auto" : activationName(activation),
    loss: (typeof loss === "string" ? loss : loss.name).replace("sparse_", ""),
  };
  return Object.entries(set)
    .filter(([part, value]) => value !== "auto" && wanted[part] !== undefined && value !== wanted[part])
    .map(([part, value]) => [part === "loss" ? "loss_function" : part, value, wanted[part]]);
}
