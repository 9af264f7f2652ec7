// The evaluate view: the Recall@K table of an evaluation, both ways, with its intervals.
import { call, get } from './api.js';
import { el, field } from './dom.js';
import { count, plural, when } from './format.js';
import { evaluateForm } from './evaluateform.js';
import { jobCard } from './jobcard.js';
import { follow } from './jobevents.js';
import { commandLine, empty, failure, skeleton } from './notices.js';

const pollMs = 1500;
const metrics = [['r1', 'R@1', 100], ['r5', 'R@5', 100], ['r10', 'R@10', 100], ['r_mean', 'Mean', 100], ['mrr', 'MRR', 1], ['ndcg10', 'NDCG@10', 1]];
const directions = [['txt', 'Text of a picture', 'The captions of each picture are looked for.'], ['img', 'Picture of a text', 'The picture of each caption is looked for.']];

export function show(root, route) {
  let running = new AbortController();
  let waiting = new AbortController();
  const choice = el('select', { onchange: () => { location.hash = `#/evaluate/${choice.value}`; } });
  const choose = el('div', { class: 'choose' });
  const forms = el('div', { class: 'forms' });
  const body = el('div', { class: 'evaluation' });
  root.append(
    el('div', { class: 'view-head' }, el('div', {}, el('h1', {}, 'Evaluate'), choose),
      el('div', { class: 'actions' }, el('button', { type: 'button', onclick: openForm }, 'New evaluation'))),
    forms, body);
  update(route);
  return { update, leave: () => running.abort() };

  async function update({ rest }) {
    running.abort();
    running = new AbortController();
    body.replaceChildren(...skeleton(2, 'table'));
    try {
      const jobs = await evaluations(running.signal);
      if (jobs.length === 0) {
        choose.replaceChildren();
        body.replaceChildren(empty('Nothing evaluated yet', 'An evaluation ranks the captions of every picture and the pictures of every caption, and counts how often the right one is among the first. Start one here, or with',
          commandLine(`mplug eval annotations.json --images ~/pictures --server ${location.origin}`)));
        return;
      }
      const wanted = jobs.find((job) => job.id === rest[0]);
      const chosen = wanted ?? jobs.find((job) => job.status === 'done') ?? jobs[0];
      choice.replaceChildren(...jobs.map((job) => el('option', { value: job.id, selected: job === chosen }, `${when(job.submitted)} · ${job.items === null ? '' : `${plural(job.items, 'item')} · `}${job.status}`)));
      choose.replaceChildren(field('Evaluation', choice));
      if (rest[0] && !wanted) {
        choice.prepend(el('option', { value: '', selected: true, disabled: true }, 'choose one'));
        body.replaceChildren(failure({ title: 'There is no such evaluation', detail: `Job ${rest[0]} is none, or has been deleted. Choose another one.` }));
        return;
      }
      await render(chosen);
    } catch (problem) {
      if (problem.name !== 'AbortError') body.replaceChildren(failure(problem, () => update({ rest })));
    }
  }

  async function render(job) {
    waiting.abort(); // else each Pause and Resume would leave a stream open
    waiting = new AbortController();
    if (job.status === 'done') {
      const text = await (await call(`/v1/jobs/${job.id}/results?format=jsonl`, { signal: running.signal })).text();
      const rows = text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
      body.replaceChildren(...report(rows, job));
      return;
    }
    const card = jobCard(job, { changed: (now) => render(now), deleted: () => { location.hash = '#/evaluate'; } });
    body.replaceChildren(card.element);
    if (job.status === 'running') await wait(job.id, card);
  }

  /** Until the job rests: by its events where the server has them, else by asking. */
  async function wait(id, card) {
    const signal = AbortSignal.any([running.signal, waiting.signal]);
    await follow(id, signal, card.update);
    while (!signal.aborted) {
      const job = await get(`/v1/jobs/${id}`, { signal });
      card.update(job);
      if (job.status !== 'running') return render(job);
      await new Promise((resolve) => { setTimeout(resolve, pollMs); });
    }
  }

  function openForm() {
    forms.replaceChildren(evaluateForm((job) => { forms.replaceChildren(); location.hash = `#/evaluate/${job.id}`; }, () => forms.replaceChildren()));
    forms.querySelector('input').focus();
  }
}

async function evaluations(signal) {
  const found = [];
  for (let cursor = null, page = 0; page < 10; page++) {
    const part = await get(`/v1/jobs?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`, { signal });
    found.push(...part.data.filter((job) => job.kind === 'evaluate'));
    cursor = part.next_cursor;
    if (!cursor) break;
  }
  return found;
}

function report(rows, job) {
  const find = (direction, metric) => rows.find((row) => row.direction === direction && row.metric === metric);
  const size = (metric) => find('set', metric)?.value ?? 0;
  const both = find('both', 'r_mean');
  return [
    el('div', { class: 'headline' },
      both && el('p', { class: 'big' }, both.value.toFixed(2), el('small', {}, ' mean recall, both ways')),
      el('p', { class: 'hint' }, `${plural(size('pictures'), 'picture')}, ${plural(size('captions'), 'caption')}, ${plural(size('pairs'), 'pair')} scored`,
        size('excluded') > 0 ? `, ${plural(size('excluded'), 'item')} left out` : '', job.items_failed > 0 ? `, ${count(job.items_failed)} failed` : '')),
    directions.map(([direction, title, story]) => table(direction, title, story, find)),
    el('p', { class: 'hint legend-line' }, el('i', { class: 'dot itm' }), 'reranked (ITM), with its 95 % interval; ', el('i', { class: 'dot itc' }), 'by similarity alone (ITC). Recall in percent.'),
  ].flat();
}

function table(direction, title, story, find) {
  return el('section', { class: 'recall' }, el('h2', {}, title), el('p', { class: 'hint' }, story),
    el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': title },
      el('table', {},
        el('caption', { class: 'unseen' }, title),
        el('thead', {}, el('tr', {}, ['Metric', 'Reranked', '95 % interval', 'Similarity alone', 'Gain'].map((name) => el('th', { scope: 'col' }, name)), el('th', { scope: 'col', class: 'range-head' }, el('span', { class: 'unseen' }, 'Drawing')))),
        el('tbody', {}, metrics.map(([metric, heading, scale]) => row(heading, scale, find(direction, metric), find(`${direction}_itc`, metric)))))));
}

function row(heading, scale, itm, itc) {
  if (!itm) return null;
  const digits = scale === 100 ? 2 : 4;
  const gain = itc ? itm.value - itc.value : null;
  const share = (value) => value / scale;
  return el('tr', {},
    el('th', { scope: 'row' }, heading),
    el('td', { class: 'main' }, itm.value.toFixed(digits)),
    el('td', { class: 'interval' }, itm.low === undefined ? '–' : `${itm.low.toFixed(digits)} – ${itm.high.toFixed(digits)}`),
    el('td', {}, itc ? itc.value.toFixed(digits) : '–'),
    el('td', { class: gain > 0 ? 'gain' : '' }, gain === null ? '–' : `${gain >= 0 ? '+' : '−'}${Math.abs(gain).toFixed(digits)}`),
    el('td', { class: 'range', 'aria-hidden': 'true' },
      el('span', { class: 'range-line', '--value': share(itm.value), '--low': share(itm.low ?? itm.value), '--high': share(itm.high ?? itm.value), '--itc': share(itc?.value ?? itm.value) },
        el('i', { class: 'whisker' }), itc && el('i', { class: 'tick' }), el('i', { class: 'mark' }))));
}
