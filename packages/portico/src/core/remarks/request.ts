// On requests: who was refused, and what Azure's host would do to one, or to its reply, that is passed on here as it is.
import { defineRemark } from '../remark.ts';

export const keyMissing = defineRemark('KEY_MISSING', (wanted: string) => ({
  message: 'A request was refused (401): it had no key.',
  hint: `This function takes ${wanted}, as x-functions-key or ?code=; "portico keys list --show" has them.`,
}));

export const keyWrong = defineRemark('KEY_WRONG', (wanted: string) => ({
  message: 'A request was refused (401): its key is not one that opens this function.',
  hint: `It takes ${wanted}; "portico keys list" names them.`,
}));

export const pathMistakable = defineRemark('PATH_MISTAKABLE', (other: string) => ({
  message: `A request was refused (401) because it had no key of ${other}, which the handler may run for it: its path has "//", ";" or an escaped slash, or it asks by HEAD for what ${other} has for GET.`,
  hint: 'Ask in another way, or with a key that opens both: one of the host, or the master key.',
  about: other,
}));

export const corsRefused = defineRemark('CORS_REFUSED', (origin: string) => ({
  message: `Unless the handler itself allows it, a browser page of ${origin} may not read the answer.`,
  hint: `To allow it: --cors ${origin}`,
}));

// Payload mode.

export const bodyChunked = defineRemark('BODY_CHUNKED', () => ({
  message: 'on Azure: a chunked request reaches the handler without its body; here the body is delivered.',
  hint: 'A caller that sends a Content-Length is understood in both places.',
}));

export const bodyCharset = defineRemark('BODY_CHARSET', (charset: string) => ({
  message: `on Azure: charset=${charset} is ignored and the body read as utf-8; here it is honoured.`,
  hint: 'A caller that sends UTF-8 is understood in both places.',
}));

// Passed on: forward, proxy and legacy mode.

export const azureChunkedBody = defineRemark('AZURE_CHUNKED_BODY', () => ({
  message: 'on Azure: a chunked request is answered with 500 in forward mode and never reaches the handler.',
  hint: 'enableProxyingHttpRequest in host.json takes it.',
}));

export const azureRepeatedQueryKeys = defineRemark('AZURE_REPEATED_QUERY_KEYS', () => ({
  message: 'on Azure: a query key that comes twice arrives once, with its values joined by a comma (forward mode).',
  hint: 'enableProxyingHttpRequest in host.json keeps them apart.',
}));

export const azureContentHeaders = defineRemark('AZURE_CONTENT_HEADERS', () => ({
  message:
    'on Azure: of the content headers only Content-Type and Content-Length reach the handler in forward mode; Content-Encoding and the like are lost.',
  hint: 'enableProxyingHttpRequest in host.json passes them on.',
}));

export const azureEscapedSlash = defineRemark('AZURE_ESCAPED_SLASH', () => ({
  message: 'on Azure: %2F in a path reaches the handler as %252F in proxy mode.',
  hint: 'What may hold a slash is safe in the query.',
}));

export const azureBodyReadFirst = defineRemark('AZURE_BODY_READ_FIRST', () => ({
  message: 'on Azure: a body with a Content-Length is read whole before the handler gets the request (proxy mode).',
  hint: 'A chunked one streams there as well.',
}));

export const azureWebSocket = defineRemark('AZURE_WEBSOCKET', () => ({
  message: 'on Azure: a WebSocket hangs in forward mode.',
  hint: 'enableProxyingHttpRequest in host.json lets it through.',
}));

export const azureBufferedReply = defineRemark('AZURE_BUFFERED_REPLY', () => ({
  message: 'on Azure: forward mode holds the reply back until it is complete.',
  hint: 'enableProxyingHttpRequest in host.json streams it.',
}));

export const azureTrailers = defineRemark('AZURE_TRAILERS', () => ({
  message: 'on Azure: trailers are lost.',
  hint: 'What callers there have to know belongs into headers or the body.',
}));

export const azureInterim = defineRemark('AZURE_INTERIM', () => ({
  message: 'on Azure: interim answers such as 103 do not reach the caller.',
  hint: 'What callers there have to know belongs into the answer itself.',
}));

export const azureRedirect = defineRemark('AZURE_REDIRECT', () => ({
  message: 'on Azure: the host follows this redirect itself, and the caller gets what it leads to (httpWorker).',
  hint: 'customHandler with enableForwardingHttpRequest passes the redirect on.',
}));
