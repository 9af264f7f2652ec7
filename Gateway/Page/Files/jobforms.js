// Forms that start a job. What is wrong with a request the server says best, so its words are shown.
import { post, segment } from './api.js';
import { fillable, list, options } from './corpora.js';
import { el, field } from './dom.js';
import { count, plural, seconds } from './format.js';

/** Ranks pasted queries over a corpus. */
export function rankForm(started, closed) {
  const corpus = el('select', { required: true });
  const queries = el('textarea', { rows: '8', required: true, spellcheck: 'false', placeholder: 'a red circle above a blue square\na dog running on a beach' });
  const top = el('input', { type: 'number', min: '1', max: '1000', value: '10', required: true });
  const candidates = el('input', { type: 'number', min: '1', max: '10000', placeholder: 'default' });
  fillCorpora(corpus);
  return form('Rank queries', closed,
    [field('Queries', queries, 'One on each line.'), el('div', { class: 'fields' }, field('Corpus', corpus), field('Results per query', top), field('Candidates', candidates))],
    [['Start the job', async (key) => started(await post('/v1/jobs', request(), { headers: { 'idempotency-key': key } }))],
      ['Estimate', async (_, tell) => tell(estimate(await post('/v1/jobs/plan', request())))]]);

  function request() {
    const list = queries.value.split('\n').map((line) => line.trim()).filter(Boolean);
    return { kind: 'rank', corpus: corpus.value, queries: list, top: Number(top.value), ...(candidates.value ? { candidates: Number(candidates.value) } : {}) };
  }
}

/** Fills a corpus from a source that the server may read. */
export function ingestForm(started, closed) {
  const name = el('input', { type: 'text', required: true, spellcheck: 'false', value: 'pictures', list: 'corpora' });
  const known = el('datalist', { id: 'corpora' });
  const address = el('input', { type: 'text', required: true, spellcheck: 'false', placeholder: 'folder:/data/pictures' });
  const path = el('input', { type: 'text', spellcheck: 'false', placeholder: 'all of it' });
  const missing = el('input', { type: 'checkbox', id: 'delete-missing' });
  fillCorpora(known);
  return form('Ingest pictures', closed,
    [el('div', { class: 'fields' },
      field('Corpus', name, 'Made if it is not there.'), known,
      field('Source', address, 'folder:/path or azure:container; the server reads only what Mplug:Sources allows.'),
      field('Path within it', path, 'A folder, a tar, or a manifest (jsonl, csv, parquet).')),
    el('div', { class: 'field check' }, missing, el('label', { for: 'delete-missing' }, 'Remove what the source has no more'))],
    [['Start the job', async (key) => started(await post(`/v1/corpora/${segment(name.value)}/ingest`, request(), { headers: { 'idempotency-key': key } }))],
      ['Preview', async (_, tell) => tell(preview(await post(`/v1/corpora/${segment(name.value)}/ingest`, { ...request(), dry_run: true })))]]);

  function request() {
    return { source: { address: address.value.trim(), path: path.value.trim() }, delete_missing: missing.checked };
  }
}

/** A form whose first action submits it. Sent twice it starts one job: the key stays until something is changed. */
function form(title, closed, fields, actions) {
  let key = newKey();
  const told = el('p', { class: 'told', role: 'status' });
  const fault = el('p', { class: 'fault', role: 'alert' });
  const buttons = actions.map(([text, action], i) => el('button', { type: i === 0 ? 'submit' : 'button', class: i === 0 ? 'primary' : '', onclick: i === 0 ? null : () => attempt(action) }, text));
  const element = el('form', { class: 'panel', 'aria-label': title, oninput: () => { key = newKey(); }, onsubmit: (event) => { event.preventDefault(); attempt(actions[0][1]); } },
    el('h2', {}, title), fields, told, fault,
    el('div', { class: 'actions' }, buttons, el('button', { type: 'button', class: 'quiet', onclick: closed }, 'Close')));
  return element;

  async function attempt(action) {
    if (!element.reportValidity()) return;
    told.textContent = fault.textContent = '';
    for (const button of buttons) button.disabled = true;
    try {
      await action(key, (text) => { told.textContent = text; });
    } catch (problem) {
      fault.textContent = `${problem.title ?? 'This failed'}: ${problem.detail ?? problem.message}`;
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  }
}

/** Not from crypto.randomUUID, which a page without https does not have. */
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

async function fillCorpora(target) {
  try {
    const { data } = await list();
    target.replaceChildren(...(target.tagName === 'SELECT'
      ? options(data, (corpus, name) => `${name} (${plural(corpus.pictures + corpus.texts, 'item')})`)
      : fillable(data).map((name) => el('option', { value: name }))));
  } catch {
    // The request that submits will say what is wrong.
  }
}

function estimate({ pairs, distinct_pictures: pictures, pictures_to_encode: toEncode, hours, devices, is_guess: isGuess, notes }) {
  const time = hours === null ? 'no device can say how long it takes' : `about ${seconds(3600 * hours)} on ${plural(devices, 'device')}${isGuess ? ' (a first guess)' : ''}`;
  return [`${plural(pairs, 'pair')} of ${plural(pictures, 'picture')}, ${count(toEncode)} to encode first: ${time}`, ...notes].join('; ');
}

function preview({ pictures, texts, ignored, rejected }) {
  const sum = (counts) => Object.values(counts).reduce((a, b) => a + b, 0);
  return `${plural(pictures, 'picture')} and ${plural(texts, 'text')} would be read; ${plural(sum(ignored), 'other file')} ignored, ${plural(sum(rejected), 'item')} unusable.`;
}
