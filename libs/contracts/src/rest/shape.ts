import { z } from 'zod';

/** What a schema takes, as plain data: enough to read texts (XML, query strings) as values and to know field names. */
type Value =
  | { kind: 'object'; fields: Readonly<Record<string, Shape>> }
  | { kind: 'list'; of: Shape }
  | { kind: 'number' }
  | { kind: 'boolean' }
  | { kind: 'text' };

/** `nullable`: the value may be null, which XML says with an empty element. */
export type Shape = Value & { nullable?: true };

/** The shape of a schema of objects, lists, numbers, booleans, texts and enums. Throws on any other kind. */
export function shapeOf(schema: z.ZodType): Shape {
  if (schema instanceof z.ZodOptional) return shapeOf(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodNullable) return { ...shapeOf(schema.unwrap() as z.ZodType), nullable: true };
  if (schema instanceof z.ZodDefault) return shapeOf(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodObject) {
    return {
      kind: 'object',
      fields: Object.fromEntries(
        Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, field]) => [name, shapeOf(field)]),
      ),
    };
  }
  if (schema instanceof z.ZodArray) return { kind: 'list', of: shapeOf(schema.element as z.ZodType) };
  if (schema instanceof z.ZodNumber) return { kind: 'number' };
  if (schema instanceof z.ZodBoolean) return { kind: 'boolean' };
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat || schema instanceof z.ZodEnum)
    return { kind: 'text' };
  throw new Error(`no shape for a schema of type ${schema.def.type}`);
}
