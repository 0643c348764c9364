// `Metadata` of a payload: binding data of the trigger, then what the host says about the invocation.
import type { JsonValue } from '../../core/function-app.ts';
import { jsonString, writeJson } from '../../core/json-writer.ts';

export type SystemData = {
  readonly functionName: string;
  /** ISO, seven digits of a second. */
  readonly utcNow: string;
  readonly randomGuid: string;
  /** Comes last, each as the object it is: RetryContext. */
  readonly extraMetadata?: Readonly<Record<string, JsonValue>> | undefined;
};

/** Name in lower case → name and JSON. One namespace that ignores case: the first spelling stays, the last value wins. */
export type BindingData = Map<string, { readonly name: string; json: string }>;

export function setBindingData(data: BindingData, name: string, json: string): void {
  const key = name.toLowerCase();
  const entry = data.get(key);
  if (entry === undefined) data.set(key, { name, json });
  else entry.json = json;
}

/** Parity: what ends in `trigger` is the trigger itself and stays out, whoever brought the name. */
export function writeMetadata(data: BindingData, system: SystemData): string {
  let members = '';
  for (const [key, { name, json }] of data) {
    if (!key.endsWith('trigger')) members += `${jsonString(name)}:${json},`;
  }
  return `{${members}${systemMembers(system, data.has('sys') ? '$sys' : 'sys')}}`;
}

export function systemMembers({ functionName, utcNow, randomGuid, extraMetadata }: SystemData, name: 'sys' | '$sys'): string {
  const members = `"${name}":{"MethodName":"${functionName}","UtcNow":"${utcNow}","RandGuid":"${randomGuid}"}`;
  return extraMetadata === undefined ? members : `${members},${writeJson(extraMetadata).slice(1, -1)}`;
}
