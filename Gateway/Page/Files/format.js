// Numbers for people.
const whole = new Intl.NumberFormat('en');
const places = (digits) => new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const one = places(1);
const two = places(2);
const three = places(3);

export const count = (n) => (n === null || n === undefined ? '–' : whole.format(n));
export const similarity = (x) => three.format(x);
export const decimal = (x) => two.format(x);

/** "1 picture", "3 pictures". */
export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

/** A probability as percent, with as many digits as tell something at its end of the scale. */
export function percent(p) {
  const x = 100 * p;
  if (x > 99.9 && x < 100) return '>99.9\u202f%';
  if (x > 0 && x < 0.1) return '<0.1\u202f%';
  return `${x === 100 ? '100' : one.format(x)}\u202f%`;
}

export function milliseconds(ms) {
  return ms < 10 ? `${one.format(ms)} ms` : ms < 10000 ? `${whole.format(Math.round(ms))} ms` : `${one.format(ms / 1000)} s`;
}

export function seconds(s) {
  if (s < 1) return '<1 s';
  if (s < 90) return `${Math.round(s)} s`;
  if (s < 5400) return `${Math.round(s / 60)} min`;
  return s < 172800 ? `${one.format(s / 3600)} h` : `${one.format(s / 86400)} days`;
}

export function bytes(n) {
  if (n === null || n === undefined) return '–';
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  for (; n >= 1000 && unit < units.length - 1; unit++) n /= 1000;
  return `${unit === 0 || n >= 100 ? Math.round(n) : one.format(n)} ${units[unit]}`;
}

export const rate = (x) => (x === 0 ? '0' : x >= 100 ? whole.format(Math.round(x)) : x >= 10 ? one.format(x) : two.format(x));

export function when(iso) {
  const then = new Date(iso);
  const today = new Date().toDateString() === then.toDateString();
  return then.toLocaleString('en-GB', today ? { hour: '2-digit', minute: '2-digit' } : { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
}

/** The end of a path, which is what tells pictures apart. */
export const baseName = (id) => id.split('/').filter(Boolean).pop() ?? id;
