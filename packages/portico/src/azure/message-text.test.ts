import { expect, test } from 'vitest';
import { withExactTexts } from './message-text.ts';

const answer = (...texts: readonly string[]): string =>
  `<?xml version="1.0"?><QueueMessagesList>${texts.map((text) => `<QueueMessage><MessageText>${text}</MessageText></QueueMessage>`).join('')}</QueueMessagesList>`;

test.each([
  ['a&#xD;\nb', 'a\r\nb'],
  ['a&#13;b', 'a\rb'],
  ['&amp;#xD;&#xD;', '&#xD;\r'],
  ['&#x1F600; &lt;&gt;&amp;&apos;&quot;', `😀 <>&'"`],
  ['&#xD;\r\n', '\r\n'],
])('reads %j as XML means it', (written, text) => {
  // As the storage library gives it.
  const items = [{ id: 'a', messageText: '&#xD;' }];
  expect(withExactTexts(items, answer(written))).toEqual([{ id: 'a', messageText: text }]);
});

test('reads each message of several, empty ones among them', () => {
  const items = [{ messageText: '' }, { messageText: 'b&#xD;' }, { messageText: '' }];
  const xml = answer('', 'b&#xD;', '').replace('<MessageText></MessageText>', '<MessageText />');
  expect(withExactTexts(items, xml).map(({ messageText }) => messageText)).toEqual(['', 'b\r', '']);
});

test('leaves alone what needs nothing', () => {
  const items = [{ messageText: 'a & b' }];
  expect(withExactTexts(items, answer('a &amp; b'))).toBe(items);
});

test('leaves to the library what has another form', () => {
  const items = [{ messageText: '&#xD;' }];
  expect(withExactTexts(items, undefined)).toBe(items);
  expect(withExactTexts(items, '<Other/>')).toBe(items);
});
