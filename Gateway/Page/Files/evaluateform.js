// Starts an evaluation from files of this machine: the annotations, which the server reads, and the pictures they name.
import { call, get, post } from './api.js';
import { el, field } from './dom.js';
import { count, plural } from './format.js';

const atOnce = 4;
const example = 'A list of {"image", "caption"} as JSON or JSON lines, a Karpathy split file, or MsDataset’s CSV.';

export function evaluateForm(started, closed) {
  const annotations = el('input', { type: 'file', accept: '.json,.jsonl,.csv', required: true, onchange: () => choose(null) });
  const split = el('select', { onchange: () => choose(split.value) });
  const splitField = Object.assign(field('Split', split, 'Of a Karpathy file.'), { hidden: true });
  const pictures = el('input', { type: 'file', accept: 'image/*', multiple: true, required: true });
  const candidates = el('input', { type: 'number', min: '1', max: '10000', placeholder: 'default' });
  const told = el('p', { class: 'told', role: 'status' });
  const fault = el('p', { class: 'fault', role: 'alert' });
  const start = el('button', { type: 'submit', class: 'primary' }, 'Start the evaluation');
  let reading = null; // of the file and split that are chosen now: a promise of its pictures, null where it cannot be read
  return el('form', { class: 'panel', 'aria-label': 'New evaluation', onsubmit: submit },
    el('h2', {}, 'New evaluation'),
    el('div', { class: 'fields' },
      field('Annotations', annotations, example),
      splitField,
      field('Pictures', pictures, 'All that the annotations name; others are left out.'),
      field('Candidates', candidates, 'Reranked in each direction.')),
    told, fault,
    el('div', { class: 'actions' }, start, el('button', { type: 'button', class: 'quiet', onclick: closed }, 'Close')));

  /** Lets the server read the file, and says what it holds. */
  function choose(wanted) {
    told.textContent = fault.textContent = '';
    if (wanted === null) splitField.hidden = true;
    const file = annotations.files[0];
    const mine = file ? read(file, wanted).then((set) => {
      if (reading === mine) show(set);
      return set.pictures;
    }).catch((problem) => {
      if (reading === mine) complain(problem);
      return null;
    }) : null;
    reading = mine;
  }

  function show({ splits, split: chosen, pictures: list }) {
    const names = Object.keys(splits);
    splitField.hidden = names.length === 0;
    split.required = names.length > 0;
    split.replaceChildren(
      ...(chosen ? [] : [el('option', { value: '' }, 'choose one')]),
      ...names.map((name) => el('option', { value: name, selected: name === chosen }, `${name} (${plural(splits[name], 'picture')})`)));
    if (list.length > 0) told.textContent = `${plural(list.length, 'picture')} with ${plural(list.reduce((sum, { captions }) => sum + captions.length, 0), 'caption')}`;
  }

  function complain(problem) {
    told.textContent = '';
    fault.textContent = problem.title ? `${problem.title}: ${problem.detail}` : problem.message;
  }

  async function submit(event) {
    event.preventDefault();
    start.disabled = true;
    try {
      const list = await reading;
      if (list === null) return; // what is wrong with it stands there
      fault.textContent = '';
      const files = filesOf(list, [...pictures.files]);
      const hashes = await upload(files);
      told.textContent = 'Submitting';
      started(await post('/v1/jobs', {
        kind: 'evaluate',
        annotations: list.map(({ image, captions }) => ({ image: { blob: hashes.get(image) }, captions })),
        ...(candidates.value ? { candidates: Number(candidates.value) } : {}),
      }));
    } catch (problem) {
      complain(problem);
    } finally {
      start.disabled = false;
    }
  }

  /** Each picture goes up once; the server keeps it by its content. */
  async function upload(files) {
    if (!crypto.subtle) throw new Error('A browser hashes files only on pages of https or of this machine. Use mplug eval instead.');
    const waiting = [...files];
    const hashes = new Map();
    const worker = async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const [image, file] = next;
        const content = await file.arrayBuffer();
        const sha256 = [...new Uint8Array(await crypto.subtle.digest('SHA-256', content))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
        await call(`/v1/blobs/${sha256}`, { method: 'PUT', body: content });
        hashes.set(image, sha256);
        told.textContent = `${count(hashes.size)} of ${plural(files.size, 'picture')} uploaded`;
      }
    };
    try {
      await Promise.all(Array.from({ length: atOnce }, worker));
    } catch (problem) {
      waiting.length = 0; // else the other workers go on behind the message
      throw problem;
    }
    return hashes;
  }
}

/** The file as it is; the ending of its name says its form. */
function read(file, split) {
  const query = new URLSearchParams({ name: file.name, ...(split ? { split } : {}) });
  return get(`/v1/annotations?${query}`, { method: 'POST', body: file, headers: { 'content-type': 'application/octet-stream' } });
}

/** The chosen file of each picture. A browser tells names only, no folders, so two pictures of one name cannot be told apart. */
function filesOf(list, chosen) {
  const byName = new Map(chosen.map((file) => [file.name, file]));
  const pictureOf = new Map();
  for (const { image } of list) {
    const name = nameOf(image);
    if (pictureOf.has(name)) throw new Error(`${pictureOf.get(name)} and ${image} have the same name, and a browser does not tell in which folder a file lies. Use mplug eval instead.`);
    pictureOf.set(name, image);
  }
  const lacking = list.filter(({ image }) => !byName.has(nameOf(image)));
  if (lacking.length > 0) {
    throw new Error(`${plural(lacking.length, 'picture')} of the annotations ${lacking.length === 1 ? 'was' : 'were'} not chosen, ${lacking[0].image} for one. Choose all pictures that the annotations name.`);
  }
  return new Map(list.map(({ image }) => [image, byName.get(nameOf(image))]));
}

const nameOf = (path) => path.split(/[\\/]/).pop();
