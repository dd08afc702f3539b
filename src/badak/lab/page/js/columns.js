// The network as columns: the input, each layer that has units, the output; others between them.

import { shownUnits } from "./geometry.js";

/**
 * Columns of a run's layers, each {kind: "input" | "units" | "tag", ...layer, shown}.
 *
 * `shown` are the units that are drawn; a tag is a layer without weights to its units, such as
 * dropout.
 */
export function columnsOf(run, most) {
  const data = run?.data;
  if (!data) return [];
  const image = data.look === "image";
  const inputs = image ? 1 : inputNames(data, run).length;
  const columns = [{
    kind: "input", index: -1, units: inputs, image, inputs: data.shape?.reduce((count, side) => count * side, 1), names: image ? [] : inputNames(data, run),
    shown: shownUnits(inputs, most),
  }];
  for (const layer of run.layers ?? []) {
    const units = isDense(layer);
    columns.push({
      ...layer, layerKind: layer.kind, kind: units ? "units" : "tag",
      shown: units ? shownUnits(layer.units, most) : [],
    });
  }
  return columns;
}

/** Whether a layer's weights lead from each unit before it to each of its own. */
export const isDense = (layer) => layer.kind === "Dense";

/** The names of the first dense layer's inputs: the features, where they are as many. */
export function inputNames(data, run) {
  const first = (run.layers ?? []).find(isDense);
  const inputs = data.features?.length || (first ? run.layers[first.index - 1]?.shape?.[0] : 0) || data.shape?.[0] || 0;
  const names = data.features ?? [];
  return Array.from({ length: inputs }, (_, i) => (names.length === inputs ? names[i] : `x${i + 1}`));
}

/** Where a unit of a layer stands in a sampled array, or -1. */
export function placeIn(arrays, name, unit) {
  const chosen = arrays?.[name]?.data;
  if (!chosen) return unit;
  return chosen.indexOf(unit);
}

/** A weight between two units, or its gradient; undefined where it was not sent. */
export function weight(arrays, layer, from, to, kind = "kernel") {
  const kernel = arrays?.[`${kind}.${layer}`];
  if (!kernel) return undefined;
  const row = placeIn(arrays, `kernel.${layer}.rows`, from);
  const column = placeIn(arrays, `kernel.${layer}.columns`, to);
  const [rows, columns] = kernel.shape;
  return row >= 0 && column >= 0 && row < rows && column < columns ? kernel.data[row * columns + column] : undefined;
}

/** "2 - 4 - 1": the sizes of the network. */
export function sizes(columns) {
  return columns.filter(({ kind }) => kind !== "tag").map(({ units, image, inputs }) => (image ? inputs ?? "…" : units)).join(" – ");
}
