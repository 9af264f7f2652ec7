// Pictures of items. An <img> cannot send the key, so they are fetched and shown from memory.
import { call, segment } from './api.js';
import { el } from './dom.js';

const waiting = new WeakMap();
const nearby = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    nearby.unobserve(target);
    waiting.get(target)?.();
  }
}, { rootMargin: '200px' });

const address = (corpus, item, view) =>
  `/v1/corpora/${segment(corpus)}/items/${segment(item.id)}/${view}${view.includes('?') ? '&' : '?'}${item.blob ? `version=${item.blob}` : ''}`;

/** A small picture that is fetched when it comes near the window. */
export function thumbnail(corpus, item, size = 320) {
  const frame = el('span', { class: 'frame waiting' });
  waiting.set(frame, () => load(frame, address(corpus, item, `thumbnail?size=${size}`), ''));
  nearby.observe(frame);
  return frame;
}

/** The picture itself. */
export function original(corpus, item, alt) {
  const frame = el('span', { class: 'frame waiting' });
  load(frame, address(corpus, item, 'picture'), alt);
  return frame;
}

/** A picture that is at hand, as a data URI. */
export function given(uri, alt) {
  const frame = el('span', { class: 'frame waiting' });
  show(frame, uri, alt).finally(() => frame.classList.remove('waiting'));
  return frame;
}

/** The picture's bytes. */
export const bytesOf = async (corpus, item) => (await call(address(corpus, item, 'picture'))).blob();

async function load(frame, path, alt) {
  try {
    const url = URL.createObjectURL(await (await call(path)).blob());
    await show(frame, url, alt).finally(() => URL.revokeObjectURL(url));
  } catch (problem) {
    frame.append(el('span', { class: 'no-picture' }, problem.title ?? 'No picture', el('small', {}, problem.detail ?? '')));
  } finally {
    frame.classList.remove('waiting');
  }
}

async function show(frame, url, alt) {
  const picture = el('img', { alt, src: url, draggable: 'false' });
  await picture.decode();
  frame.style.setProperty('--aspect', String(picture.naturalWidth / picture.naturalHeight));
  frame.append(picture);
}

/** A file as the API takes pictures in JSON. */
export function dataUri(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
