import { z } from 'zod';

/** A MAC address in lower case with colons. */
export const MacAddress = z
  .string()
  .regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/, 'a MAC address looks like 52:54:00:12:34:56');
export type MacAddress = z.infer<typeof MacAddress>;
