import { type Command, InvalidArgumentError } from 'commander';
import { UsageError } from './login.ts';

/** What an option says that takes a value away. */
const NONE = 'none';

/** Stands for null in the API until `bodyOf`: of a null, commander makes an empty text. */
const TAKEN_AWAY = { takenAway: true } as const;
export type TakenAway = typeof TAKEN_AWAY;

type Snake<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${Snake<Rest>}`
  : '';
type Told<Value> = Value extends TakenAway ? null : Value;
type Body<Options> = { [Name in keyof Options as Snake<Name & string>]: Told<Options[Name]> };

/** The body of options that are named as its fields: `--vlan-id 7` is `vlan_id`. What was not given is not in it. */
export function bodyOf<Options extends object>(options: Options): Body<Options> {
  const fields = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    fields.map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value === TAKEN_AWAY ? null : value,
    ]),
  ) as Body<Options>;
}

/** The body of a change. Throws UsageError when no option says what is to change. */
export function changeOf<Change extends object>(change: Change): Change {
  if (Object.keys(change).length === 0) throw new UsageError('nothing to change: give an option that --help names');
  return change;
}

/** Adds the option that searches a list. */
export function searchedByName(command: Command): Command {
  return command.option('--name <name>', 'only those of this name, or with * at its end those that begin so');
}

/** Says once under a command's options how they take a value away. */
export function tellingNone(command: Command): Command {
  return command.addHelpText('after', `\nWhere an option takes "${NONE}", that takes away what was set.`);
}

/** Reads an option that may also take its value away. */
export function orNone<Value>(parse: (text: string) => Value): (text: string) => Value | TakenAway {
  return (text) => (text === NONE ? TAKEN_AWAY : parse(text));
}

export function asItIs(text: string): string {
  return text;
}

/** Reads a whole number, 0 or more. */
export function count(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  return Number(text);
}

export function yesOrNo(text: string): boolean {
  if (text !== 'yes' && text !== 'no') throw new InvalidArgumentError('It must be yes or no.');
  return text === 'yes';
}

/** Makes the reader of an option that takes one of a few words. */
export function oneOf<Word extends string>(words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((each) => each === text);
    if (word === undefined) throw new InvalidArgumentError(`It must be one of ${words.join(', ')}.`);
    return word;
  };
}

/** Makes the reader of an option that takes several of a few words, with commas between them. */
export function listOf<Word extends string>(words: readonly Word[]): (text: string) => Word[] {
  return (text) => (text === NONE ? [] : text.split(',').map(oneOf(words)));
}

/** What is referred to by id or name; an id wins, as in the API's paths. */
export function referTo(text: string): { name: string } {
  return { name: text };
}
