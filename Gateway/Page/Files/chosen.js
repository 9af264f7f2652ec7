// Files that a person gives, chosen in a dialog or dropped: each with the path that tells it from the others.
const picture = /\.(jpe?g|png|webp|gif|bmp)$/i; // the endings that an ingest reads, too
const hidden = /(^|\/)\./; // .thumbnails/, and the ._one.jpg that Macs write beside one.jpg

export const mediaTypes = 'image/jpeg,image/png,image/webp,image/gif,image/bmp';

let waiting = [];

/** Of a file dialog; the files of a folder have their paths, beginning with its name. */
export const ofInput = (input) => [...input.files].map((file) => ({ id: file.webkitRelativePath || file.name, file }));

/** Of a drop, folders with all that is in them. The event's items are gone once its listener returns, so they are taken before. */
export function ofDrop(transfer) {
  const given = [...transfer.items].filter(({ kind }) => kind === 'file').map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile()).filter(Boolean);
  return gather(given, []);
}

/** What can be sent, once for each path, and how many files are something else. A folder that cannot be read is kept, so that it is told. */
export function sorted(given) {
  const pictures = new Map();
  let [passedOver, again] = [0, 0];
  for (const one of given) {
    if (!one.id.endsWith('/') && (!picture.test(one.id) || hidden.test(one.id))) passedOver++;
    else {
      if (pictures.has(one.id)) again++;
      pictures.set(one.id, one);
    }
  }
  return { pictures: [...pictures.values()], passedOver, again };
}

/** Hands files on to the view that adds them, which may not be shown yet. */
export const handOn = (given) => { waiting = given; };

/** What has been handed on, once. */
export function takeOver() {
  const given = waiting;
  waiting = [];
  return given;
}

/** One after the other: a folder may hold more files than a browser opens at once. */
async function gather(entries, found) {
  for (const entry of entries) {
    if (entry instanceof File) {
      found.push({ id: entry.name, file: entry });
      continue;
    }

    const id = entry.fullPath.replace(/^\//, '');
    try {
      if (entry.isDirectory) await gather(await children(entry.createReader()), found);
      else found.push({ id, file: await new Promise((resolve, reject) => entry.file(resolve, reject)) });
    } catch (error) {
      found.push({ id: entry.isDirectory ? `${id}/` : id, file: null, unread: error.message || error.name });
    }
  }
  return found;
}

async function children(reader) {
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)); // a hundred at a time, in Chromium
    if (some.length === 0) return found;
    found.push(...some);
  }
}
