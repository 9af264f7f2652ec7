// OpenAI's own client against /v1/embeddings and /v1/models.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import OpenAI from 'openai';

const { MPLUG_URL, MPLUG_KEY, MPLUG_PICTURE } = process.env;
const client = new OpenAI({ baseURL: `${MPLUG_URL}/v1`, apiKey: MPLUG_KEY, maxRetries: 0 });
const picture = `data:image/png;base64,${readFileSync(MPLUG_PICTURE).toString('base64')}`;
const length = (vector) => Math.hypot(...vector);

const models = [];
for await (const model of client.models.list()) models.push(model.id);
assert.deepEqual(models, ['mplug']);
assert.equal((await client.models.retrieve('mplug')).id, 'mplug');
await assert.rejects(client.models.retrieve('gpt-4o'), OpenAI.NotFoundError);

// The client asks for base64 by itself and decodes it.
const one = await client.embeddings.create({ model: 'mplug', input: 'a red circle' });
assert.equal(one.object, 'list');
assert.equal(one.data.length, 1);
assert.ok(Math.abs(length(one.data[0].embedding) - 1) < 1e-4);
assert.ok(one.usage.prompt_tokens > 0 && one.usage.total_tokens === one.usage.prompt_tokens);

const many = await client.embeddings.create({ model: 'mplug', input: ['a red circle', picture], encoding_format: 'float', user: 'somebody' });
assert.deepEqual(many.data.map((datum) => datum.index), [0, 1]);
assert.ok(many.data[0].embedding.every((x, i) => Math.abs(x - one.data[0].embedding[i]) < 1e-5));
assert.equal(many.data[1].embedding.length, one.data[0].embedding.length);

// Inputs that fail decode to nothing, in both formats, and do not take the others along.
const broken = 'data:image/png;base64,AAAA';
for (const format of [undefined, 'base64', 'float']) {
  const some = await client.embeddings.create({ model: 'mplug', input: ['a red circle', broken, picture], ...(format ? { encoding_format: format } : {}) });
  const vectors = some.data.map(({ embedding }) => (format === 'base64' ? Buffer.from(embedding, 'base64') : embedding));
  assert.deepEqual(vectors.map((vector) => vector.length > 0), [true, false, true], format);
  assert.deepEqual(some.data.map(({ error }) => error?.code), [undefined, 'unsupported', undefined], format);
}
await assert.rejects(client.embeddings.create({ model: 'mplug', input: broken }), OpenAI.UnprocessableEntityError);
await assert.rejects(
  client.embeddings.create({ model: 'mplug', input: ['x', broken], allow_partial: false }),
  (error) => error instanceof OpenAI.UnprocessableEntityError && error.type === 'urn:mplug:inputs-unusable' && /1 of 2 inputs cannot be used/.test(error.message));

const same = await client.embeddings.create({ model: 'mplug', input: 'x', dimensions: one.data[0].embedding.length });
assert.equal(same.data[0].embedding.length, one.data[0].embedding.length);
await assert.rejects(client.embeddings.create({ model: 'mplug', input: 'x', dimensions: 3 }), OpenAI.BadRequestError);
await assert.rejects(client.embeddings.create({ model: 'text-embedding-3-small', input: 'x' }), OpenAI.NotFoundError);
const stranger = new OpenAI({ baseURL: `${MPLUG_URL}/v1`, apiKey: 'wrong', maxRetries: 0 });
await assert.rejects(stranger.embeddings.create({ model: 'mplug', input: 'x' }), OpenAI.AuthenticationError);
console.log('ok');
