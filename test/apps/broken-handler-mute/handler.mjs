import { createServer } from 'node:http';

createServer(() => {}).listen(process.env.FUNCTIONS_CUSTOMHANDLER_PORT, '127.0.0.1');
