// What to add, and to which corpus.
import { mediaTypes, ofInput, sorted } from './chosen.js';
import { ensure, fillable, list } from './corpora.js';
import { el, field, svg } from './dom.js';
import { bytes, plural } from './format.js';

const previewed = 11; // and a tile that says how many more
const takesFolders = 'webkitdirectory' in HTMLInputElement.prototype; // phones' browsers do not all

/** The form; `take` adds files to it. `started` gets the corpus, which is there by then, and what is to be sent. */
export function addForm(started) {
  const name = el('input', { type: 'text', required: true, spellcheck: 'false', autocapitalize: 'off', value: 'pictures', list: 'fillable' });
  const known = el('datalist', { id: 'fillable' });
  const files = el('input', { type: 'file', accept: mediaTypes, multiple: true, class: 'unseen', tabindex: '-1', 'aria-label': 'Picture files', onchange: () => taken(files) });
  const folder = el('input', { type: 'file', webkitdirectory: true, class: 'unseen', tabindex: '-1', 'aria-label': 'Folder of pictures', onchange: () => taken(folder) });
  const preview = el('div', { class: 'preview', 'aria-hidden': 'true' });
  const told = el('p', { class: 'chosen', role: 'status' });
  const fault = el('p', { class: 'fault', role: 'alert' });
  const start = el('button', { type: 'submit', class: 'primary' });
  const clear = el('button', { type: 'button', class: 'quiet', onclick: forget }, 'Choose anew');
  let given = [];
  const element = el('form', { class: 'panel add', 'aria-label': 'Pictures to add', onsubmit: submit },
    el('div', { class: 'drop' },
      stackIcon(),
      el('p', { class: 'drop-words' }, matchMedia('(pointer: fine)').matches ? 'Drop pictures or folders here' : 'From this device'),
      el('div', { class: 'actions' },
        el('button', { type: 'button', onclick: () => files.click() }, 'Choose pictures'),
        takesFolders && el('button', { type: 'button', onclick: () => folder.click() }, 'Choose a folder')),
      preview, told, files, folder),
    el('div', { class: 'fields' }, field('Corpus', name, 'Made if it is not there.'), known),
    fault,
    el('div', { class: 'actions' }, start, clear));
  list().then(({ data }) => known.replaceChildren(...fillable(data).map((one) => el('option', { value: one })))).catch(() => {}); // the request that submits says what is wrong
  show();
  return { element, take, setCorpus: (chosen) => { name.value = chosen; }, focus: () => element.querySelector('.drop button').focus() };

  function taken(input) {
    take(ofInput(input));
    input.value = ''; // the same may be chosen again
  }

  function take(more) {
    given = [...given, ...more];
    show();
    if (!start.disabled) start.focus();
  }

  function forget() {
    given = [];
    show();
    element.querySelector('.drop button').focus();
  }

  function show() {
    const { pictures, passedOver, again } = sorted(given);
    const size = pictures.reduce((sum, { file }) => sum + (file?.size ?? 0), 0);
    start.disabled = pictures.length === 0;
    start.textContent = pictures.length === 0 ? 'Add pictures' : `Add ${plural(pictures.length, 'picture')}`;
    clear.hidden = given.length === 0;
    told.textContent = given.length === 0 ? '' : [
      pictures.length === 0 ? 'No pictures among them' : `${plural(pictures.length, 'picture')}, ${bytes(size)}`,
      passedOver > 0 && `${plural(passedOver, 'other file')} passed over`,
      again > 0 && `${again} chosen again under the same name: the last one counts`,
    ].filter(Boolean).join('; ');
    const shown = pictures.filter(({ file }) => file).slice(0, previewed);
    preview.replaceChildren(...shown.map(({ file }) => small(file)), pictures.length > shown.length && shown.length > 0 ? el('span', {}, `+${pictures.length - shown.length}`) : '');
  }

  async function submit(event) {
    event.preventDefault();
    const corpus = name.value.trim();
    fault.textContent = '';
    start.disabled = true;
    try {
      await ensure(corpus);
      started(corpus, sorted(given));
    } catch (problem) {
      fault.textContent = `${problem.title ?? 'This failed'}: ${problem.detail ?? problem.message}`;
    } finally {
      start.disabled = false;
    }
  }
}

/** A glance at a file; nothing where the browser cannot show it. */
function small(file) {
  const url = URL.createObjectURL(file);
  const picture = el('img', { src: url, alt: '', decoding: 'async' });
  picture.onload = () => URL.revokeObjectURL(url);
  picture.onerror = () => { URL.revokeObjectURL(url); picture.remove(); };
  return picture;
}

function stackIcon() {
  return svg('svg', { viewBox: '0 0 48 48', 'aria-hidden': 'true' },
    svg('path', { d: 'M14 12V9.5A3.5 3.5 0 0 1 17.5 6h21A3.5 3.5 0 0 1 42 9.5v15a3.5 3.5 0 0 1-3.5 3.5H37' }),
    svg('rect', { x: 6, y: 14, width: 29, height: 24, rx: 3.5 }),
    svg('circle', { cx: 14.5, cy: 22, r: 2.5 }),
    svg('path', { d: 'm7 34 8.5-7 5 4 6-5.5 8 7' }));
}
