// One job: what it does, how far it is, what holds it up, and what can be done about it.
import { call, download, post } from './api.js';
import { called } from './corpora.js';
import { el, say } from './dom.js';
import { count, milliseconds, plural, rate, seconds, when } from './format.js';
import { confirmed } from './notices.js';

const kinds = { rank: 'Ranking', score: 'Scoring', evaluate: 'Evaluation', ingest: 'Ingest' };
const units = { rank: 'query', score: 'pair', evaluate: 'item', ingest: 'picture' };
const formats = ['jsonl', 'csv', 'parquet', 'trec'];
const shownErrors = 50;

/** A card that `update`s itself; `changed` gets the job after an action, `deleted` is called when it is gone. */
export function jobCard(first, { changed, deleted }) {
  let job = first;
  let shownStatus = '';
  const state = el('span', { class: 'state' });
  const message = el('p', { class: 'job-message' });
  const bar = el('div', { class: 'progress', role: 'progressbar', 'aria-valuemin': '0', 'aria-valuemax': '100', 'aria-label': `Progress of job ${job.id}` });
  const figures = el('dl', { class: 'figures' });
  const actions = el('div', { class: 'actions' });
  const more = el('div', { class: 'more' });
  const details = el('details', { ontoggle: () => details.open && fillMore() }, el('summary', {}, 'Stages, results, errors'), more);
  const fault = el('p', { class: 'fault', role: 'alert', hidden: true });
  const element = el('article', { class: 'job', 'data-id': job.id, 'data-submitted': job.submitted, tabindex: '-1', 'aria-label': `${kinds[job.kind]} ${job.id}` },
    el('header', {},
      el('h2', {}, kinds[job.kind], job.corpus && el('span', { class: 'of' }, ` of ${called(job.corpus)}`)),
      state,
      el('p', { class: 'job-id' }, el('code', {}, job.id), ` · ${when(job.submitted)}`)),
    bar, figures, message, fault, el('footer', {}, details, actions));
  update(job);
  return { element, update, focus: () => element.focus(), open: () => { details.open = true; element.scrollIntoView({ block: 'nearest' }); } };

  function update(now) {
    job = now;
    element.dataset.status = job.status;
    state.textContent = job.status;
    const done = Math.round(100 * job.fraction);
    bar.setAttribute('aria-valuenow', String(done));
    bar.style.setProperty('--share', String(job.fraction));
    message.textContent = job.message ?? '';
    message.hidden = !job.message;
    figures.replaceChildren(...numbers(job).map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));
    if (job.status !== shownStatus) {
      if (shownStatus) say(`Job ${job.id} is ${job.status}`);
      shownStatus = job.status;
      actions.replaceChildren(...possible());
      if (details.open) fillMore();
    } else if (details.open) fillStages();
  }

  function possible() {
    const running = job.status === 'running';
    return [
      job.kind === 'evaluate' && job.status === 'done' && el('a', { class: 'button', href: `#/evaluate/${job.id}` }, 'See the table'),
      running && button('Pause', () => act('pause')),
      job.status === 'paused' && button('Resume', () => act('resume'), 'primary'),
      !ended(job) && button('Cancel', cancel),
      ended(job) && button('Delete', remove),
    ].filter(Boolean);
  }

  function button(text, onclick, kind = '') {
    return el('button', { type: 'button', class: kind, 'aria-label': `${text} job ${job.id}`, onclick }, text);
  }

  async function act(verb) {
    await attempt(async () => changed(await post(`/v1/jobs/${job.id}/${verb}`)));
  }

  async function cancel() {
    if (await confirmed('Cancel this job?', 'What it has finished can still be read. It cannot be started again from here.', 'Cancel the job')) await act('cancel');
  }

  async function remove() {
    if (!await confirmed('Delete this job?', 'Its results and its error report are deleted with it. The corpus stays as it is.', 'Delete the job')) return;
    await attempt(async () => {
      await call(`/v1/jobs/${job.id}`, { method: 'DELETE' });
      deleted();
    });
  }

  /** Runs an action; a failure is shown on the card. */
  async function attempt(action) {
    fault.hidden = true;
    try {
      await action();
    } catch (problem) {
      fault.textContent = `${problem.title}: ${problem.detail}`;
      fault.hidden = false;
    }
  }

  function fillMore() {
    more.replaceChildren(el('div', { class: 'stages' }), downloads(), el('div', { class: 'job-errors' }));
    fillStages();
    if (job.items_failed > 0) fillErrors();
  }

  function fillStages() {
    const spent = Object.entries(job.times_ms).filter(([, ms]) => ms > 0);
    const total = spent.reduce((sum, [, ms]) => sum + ms, 0);
    more.querySelector('.stages').replaceChildren(
      ...job.stages.filter((stage) => stage.total > 0).map(({ name, done, total: all }) => el('div', { class: 'stage-row' },
        el('span', {}, name), el('span', { class: 'progress thin', '--share': done / all }), el('span', { class: 'count' }, `${count(done)} / ${count(all)}`))),
      ...(total > 0 ? [el('p', { class: 'hint' }, `Time of the devices together: ${spent.map(([name, ms]) => `${name} ${milliseconds(ms)}`).join(', ')}. `,
        `Pictures: ${count(job.features.images_from_memory)} from memory, ${count(job.features.images_from_store)} from the store, ${count(job.features.images_encoded)} encoded.`)] : []));
  }

  function downloads() {
    if (ended(job) && job.status !== 'done' && job.blocks_readable === 0) return el('p', { class: 'hint' }, 'It ended before there were any results.');
    const fitting = formats.filter((format) => format !== 'trec' || job.kind === 'rank');
    return el('div', { class: 'downloads' }, el('span', {}, 'Results'), fitting.map((format) =>
      el('button', { type: 'button', class: 'quiet', 'aria-label': `Download the results as ${format}`, onclick: () => save(format) }, format)));
  }

  async function save(format) {
    await attempt(() => download(`/v1/jobs/${job.id}/results?format=${format}`, `${job.id}.${format}`));
  }

  async function fillErrors() {
    const target = more.querySelector('.job-errors');
    await attempt(async () => {
      const lines = (await (await call(`/v1/jobs/${job.id}/errors`)).text()).split('\n').filter(Boolean);
      const errors = lines.slice(0, shownErrors).map((line) => JSON.parse(line));
      target.replaceChildren(
        el('h3', {}, plural(lines.length, 'item') + ' failed'),
        el('ul', {}, errors.map(({ item, code, reason }) => el('li', {},
          el('code', {}, item), ` ${code} `, el('span', { class: 'hint' }, reason)))),
        lines.length > shownErrors && el('p', { class: 'hint' }, `and ${count(lines.length - shownErrors)} more`),
        el('button', { type: 'button', class: 'quiet', onclick: () => attempt(() => download(`/v1/jobs/${job.id}/errors`, `${job.id}.errors.jsonl`)) }, 'Download the report'));
    });
  }
}

const ended = (job) => job.status !== 'running' && job.status !== 'paused';

function numbers(job) {
  const unit = units[job.kind];
  const running = job.status === 'running';
  return [
    ['Done', `${Math.round(100 * job.fraction)} %`],
    ['Items', job.items === null ? (ended(job) ? 'unknown' : 'being read') : plural(job.items, unit, unit === 'query' ? 'queries' : `${unit}s`)],
    running && ['Rate', job.items_per_second > 0 ? `${rate(job.items_per_second)} /s` : '–'],
    running && ['Left', job.seconds_left === null ? 'unknown yet' : seconds(job.seconds_left)],
    job.ended && ['Took', seconds((new Date(job.ended) - new Date(job.submitted)) / 1000)],
    job.bottleneck && ['Bottleneck', job.bottleneck],
    job.items_failed > 0 && ['Failed', count(job.items_failed)],
  ].filter(Boolean);
}
