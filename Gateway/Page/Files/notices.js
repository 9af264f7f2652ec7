// Empty states and errors: what is so, and what to do.
import { el } from './dom.js';
import { changeKey } from './api.js';

/** What is shown where there is nothing yet. */
export function empty(title, text, ...more) {
  return el('section', { class: 'notice' }, el('h2', {}, title), el('p', {}, text), more.filter(Boolean));
}

/** A failure, with a way to try again. */
export function failure(problem, again) {
  const needsKey = problem.status === 401 || problem.status === 403;
  return el('section', { class: 'notice fault-notice', role: 'alert' },
    el('h2', {}, problem.title ?? 'Something went wrong in this page'),
    el('p', {}, problem.detail ?? problem.message),
    el('div', { class: 'actions' },
      needsKey && el('button', { type: 'button', class: 'primary', onclick: async () => { if (await changeKey()) again(); } }, 'Enter a key'),
      again && !needsKey && el('button', { type: 'button', onclick: again }, 'Try again')));
}

/** A command line to copy. */
export function commandLine(text) {
  const button = el('button', { type: 'button', class: 'quiet', onclick: copy }, 'Copy');
  return el('div', { class: 'command' }, el('code', { tabindex: '0' }, text), button);

  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = 'Copied';
    } catch {
      button.textContent = 'Select and copy'; // no clipboard outside secure contexts
    }
  }
}

/** Grey shapes in the place of what is coming. */
export const skeleton = (many, kind) => Array.from({ length: many }, () => el('div', { class: `skeleton ${kind}`, 'aria-hidden': 'true' }));

/** A question before something that cannot be undone. */
export function confirmed(title, text, verb) {
  return new Promise((resolve) => {
    const dialog = el('dialog', { class: 'small', 'aria-labelledby': 'confirm-title' },
      el('h2', { id: 'confirm-title' }, title),
      el('p', {}, text),
      el('div', { class: 'actions' },
        el('button', { type: 'button', class: 'quiet', autofocus: true, onclick: () => dialog.close('') }, 'Keep it'),
        el('button', { type: 'button', class: 'primary', onclick: () => dialog.close('yes') }, verb)));
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
