import fc from 'fast-check';
import { z } from 'zod';

/** Texts of which every text of the API takes one or more. */
const TEXTS = [
  'red',
  'a-1',
  '4.7',
  '52:54:00:12:34:56',
  '0000:05:10.1',
  'amqps://broker.example:5671/fleet',
  'Über & <b>"x"</b>',
  'two\r\n\tlines',
  '\u{1f310}',
];
/** Whoever takes this takes nearly any text. */
const FREE = 'Über & <b>"x"</b>';
const FAR = 2 ** 40;

/**
 * Values that a schema takes, spelt as they come out of it. With `writable`, only those that it takes as well: of an
 * object both must take the fields they have in common. Every text must have a sample in TEXTS.
 */
export function arbitraryOf(schema: z.ZodType, writable?: z.ZodType): fc.Arbitrary<unknown> {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return fc.option(arbitraryOf(schema.unwrap() as z.ZodType, writable), { nil: undefined });
  const also = writable && unwrapped(writable);
  if (schema instanceof z.ZodNullable) {
    const inner = arbitraryOf(schema.unwrap() as z.ZodType, also instanceof z.ZodNullable ? unwrapped(also) : also);
    return also && !(also instanceof z.ZodNullable) ? inner : fc.option(inner);
  }
  const both = [schema, ...(also ? [also] : [])];
  return plain(schema, also).filter((value) => both.every((each) => each.safeParse(value).success));
}

function unwrapped(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return unwrapped(schema.unwrap() as z.ZodType);
  return schema instanceof z.ZodNullable ? (schema.unwrap() as z.ZodType) : schema;
}

function plain(schema: z.ZodType, also: z.ZodType | undefined): fc.Arbitrary<unknown> {
  if (schema instanceof z.ZodObject) {
    const inCommon = also instanceof z.ZodObject ? (also.shape as Record<string, z.ZodType>) : {};
    const fields = Object.entries(schema.shape as Record<string, z.ZodType>);
    return fc
      .record(Object.fromEntries(fields.map(([name, field]) => [name, arbitraryOf(field, inCommon[name])])))
      .map((object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)));
  }
  if (schema instanceof z.ZodArray) {
    const of = also instanceof z.ZodArray ? (also.element as z.ZodType) : undefined;
    return fc.array(arbitraryOf(schema.element as z.ZodType, of), { maxLength: 3 });
  }
  if (schema instanceof z.ZodEnum) return fc.constantFrom(...schema.options);
  if (schema instanceof z.ZodBoolean) return fc.boolean();
  if (schema instanceof z.ZodNumber) return integerOf(also instanceof z.ZodNumber ? [schema, also] : [schema]);
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat)
    return textOf((also ?? schema) as z.ZodType<string>);
  throw new Error(`no values for a schema of type ${schema.def.type}`);
}

function integerOf(schemas: readonly z.ZodNumber[]): fc.Arbitrary<number> {
  const min = Math.max(-FAR, ...schemas.map(({ minValue }) => minValue ?? -FAR));
  const max = Math.min(FAR, ...schemas.map(({ maxValue }) => maxValue ?? FAR));
  return fc.integer({ min, max });
}

function textOf(schema: z.ZodType<string>): fc.Arbitrary<string> {
  const taken = (text: string) => schema.safeParse(text).success;
  const samples = TEXTS.filter(taken);
  if (samples.length === 0) throw new Error('no text of the samples is taken by a schema of text');
  const sampled = fc.constantFrom(...samples);
  const texts = taken(FREE) ? fc.oneof(sampled, fc.string({ unit: 'grapheme', minLength: 1 }).filter(taken)) : sampled;
  return texts.map((text) => schema.parse(text));
}
