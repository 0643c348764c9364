// What is wrong with one binding, found when the app is loaded.
import { checkStorageConnection } from '../../azure/connection.ts';
import { optionsOf } from '../../core/binding-options.ts';
import type { BindingFault, CheckFacts } from '../../core/extension.ts';
import type { BindingMetadata } from '../../core/function-app.ts';
import { queueHasNoPoison, queueNameMissing, queueNameWrong } from '../../core/problems/queue.ts';
import { QUEUE_OPTIONS, QUEUE_TRIGGER_OPTIONS } from './options.ts';
import { isQueueName, poisonNameOf, queueNameOf } from './queue-name.ts';

export function checkQueueTrigger(binding: BindingMetadata, facts: CheckFacts): readonly BindingFault[] {
  const { queueName, connection } = optionsOf(QUEUE_TRIGGER_OPTIONS, binding);
  const faults = [...checkName(queueName), ...checkConnection(connection, facts)];
  if (faults.length > 0 || queueName === undefined || poisonNameOf(queueNameOf(queueName)) !== undefined) return faults;
  return [{ problem: queueHasNoPoison(queueName), property: 'queueName' }];
}

export function describeQueueTrigger(binding: BindingMetadata): string | undefined {
  const { queueName } = optionsOf(QUEUE_TRIGGER_OPTIONS, binding);
  return queueName && `queue ${queueNameOf(queueName)}`;
}

/** A name with expressions is known with the event. */
export function checkQueue(binding: BindingMetadata, facts: CheckFacts): readonly BindingFault[] {
  const { queueName, connection } = optionsOf(QUEUE_OPTIONS, binding);
  return [...(queueName?.includes('{') ? [] : checkName(queueName)), ...checkConnection(connection, facts)];
}

function checkName(queueName: string | undefined): BindingFault[] {
  if (!queueName) return [{ problem: queueNameMissing(), property: 'queueName' }];
  return isQueueName(queueNameOf(queueName)) ? [] : [{ problem: queueNameWrong(queueName), property: 'queueName' }];
}

function checkConnection(connection: string | undefined, { settings }: CheckFacts): BindingFault[] {
  const problem = checkStorageConnection(connection, settings, 'queue');
  return problem === undefined ? [] : [{ problem, property: 'connection' }];
}
