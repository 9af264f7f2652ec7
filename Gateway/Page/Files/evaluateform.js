// Starts an evaluation from files of this machine: the annotations, and the pictures they name.
import { call, post } from './api.js';
import { el, field } from './dom.js';
import { plural } from './format.js';

const atOnce = 4;

export function evaluateForm(started, closed) {
  const annotations = el('input', { type: 'file', accept: '.json,application/json', required: true });
  const pictures = el('input', { type: 'file', accept: 'image/*', multiple: true, required: true });
  const candidates = el('input', { type: 'number', min: '1', max: '10000', placeholder: 'default' });
  const told = el('p', { class: 'told', role: 'status' });
  const fault = el('p', { class: 'fault', role: 'alert' });
  const start = el('button', { type: 'submit', class: 'primary' }, 'Start the evaluation');
  return el('form', { class: 'panel', 'aria-label': 'New evaluation', onsubmit: submit },
    el('h2', {}, 'New evaluation'),
    el('div', { class: 'fields' },
      field('Annotations', annotations, 'A JSON list of {"image": name, "caption": text or list of texts}.'),
      field('Pictures', pictures, 'All that the annotations name.'),
      field('Candidates', candidates, 'Reranked in each direction.')),
    told, fault,
    el('div', { class: 'actions' }, start, el('button', { type: 'button', class: 'quiet', onclick: closed }, 'Close')));

  async function submit(event) {
    event.preventDefault();
    told.textContent = fault.textContent = '';
    start.disabled = true;
    try {
      const list = read(await annotations.files[0].text());
      const files = new Map([...pictures.files].map((file) => [file.name, file]));
      const lacking = list.filter(({ image }) => !files.has(nameOf(image)));
      if (lacking.length > 0) throw new Error(`${plural(lacking.length, 'picture')} of the annotations were not chosen, ${lacking[0].image} for one.`);
      const hashes = await upload(list, files);
      started(await post('/v1/jobs', {
        kind: 'evaluate',
        annotations: list.map(({ image, caption }) => ({ image: { blob: hashes.get(nameOf(image)) }, captions: caption })),
        ...(candidates.value ? { candidates: Number(candidates.value) } : {}),
      }));
    } catch (problem) {
      fault.textContent = problem.title ? `${problem.title}: ${problem.detail}` : problem.message;
    } finally {
      start.disabled = false;
    }
  }

  /** By content: what the server has already is not sent again. */
  async function upload(list, files) {
    if (!crypto.subtle) throw new Error('A browser hashes files only on pages of https or of this machine. Use mplug eval instead.');
    const names = [...new Set(list.map(({ image }) => nameOf(image)))];
    const hashes = new Map();
    const worker = async () => {
      for (let name = names.pop(); name !== undefined; name = names.pop()) {
        const content = await files.get(name).arrayBuffer();
        const sha256 = [...new Uint8Array(await crypto.subtle.digest('SHA-256', content))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
        await call(`/v1/blobs/${sha256}`, { method: 'PUT', body: content });
        hashes.set(name, sha256);
        told.textContent = `${plural(hashes.size, 'picture')} uploaded`;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    return hashes;
  }
}

const nameOf = (path) => path.split('/').pop();

function read(text) {
  let list;
  try {
    list = JSON.parse(text);
  } catch (error) {
    throw new Error(`The annotations are no JSON: ${error.message}`);
  }
  if (!Array.isArray(list) || !list.every((one) => typeof one?.image === 'string' && (typeof one.caption === 'string' || Array.isArray(one.caption)))) {
    throw new Error('The annotations must be a list of {"image": name, "caption": text or list of texts}.');
  }
  return list;
}
