// The jobs view: all jobs, newest first, with live progress; and two forms that start one.
import { get, passes, segment } from './api.js';
import { handOn, sorted } from './chosen.js';
import { el } from './dom.js';
import { dropping } from './dropping.js';
import { count } from './format.js';
import { follow } from './jobevents.js';
import { jobCard } from './jobcard.js';
import { ingestForm, rankForm } from './jobforms.js';
import { commandLine, empty, failure, skeleton } from './notices.js';

const pollMs = 3000;
const mostStreams = 2; // a browser has six connections to a server, and the page needs some for itself

export function show(root, route) {
  const running = new AbortController();
  const list = el('div', { class: 'jobs', 'aria-busy': 'true' }, skeleton(3, 'job'));
  const summary = el('p', { class: 'summary' });
  const forms = el('div', { class: 'forms' });
  const more = el('button', { type: 'button', hidden: true, onclick: () => { pages++; load(); } }, 'Show older jobs');
  const cards = new Map();
  const streams = new Map(); // those that are open: what ends each, by its job
  const mute = new Set(); // running jobs whose events broke off or do not exist: the list is what tells
  const stopDropping = dropping(() => 'Drop pictures to add them to a corpus', dropped);
  let pages = 1;
  let timer = 0;
  let sought = null; // the job that the address names: it is shown even where it is older than those that are listed
  let opened = null; // the one that was opened for it, once

  root.append(
    el('div', { class: 'view-head' }, el('div', {}, el('h1', {}, 'Jobs'), summary),
      el('div', { class: 'actions' },
        el('button', { type: 'button', class: 'primary', onclick: () => open('new-rank') }, 'Rank queries'),
        el('button', { type: 'button', onclick: () => open('new-ingest') }, 'Ingest pictures'),
        el('a', { class: 'button', href: '#/add' }, 'Add pictures'))),
    forms, list, more);
  document.addEventListener('visibilitychange', wake);
  update(route);
  if (!sought) load(); // else it is under way
  return { update, leave };

  function update({ rest }) {
    if (rest[0] === 'new-rank' || rest[0] === 'new-ingest') open(rest[0]);
    else if (rest[0]) {
      [sought, opened] = [rest[0], null];
      if (!reveal()) load();
    }
  }

  function dropped(given) {
    if (sorted(given).pictures.length === 0) return;
    handOn(given);
    location.hash = '#/add';
  }

  function open(which) {
    const form = which === 'new-rank' ? rankForm(started, close) : ingestForm(started, close);
    forms.replaceChildren(form);
    form.querySelector('textarea, input, select').focus();
  }

  function close() {
    forms.replaceChildren();
    if (location.hash !== '#/jobs') history.replaceState(null, '', '#/jobs');
  }

  function started(job) {
    close();
    place(job, true);
    cards.get(job.id).focus();
    load();
  }

  async function load() {
    clearTimeout(timer);
    try {
      const jobs = [];
      const faults = [];
      let cursor = null;
      for (let page = 0; page < pages; page++) {
        const part = await get(`/v1/jobs?limit=50${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`, { signal: running.signal });
        jobs.push(...part.data);
        faults.push(...part.faults);
        cursor = part.next_cursor;
        if (!cursor) break;
      }
      await seek(jobs, faults);
      more.hidden = !cursor;
      render(jobs, faults);
      schedule();
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      fail(problem);
    }
  }

  /** Adds the job that the address names, if it is not among those that are listed. */
  async function seek(jobs, faults) {
    const id = sought;
    if (!id || [...jobs, ...faults].some((one) => one.id === id)) return;
    try {
      jobs.push(await get(`/v1/jobs/${segment(id)}`, { signal: running.signal }));
    } catch (problem) {
      if (problem.name === 'AbortError') throw problem;
      forms.replaceChildren(el('p', { class: 'fault', role: 'alert' }, problem.status === 404
        ? `There is no job ${id}. It may have been deleted, or its address is not complete.`
        : `Job ${id} cannot be shown. ${problem.title}: ${problem.detail}`));
      sought = null;
    }
  }

  /** Opens it, once: who closes it again is not contradicted. Whether there was anything to open. */
  function reveal() {
    if (!sought || opened === sought) return true;
    if (!cards.has(sought)) return false;
    opened = sought;
    cards.get(sought).open();
    return true;
  }

  /** Says it once, and goes on asking: a server that comes back shows its jobs by itself. */
  function fail(problem) {
    if (!list.querySelector('.fault-notice')) list.replaceChildren(failure(problem, load));
    cards.clear();
    listen([]);
    list.removeAttribute('aria-busy');
    summary.textContent = '';
    more.hidden = true;
    if (passes(problem)) schedule();
  }

  function render(jobs, faults) {
    list.removeAttribute('aria-busy');
    const active = jobs.filter((job) => job.status === 'running').length;
    listen(jobs.filter((job) => job.status === 'running').map((job) => job.id));
    summary.textContent = jobs.length === 0 ? '' : `${active === 0 ? 'None' : count(active)} running, ${count(jobs.length - active)} at rest`;
    for (const id of [...cards.keys()].filter((id) => !jobs.some((job) => job.id === id))) {
      cards.get(id).element.remove();
      cards.delete(id);
    }
    if (jobs.length + faults.length === 0) {
      list.replaceChildren(empty('No jobs yet', 'Work on a whole corpus is a job: it goes on when you leave, and its results can be read while it runs. Start one above, or with',
        commandLine(`mplug rank pictures --queries queries.txt --out results.csv --server ${location.origin}`)));
      return;
    }
    for (const stale of [...list.children].filter((child) => !child.classList.contains('job') || child.classList.contains('skeleton') || 'fault' in child.dataset)) stale.remove();
    jobs.forEach((job) => place(job, false));
    list.append(...faults.map((fault) => el('article', { class: 'job', 'data-fault': true }, el('h2', {}, fault.id), el('p', { class: 'fault' }, fault.message))));
    reveal();
  }

  /** Jobs never change their order: a new one goes to the front, known ones stay where they are. */
  function place(job, isNew) {
    const known = cards.get(job.id);
    if (known) {
      known.update(job);
      return;
    }
    const card = jobCard(job, { changed: (after) => { place(after, false); load(); }, deleted: () => forget(job.id) });
    cards.set(job.id, card);
    for (const other of list.querySelectorAll('.notice, .skeleton')) other.remove();
    if (isNew) list.prepend(card.element);
    else {
      const older = [...list.querySelectorAll('.job[data-submitted]')].find((other) => other.dataset.submitted < job.submitted);
      list.insertBefore(card.element, older ?? null);
    }
  }

  function forget(id) {
    cards.get(id).element.remove();
    cards.delete(id);
    if (sought === id) sought = null;
    load();
  }

  /** Keeps streams of the newest running jobs open, and no others: closes before it opens. */
  function listen(ids) {
    for (const id of mute) if (!ids.includes(id)) mute.delete(id);
    const wanted = document.hidden || running.signal.aborted ? [] : ids.filter((id) => !mute.has(id)).slice(0, mostStreams);
    for (const [id, stream] of streams) {
      if (wanted.includes(id)) continue;
      streams.delete(id);
      stream.abort();
    }
    wanted.filter((id) => !streams.has(id)).forEach(hear);
  }

  async function hear(id) {
    const stream = new AbortController();
    streams.set(id, stream);
    const ended = await follow(id, stream.signal, (now) => cards.get(id)?.update(now));
    if (stream.signal.aborted) return;
    streams.delete(id);
    if (ended) load();
    else if (!document.hidden) mute.add(id);
  }

  function schedule() {
    clearTimeout(timer); // two looks may have been under way
    if (!document.hidden && !running.signal.aborted) timer = setTimeout(load, pollMs);
  }

  function wake() {
    if (document.hidden) listen([]);
    else load();
  }

  function leave() {
    running.abort();
    stopDropping();
    listen([]);
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', wake);
  }
}
