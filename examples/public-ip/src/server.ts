// "What is my IP address?" as a function app: the host passes the request of /api/httptrigger on, answer.ts answers it.
import { serve, trustedProxies } from '@portico/handler';
import { answer } from './answer.ts';

/** Machines between the caller and the host whose X-Forwarded-For is believed, as `10.0.0.0/8,2001:db8::1`. */
const { TRUSTED_PROXIES = '' } = process.env;
const trusted = trustedProxies(TRUSTED_PROXIES.split(',').filter(Boolean));

// Not awaited: the program is built as CommonJS, which starts faster and has no top-level await. A failure ends it all the same.
void serve({ routes: { '/api/httptrigger': (request) => answer(request, trusted) } });
