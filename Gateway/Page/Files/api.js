// The one door to the server: adds the access key, asks for it when it is missing, turns answers that fail into Problems.
import { askForKey } from './key.js';

const storage = 'mplug-key';
let declined = false;

/** An answer that failed: RFC 9457's title and detail, the status (0: no answer at all), and when to ask again, null where the server does not say. */
export class Problem extends Error {
  constructor(status, title, detail, type = '', retryAfterMs = null) {
    super(detail);
    Object.assign(this, { status, title, detail, type, retryAfterMs });
  }
}

/** Whether a failure may be over soon: no answer, or one that only says that the server cannot now. */
export const passes = (problem) => problem.status === 0 || problem.status >= 500;

export const key = () => sessionStorage.getItem(storage) ?? '';

/** Forgets that the reader did not want to give a key, and asks for one. */
export async function changeKey() {
  declined = false;
  return takeKey('');
}

/** Fetches a path; the answer is one that succeeded. */
export async function call(path, { method = 'GET', json, body, headers = {}, signal } = {}) {
  for (;;) {
    const sent = key();
    const response = await send(path, {
      method,
      signal,
      body: json === undefined ? body : JSON.stringify(json),
      headers: {
        ...headers,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...(sent ? { authorization: `Bearer ${sent}` } : {}),
      },
    });
    if (response.ok) return response;
    if (response.status !== 401) throw await problemOf(response);
    if (sent !== key()) continue; // another request has asked meanwhile
    if (declined || !(await takeKey(sent ? 'The server does not take this key.' : ''))) {
      throw new Problem(401, 'An access key is needed', 'Choose the key in the upper right corner and enter the one this server was started with.');
    }
  }
}

/** The answer's JSON. */
export async function get(path, options) {
  return (await call(path, options)).json();
}

export const post = (path, json, options = {}) => get(path, { ...options, method: 'POST', json });

/** Saves what a path answers as a file. */
export async function download(path, name) {
  const url = URL.createObjectURL(await (await call(path)).blob());
  const link = document.createElement('a');
  Object.assign(link, { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // the browser reads it after the click
}

export const segment = encodeURIComponent;

async function takeKey(message) {
  const given = await askForKey(message);
  declined = given === null;
  if (given !== null) sessionStorage.setItem(storage, given);
  return given !== null;
}

async function send(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, 'The server does not answer', 'It may have been stopped, or the connection is lost. Start it again and try once more.');
  }
}

async function problemOf(response) {
  const known = await response.json().catch(() => null);
  const retryAfter = Number(response.headers.get('retry-after') ?? NaN); // in seconds; a date is left aside
  return new Problem(
    response.status,
    known?.title ?? `The server answered ${response.status}`,
    known?.detail ?? 'There is no further explanation; the log of the server may have one.',
    known?.type,
    known?.retry_after_ms ?? (Number.isFinite(retryAfter) ? 1000 * retryAfter : null));
}
