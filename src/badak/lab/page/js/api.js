// Questions to the server. A refusal is thrown as Refused, with what it says and where.

export class Refused extends Error {
  constructor(message, where = "", status = 0) {
    super(message);
    this.where = where;
    this.status = status;
  }
}

// Within a notebook the page keeps no cookie: its address has the token, which is sent each time.
const token = new URLSearchParams(globalThis.location?.search ?? "").get("token");
const known = token ? { "X-Badak-Token": token } : {};

async function checked(response) {
  if (response.ok) return response;
  let told = {};
  try {
    told = (await response.json()).error ?? {};
  } catch {
    // not JSON: the status is all that is known
  }
  throw new Refused(told.message ?? `${response.status} ${response.statusText}`, told.where, response.status);
}

const address = (path, query) =>
  `/api/${path}${query ? `?${new URLSearchParams(Object.entries(query).filter(([, v]) => v !== null && v !== undefined))}` : ""}`;

export async function get(path, query, signal) {
  return (await checked(await fetch(address(path, query), { signal, headers: known }))).json();
}

export async function getBytes(path, query, signal) {
  const response = await checked(await fetch(address(path, query), { signal, headers: known }));
  return response.status === 204 ? null : response.arrayBuffer();
}

export async function post(path, body, query) {
  const raw = body instanceof Blob;
  const response = await fetch(address(path, query), {
    method: "POST",
    headers: { ...known, "Content-Type": raw ? "application/octet-stream" : "application/json" },
    body: raw ? body : JSON.stringify(body),
  });
  return (await checked(response)).json();
}

/** The address of a file to take away. */
export const takeAddress = (query) => address("take", { ...query, token });

/** Fetch a file to take away: {name, blob}; a refusal says why there is none. */
export async function takeFile(query) {
  const response = await checked(await fetch(address("take", query), { headers: known }));
  const name = response.headers.get("Content-Disposition")?.match(/filename="([^"]+)"/)?.[1] ?? query.what;
  return { name, blob: await response.blob() };
}
