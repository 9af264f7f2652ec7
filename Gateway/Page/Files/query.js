// The query bar: a text, or a picture that is pasted, chosen or given by `take`; and how to search.
import { mediaTypes } from './chosen.js';
import { options } from './corpora.js';
import { el, field, svg } from './dom.js';
import { plural } from './format.js';

export const filterRule = 'A filter is a JSON object of metadata fields, such as {"year": {"gte": 2010}}.';

const defaults = { top: '24', candidates: '', rerank: '1', filter: '' };

/** The bar. `submitted` gets the values, `pictureGiven` a file and its name; `changed` is called when another corpus is chosen. */
export function queryBar({ submitted, pictureGiven, changed }) {
  const text = el('input', {
    type: 'search', id: 'query', placeholder: 'Describe a picture', 'aria-label': 'Text to search for', autocomplete: 'off', spellcheck: 'false', maxlength: '1000',
  });
  const file = el('input', { type: 'file', accept: mediaTypes, class: 'unseen', tabindex: '-1', 'aria-label': 'Picture to search by' });
  const chip = el('span', { class: 'chip', hidden: true });
  const corpus = el('select', {});
  const top = el('input', { type: 'number', min: '1', max: '1000', value: defaults.top });
  const candidates = el('input', { type: 'number', min: '1', max: '10000', placeholder: 'default' });
  const rerank = el('input', { type: 'checkbox', role: 'switch', id: 'rerank', checked: true });
  const filter = el('input', { type: 'text', class: 'code', placeholder: '{"year": {"gte": 2010}}', spellcheck: 'false' });
  const more = el('button', { type: 'button', class: 'quiet query-more', 'aria-expanded': 'false', onclick: () => more.setAttribute('aria-expanded', String(more.ariaExpanded !== 'true')) }, 'Options');
  let picture = null;

  const element = el('form', { class: 'query', role: 'search', novalidate: true, onsubmit: submit },
    el('div', { class: 'query-line' },
      chip, text, file,
      el('button', { type: 'button', class: 'icon', 'aria-label': 'Choose a picture', title: 'Choose a picture, or drop or paste one', onclick: () => file.click() }, pictureIcon()),
      el('button', { type: 'submit', class: 'primary' }, 'Search')),
    more,
    el('div', { class: 'query-options' },
      field('Corpus', corpus),
      field('Results', top),
      field('Candidates', candidates),
      el('div', { class: 'field switch' }, el('label', { for: 'rerank' }, 'Rerank'), rerank),
      el('div', { class: 'field wide' }, el('label', { for: 'filter' }, 'Filter'), Object.assign(filter, { id: 'filter' }))));

  corpus.addEventListener('change', () => (picture || text.value ? element.requestSubmit() : changed()));
  rerank.addEventListener('change', () => (picture || text.value) && element.requestSubmit());
  file.addEventListener('change', () => file.files[0] && take(file.files[0]));
  filter.addEventListener('input', () => check(filter));
  const listeners = { paste, keydown };
  for (const [name, listener] of Object.entries(listeners)) addEventListener(name, listener);

  return { element, values, set, setCorpora, showPicture, take, leave };

  function values() {
    return {
      corpus: corpus.value, text: text.value, top: top.value || defaults.top, candidates: candidates.value, rerank: rerank.checked ? '1' : '0', filter: filter.value.trim(),
    };
  }

  /** What the address says; what it does not say is as usual. `first`: what has been typed while the page came stays. */
  function set(query, first) {
    if (query.get('corpus') && [...corpus.options].some((option) => option.value === query.get('corpus'))) corpus.value = query.get('corpus');
    if (query.has('text') || !first) {
      forgetPicture();
      text.value = query.get('text') ?? '';
    }
    top.value = query.get('top') ?? defaults.top;
    candidates.value = query.get('candidates') ?? defaults.candidates;
    rerank.checked = (query.get('rerank') ?? defaults.rerank) === '1';
    filter.value = query.get('filter') ?? defaults.filter;
  }

  function setCorpora(corpora, chosen, faults) {
    corpus.replaceChildren(...options(corpora, (one, name) => `${name} (${contents(one)})`, chosen));
    corpus.append(...faults.map((fault) => el('option', { value: fault.name, disabled: true }, `${fault.name}: cannot be used`)));
    for (const control of element.elements) control.disabled = corpora.length === 0;
    if (corpora.length > 0 && matchMedia('(pointer: fine)').matches) text.focus();
  }

  function showPicture(blob, name) {
    forgetPicture();
    picture = { blob, name };
    const url = URL.createObjectURL(blob);
    const at = document.activeElement; // the field and the results go, and the focus must not go with them
    const focused = at === document.body || at === text || at.closest('.grid') !== null;
    const shown = el('img', { src: url, alt: '' });
    shown.onload = shown.onerror = () => URL.revokeObjectURL(url);
    chip.replaceChildren(shown, el('span', { class: 'chip-name' }, name),
      el('button', { type: 'button', 'aria-label': `Remove the picture ${name}`, onclick: () => { forgetPicture(); text.focus(); changed(); } }, '×'));
    chip.hidden = false;
    text.hidden = true;
    if (focused) chip.querySelector('button').focus({ preventScroll: true });
  }

  function forgetPicture() {
    picture = null;
    chip.hidden = true;
    chip.replaceChildren();
    text.hidden = false;
    file.value = '';
  }

  function submit(event) {
    event.preventDefault();
    if (![filter, top, candidates].every(check)) {
      element.reportValidity();
      return;
    }
    if (picture) pictureGiven(picture.blob, picture.name);
    else submitted(values());
  }

  function take(given) {
    text.value = '';
    pictureGiven(given, given.name || 'pasted picture');
  }

  function paste(event) {
    const given = pictureIn(event.clipboardData);
    if (!given) return;
    event.preventDefault();
    take(given);
  }

  function keydown(event) {
    if (event.key !== '/' || event.target.closest('input, textarea, select, dialog')) return;
    event.preventDefault();
    text.focus();
  }

  function leave() {
    for (const [name, listener] of Object.entries(listeners)) removeEventListener(name, listener);
  }
}

/** Says what is wrong with a control in its own words, and whether it is right. */
function check(control) {
  control.setCustomValidity('');
  if (control.classList.contains('code') && control.value.trim()) {
    try {
      const parsed = JSON.parse(control.value);
      if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new Error();
    } catch {
      control.setCustomValidity(filterRule);
    }
  }
  return control.checkValidity();
}

const pictureIn = (transfer) => [...(transfer?.files ?? [])].find((file) => file.type.startsWith('image/'));

const contents = ({ pictures, texts }) => [pictures > 0 && plural(pictures, 'picture'), texts > 0 && plural(texts, 'text')].filter(Boolean).join(', ') || 'empty';

function pictureIcon() {
  return svg('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' },
    svg('rect', { x: 3, y: 5, width: 18, height: 14, rx: 2.5 }),
    svg('circle', { cx: 8.5, cy: 10, r: 1.5 }),
    svg('path', { d: 'm4 17 5-4 3 2 4.5-4L21 15' }));
}
