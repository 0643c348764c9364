import { closeSync } from 'node:fs';
import { createServer } from 'node:http';

closeSync(1);
closeSync(2);
createServer((_request, response) => response.end()).listen(process.env.FUNCTIONS_CUSTOMHANDLER_PORT, '127.0.0.1');
