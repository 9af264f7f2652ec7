// Reads pictures some at a time, as requests carry them.
import { bytes } from './format.js';
import { dataUri } from './pictures.js';

const mostPictures = 16; // so that the bar moves, and little is lost when it is stopped
const mostBytes = 8 * 1024 * 1024;
const mostOfOne = 47 * 1024 * 1024; // as base64 in JSON it just stays below the 64 MiB of a request

/** The next ones, beginning at a place: the request's items, those that could not be read, and the place after them. Never fails. */
export async function read(files, from) {
  const batch = { items: [], faults: [], end: from };
  let size = 0;
  for (; batch.end < files.length && batch.end - from < mostPictures; batch.end++) {
    const { id, file, unread } = files[batch.end];
    if (unread) {
      batch.faults.push({ id, reason: `It could not be read: ${unread}` });
    } else if (file.size > mostOfOne) {
      batch.faults.push({ id, reason: `It has ${bytes(file.size)}; no request may hold more than ${bytes(mostOfOne)}.` });
    } else {
      if (batch.items.length > 0 && size + file.size > mostBytes) break;
      size += file.size;
      try {
        batch.items.push({ id, image: await dataUri(file) });
      } catch (error) {
        batch.faults.push({ id, reason: `It could not be read: ${error.message}` });
      }
    }
  }
  return batch;
}
