import { describe, expect, test } from 'vitest';
import { payloadMembers, triggerBindingData } from '../../core/binding-data.ts';
import { buildPayload } from './trigger-payload.ts';

const system = { functionName: 'Manual', utcNow: '<time>', randomGuid: '<guid>' };

describe('buildPayload', () => {
  // As recorded for admin.manual-json.
  test('writes the data, the binding data and what the host says about the invocation', () => {
    const input = '{"a":1}';
    const bindingData = triggerBindingData([...payloadMembers(input), ['input', input]], input);
    expect(buildPayload({ ...system, data: [['input', input]], bindingData })).toBe(
      String.raw`{"Data":{"input":"\"{\\\"a\\\":1}\""},"Metadata":{"a":"\"1\"","input":"\"{\\\"a\\\":1}\"","sys":{"MethodName":"Manual","UtcNow":"<time>","RandGuid":"<guid>"}}}`,
    );
  });

  // As recorded for admin.manual-empty.
  test('keeps a null in Data and drops it from Metadata, as it does what ends in "trigger"', () => {
    const own = [
      ['input', null],
      ['QueueTrigger', 'x'],
      ['myTRIGGER', 'y'],
    ] as const;
    expect(buildPayload({ ...system, data: [['input', null]], bindingData: triggerBindingData(own, null) })).toBe(
      '{"Data":{"input":"null"},"Metadata":{"sys":{"MethodName":"Manual","UtcNow":"<time>","RandGuid":"<guid>"}}}',
    );
  });

  test('puts the context of a retry behind everything else', () => {
    const extraMetadata = { RetryContext: { RetryCount: 0 } };
    const bindingData = triggerBindingData([['Id', '1']], '{"a":true}');
    expect(Object.keys(JSON.parse(buildPayload({ ...system, extraMetadata, data: [], bindingData })).Metadata)).toEqual([
      'Id',
      'sys',
      'a',
      'RetryContext',
    ]);
  });
});
