// Finds what a misspelt name was meant to be.

const SHORTEST_PREFIX = 4;
/** How far an abbreviation counts: further than one slip, nearer than two. */
const ABBREVIATED = 1.5;

/** The candidate a person most likely meant, ignoring case; undefined when none is near enough to suggest. */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let nearest: string | undefined;
  // A third of the letters wrong is as far as a slip of the fingers goes; beyond that a suggestion confuses.
  let nearestDistance = Math.floor(wanted.length / 3) + 1;
  for (const candidate of candidates) {
    const distance = nearness(wanted, candidate.toLowerCase());
    if (distance >= nearestDistance) continue;
    nearestDistance = distance;
    nearest = candidate;
  }
  return nearest;
}

function nearness(wanted: string, candidate: string): number {
  // "defaultExecutable" for "defaultExecutablePath" is far in letters and near in mind.
  const isAbbreviation = candidate.startsWith(wanted) || wanted.startsWith(candidate);
  const distance = editDistance(wanted, candidate);
  return isAbbreviation && Math.min(wanted.length, candidate.length) >= SHORTEST_PREFIX ? Math.min(distance, ABBREVIATED) : distance;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one text into the other. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = at(last, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(
        Math.min(at(last, column) + 1, at(current, column - 1) + 1, replaced, swapped ? at(beforeLast, column - 2) + 1 : replaced),
      );
    }
    [beforeLast, last] = [last, current];
  }
  return at(last, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
