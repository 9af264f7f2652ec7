// The search view: a query, its results, and the pictures of the corpus as long as there is no query.
import { get, key, post, Problem, segment } from './api.js';
import { handOn, sorted } from './chosen.js';
import { called, list } from './corpora.js';
import { details } from './details.js';
import { el, say } from './dom.js';
import { dropping } from './dropping.js';
import { count, milliseconds, plural } from './format.js';
import { movement } from './movement.js';
import { commandLine, empty, failure, skeleton } from './notices.js';
import { bytesOf, dataUri } from './pictures.js';
import { filterRule, queryBar } from './query.js';
import { grid } from './results.js';

const sampled = 18;
let lastCorpus = ''; // the corpus of the last visit

export function show(root, route) {
  const results = el('section', { class: 'results', 'aria-label': 'Results' });
  let running = new AbortController();
  let corpora = [];
  const bar = queryBar({ submitted: goTo, pictureGiven: searchPicture, changed: browse });
  const stopDropping = dropping(() => (canSearch() ? 'Drop a picture to search by it, or several to add them' : 'Drop pictures to add them'), dropped);
  root.append(el('h1', { class: 'unseen' }, 'Search'), bar.element, results);
  begin(route);
  return { update: follow, leave: () => { running.abort(); bar.leave(); stopDropping(); } };

  async function begin(first) {
    results.replaceChildren(...waitingGrid());
    try {
      const all = await list({ signal: running.signal });
      corpora = all.data;
      bar.setCorpora(corpora, lastCorpus, all.faults);
      if (corpora.length === 0) results.replaceChildren(noCorpus(() => begin(first)));
      else await follow(first, true);
    } catch (problem) {
      report(problem, () => begin(first));
    }
  }

  /** The query is in the address, so that it can be kept, sent and gone back to. */
  function goTo(query) {
    const parameters = new URLSearchParams(query);
    const hash = `#/search?${parameters}`;
    if (location.hash === hash) searchText(query);
    else location.hash = hash;
  }

  async function follow({ query }, first = false) {
    if (corpora.length === 0) return;
    bar.set(query, first);
    const wanted = query.get('corpus');
    if (wanted && !corpora.some(({ name }) => name === wanted)) {
      running.abort(); // another corpus must not answer for it
      results.replaceChildren(failure({ title: `There is no corpus “${called(wanted)}”`, detail: 'It may have been deleted, or have another name. Choose one from the list.' }));
      return;
    }
    if (query.get('text')) await searchText(bar.values());
    else await browse();
  }

  /** Some pictures of the corpus, so that there is something to look at before the first query. */
  async function browse() {
    const corpus = restart();
    if (!corpus) return;
    try {
      const page = await get(`/v1/corpora/${segment(corpus.name)}/items?limit=${sampled}`, { signal: running.signal });
      if (page.data.length === 0) {
        results.replaceChildren(emptyCorpus(corpus));
        return;
      }

      const size = [corpus.pictures && plural(corpus.pictures, 'picture'), corpus.texts && plural(corpus.texts, 'text')].filter(Boolean).join(' and ');
      results.replaceChildren(
        el('div', { class: 'results-head' }, el('h2', {}, `${size} in “${called(corpus.name)}”`), el('p', {}, `${page.next_cursor ? `The first ${page.data.length} are shown. ` : ''}Describe what you look for, or drop, paste or choose a picture.`),
          el('a', { class: 'further', href: addressOfAdding(corpus.name) }, 'Add pictures')),
        grid(corpus.name, page.data, (items, at) => open(corpus, items, at, null)));
    } catch (problem) {
      report(problem, browse);
    }
  }

  /** One picture is a query, if there is something to be found by it; several are to be added. */
  function dropped(given) {
    const { pictures } = sorted(given);
    if (pictures.length === 1 && pictures[0].file && canSearch()) {
      bar.take(pictures[0].file);
    } else if (pictures.length > 0) {
      handOn(given);
      location.hash = addressOfAdding(bar.values().corpus);
    }
  }

  function canSearch() {
    const corpus = corpora.find(({ name }) => name === bar.values().corpus);
    return corpus !== undefined && corpus.pictures + corpus.texts > 0;
  }

  async function searchText(values) {
    if (values.text.trim()) await run({ text: values.text }, values, `“${values.text}”`);
    else await browse();
  }

  async function searchPicture(file, name) {
    bar.showPicture(file, name);
    await run({ image: await dataUri(file) }, bar.values(), name);
  }

  async function run(query, values, what) {
    const corpus = restart();
    if (!corpus) return;
    say('Searching');
    try {
      const answer = await post(`/v1/corpora/${segment(corpus.name)}/search`, { ...query, ...options(values) }, { signal: running.signal });
      const shown = answer.results.length;
      results.replaceChildren(
        head(answer, corpus),
        movement(answer.results) ?? '',
        shown > 0
          ? grid(corpus.name, answer.results, (items, at) => open(corpus, items, at, query))
          : values.filter ? empty('Nothing matches', 'No item fits the filter. Make it wider, or clear it.') : emptyCorpus(corpus));
      say(`${plural(shown, 'result')} for ${what}${answer.reranked ? `, ${count(answer.reranked)} candidates reranked` : ''}`);
    } catch (problem) {
      report(problem, () => run(query, values, what));
    }
  }

  function open(corpus, items, at, query) {
    details(corpus, items, at, query, async (item) => searchPicture(await bytesOf(corpus.name, item), item.id));
  }

  /** Ends what is running and says which corpus is asked now. */
  function restart() {
    running.abort();
    running = new AbortController();
    const corpus = corpora.find((one) => one.name === bar.values().corpus);
    lastCorpus = corpus?.name ?? '';
    results.replaceChildren(...waitingGrid());
    return corpus;
  }

  function report(problem, again) {
    if (problem.name === 'AbortError') return;
    results.replaceChildren(failure(problem, again));
  }
}

