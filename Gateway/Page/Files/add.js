// The view that fills a corpus with pictures of this machine. What is chosen stays while another view is shown, and what is being sent goes on.
import { adding } from './adding.js';
import { addForm } from './addform.js';
import { addProgress } from './addprogress.js';
import { takeOver } from './chosen.js';
import { el } from './dom.js';
import { dropping } from './dropping.js';

const place = el('div', {});
let form = null;
let current = null; // what is being sent, or has been and was not put away: { sending, panel }

export function show(root, route) {
  const stopDropping = dropping(() => (isBusy() ? null : 'Drop pictures or folders to add them'), take);
  root.append(
    el('div', { class: 'view-head' }, el('div', {}, el('h1', {}, 'Add pictures'),
      el('p', { class: 'summary' }, 'From this machine into a corpus. Storage that the server reads by itself is ', el('a', { href: '#/jobs/new-ingest' }, 'ingested'), '.'))),
    place);
  update(route);
  return { update, leave };

  /** What there is to tell of the corpus in the address comes before the form, and what is under way before another corpus. */
  function update({ query }) {
    const [given, corpus] = [takeOver(), query.get('corpus')];
    if (!current || !isBusy() && corpus && corpus !== current.sending.state.corpus) choose(corpus);
    if (given.length > 0) take(given);
  }

  /** What is over is put away; what was stopped can go on when the view is shown again. */
  function leave() {
    stopDropping();
    if (current?.sending.state.status === 'done') current = null;
  }
}

function choose(corpus) {
  current = null;
  form ??= addForm(begin);
  if (corpus) form.setCorpus(corpus);
  place.replaceChildren(form.element);
}

function take(given) {
  if (isBusy()) {
    current.panel.refuse(given);
    return;
  }
  if (current) choose(current.sending.state.corpus);
  form.take(given);
}

function begin(corpus, chosen) {
  const sending = adding(corpus, chosen, () => { panel.update(); warn(); });
  const panel = addProgress(sending, () => { choose(corpus); form.focus(); });
  [form, current] = [null, { sending, panel }];
  place.replaceChildren(panel.element);
  panel.focus();
  sending.go();
}

const isBusy = () => current?.sending.state.status === 'running';

/** A browser asks before the page is closed while pictures are under way. */
function warn() {
  if (isBusy()) addEventListener('beforeunload', hold);
  else removeEventListener('beforeunload', hold);
}

const hold = (event) => event.preventDefault();
