// A line of the last values; the words beside it say the same.
import { svg } from './dom.js';

const width = 120;
const height = 32;

export function sparkline(values, room) {
  const most = Math.max(...values, 1e-9);
  const x = (i) => (width * (room - values.length + i)) / (room - 1);
  const y = (value) => height - 2 - ((height - 4) * value) / most;
  const points = values.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`);
  return svg('svg', { class: 'sparkline', viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    values.length > 1 && svg('polygon', { points: `${x(0)},${height} ${points.join(' ')} ${width},${height}` }),
    values.length > 1 && svg('polyline', { points: points.join(' ') }));
}
