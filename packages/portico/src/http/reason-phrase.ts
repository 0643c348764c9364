import { STATUS_CODES } from 'node:http';

/** The standard reason of a status; empty for one that has none. Parity: Azure's server spells this one differently from Node. */
export const reasonPhrase = (status: number): string => (status === 418 ? "I'm a teapot" : (STATUS_CODES[status] ?? ''));
