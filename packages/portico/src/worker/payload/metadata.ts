// `Metadata` of a payload: binding data of the trigger, and among it what the host says about the invocation.
import { type BindingData, SYSTEM } from '../../core/binding-data.ts';
import type { JsonValue } from '../../core/function-app.ts';
import { jsonString, writeJson } from '../../core/json-writer.ts';
import { encodeValue } from './trigger-value.ts';

export type SystemData = {
  readonly functionName: string;
  /** ISO, seven digits of a second. */
  readonly utcNow: string;
  readonly randomGuid: string;
  /** Comes last, each as the object it is: RetryContext. */
  readonly extraMetadata?: Readonly<Record<string, JsonValue>> | undefined;
};

export function writeMetadata(data: BindingData, system: SystemData): string {
  return `{${metadataMembers(data, system).slice(0, -1)}${extraMembers(system)}}`;
}

/** Each with a comma behind it. Parity: what ends in `trigger` is the trigger itself and stays out, whoever brought the name, and so do nulls. */
export function metadataMembers(data: BindingData, system: SystemData): string {
  let members = '';
  for (const [key, { name, value }] of data) {
    if (value === SYSTEM) members += `"${name}":${systemObject(system)},`;
    else if (value !== null && !key.endsWith('trigger')) members += `${jsonString(name)}:${encodeValue(value)},`;
  }
  return members;
}

export function systemMembers(system: SystemData, name: 'sys' | '$sys'): string {
  return `"${name}":${systemObject(system)}${extraMembers(system)}`;
}

function systemObject({ functionName, utcNow, randomGuid }: SystemData): string {
  return `{"MethodName":"${functionName}","UtcNow":"${utcNow}","RandGuid":"${randomGuid}"}`;
}

function extraMembers({ extraMetadata }: SystemData): string {
  return extraMetadata === undefined ? '' : `,${writeJson(extraMetadata).slice(1, -1)}`;
}
