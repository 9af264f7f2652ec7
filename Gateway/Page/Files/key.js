// Asks for the access key, one dialog for however many requests wait for it.
import { el, field } from './dom.js';

let asking = null;

/** The key that the reader gives; null when he does not. */
export function askForKey(message) {
  asking ??= ask(message).finally(() => { asking = null; });
  return asking;
}

function ask(message) {
  const input = el('input', { type: 'password', autocomplete: 'off', required: true, spellcheck: 'false' });
  const form = el('form', { method: 'dialog' },
    el('h2', { id: 'key-title' }, 'Access key'),
    el('p', {}, 'This server answers only those who have a key: its ', el('code', {}, 'Mplug:Gateway:Token'), ', or one of ', el('code', {}, 'Mplug:Gateway:Keys'), '.'),
    message && el('p', { class: 'fault', role: 'alert' }, message),
    field('Key', input, 'Kept in this tab until it is closed.'),
    el('div', { class: 'actions' },
      el('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, 'Not now'),
      el('button', { type: 'submit', class: 'primary' }, 'Use this key')));
  const dialog = el('dialog', { class: 'small', 'aria-labelledby': 'key-title' }, form);
  return new Promise((resolve) => {
    let given = null;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      given = input.value.trim();
      dialog.close();
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(given || null);
    });
    document.body.append(dialog);
    dialog.showModal();
    input.focus();
  });
}
