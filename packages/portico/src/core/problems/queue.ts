// Problems of queue bindings. An error takes that function down and no other.
import { defineProblem } from '../problem.ts';

const RULES = '3 to 63 of a-z, 0-9 and "-", no "-" at either end and no two in a row';

export const queueNameMissing = defineProblem('QUEUE_NAME_MISSING', 'error', () => ({
  message: 'The binding names no queue.',
  hint: 'Write for example "queueName": "orders".',
}));

export const queueNameWrong = defineProblem('QUEUE_NAME_WRONG', 'error', (name: string) => ({
  message: `"${name}" cannot be the name of a queue.`,
  hint: `A name is ${RULES}; capitals become small letters.`,
}));

export const queueHasNoPoison = defineProblem('QUEUE_HAS_NO_POISON', 'warning', (name: string) => ({
  message: `The queue "${name}" has no poison queue: its name ends in "-poison", or is too long for one.`,
  hint: 'Here as on Azure a message that fails stays invisible for ten minutes and then comes again, without end. Each is logged with the time of its return.',
}));
