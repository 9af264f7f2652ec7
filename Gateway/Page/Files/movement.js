// What reranking did, at a glance: a line from each result's place by similarity to its place now.
import { el, svg } from './dom.js';
import { plural } from './format.js';

const width = 1000;
const height = 76;

/** The drawing; nothing where nothing was reranked. */
export function movement(results) {
  const moved = results.filter((one) => one.itm_logit !== null);
  if (moved.length < 2) return null;
  const last = Math.max(...results.map((one) => Math.max(one.rank, one.rank_itc)));
  const x = (rank) => 8 + ((width - 16) * (rank - 1)) / (last - 1);
  const risen = moved.filter((one) => one.rank_itc > one.rank);
  const lines = results.map((one, at) => ({ one, at })).reverse().map(({ one, at }) => { // the best is drawn last, on top
    const [from, to] = [x(one.rank_itc), x(one.rank)];
    return svg('g', { 'data-at': at, class: one.rank === 1 ? 'first' : one.rank_itc > one.rank ? 'up' : 'down' },
      svg('path', { d: `M${from} 6C${from} ${height / 2} ${to} ${height / 2} ${to} ${height - 6}` }));
  });
  const first = results[0];
  const story = first.rank_itc === 1 ? 'Both agree on the best one.' : `The best one was number ${first.rank_itc} by similarity alone.`;
  return el('figure', { class: 'movement' },
    el('figcaption', {}, el('span', {}, 'By similarity (ITC)'), el('span', { class: 'story' }, `${story} ${plural(risen.length, 'result')} moved up.`)),
    svg('svg', { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' }, lines),
    el('p', { class: 'movement-foot', 'aria-hidden': 'true' }, 'Reranked (ITM)'));
}
