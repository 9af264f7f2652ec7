// Elements without a framework.

/** Makes an element. `on...` are listeners, true and false are boolean attributes, null leaves an attribute out. */
export function el(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for SVG. */
export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name.startsWith('--')) element.style.setProperty(name, value); // the CSP forbids style attributes, not this
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Tells a screen reader. */
export function say(text) {
  document.getElementById('say').textContent = text;
}

/** A label with its control below or beside it. */
export function field(label, control, hint = null) {
  const id = control.id || (control.id = `f${++fields}`);
  const note = hint && el('span', { class: 'hint', id: `${id}-hint` }, hint);
  if (note) control.setAttribute('aria-describedby', note.id);
  return el('div', { class: 'field' }, el('label', { for: id }, label), control, note);
}

let fields = 0;
