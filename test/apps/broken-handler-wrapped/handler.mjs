// Started by a shell that stays in between, and deaf to SIGTERM.
import { createServer } from 'node:http';

process.on('SIGTERM', () => {});
createServer((_request, response) => response.end()).listen(process.env.FUNCTIONS_CUSTOMHANDLER_PORT, '127.0.0.1');
console.log(`pid ${process.pid}`);
