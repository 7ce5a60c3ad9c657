import { expect, it } from 'vitest';
import { bodyFormat } from './body-format.ts';

it.each([
  ['application/json', 'json'],
  ['application/json; charset=utf-8', 'json'],
  ['Application/JSON;charset="UTF-8"', 'json'],
  ['application/xml', 'xml'],
  ['text/xml; charset=us-ascii', 'xml'],
  ['application/xml; charset=utf-16', undefined],
  ['application/json; charset=latin1', undefined],
  ['application/x-www-form-urlencoded', undefined],
  ['text/plain', undefined],
  ['application/jsonx', undefined],
  ['', undefined],
])('a body of type %s is read as %s', (contentType, format) => expect(bodyFormat(contentType)).toBe(format));
