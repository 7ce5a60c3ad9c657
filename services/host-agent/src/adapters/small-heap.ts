/**
 * An agent shares its host with the virtual machines, and most of what a scan makes is dropped at once. V8 would rather
 * let the heap grow by the size of the machine's memory: these flags, which it takes while it runs, keep it small at the
 * price of more collections. To be imported before all else.
 */
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--optimize-for-size');
setFlagsFromString('--max-semi-space-size=1');
