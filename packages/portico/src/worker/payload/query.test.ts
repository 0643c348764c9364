import { describe, expect, test } from 'vitest';
import { parseQuery } from './query.ts';

describe('parseQuery', () => {
  test.each([
    ['', []],
    [
      'a=1&b=two',
      [
        ['a', '1'],
        ['b', 'two'],
      ],
    ],
    [
      'a=&b&&c=1',
      [
        ['a', ''],
        ['b', ''],
        ['c', '1'],
      ],
    ],
    ['=x', [['', 'x']]],
    ['a=b=c', [['a', 'b=c']]],
    ['a=1&a=2&A=3', [['a', '1', '2', '3']]],
    ['id=x&ID=y&Id=z', [['ID', 'x', 'y', 'z']]],
    ['na%20me=v%C3%A9%26+x', [['na me', 'vé& x']]],
    ['a=%E4%B8%96%F0%9F%98%80', [['a', '世😀']]],
    ['a=%zz%4', [['a', '%zz%4']]],
    ['a=%ff%41%C3', [['a', '%ffA%C3']]],
    ['a=%C0%AF%ED%A0%80', [['a', '%C0%AF%ED%A0%80']]],
  ])('reads %j as %j', (text, parameters) => {
    expect([...parseQuery(text).values()].map(({ name, values }) => [name, ...values])).toEqual(parameters);
  });
});
