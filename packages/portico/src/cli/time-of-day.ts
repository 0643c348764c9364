/** `12:04:31.207`, local. The part down to the second is made once a second: a busy host asks thirty thousand times in one. */
export function createTimeOfDay(): (epochMs: number) => string {
  let second = Number.NaN;
  let prefix = '';
  return (epochMs) => {
    const current = Math.floor(epochMs / 1000);
    if (current !== second) {
      second = current;
      const date = new Date(epochMs);
      prefix = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.`;
    }
    const ms = Math.floor(epochMs - current * 1000);
    return prefix + (ms < 10 ? '00' : ms < 100 ? '0' : '') + ms;
  };
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
