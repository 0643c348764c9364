// The page for browsers: one self-contained document, no request beside its own.
import { createHash } from 'node:crypto';
import { BlockList } from 'node:net';
import type { ClientAddress } from '@portico/handler';

const STYLE = `
  :root { color-scheme: light dark; --paper: #fbfaf8; --card: #fff; --ink: #1d1c1a; --soft: #6b665e; --line: #e7e3dc; --accent: #96562b; }
  @media (prefers-color-scheme: dark) {
    :root { --paper: #131416; --card: #1b1d20; --ink: #f0eee9; --soft: #a09b92; --line: #2d3034; --accent: #e0a273; }
  }
  * { box-sizing: border-box; margin: 0; }
  body { display: grid; place-items: center; min-height: 100svh; padding: 1.25rem; background: var(--paper); color: var(--ink);
    font: 1rem/1.55 ui-sans-serif, system-ui, sans-serif; }
  main { container-type: inline-size; width: 100%; max-width: 42rem; padding: clamp(1.5rem, 6vw, 3rem); background: var(--card);
    border: 1px solid var(--line); border-radius: 1.25rem; box-shadow: 0 1px 2px #0000000a, 0 16px 40px -16px #00000021; }
  h1 { display: flex; align-items: center; gap: .6rem; color: var(--soft); font-size: 1rem; font-weight: 500; }
  h1 svg { flex: none; width: 1.5rem; height: 1.5rem; fill: var(--accent); }
  .address { margin: .75rem 0 1.5rem; font: 600 var(--size)/1.2 ui-monospace, 'Cascadia Mono', Menlo, Consolas, monospace;
    letter-spacing: -.02em; overflow-wrap: anywhere; user-select: all; }
  .short { --size: min(4rem, 11cqi); } .middle { --size: min(2.4rem, 6.2cqi); } .long { --size: max(1.05rem, min(1.6rem, 4.4cqi)); }
  dl { display: grid; grid-template-columns: auto 1fr; gap: .9rem 1.5rem; padding-top: 1.5rem; border-top: 1px solid var(--line); }
  dt { color: var(--soft); }
  code { font: .95em ui-monospace, 'Cascadia Mono', Menlo, Consolas, monospace; overflow-wrap: anywhere; user-select: all; }
  button { padding: .5rem 1.1rem; font: inherit; font-weight: 500; color: var(--card); background: var(--accent); border: 0;
    border-radius: .6rem; cursor: pointer; }
  button:hover { filter: brightness(1.08); }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; }
  .copy { display: flex; align-items: center; gap: 1rem; min-height: 2.6rem; margin-bottom: 1.75rem; color: var(--soft); }
  @container (max-width: 26rem) { dl { grid-template-columns: 1fr; gap: .15rem; } dd + dt { margin-top: .9rem; } }
`;

/** The page knows its own URL; the server would have to repeat what the caller sent. */
const SCRIPT = `
  document.querySelector('#url').textContent = location.origin + location.pathname;
  const button = document.querySelector('button');
  if (navigator.clipboard) {
    button.hidden = false;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(document.querySelector('.address').textContent);
      document.querySelector('[role=status]').textContent = 'Copied.';
    });
  }
`;

/** Value of Content-Security-Policy: nothing but the style and the script above. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src '${hashOf(STYLE)}'`,
  `script-src '${hashOf(SCRIPT)}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PORTICO = '<path d="M12 2 2 7.5V9h20V7.5zM4 10.5h2.5V18H4zm4.5 0H11V18H8.5zm4.5 0h2.5V18H13zm4.5 0H20V18h-2.5zM2 19.5h20V22H2z"/>';
const ICON = `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="#96562b">${PORTICO}</svg>`)}`;

const HOW: Record<ClientAddress['source'], string> = {
  socket: 'It is the other end of the connection, and no proxy named another.',
  'x-forwarded-for': 'The last machine we trust saw you at this address. Headers you may have sent yourself were not believed.',
};

/** Where an address is valid, if not everywhere. */
const NEAR = [
  { where: 'loopback: you and this function share a machine', blocks: blockListOf(['127.0.0.0', 8], ['::1', 128]) },
  {
    where: 'private: valid in your own network only',
    blocks: blockListOf(['10.0.0.0', 8], ['172.16.0.0', 12], ['192.168.0.0', 16], ['fc00::', 7]),
  },
];

export function page({ address, version, source }: ClientAddress): string {
  const near = NEAR.find(({ blocks }) => blocks.check(address, `ipv${version}`));
  const size = address.length <= 15 ? 'short' : address.length <= 26 ? 'middle' : 'long';
  const shown = escapeHtml(address);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${shown} · Your address</title>
<link rel="icon" href="${ICON}">
<style>${STYLE}</style>
<main>
  <h1><svg viewBox="0 0 24 24" aria-hidden="true">${PORTICO}</svg>Your ${near ? '' : 'public '}address</h1>
  <p class="address ${size}">${shown}</p>
  <div class="copy"><button type="button" hidden>Copy</button><span role="status"></span></div>
  <dl>
    <dt>Kind</dt><dd>IPv${version}${near ? `, ${near.where}` : ''}</dd>
    <dt>How we know</dt><dd>${HOW[source]}</dd>
    <dt>In a terminal</dt><dd><code>curl -s <span id="url">URL-OF-THIS-PAGE</span></code></dd>
  </dl>
</main>
<script>${SCRIPT}</script>
</html>
`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function blockListOf(...blocks: readonly (readonly [network: string, prefix: number])[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of blocks) list.addSubnet(network, prefix, network.includes(':') ? 'ipv6' : 'ipv4');
  return list;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
