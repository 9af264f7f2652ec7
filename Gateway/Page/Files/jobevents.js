// Progress as it happens: server-sent events, read with fetch because an EventSource cannot send the key.
import { call } from './api.js';

/** Follows a job to its end; false where the server has no events, they break off or the tab is hidden, after which polling has to do. */
export async function follow(id, signal, changed) {
  const hidden = new AbortController();
  const hide = () => { if (document.hidden) hidden.abort(); }; // the connections are those of all tabs, and nobody looks at this one
  document.addEventListener('visibilitychange', hide);
  hide();
  try {
    const response = await call(`/v1/jobs/${id}/events`, { headers: { accept: 'text/event-stream' }, signal: AbortSignal.any([signal, hidden.signal]) });
    for await (const { event, data } of events(response.body)) {
      if (event === 'progress') changed(JSON.parse(data));
      if (event === 'end') return true;
    }
  } catch {
    // Not there, or gone: the list is asked every few seconds anyway.
  } finally {
    document.removeEventListener('visibilitychange', hide);
  }
  return false;
}

async function* events(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value.replaceAll('\r\n', '\n');
    const blocks = text.split('\n\n');
    text = blocks.pop();
    yield* blocks.map(parse);
  }
}

function parse(block) {
  const event = { event: 'message', data: '' };
  for (const line of block.split('\n')) {
    const at = line.indexOf(':');
    const [name, value] = at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1).replace(/^ /, '')];
    if (name === 'data') event.data += event.data ? `\n${value}` : value;
    if (name === 'event') event.event = value;
  }
  return event;
}