function options({ top, candidates, rerank, filter }) {
  return {
    top: Number(top),
    ...(candidates ? { candidates: Number(candidates) } : {}),
    ...(rerank === '0' ? { rerank: false } : {}), // left out, the server reranks wherever there is something to rerank
    ...(filter ? { filter: parse(filter) } : {}),
  };
}

/** A filter that came with the address has not been looked at as it was typed. */
function parse(filter) {
  try {
    return JSON.parse(filter);
  } catch {
    throw new Problem(0, 'The filter is not JSON', `“${filter}” is none. ${filterRule}`);
  }
}

function head(answer, corpus) {
  const { embed, shards, rerank, total } = answer.timings_ms;
  const parts = [['embed', embed], ['shards', shards], ['rerank', rerank]];
  const order = answer.candidates === 0 ? 'ordered by similarity alone'
    : answer.reranked === answer.candidates ? `${plural(answer.reranked, 'candidate')} reranked`
      : `${count(answer.reranked)} of ${plural(answer.candidates, 'candidate')} reranked, then the time was over`;
  return el('div', { class: 'results-head' },
    el('h2', {}, `${plural(answer.results.length, 'result')} of ${count(corpus.pictures + corpus.texts)}`),
    el('p', {}, `${order} · `, el('span', { class: 'nowrap' }, milliseconds(total))),
    el('div', { class: 'spent', role: 'img', 'aria-label': `Time: ${parts.map(([name, ms]) => `${name} ${milliseconds(ms)}`).join(', ')}` },
      parts.map(([name, ms]) => el('span', { class: `spent-${name}`, '--share': ms / Math.max(total, 0.001), title: `${name}: ${milliseconds(ms)}` }))));
}

const waitingGrid = () => [el('div', { class: 'grid', 'aria-busy': 'true' }, skeleton(12, 'card'))];

const indexLine = (name) => `mplug index ~/Pictures --corpus ${name} --server ${location.origin}`;

const addressOfAdding = (name) => `#/add${name ? `?corpus=${segment(name)}` : ''}`;

const addLink = (name) => el('a', { class: 'button primary', href: addressOfAdding(name) }, 'Add pictures');

const emptyCorpus = ({ name }) => empty(`“${called(name)}” is empty`, 'Add pictures, or drop them anywhere on this page.',
  addLink(name), el('p', {}, 'From the command line:'), commandLine(indexLine(name)), indexHint());

/** Whose folder that is, and the key that the command needs as this page does. */
const indexHint = () => el('p', { class: 'hint' }, 'The folder is one of the machine on which the command runs.',
  key() && [' The command takes the key from the variable ', el('code', {}, 'Mplug__Gateway__Token'), '.']);

function noCorpus(again) {
  return empty('No pictures yet', 'A corpus is a collection that can be searched. Add pictures to make one, or drop them anywhere on this page.',
    el('div', { class: 'actions' }, addLink(''), el('button', { type: 'button', onclick: again }, 'Look again')),
    el('p', {}, 'From the command line:'),
    commandLine(indexLine('pictures')),
    indexHint(),
    el('p', { class: 'hint' }, 'Storage that the server reads by itself is ingested under ', el('a', { href: '#/jobs/new-ingest' }, 'Jobs'), '.'));
}
