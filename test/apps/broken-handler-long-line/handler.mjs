import { createServer } from 'node:http';

process.stdout.write(`${'x'.repeat(1024 * 1024)}\n`);
createServer((_request, response) => response.end()).listen(process.env.FUNCTIONS_CUSTOMHANDLER_PORT, '127.0.0.1');
