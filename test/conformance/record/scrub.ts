// Replaces the variable part of a text, and only that, so that formats stay comparable. README.md lists what becomes what.
const GUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
const HEX32 = /(?<![0-9a-z])[0-9a-f]{32}(?![0-9a-z])/gi;
const ISO_TIME = /(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?/g;
const DASHED_TIME = /(\d{4}-\d\d-\d\d)T\d\d-\d\d-\d\dZ?/g;
const HTTP_DATE = /(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/g;
const US_TIME = /(\d\d)\/(\d\d)\/(\d{4}) \d\d:\d\d:\d\d/g;
const TRACEPARENT = /\b00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})\b/g;
const DAY_MS = 24 * 60 * 60_000;

export type Scrub = (text: string) => string;

/** What was true of one run only. */
export type RunFacts = {
  paths: [path: string, name: string][];
  ports: [port: number, name: string][];
  hostId: string | undefined;
  versions: (string | undefined)[];
  scrub: [pattern: string, name: string][] | undefined;
  /** What the scenario itself says: a GUID or trace id found there is an input, so it stays. */
  givenText: string;
};

export function createScrubber({ paths, ports, hostId, versions, scrub = [], givenText }: RunFacts): Scrub {
  const now = Date.now();
  const given = givenText.toLowerCase();
  const isGiven = (text: string) => given.includes(text.toLowerCase());
  // A queue message expires a week after it was sent.
  const isNear = (date: string) => {
    const aheadMs = new Date(date).getTime() - now;
    return aheadMs > -3 * DAY_MS && aheadMs < 8 * DAY_MS;
  };
  const numbers = new Map<string, string>();
  const numbered = (kind: string, text: string) => {
    if (isGiven(text)) return text;
    const key = `${kind} ${text.toLowerCase()}`;
    const count = [...numbers.keys()].filter((other) => other.startsWith(`${kind} `)).length;
    const name = numbers.get(key) ?? `<${kind}-${count + 1}>`;
    numbers.set(key, name);
    return name;
  };
  const plain: [from: string, to: string][] = [...paths];
  if (hostId) plain.push([hostId, '<host-id>']);
  for (const version of versions) if (version !== undefined && version.length >= 5) plain.push([version, '<version>']);
  // A text may hold another: a path a shorter path, a version with a commit the version alone.
  plain.sort(([a], [b]) => b.length - a.length);
  // A word of its own: the digits of a port turn up inside GUIDs and ETags too.
  const portRules = ports.map(([port, name]): [RegExp, string] => [new RegExp(`(?<![\\w.])${port}(?!\\w)`, 'g'), name]);
  const ownRules = scrub.map(([pattern, name]): [RegExp, string] => [new RegExp(pattern, 'g'), name]);

  return (text) => {
    let out = text;
    for (const [from, to] of plain) out = out.replaceAll(from, to);
    for (const [from, to] of [...ownRules, ...portRules]) out = out.replace(from, to);
    return out
      .replace(TRACEPARENT, (all, trace, _span, flags) => (isGiven(all) ? all : `00-${isGiven(trace) ? trace : '<trace>'}-<span>-${flags}`))
      .replace(GUID, (guid) => numbered('guid', guid))
      .replace(HEX32, (hex) => numbered('hex32', hex))
      .replace(ISO_TIME, (all, day, time, fraction, zone = '') =>
        !isGiven(all) && isNear(`${day}T${time}Z`) ? `<time${fraction ? '.f' : ''}${zone}>` : all,
      )
      .replace(DASHED_TIME, (all, day) => (isNear(day) ? '<dashed-time>' : all))
      .replace(HTTP_DATE, (date) => (isNear(date) ? '<http-date>' : date))
      .replace(US_TIME, (all, month, day, year) => (isNear(`${year}-${month}-${day}`) ? '<us-time>' : all))
      .replace(/0x[0-9A-F]{13,17}\b/g, '<etag>');
  };
}
