// The request body for an invocation without an HTTP request: {"Data":{"msg":…},"Metadata":{…}}.
import type { BindingData } from '../../core/binding-data.ts';
import type { BindingValue } from '../../core/binding-value.ts';
import { jsonString } from '../../core/json-writer.ts';
import { type SystemData, writeMetadata } from './metadata.ts';
import { encodeValue } from './trigger-value.ts';

export type PayloadFacts = SystemData & {
  /** By name of the binding: the trigger first, then the inputs as function.json has them. */
  readonly data: Iterable<readonly [name: string, value: BindingValue]>;
  /** Nulls do not reach the handler. */
  readonly bindingData: BindingData;
};

export function buildPayload({ data, bindingData, ...system }: PayloadFacts): string {
  return `{"Data":{${dataMembers(data)}},"Metadata":${writeMetadata(bindingData, system)}}`;
}

export function dataMembers(data: PayloadFacts['data']): string {
  return Array.from(data, ([name, value]) => `${jsonString(name)}:${encodeValue(value)}`).join(',');
}
