// Corpora as people know them: by their names, and those that `mplug rank <folder>` makes by the folder's, which stands in theirs.
import { get, post } from './api.js';
import { el } from './dom.js';

const ofFolder = /^folder-(?:(.+)-)?([0-9a-f]{24})$/;
const fileState = /^(size=\d+ mtime=\d+|\d+-\d+|"?0x[0-9A-F]+"?)$/; // how `mplug rank <folder>` and an ingest know that a file is unchanged

/** All of them, however many pages that are: those of folders would push the others off the first one. */
export async function list(options = {}) {
  const [data, faults] = [[], []];
  let cursor = null;
  do {
    const page = await get(`/v1/corpora${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`, options);
    data.push(...page.data);
    faults.push(...page.faults);
    cursor = page.next_cursor;
  } while (cursor);
  return { data, faults };
}

/** Makes a corpus, unless it is there. */
export async function ensure(name) {
  const { data } = await list();
  if (data.some((one) => one.name === name)) return;
  try {
    await post('/v1/corpora', { name });
  } catch (problem) {
    if (problem.type !== 'urn:mplug:corpus-exists') throw problem; // somebody else has made it just now
  }
}

/** What a corpus is called. */
export function called(name) {
  const [, folder, hash] = ofFolder.exec(name) ?? [];
  return hash ? folder ?? `folder ${hash.slice(0, 6)}` : name;
}

/** Options for a select: named corpora first, then those of folders. `text` says what stands there, of a corpus and what it is called. */
export function options(corpora, text, chosen) {
  const folders = corpora.filter(({ name }) => ofFolder.test(name));
  const named = corpora.filter((corpus) => !folders.includes(corpus));
  const option = (corpus, name) => el('option', { value: corpus.name, selected: corpus.name === chosen }, text(corpus, name));
  const twice = (name) => folders.filter((other) => called(other.name) === name).length > 1;
  return [
    ...named.map((corpus) => option(corpus, corpus.name)),
    folders.length > 0 && el('optgroup', { label: 'Folders ranked from the command line' }, folders.map((corpus) => {
      const name = called(corpus.name);
      return option(corpus, twice(name) ? `${name} ${corpus.name.slice(-24, -20)}` : name);
    })),
  ].filter(Boolean);
}

/** Names that a corpus to fill may have: a folder's is filled by ranking the folder. */
export const fillable = (corpora) => corpora.map(({ name }) => name).filter((name) => !ofFolder.test(name));

/** Where an item came from; null where nothing is known of it. */
export function sourceOf(corpus, item) {
  if (!fileState.test(item.source ?? '')) return item.source;
  const [, folder] = ofFolder.exec(corpus.name) ?? [];
  return folder ? `${folder}/${item.id}` : null;
}
