import manifest from '../package.json' with { type: 'json' };

/** The version of this agent, as it reports it. */
export const AGENT_VERSION: string = manifest.version;
