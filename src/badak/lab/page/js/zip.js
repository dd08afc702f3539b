// A folder of files as one zip, stored as they are: the server reads zips only.

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

export function crc32(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 255] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

/** The bytes of a zip of files, each {name, bytes}. */
export function zipped(files) {
  const parts = [];
  const listed = [];
  let offset = 0;
  for (const { name, bytes } of files) {
    const letters = new TextEncoder().encode(name);
    const about = [20, 0x0800, 0, 0, 0x21, crc32(bytes), bytes.length, bytes.length, letters.length, 0];
    const local = record(0x04034b50, "HHHHHIIIHH", about);
    parts.push(local, letters, bytes);
    listed.push([record(0x02014b50, "HHHHHHIIIHHHHHII", [20, ...about, 0, 0, 0, 0, offset]), letters]);
    offset += local.length + letters.length + bytes.length;
  }
  const directory = listed.flat();
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const count = files.length;
  const end = record(0x06054b50, "HHHHIIH", [0, 0, count, count, size, offset, 0]);
  const all = [...parts, ...directory, end];
  const whole = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of all) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function record(signature, kinds, values) {
  const size = 4 + [...kinds].reduce((sum, kind) => sum + (kind === "I" ? 4 : 2), 0);
  const view = new DataView(new ArrayBuffer(size));
  view.setUint32(0, signature, true);
  let at = 4;
  [...kinds].forEach((kind, i) => {
    if (kind === "I") view.setUint32(at, values[i], true);
    else view.setUint16(at, values[i], true);
    at += kind === "I" ? 4 : 2;
  });
  return new Uint8Array(view.buffer);
}
