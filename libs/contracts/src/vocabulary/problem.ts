import { z } from 'zod';

/** One broken rule, as callers see it. */
export const Refusal = z.object({ code: z.string(), detail: z.string(), remedy: z.string() });
export type Refusal = z.infer<typeof Refusal>;

/** RFC 9457 problem document: what a caller gets instead of a result, with every broken rule. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  refusals: z.array(Refusal),
  correlation_id: z.string(),
});
export type Problem = z.infer<typeof Problem>;
