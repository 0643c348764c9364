// A tree over the segments of templates. Among any number of routes it finds those a path may belong to by looking each
// segment up, never by trying route after route. Routes that differ in nothing but constraints, or in the middle of a
// mixed segment, share a leaf; only there they are tried in turn.
import type { RouteTemplate, TemplateSegment } from './template.ts';

/** `order`: the lowest one wins. */
export type IndexedRoute = { readonly order: number; readonly template: RouteTemplate };

export type RouteIndex<Route extends IndexedRoute> = {
  readonly literals: Map<string, RouteIndex<Route>>;
  readonly shapes: Shape<Route>[];
  /** Routes whose path can end here, and those that take whatever follows; both in order. */
  readonly ends: Route[];
  readonly catchAlls: Route[];
};

/** Segments with parameters, by the literals they begin and end with; a lone parameter has neither. */
type Shape<Route extends IndexedRoute> = {
  readonly prefixLength: number;
  readonly suffixLength: number;
  readonly children: Map<string, RouteIndex<Route>>;
};

/** One look for the lowest route that a path belongs to. */
export type RouteSearch<Route extends IndexedRoute> = {
  /** Decoded, as foldCase writes it. */
  readonly folded: string;
  /** Asked about routes that agree with the path as far as the index can see. The last one accepted is the answer. */
  readonly accepts: (route: Route) => boolean;
  /** Order of the last one accepted; Infinity to begin with. */
  bestOrder: number;
};

/** Indexes routes that come in order. */
export function createRouteIndex<Route extends IndexedRoute>(routes: readonly Route[]): RouteIndex<Route> {
  const root = createNode<Route>();
  for (const route of routes) insert(route, root);
  return root;
}

export function searchRoutes<Route extends IndexedRoute>(node: RouteIndex<Route>, search: RouteSearch<Route>, start = 1): void {
  const { folded } = search;
  if (start >= folded.length) {
    settle(node.ends, search);
    return;
  }
  const slash = folded.indexOf('/', start);
  const end = slash === -1 ? folded.length : slash;
  // Parity: an empty segment fits nothing, so two slashes end the search before a catch-all has begun.
  if (end === start) return;

  const segment = folded.slice(start, end);
  const literal = node.literals.get(segment);
  if (literal) searchRoutes(literal, search, end + 1);
  for (const { prefixLength, suffixLength, children } of node.shapes) {
    const child = children.get(affixes(segment, prefixLength, suffixLength));
    if (child) searchRoutes(child, search, end + 1);
  }
  settle(node.catchAlls, search);
}

function settle<Route extends IndexedRoute>(routes: readonly Route[], search: RouteSearch<Route>): void {
  for (const route of routes) {
    if (route.order >= search.bestOrder) return;
    if (!search.accepts(route)) continue;
    search.bestOrder = route.order;
    return;
  }
}

function createNode<Route extends IndexedRoute>(): RouteIndex<Route> {
  return { literals: new Map(), shapes: [], ends: [], catchAlls: [] };
}

function insert<Route extends IndexedRoute>(route: Route, root: RouteIndex<Route>): void {
  const { segments } = route.template;
  const requiredCount = segments.findLastIndex((segment) => !mayBeAbsent(segment)) + 1;
  let node = root;
  for (const [index, segment] of segments.entries()) {
    if (index >= requiredCount) node.ends.push(route);
    const [part] = segment;
    if (part?.kind === 'parameter' && part.catchAll) {
      node.catchAlls.push(route);
      return;
    }
    node = childFor(segment, node);
  }
  node.ends.push(route);
}

function mayBeAbsent(segment: TemplateSegment): boolean {
  const [part] = segment;
  return segment.length === 1 && part?.kind === 'parameter' && (part.optional || part.catchAll || part.fallback !== undefined);
}

function childFor<Route extends IndexedRoute>(segment: TemplateSegment, node: RouteIndex<Route>): RouteIndex<Route> {
  const [first, last] = [segment[0], segment.at(-1)];
  const prefix = first?.kind === 'literal' ? first.folded : '';
  if (segment.length === 1 && first?.kind === 'literal') return getOrCreate(node.literals, prefix);
  const suffix = last?.kind === 'literal' ? last.folded : '';
  const isShape = ({ prefixLength, suffixLength }: Shape<Route>) => prefixLength === prefix.length && suffixLength === suffix.length;
  const shape = node.shapes.find(isShape) ?? { prefixLength: prefix.length, suffixLength: suffix.length, children: new Map() };
  if (!node.shapes.includes(shape)) node.shapes.push(shape);
  return getOrCreate(shape.children, `${prefix}/${suffix}`);
}

function getOrCreate<Route extends IndexedRoute>(nodes: Map<string, RouteIndex<Route>>, key: string): RouteIndex<Route> {
  const known = nodes.get(key);
  if (known) return known;
  const created = createNode<Route>();
  nodes.set(key, created);
  return created;
}

/** A slash cannot occur in a segment, so it keeps the two apart. */
function affixes(segment: string, prefixLength: number, suffixLength: number): string {
  if (prefixLength + suffixLength === 0) return '/';
  return `${segment.slice(0, prefixLength)}/${segment.slice(segment.length - suffixLength)}`;
}
