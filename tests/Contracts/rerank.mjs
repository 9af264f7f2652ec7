// Cohere's own clients, version 2 and 1, and the body that Jina's API takes, against /v2/rerank and /v1/rerank.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { CohereClient, CohereClientV2, CohereError } from 'cohere-ai';

const { MPLUG_URL, MPLUG_KEY, MPLUG_PICTURE } = process.env;
const settings = { environment: MPLUG_URL, token: MPLUG_KEY };
const picture = `data:image/png;base64,${readFileSync(MPLUG_PICTURE).toString('base64')}`;
const sorted = (results, score) => results.every((result, i) => i === 0 || score(results[i - 1]) >= score(result));

const second = await new CohereClientV2(settings).rerank({
  model: 'mplug', query: 'a red cross', documents: ['a blue star', 'a red cross', picture], topN: 2, maxTokensPerDoc: 4096,
});
assert.equal(second.results.length, 2);
assert.equal(second.results[0].index, 1);
assert.ok(second.results[0].relevanceScore > 0.99 && sorted(second.results, (result) => result.relevanceScore));
assert.equal(second.meta.apiVersion.version, '2');
assert.equal(second.meta.billedUnits.searchUnits, 1);
assert.ok(second.id.length > 0);

const first = await new CohereClient(settings).rerank({
  model: 'mplug', query: 'a red cross', documents: [{ text: 'a blue star' }, { text: 'a red cross' }], topN: 1, returnDocuments: true,
});
assert.deepEqual(first.results.map((result) => [result.index, result.document.text]), [[1, 'a red cross']]);
await assert.rejects(
  new CohereClientV2({ ...settings, token: 'wrong' }).rerank({ model: 'mplug', query: 'x', documents: ['x'] }, { maxRetries: 0 }),
  (error) => error instanceof CohereError && error.statusCode === 401);

const response = await fetch(`${MPLUG_URL}/v1/rerank`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${MPLUG_KEY}` },
  body: JSON.stringify({
    model: 'mplug', query: 'a red cross', documents: [{ image: picture }, { text: 'a red cross' }], top_n: 2, return_documents: true, truncation: true,
  }),
});
const jina = await response.json();
assert.equal(response.status, 200);
assert.deepEqual(jina.results.map((result) => result.index).sort(), [0, 1]);
assert.ok(jina.usage.total_tokens > 0 && sorted(jina.results, (result) => result.relevance_score));
assert.equal(jina.results.find((result) => result.index === 1).document.text, 'a red cross');
console.log('ok');
