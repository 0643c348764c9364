import { expect, test } from 'vitest';
import { HostError } from './error.ts';
import { createLogger, type LogRecord } from './log.ts';
import { Outage } from './outage.ts';

function outage() {
  const records: LogRecord[] = [];
  const made = new Outage({ log: createLogger({ log: (record) => void records.push(record) }, 'Test'), functionName: 'Fn' });
  return {
    made,
    said: () => records.filter(({ level }) => level !== 'debug').map(({ level, message }) => `${level}: ${message}`),
    records,
  };
}

const error = new HostError('STORAGE_AWAY', 'service', { message: 'The queue is away.', hint: 'Look.' });

test('says once that something fails and once that it works again, whatever else fails meanwhile', () => {
  const { made, said } = outage();
  made.failed('a', error);
  made.failed('b', new Error('other'));
  made.failed('a', error);
  made.worked('a');
  made.worked('a');
  expect(said()).toEqual(['warning: The queue is away.']);
  made.worked('b');
  expect(said()).toEqual(['warning: The queue is away.', 'warning: The listener works again.']);
  made.failed('a', error);
  expect(said()).toHaveLength(3);
});

test('gives the code and the hint of an error that has them, and the reason of any other', () => {
  const { made, records } = outage();
  made.failed('a', error, { pauseMs: 1000 });
  expect(records[0]).toMatchObject({ code: 'STORAGE_AWAY', hint: 'Look.', functionName: 'Fn', fields: { pauseMs: 1000 } });
  made.worked('a');
  made.failed('a', new Error('why'), { pauseMs: 1000 });
  expect(records.at(-1)).toMatchObject({ message: 'The listener had to pause.', fields: { reason: 'why', pauseMs: 1000 } });
});

test('says nothing of what is not tried any more, and knows it no longer', () => {
  const { made, said } = outage();
  made.failed('a', error);
  made.forget('a');
  made.worked('a');
  expect(said()).toHaveLength(1);
  made.failed('b', error);
  expect(said()).toHaveLength(2);
});
