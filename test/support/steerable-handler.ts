// A handler that does what a test says, by the query of a request or at its own port.

/**
 * `?hold`: answers once it is released. `?stream`: so does the second half. `?exit=3`: ends with that code.
 * Else answers with its process, its generation and the body it got. Starts to listen once the file START_WHEN names is there.
 */
export const STEERABLE = `
const { existsSync } = require('node:fs');
const { createServer } = require('node:http');
const held = [];
const server = createServer((request, response) => {
  const { pathname, searchParams: query } = new URL(request.url, 'http://x');
  if (pathname === '/') return response.end();
  // Answered first: with the last request the whole process may go.
  if (pathname === '/release') return response.end(() => { for (const go of held.splice(0)) go(); });
  if (pathname === '/held') return response.end(String(held.length));
  let body = '';
  request.setEncoding('latin1').on('data', (text) => { body += text; }).on('end', () => {
    const answer = JSON.stringify({ pid: process.pid, generation: process.env.GENERATION, body });
    if (query.has('exit')) {
      console.error('what a pity');
      process.exit(Number(query.get('exit')));
    }
    if (query.has('stream')) response.write('[');
    if (query.has('hold')) held.push(() => response.end(answer));
    else if (query.has('stream')) held.push(() => response.end(answer + ']'));
    else response.end(answer);
  });
});
const open = () => server.listen(Number(process.env.FUNCTIONS_CUSTOMHANDLER_PORT), '127.0.0.1');
const { START_WHEN, EXIT_AT_START } = process.env;
if (EXIT_AT_START) process.exit(Number(EXIT_AT_START));
process.on('SIGUSR2', () => (server.listening ? server.close() && server.closeAllConnections() : open()));
const wait = setInterval(() => {
  if (START_WHEN && !existsSync(START_WHEN)) return;
  clearInterval(wait);
  setInterval(() => {}, 1_000_000);
  open();
}, 5);
`;

/** What the handler on that port holds back is answered. */
export const release = async (port: number): Promise<void> => void (await (await fetch(`http://127.0.0.1:${port}/release`)).text());

/** How many requests that handler holds back. */
export const heldBy = async (port: number): Promise<number> => Number(await (await fetch(`http://127.0.0.1:${port}/held`)).text());
