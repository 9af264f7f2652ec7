// How far the pictures are: a bar, figures, what failed, and what can be done.
import { changeKey } from './api.js';
import { called } from './corpora.js';
import { el, say } from './dom.js';
import { count, plural, rate, seconds } from './format.js';

const shownFaults = 200;
const words = { running: 'running', done: 'done', paused: 'stopped', failed: 'broke off' };

/** The panel of a sending that has begun. `again` is called for another one. */
export function addProgress(sending, again) {
  const { state } = sending;
  const name = called(state.corpus);
  const head = el('h2', { tabindex: '-1' });
  const pill = el('span', { class: 'state' });
  const bar = el('div', { class: 'progress', role: 'progressbar', 'aria-valuemin': '0', 'aria-valuemax': String(state.total), 'aria-label': `Pictures added to ${name}` });
  const figures = el('dl', { class: 'figures' });
  const waiting = el('p', { class: 'waiting-words', role: 'status' });
  const refusal = el('p', { class: 'fault', role: 'alert' });
  const fault = el('p', { class: 'fault', role: 'alert' });
  const actions = el('div', { class: 'actions' });
  const faults = el('ul', { tabindex: '0', 'aria-label': 'Pictures that failed' });
  const failedHead = el('h3', {});
  const furtherFaults = el('p', { class: 'hint' });
  const failed = el('section', { class: 'job-errors', hidden: true }, failedHead, faults, furtherFaults);
  const element = el('section', { class: 'panel add-progress', 'aria-label': `Adding pictures to ${name}` },
    el('header', {}, head, pill), bar, figures, waiting, refusal, fault, actions, failed);
  let shown = '';
  return { element, update, refuse, focus: () => head.focus() };

  /** Says that more was given than can be taken now. */
  function refuse(given) {
    refusal.textContent = `${plural(given.length, 'file')} that came meanwhile ${given.length === 1 ? 'was' : 'were'} not taken: one sending at a time. Give them again when this one is over.`;
  }

  function update() {
    const { status, done, total, outcomes, problem } = state;
    const inside = done - outcomes.failed;
    element.dataset.status = status;
    pill.textContent = words[status];
    head.textContent = status === 'running' ? `Adding pictures to “${name}”`
      : `${inside === total ? plural(total, 'picture') : `${count(inside)} of ${plural(total, 'picture')}`} ${total === 1 ? 'is' : 'are'} in “${name}”`;
    bar.setAttribute('aria-valuenow', String(done));
    bar.setAttribute('aria-valuetext', `${count(done)} of ${plural(total, 'picture')}`);
    bar.style.setProperty('--share', String(total === 0 ? 1 : done / total));
    figures.replaceChildren(...numbers(state).map(([label, value]) => el('div', {}, el('dt', {}, label), el('dd', {}, value))));
    if (waiting.textContent !== state.waiting) waiting.textContent = state.waiting;
    fillFaults();
    if (status === shown) return;
    const hadFocus = element.contains(document.activeElement);
    if (shown || status !== 'running') say(head.textContent);
    shown = status;
    refusal.textContent = '';
    fault.textContent = problem ? `${problem.title ?? 'This page has a fault'}: ${problem.detail ?? problem.message}` : '';
    actions.replaceChildren(...possible());
    if (hadFocus) head.focus(); // the button that had it is gone
  }

  function possible() {
    const { status, problem, done, outcomes } = state;
    const search = (kind) => el('a', { class: `button ${kind}`, href: `#/search?corpus=${encodeURIComponent(state.corpus)}` }, `Search “${name}”`);
    if (status === 'running') return [el('button', { type: 'button', onclick: sending.stop }, 'Stop'), el('span', { class: 'hint' }, 'It goes on while you look at other views; closing the page ends it.')];
    const needsKey = problem?.status === 401 || problem?.status === 403;
    return [
      needsKey && el('button', { type: 'button', class: 'primary', onclick: async () => { if (await changeKey()) sending.go(); } }, 'Enter another key'),
      status !== 'done' && !needsKey && el('button', { type: 'button', class: 'primary', onclick: sending.go }, 'Go on'),
      done > outcomes.failed && search(status === 'done' ? 'primary' : ''),
      el('button', { type: 'button', class: status === 'done' ? '' : 'quiet', onclick: again }, status === 'done' ? 'Add more' : 'Choose others'),
      status === 'paused' && done > 0 && el('span', { class: 'hint' }, 'What is in stays in.'),
    ].filter(Boolean);
  }

  /** Only the new ones, so that who reads the list is not thrown out of it. */
  function fillFaults() {
    const all = state.faults;
    failed.hidden = all.length === 0;
    failedHead.textContent = `${plural(all.length, 'picture')} failed`;
    furtherFaults.textContent = all.length > shownFaults ? `and ${count(all.length - shownFaults)} more` : '';
    faults.append(...all.slice(faults.children.length, shownFaults).map(({ id, reason }) =>
      el('li', {}, el('code', {}, id), ' ', el('span', { class: 'hint' }, reason))));
  }
}

function numbers({ status, total, done, outcomes, passedOver, perSecond, holds }) {
  const running = status === 'running';
  return [
    running && ['Pictures', `${count(done)} of ${count(total)}`],
    running && ['Rate', perSecond > 0 ? `${rate(perSecond)} /s` : '–'],
    running && ['Left', perSecond > 0 ? seconds((total - done) / perSecond) : 'unknown yet'],
    outcomes.added > 0 && !running && ['New', count(outcomes.added)],
    outcomes.replaced > 0 && ['Replaced', count(outcomes.replaced)],
    outcomes.unchanged > 0 && ['There before', count(outcomes.unchanged)],
    outcomes.failed > 0 && ['Failed', count(outcomes.failed)],
    passedOver > 0 && ['Other files passed over', count(passedOver)],
    !running && holds !== null && ['The corpus holds', plural(holds, 'picture')],
  ].filter(Boolean);
}
