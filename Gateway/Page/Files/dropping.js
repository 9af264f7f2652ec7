// Files that are dropped anywhere in the window, and the veil that says what will become of them.
import { ofDrop } from './chosen.js';
import { el } from './dom.js';

/** Listens until the function that it returns is called. `promise` says what a drop does, null that none is wanted now; `dropped` gets the files. */
export function dropping(promise, dropped) {
  const text = el('p', {});
  const veil = el('div', { class: 'veil', hidden: true, 'aria-hidden': 'true' }, text);
  const listeners = { dragover, dragleave, drop };
  document.body.append(veil);
  for (const [name, listener] of Object.entries(listeners)) addEventListener(name, listener);
  return () => {
    veil.remove();
    for (const [name, listener] of Object.entries(listeners)) removeEventListener(name, listener);
  };

  function dragover(event) {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    const words = promise();
    if (words === null) event.dataTransfer.dropEffect = 'none';
    else text.textContent = words;
    veil.hidden = words === null;
  }

  function dragleave(event) {
    if (event.relatedTarget === null) veil.hidden = true;
  }

  async function drop(event) {
    veil.hidden = true;
    if (!holdsFiles(event)) return;
    event.preventDefault(); // else the browser leaves the page and shows the file
    if (promise() === null) return;
    const reading = ofDrop(event.dataTransfer);
    text.textContent = 'Looking through what was dropped';
    veil.hidden = false;
    const given = await reading; // never fails; a large folder takes its time
    veil.hidden = true;
    dropped(given);
  }
}

/** An element that takes files itself, such as a file input, keeps them. */
const holdsFiles = (event) => event.dataTransfer.types.includes('Files') && !event.target.closest?.('input[type="file"]');
