// A public validator of OpenAPI documents against /openapi/v1.json.
import assert from 'node:assert/strict';
import { Validator } from '@seriousme/openapi-schema-validator';

const response = await fetch(`${process.env.MPLUG_URL}/openapi/v1.json`);
assert.equal(response.status, 200);
const document = await response.json();
const validator = new Validator();
const result = await validator.validate(document);
assert.ok(result.valid, JSON.stringify(result.errors, null, 1));
assert.equal(validator.version, '3.1');

// Every reference leads somewhere.
const seek = (value, path) => {
  if (value === null || typeof value !== 'object') return;
  if (typeof value.$ref === 'string') {
    const target = value.$ref.replace('#/', '').split('/').reduce((at, name) => at?.[name.replaceAll('~1', '/').replaceAll('~0', '~')], document);
    assert.ok(target !== undefined, `${path}: ${value.$ref} leads nowhere`);
  }
  for (const [name, member] of Object.entries(value)) seek(member, `${path}/${name}`);
};
seek(document, '#');

const ids = Object.values(document.paths).flatMap((path) => Object.values(path)).map((operation) => operation.operationId);
assert.ok(ids.every((id) => id), 'an operation has no name');
assert.equal(new Set(ids).size, ids.length, 'two operations have one name');
console.log('ok');
