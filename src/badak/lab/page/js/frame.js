// A frame as the server sends it: a length, a head of JSON, then arrays, each on a multiple of 8.

const KINDS = { float32: Float32Array, float64: Float64Array, uint8: Uint8Array, int32: Int32Array };

/** Decode a frame; its arrays are views of the buffer and are not copied. */
export function decode(buffer) {
  if (buffer.byteLength < 4) throw new RangeError(`a frame of ${buffer.byteLength} bytes`);
  const length = new DataView(buffer).getUint32(0, true);
  const start = 4 + length;
  if (start > buffer.byteLength || start % 8) throw new RangeError(`a head of ${length} bytes`);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const arrays = {};
  for (const { name, dtype, shape, offset } of head.arrays ?? []) {
    const Kind = KINDS[dtype];
    if (!Kind) throw new TypeError(`${name} is ${dtype}`);
    const count = shape.reduce((product, side) => product * side, 1);
    arrays[name] = { shape, data: new Kind(buffer, start + offset, count) };
  }
  return { head, arrays };
}

/** The layers' arrays of one kind, as [layer, array] in the order of the layers. */
export function ofLayers(arrays, kind) {
  const found = [];
  for (const [name, array] of Object.entries(arrays)) {
    const match = name.match(/^([a-z_]+)\.(\d+)$/);
    if (match && match[1] === kind) found.push([Number(match[2]), array]);
  }
  return found.sort(([a], [b]) => a - b);
}

/** The numbers of the last axis but one: array[index] as a view. */
export function row(array, index) {
  const size = array.shape.slice(1).reduce((product, side) => product * side, 1);
  return array.data.subarray(index * size, (index + 1) * size);
}
