// The result grid: pictures with their numbers, and arrow keys between them.
import { el } from './dom.js';
import { baseName, percent, similarity } from './format.js';
import { thumbnail } from './pictures.js';

/** The grid of items or results; `open` gets the list and the place of the one that was chosen. */
export function grid(corpus, items, open) {
  const cards = items.map((item, at) => card(corpus, item, at, () => open(items, at)));
  const list = el('ol', { class: 'grid', onkeydown: move, onfocusin: mark, onpointerover: mark, onpointerleave: () => highlight(null) },
    cards.map((one) => el('li', {}, one)));
  return list;

  function move(event) {
    const at = cards.indexOf(event.target);
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns(), ArrowDown: columns(), Home: -at, End: cards.length - 1 - at }[event.key];
    const next = step === undefined || at < 0 ? null : cards[at + step];
    if (step === undefined || at < 0) return;
    event.preventDefault();
    if (!next) return;
    for (const one of cards) one.tabIndex = one === next ? 0 : -1;
    next.focus();
  }

  function columns() {
    const first = cards[0].getBoundingClientRect().top;
    const below = cards.findIndex((one) => one.getBoundingClientRect().top > first + 1);
    return below < 0 ? cards.length : below;
  }

  function mark(event) {
    const hit = event.target.closest('.card');
    highlight(hit ? cards.indexOf(hit) : null);
  }

  /** The picture above the grid shows where this one came from. */
  function highlight(at) {
    for (const line of list.parentElement?.querySelectorAll('.movement [data-at]') ?? []) line.classList.toggle('lit', Number(line.dataset.at) === at);
  }
}

function card(corpus, item, at, open) {
  const ranked = item.rank !== undefined;
  return el('button', { type: 'button', class: `card ${item.kind}`, tabindex: at === 0 ? '0' : '-1', onclick: open },
    item.kind === 'picture' ? thumbnail(corpus, item) : el('span', { class: 'frame saying' }, item.text),
    ranked && el('span', { class: 'rank' }, el('span', { class: 'unseen' }, 'Place '), String(item.rank)),
    ranked && moved(item),
    el('span', { class: 'name' }, baseName(item.id)),
    ranked && numbers(item));
}

/** The two numbers as bars: ITM, then ITC. */
export function numbers(item) {
  const itm = item.itm_probability;
  return el('span', { class: 'numbers' },
    itm !== null && meter('itm', 'ITM', percent(itm), itm),
    meter('itc', 'ITC', similarity(item.itc_similarity), Math.max(0, item.itc_similarity)),
    item.error && el('span', { class: 'fault' }, item.error.message));
}

function meter(kind, label, text, share) {
  return el('span', { class: `meter ${kind}` }, el('span', { class: 'meter-label' }, label), el('span', { class: 'meter-bar', '--share': Math.min(1, share) }), el('span', { class: 'meter-text' }, text));
}

/** How far reranking moved it. */
export function moved(item) {
  if (item.itm_logit === null) return null;
  const by = item.rank_itc - item.rank;
  const kind = by > 0 ? 'up' : by < 0 ? 'down' : 'same';
  return el('span', { class: `moved ${kind}`, title: `Place ${item.rank_itc} by similarity, place ${item.rank} after reranking` },
    el('span', { 'aria-hidden': 'true' }, by === 0 ? '=' : `${by > 0 ? '↑' : '↓'}\u2009${Math.abs(by)}`),
    el('span', { class: 'unseen' }, ` place ${item.rank_itc} before reranking `));
}
