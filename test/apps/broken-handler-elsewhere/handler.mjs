import { createServer } from 'node:http';

const server = createServer((_request, response) => response.end());
server.listen(0, () => console.log(`listening on port ${server.address().port}`));
