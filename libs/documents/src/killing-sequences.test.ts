import { killingSequences } from './killing-sequences.ts';
import { openTemporary } from './sqlite-temporary.ts';

killingSequences('sqlite', openTemporary);
