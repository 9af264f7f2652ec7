// One item in a dialog: the picture, both numbers, what is known of it, and what each word looked at.
import { sourceOf } from './corpora.js';
import { el } from './dom.js';
import { explanation } from './explain.js';
import { baseName, percent, similarity } from './format.js';
import { given, original } from './pictures.js';
import { moved } from './results.js';

/** Opens the dialog on one item of a list. `query` is what was searched for, or null; `similar` searches by a picture. */
export function details(corpus, items, at, query, similar) {
  let opener = document.activeElement; // null: it will be gone
  const content = el('div', { class: 'sheet' });
  const dialog = el('dialog', { class: 'details', 'aria-labelledby': 'details-title', onkeydown: turn, onclick: leaveByBackdrop }, content);
  let stop = () => {};
  dialog.addEventListener('close', () => {
    stop();
    dialog.remove();
    opener?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  fill();

  function fill() {
    stop();
    const item = items[at];
    const stage = item.kind === 'picture' ? original(corpus.name, item, `Picture ${item.id}`)
      : query?.image ? given(query.image, 'The picture that was searched by')
        : el('p', { class: 'saying' }, item.text);
    const story = query ? explanation(corpus, item, query, stage) : null;
    stop = story?.stop ?? (() => {});
    content.replaceChildren(
      el('div', { class: `stage${corpus.convention === 'am30' ? ' as-stored' : ''}` }, stage, story?.legend),
      el('div', { class: 'facts' },
        el('div', { class: 'facts-head' },
          el('h2', { id: 'details-title', tabindex: '-1' }, baseName(item.id)),
          el('div', { class: 'tools' },
            el('button', { type: 'button', class: 'icon', 'aria-label': 'Previous', disabled: at === 0, onclick: () => go(-1) }, '‹'),
            el('button', { type: 'button', class: 'icon', 'aria-label': 'Next', disabled: at === items.length - 1, onclick: () => go(1) }, '›'),
            el('button', { type: 'button', class: 'icon', 'aria-label': 'Close', onclick: () => dialog.close() }, '×'))),
        item.rank !== undefined && scores(item),
        story?.element,
        known(corpus, item),
        item.kind === 'picture' && el('div', { class: 'actions' },
          el('button', { type: 'button', onclick: () => { opener = null; dialog.close(); similar(item); } }, 'Search by this picture'))));
    content.querySelector('h2').focus({ preventScroll: true });
  }

  function go(step) {
    if (!items[at + step]) return;
    at += step;
    fill();
  }

  function turn(event) {
    if (event.target.closest('.chips, input, select')) return;
    if (event.key === 'ArrowRight') go(1);
    if (event.key === 'ArrowLeft') go(-1);
  }

  function leaveByBackdrop(event) {
    if (event.target === dialog) dialog.close();
  }
}

function scores(item) {
  const matches = item.itm_probability !== null;
  return el('dl', { class: 'scores' },
    el('div', { class: 'score itm' }, el('dt', {}, 'Match probability (ITM)'),
      el('dd', {}, matches ? percent(item.itm_probability) : '–', el('small', {}, matches ? `logit ${similarity(item.itm_logit)}` : item.error?.message ?? 'not reranked'))),
    el('div', { class: 'score itc' }, el('dt', {}, 'Similarity (ITC)'),
      el('dd', {}, similarity(item.itc_similarity), el('small', {}, 'of the embeddings'))),
    el('div', { class: 'score' }, el('dt', {}, 'Place'),
      el('dd', {}, String(item.rank), moved(item), el('small', {}, matches ? `${item.rank_itc} before reranking` : 'by similarity'))));
}

function known(corpus, item) {
  const source = sourceOf(corpus, item);
  const rows = [
    ['Id', item.id],
    item.text && [item.kind === 'picture' ? 'Caption' : 'Text', item.text],
    source && ['Source', source],
    ...Object.entries(item.metadata ?? {}).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
    item.blob && ['SHA-256', item.blob],
  ].filter(Boolean);
  return el('dl', { class: 'known' }, rows.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));
}
